"""The waiting list: who comes next, for which place, and why.

A place comes out of one purse: a quota, or the free pool. Somebody whom a body nominated takes
a place of its quota first, then of the pool where the session allows it; whoever applied alone
takes from the pool. A purse is offered to the first in line of those who may take from it.
While bodies may still change their lists, a reserve waits: the body may name him for a place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import F, Q
from django.db.models.expressions import OrderBy
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import TrainingSession
from training.enrolment.models import Enrolment, Quota
from training.enrolment.querysets import EnrolmentQuerySet, attended_before
from training.enrolment.states import State

PurseKey = int | None
"""The key of a quota; None for the free pool."""

Standing = tuple[bool, bool, bool, int, int]


@dataclass(frozen=True)
class Purse:
    """Where places come from: a quota of the session, or its free pool when there is none."""

    session: TrainingSession
    quota: Quota | None = None

    @property
    def places_left(self) -> int | None:
        """Places that nobody holds; None for the pool of a session whose number of places is unknown."""
        return self.session.pool_left if self.quota is None else self.quota.places_left

    @property
    def key(self) -> PurseKey:
        return None if self.quota is None else self.quota.pk

    @property
    def is_empty(self) -> bool:
        return self.places_left == 0

    def line(self) -> EnrolmentQuerySet:
        """Those who wait for a place of this purse, the first in line first."""
        return in_order(waiting_for(self), self.session)


def purses_of(session: TrainingSession) -> list[Purse]:
    """All purses of a session, the quotas before the pool. One query, none without quotas."""
    if not session.has_quotas:
        return [Purse(session)]
    quotas = Quota.objects.filter(session=session).select_related("body", "category").order_by("pk")
    return [*(Purse(session, quota) for quota in quotas), Purse(session)]


def purses_for(enrolment: Enrolment, session: TrainingSession) -> list[Purse]:
    """The purses from which this person may take a place, in this order. One query, none without quotas or body."""
    pool = Purse(session)
    if enrolment.body_id is None or not session.has_quotas:
        return [pool]
    own = Quota.objects.filter(session=session, body=enrolment.body_id)
    fitting = own.filter(Q(category=enrolment.category_id) | Q(category__isnull=True))
    of_the_body = [Purse(session, quota) for quota in fitting.order_by(F("category").asc(nulls_last=True), "pk")]
    return [*of_the_body, pool] if session.pool_serves_bodies else of_the_body


def purses_among(
    purses: Sequence[Purse], session: TrainingSession, *, body: int | None, category: int | None
) -> tuple[Purse, ...]:
    """The same as `purses_for`, out of all purses of the session, for the keys of a body and a category."""
    *quotas, pool = purses
    if body is None or not quotas:
        return (pool,)
    own = [purse for purse in quotas if purse.quota is not None and purse.quota.body_id == body]
    fitting = [one for one in own if one.quota and one.quota.category_id == category and category is not None]
    fitting += [one for one in own if one.quota and one.quota.category_id is None]
    return (*fitting, pool) if session.pool_serves_bodies else tuple(fitting)


def beginning_of(session: TrainingSession) -> datetime:
    """The first moment of the session's first day, where the training is."""
    return timezone.make_aware(datetime.combine(session.starts_on, time.min))


def nominations_are_open(session: TrainingSession, at: datetime) -> bool:
    """Whether bodies may send and change people at `at`: published, before the closing date and the first day."""
    begins = beginning_of(session)
    return session.is_published and at < min(session.nominations_close_at or begins, begins)


def is_held_back(enrolment: Enrolment, session: TrainingSession, at: datetime) -> bool:
    """Whether this is a reserve who is not in line yet, because the bodies may still change their lists."""
    return enrolment.is_reserve and session.has_quotas and nominations_are_open(session, at)


def waiting_for(purse: Purse) -> EnrolmentQuerySet:
    """Those in line who may take a place of this purse, in no order."""
    session, quota = purse.session, purse.quota
    line: EnrolmentQuerySet = Enrolment.objects.filter(
        session=session, state=State.WAITLISTED, duplicate_of__isnull=True
    )
    if session.has_quotas and nominations_are_open(session, timezone.now()):
        line = line.filter(is_reserve=False)
    if quota is not None:
        of_the_body = line.filter(body=quota.body_id)
        return of_the_body.filter(category=quota.category_id) if quota.category_id else of_the_body
    everybody = session.pool_serves_bodies or not session.has_quotas
    return line if everybody else line.filter(body__isnull=True)


def in_order(line: EnrolmentQuerySet, session: TrainingSession) -> EnrolmentQuerySet:
    """The line in the order that the session's rule gives; reserves come last."""
    keys: list[str | OrderBy] = ["is_reserve"]
    if session.newcomers_first:
        line = line.annotate(attended_before=attended_before(session))
        keys.append("attended_before")
    if session.line_order == TrainingSession.LineOrder.RANK:
        keys.append(F("rank").asc(nulls_last=True))
    return line.order_by(*keys, "line_number")


def standing_in_order(enrolment: Enrolment, session: TrainingSession) -> Standing:
    """Sorts people who wait as `in_order` does; `attended_before` is on those who were read by it."""
    by_rank = session.line_order == TrainingSession.LineOrder.RANK
    return (
        enrolment.is_reserve,
        session.newcomers_first and enrolment.attended_before,  # type: ignore[attr-defined]
        by_rank and enrolment.rank is None,
        (enrolment.rank or 0) if by_rank else 0,
        enrolment.line_number or 0,
    )


def rule_in_words(session: TrainingSession) -> list[str | Promise]:
    """How the line is ordered, one phrase per criterion, the first one deciding."""
    phrases: list[str | Promise] = []
    if session.has_quotas:
        phrases.append(_("reserves last, once the lists are closed"))
    if session.newcomers_first:
        phrases.append(_("newcomers before those who attended an earlier session"))
    if session.line_order == TrainingSession.LineOrder.RANK:
        phrases.append(_("rank given by the recommending body"))
    phrases.append(_("time of application"))
    return phrases


def places_before(enrolment: Enrolment, session: TrainingSession) -> int:
    """How many stand before this person in the line for the place that he or she may be offered first."""
    purse = purses_for(enrolment, session)[:1] or [Purse(session)]
    if is_plain(session):
        line = Enrolment.objects.filter(session=session, state=State.WAITLISTED, duplicate_of__isnull=True)
        ahead: int = line.filter(
            Q(is_reserve__lt=enrolment.is_reserve)
            | Q(is_reserve=enrolment.is_reserve, line_number__lt=enrolment.line_number)
        ).count()
        return ahead
    keys = list(purse[0].line().values_list("pk", flat=True))
    return keys.index(enrolment.pk) if enrolment.pk in keys else len(keys)


def is_plain(session: TrainingSession) -> bool:
    """Whether one line stands for one purse in the order of arrival, so that the database can count it."""
    return (
        not session.has_quotas
        and not session.newcomers_first
        and session.line_order == TrainingSession.LineOrder.ARRIVAL
    )
