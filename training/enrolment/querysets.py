from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.opening import query_of_confirmed_addresses
from accounts.roles import NOMINATE, ORGANISE, READ_LOG, SEE_ROSTER, Role
from training.catalogue.models import Grant, Programme, TrainingSession
from training.catalogue.querysets import Visitor
from training.enrolment.states import HOLDING_A_PLACE, OPEN, State
from training.tools.names import search_key

if TYPE_CHECKING:
    from training.catalogue.models import Category
    from training.enrolment.models import (  # noqa: F401 - the querysets' own models
        Enrolment,
        EnrolmentEvent,
        LetterTrigger,
        Mailing,
        Quota,
        Reveal,
        Trainee,
    )


class TraineeQuerySet(models.QuerySet["Trainee"]):
    def visible_to(self, user: Visitor) -> Self:
        """One's own record; for organisers, staff and exporters those enrolled in their sessions."""
        from training.enrolment.models import Enrolment

        if not user.is_authenticated:
            return self.none()
        cared_for = TrainingSession.objects.in_care_of(user, *SEE_ROSTER)
        enrolled = Enrolment.objects.filter(trainee=OuterRef("pk"), session__in=cared_for)
        return self.filter(Q(user=user) | Exists(enrolled))

    def in_care_of(self, user: Visitor, *roles: Role) -> Self:
        """People enrolled in sessions for which `user` holds one of these roles."""
        from training.enrolment.models import Enrolment

        return self.filter(Exists(Enrolment.objects.in_care_of(user, *roles).filter(trainee=OuterRef("pk"))))

    def found_by(self, words: str) -> Self:
        """People whose name, pinyin, initials, address or last digits of the phone hold what was typed."""
        return self.filter(matching(words))


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def visible_to(self, user: Visitor) -> Self:
        """One's own enrolments; for organisers, staff and exporters those of their sessions."""
        if not user.is_authenticated:
            return self.none()
        cared_for = TrainingSession.objects.in_care_of(user, *SEE_ROSTER)
        return self.filter(Q(trainee__user=user) | Q(session__in=cared_for) & ~Q(state=State.DRAFT))

    def in_care_of(self, user: Visitor, *roles: Role) -> Self:
        """Enrolments in sessions for which `user` holds one of these roles; being one's own is no reason."""
        return self.filter(session__in=TrainingSession.objects.in_care_of(user, *roles)).exclude(state=State.DRAFT)

    def nominated_through(self, user: Visitor) -> Self:
        """What `user` may see as a nominator: people of the own body, or of one that has only what it gave on."""
        if not user.is_authenticated:
            return self.none()
        from training.enrolment.models import Quota

        own = Grant.objects.held_by(user, *NOMINATE).filter(programme=OuterRef("session__programme"))
        given_on = Quota.objects.filter(session=OuterRef("session"), body=OuterRef("body"), parent__isnull=False)
        through_a_part = given_on.filter(
            Exists(
                Grant.objects.held_by(user, *NOMINATE).filter(
                    programme=OuterRef("session__programme"), organisation=OuterRef("parent__body")
                )
            )
        )
        # Whoever has places of the organiser's as well names people that are not the giving body's to see.
        from_the_organiser = Quota.objects.filter(
            session=OuterRef("session"), body=OuterRef("body"), parent__isnull=True
        )
        under_the_own_body = Exists(through_a_part) & ~Exists(from_the_organiser)
        return self.filter(Exists(own.filter(organisation=OuterRef("body"))) | under_the_own_body)

    def nominations_for(self, user: Visitor) -> Self:
        """Nominations that wait for `user` to take them over: sent to an address that is confirmed as the user's."""
        if not user.is_authenticated:
            return self.none()
        waiting = self.filter(trainee__is_nominee=True, state__in=OPEN)
        return waiting.filter(trainee__email__in=query_of_confirmed_addresses(user))

    def of(self, user: Visitor) -> Self:
        """One's own enrolments, whatever else one may see."""
        return self.filter(trainee__user=user) if user.is_authenticated else self.none()

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def holding_a_place(self) -> Self:
        return self.filter(state__in=HOLDING_A_PLACE)

    def standing_for_a_place(self) -> Self:
        """Nominations that use up a quota: open, no reserves, and not on a place of the free pool."""
        on_a_place_of_the_pool = Q(state__in=HOLDING_A_PLACE, quota__isnull=True)
        return self.filter(body__isnull=False, state__in=OPEN, is_reserve=False).exclude(on_a_place_of_the_pool)

    def waiting_in_line(self) -> Self:
        """The waiting list, first in line first."""
        return self.filter(state=State.WAITLISTED).order_by("is_reserve", "line_number")

    def with_place_in_line(self) -> Self:
        """Adds `people_before`, how many stand before each one who waits, so that a list needs one query."""
        from training.enrolment.models import Enrolment

        before = (
            Enrolment.objects.filter(
                session=OuterRef("session"),
                state=State.WAITLISTED,
                duplicate_of__isnull=True,
                line_number__lt=OuterRef("line_number"),
            )
            .order_by()
            .values("session")
            .annotate(people=models.Count("pk"))
            .values("people")
        )
        return self.annotate(people_before=Coalesce(models.Subquery(before), 0))

    def awaiting_a_decision(self) -> Self:
        """Applications that the organiser of a session has to decide on."""
        return self.filter(state=State.APPLIED)

    def overdue(self, at: datetime) -> Self:
        """Offers whose deadline has passed at `at`."""
        return self.filter(state=State.OFFERED, offer_expires_at__lte=at)

    def lapsing_soon(self, at: datetime) -> Self:
        """Offers that nobody has answered and that lapse within a day of `at`."""
        return self.filter(state=State.OFFERED, offer_expires_at__lte=at + timedelta(hours=24))

    def found_by(self, words: str) -> Self:
        return self.filter(matching(words, "trainee__"))


