"""Which programmes and sessions, and for whom: the one gate that every door goes through."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.utils import timezone

from accounts.models import User
from accounts.opening import query_of_confirmed_addresses
from accounts.roles import READ_LOG, SEE_DRAFTS, SEE_ROSTER, Role

if TYPE_CHECKING:
    from training.catalogue.models import (  # noqa: F401 - the querysets' own models
        Grant,
        NominatorInvitation,
        Programme,
        TrainingSession,
    )

Visitor = User | AnonymousUser
WHOLE_PLATFORM = Q(programme__isnull=True, session__isnull=True, organisation__isnull=True)


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, at: datetime | None = None) -> Self:
        now = at or timezone.now()
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=now), valid_from__lte=now)

    def held_by(self, user: Visitor, *roles: Role) -> Self:
        """The grants of `user` that are in force now, of these roles (of any, when none is named)."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        held = self.in_force().filter(user=user)
        return held.filter(role__in=roles) if roles else held

    def that_ended_for(self, user: Visitor, *roles: Role) -> Self:
        """The grants of these roles that `user` held until lately or long ago, the last one first."""
        if not user.is_authenticated:
            return self.none()
        ended = self.filter(user=user, role__in=roles, valid_until__lte=timezone.now())
        return ended.order_by("-valid_until", "-pk")

    def for_the_platform(self) -> Self:
        return self.filter(WHOLE_PLATFORM)

    def visible_to(self, user: Visitor) -> Self:
        """All of them for whoever runs or audits the platform; for others those of what they read the log of."""
        if not user.is_authenticated:
            return self.none()
        held = _grants_of(user, *READ_LOG)
        if user.is_superuser or held.for_the_platform().exists():
            return self.all()
        return self.filter(
            Q(Exists(held.filter(programme=OuterRef("programme"))))
            | Q(Exists(held.filter(Q(session=OuterRef("session")) | Q(programme=OuterRef("session__programme")))))
        )


class NominatorInvitationQuerySet(models.QuerySet["NominatorInvitation"]):
    def in_care_of(self, user: Visitor, *roles: Role) -> Self:
        """Invitations to programmes for which `user` holds one of these roles, as a whole."""
        return self.filter(programme__in=_programmes().in_care_of(user, *roles))

    def of(self, user: Visitor) -> Self:
        """Those that were sent to an address which `user` has shown to own."""
        return self.filter(email__in=query_of_confirmed_addresses(user)) if user.is_authenticated else self.none()

    def still_open(self) -> Self:
        """Neither accepted nor taken back."""
        return self.filter(accepted_at__isnull=True, cancelled_at__isnull=True)


def _grants_of(user: Visitor, *roles: Role) -> GrantQuerySet:
    from training.catalogue.models import Grant

    return Grant.objects.held_by(user, *roles)


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def in_care_of(self, user: Visitor, *roles: Role) -> Self:
        """Programmes for which `user` holds one of these roles, as a whole."""
        if not user.is_authenticated:
            return self.none()
        grants = _grants_of(user, *roles)
        return self.filter(Exists(grants.filter(WHOLE_PLATFORM | Q(programme=OuterRef("pk")))))

    def visible_to(self, user: Visitor) -> Self:
        """Programmes with a public session; for those who care for one, that one, too."""
        public = Q(Exists(_sessions().public().filter(programme=OuterRef("pk"))))
        if not user.is_authenticated:
            return self.filter(public)
        grants = _grants_of(user, *SEE_ROSTER)
        own = Q(
            Exists(grants.filter(WHOLE_PLATFORM | Q(programme=OuterRef("pk")) | Q(session__programme=OuterRef("pk"))))
        )
        return self.filter(public | own)


class TrainingSessionQuerySet(models.QuerySet["TrainingSession"]):
    def public(self) -> Self:
        """Published, or cancelled after it was published: a cancelled class keeps its page."""
        return self.exclude(status="draft")

    def in_care_of(self, user: Visitor, *roles: Role) -> Self:
        """Sessions for which `user` holds one of these roles: by programme, by session, or everywhere."""
        if not user.is_authenticated:
            return self.none()
        grants = _grants_of(user, *roles)
        mine = WHOLE_PLATFORM | Q(session=OuterRef("pk")) | Q(programme=OuterRef("programme"))
        return self.filter(Exists(grants.filter(mine)))

    def visible_to(self, user: Visitor) -> Self:
        """Public sessions for everybody; drafts for the organisers and the staff of that session."""
        if not user.is_authenticated:
            return self.public()
        grants = _grants_of(user, *SEE_DRAFTS)
        mine = WHOLE_PLATFORM | Q(session=OuterRef("pk")) | Q(programme=OuterRef("programme"))
        return self.filter(~Q(status="draft") | Exists(grants.filter(mine)))

    def open_for_enrolment(self, at: datetime) -> Self:
        return self.filter(
            Q(enrolment_closes_at__isnull=True) | Q(enrolment_closes_at__gt=at),
            status="published",
            enrolment_opens_at__lte=at,
        )

    def over(self, today: date) -> Self:
        """Sessions that have ended; one without a last day is over when its first day is."""
        return self.filter(Q(ends_on__lt=today) | Q(ends_on__isnull=True, starts_on__lt=today))

    def not_over(self, today: date) -> Self:
        return self.exclude(Q(ends_on__lt=today) | Q(ends_on__isnull=True, starts_on__lt=today))

    def soonest_first(self, today: date) -> Self:
        """Those to come in the order of their days, then the past ones, the last one first."""
        is_over = Q(ends_on__lt=today) | Q(ends_on__isnull=True, starts_on__lt=today)
        to_come = Case(When(~is_over, then=F("starts_on")))
        return self.order_by(to_come.asc(nulls_last=True), "-starts_on", "pk")


def _sessions() -> TrainingSessionQuerySet:
    from training.catalogue.models import TrainingSession

    sessions: TrainingSessionQuerySet = TrainingSession.objects.all()
    return sessions


def _programmes() -> ProgrammeQuerySet:
    from training.catalogue.models import Programme

    programmes: ProgrammeQuerySet = Programme.objects.all()
    return programmes