class QuotaQuerySet(models.QuerySet["Quota"]):
    def nominated_through(self, user: Visitor) -> Self:
        """Quotas of the bodies for which `user` nominates, and the parts that they gave on."""
        if not user.is_authenticated:
            return self.none()
        own = Grant.objects.held_by(user, *NOMINATE).filter(programme=OuterRef("session__programme"))
        return self.filter(
            Exists(own.filter(organisation=OuterRef("body")))
            | Exists(own.filter(organisation=OuterRef("parent__body")))
        )

    def in_care_of(self, user: Visitor, *roles: Role) -> Self:
        """Quotas of sessions for which `user` holds one of these roles."""
        return self.filter(session__in=TrainingSession.objects.in_care_of(user, *roles))

    def fitting(self, category: "Category | None") -> Self:
        """Those from which somebody of this category may take: of the category, or of any."""
        return self.filter(Q(category__isnull=True) | Q(category=category) if category else Q(category__isnull=True))

    def of(self, session: TrainingSession) -> Self:
        """Those of a session that came through the gate, with their bodies and categories."""
        return self.filter(session=session).select_related("body", "category")

    def of_the_session(self) -> Self:
        """Those that the organiser gave to bodies, without the parts that bodies gave on."""
        return self.filter(parent__isnull=True)


class EnrolmentEventQuerySet(models.QuerySet["EnrolmentEvent"]):
    def visible_to(self, user: Visitor) -> Self:
        """The log of moves: for organisers and auditors, those of their sessions."""
        return self.filter(enrolment__session__in=TrainingSession.objects.in_care_of(user, *READ_LOG))


class RevealQuerySet(models.QuerySet["Reveal"]):
    def visible_to(self, user: Visitor) -> Self:
        """For organisers and auditors, what was revealed of their sessions; one's own reveals always."""
        if not user.is_authenticated:
            return self.none()
        sessions = TrainingSession.objects.in_care_of(user, *READ_LOG)
        return self.filter(Q(by=user) | Q(enrolment__session__in=sessions))


class MailingQuerySet(models.QuerySet["Mailing"]):
    def visible_to(self, user: Visitor) -> Self:
        """Letters to many: for organisers and auditors, those about their sessions."""
        return self.filter(session__in=TrainingSession.objects.in_care_of(user, *READ_LOG))


class LetterTriggerQuerySet(models.QuerySet["LetterTrigger"]):
    def visible_to(self, user: Visitor) -> Self:
        """The house's, and those of programmes and sessions that `user` organises."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self.all()
        sessions = TrainingSession.objects.in_care_of(user, *ORGANISE)
        programmes = Programme.objects.in_care_of(user, *ORGANISE)
        house = Q(programme__isnull=True, session__isnull=True)
        return self.filter(house | Q(programme__in=programmes) | Q(session__in=sessions))

    def reaching(self, session: TrainingSession) -> Self:
        """Those of the house, of the session's programme and of the session itself."""
        own_programme = Q(programme__isnull=True) | Q(programme=session.programme_id)
        return self.filter(own_programme, Q(session__isnull=True) | Q(session=session))


def attended_before(session: TrainingSession) -> Exists:
    """Whether the person of an enrolment took part in an earlier session of the programme.

    The same record, or the same identity number. Whoever is said not to have come did not attend.
    """
    from training.enrolment.models import Enrolment

    the_same = Q(trainee=OuterRef("trainee")) | (
        Q(identity_fingerprint=OuterRef("identity_fingerprint")) & ~Q(identity_fingerprint="")
    )
    earlier = Enrolment.objects.filter(
        the_same,
        session__programme=session.programme_id,
        session__starts_on__lt=session.starts_on,
        state=State.CONFIRMED,
    )
    return Exists(earlier.exclude(came=False))


def matching(words: str, path: str = "") -> Q:
    """Part of a name (with or without its dot), pinyin, initials, e-mail or last digits of a phone."""
    words = words.replace("\0", "")  # no text of the database holds it
    key = search_key(words)
    if not key:
        return Q()
    found = Q(**{f"{path}name_search__contains": key})
    if key.isascii():
        found |= Q(**{f"{path}name_initials__startswith": key})
        found |= Q(**{f"{path}email__startswith": words.strip().casefold()})
    if key.isdigit() and len(key) <= 4:
        found |= Q(**{f"{path}mobile_last_digits__endswith": key})
    return found
