"""The proposal for a session: figures from the tables, and from what is accepted pending decisions.

Guards one rule: nobody accepts anything else than what he or she has seen. Whatever the proposal
looks at goes into its fingerprint; once that differs, accepting is refused.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from training.catalogue.models import TrainingSession
from training.enrolment.allocating import Applicant, Places, Proposed, PurseKey, Rule, fingerprint, propose
from training.enrolment.deciding import Verdict, write_down
from training.enrolment.lifecycle import locked_session
from training.enrolment.line import Purse, nominations_are_open, purses_of, rule_in_words
from training.enrolment.models import Decision, Enrolment
from training.enrolment.reasons import Reason
from training.enrolment.states import State
from training.tools.refusals import Refused

TO_BE_PLACED = (State.APPLIED, State.WAITLISTED)


@dataclass(frozen=True)
class Proposal:
    """A line for each person, the places that were given out, and the fingerprint of all that was looked at."""

    lines: list[Proposed]
    places: dict[PurseKey, Places]
    fingerprint: str
    capacity: int | None

    @property
    def new(self) -> list[Proposed]:
        """What accepting would decide."""
        return [line for line in self.lines if line.to is not None and not line.is_decided]

    def given_from(self, purse: PurseKey) -> int:
        return sum(line.to == State.OFFERED and line.purse == purse for line in self.lines)


def proposal_for(session: TrainingSession, *, capacity: int | None = None) -> Proposal:
    """What the session's rule gives now, or would give with another capacity; changes nothing.

    Raises Refused when the quotas and what is held already need more places than that capacity has.
    """
    purses = purses_of(session)
    places = {_key(purse): Places(_name(purse), purse.places_left) for purse in purses}
    if capacity is not None:
        places[None] = Places(places[None].name, _pool_left_with(session, capacity))
    rule = Rule(
        by_rank=session.line_order == TrainingSession.LineOrder.RANK,
        newcomers_first=session.newcomers_first,
        reserves_wait=session.has_quotas and nominations_are_open(session, timezone.now()),
    )
    applicants = _applicants(session, purses)
    kept = fingerprint(applicants, places, rule)
    return Proposal(propose(applicants, places, rule), places, kept, capacity or session.capacity)


@transaction.atomic
def accept(session: TrainingSession, *, seen: str, by: User) -> int:
    """Makes pending decisions of the proposal that was `seen`; returns how many. Refused once anything differs."""
    current = locked_session(session.pk)
    proposal = proposal_for(current)
    if proposal.fingerprint != seen:
        raise Refused(_("Something has changed since this proposal was made. Here is the new one; read it again."))
    new = proposal.new
    people = Enrolment.objects.filter(session=current).in_bulk([line.key for line in new])
    verdicts = [Verdict(people[line.key], line.to, line.reason) for line in new if line.to is not None]
    return len(write_down(verdicts, by=by))


def rule_in_sentences(session: TrainingSession) -> list[str]:
    """The written rule by which places are given, as an organiser reads it beside every proposal."""
    sentences = []
    if session.has_quotas:
        sentences.append(_("Whoever was nominated takes a place of the body's quota for his or her category."))
        sentences.append(
            _("Once these are gone, people of the bodies take places of the free pool, too.")
            if session.pool_serves_bodies
            else _("The free pool is only for people who applied alone.")
        )
    else:
        sentences.append(_("There are no quotas: everybody takes from the same places."))
    order = _(", then ").join(str(phrase) for phrase in rule_in_words(session))
    sentences.append(_("The order is: %(order)s.") % {"order": order})
    sentences.append(_("Whoever waits in line comes before a new application that is equal otherwise."))
    return sentences


# ── inside ───────────────────────────────────────────────────────────────────────────────────


class _Row(NamedTuple):
    key: int
    applied_at: datetime
    body: int | None
    category: int | None
    rank: int | None
    is_reserve: bool
    line_number: int | None
    duplicate_of: int | None
    trainee: int
    identity: str


_COLUMNS = (
    "pk", "applied_at", "body_id", "category_id", "rank", "is_reserve",
    "line_number", "duplicate_of_id", "trainee_id", "identity_fingerprint",
)  # fmt: skip


def _applicants(session: TrainingSession, purses: Collection[Purse]) -> list[Applicant]:
    to_be_placed = Enrolment.objects.filter(session=session, state__in=TO_BE_PLACED).order_by()
    rows = [_Row(*row) for row in to_be_placed.values_list(*_COLUMNS)]
    decided = dict(
        Decision.objects.pending().filter(enrolment__session=session).order_by().values_list("enrolment_id", "to")
    )
    attended = _Attended(session)
    purses_by_kind = {kind: _purses_for(*kind, purses, session) for kind in {(row.body, row.category) for row in rows}}
    return [
        Applicant(
            key=row.key,
            applied_at=row.applied_at,
            purses=purses_by_kind[row.body, row.category],
            rank=row.rank,
            is_reserve=row.is_reserve,
            attended_before=attended.has(row),
            line_number=row.line_number,
            is_duplicate=row.duplicate_of is not None,
            decided=decided.get(row.key, ""),
        )
        for row in rows
    ]


def _purses_for(
    body: int | None, category: int | None, purses: Collection[Purse], session: TrainingSession
) -> tuple[PurseKey, ...]:
    """The same as `line.purses_for`, for thousands at once."""
    if body is None or not session.has_quotas:
        return (None,)
    own = [purse.quota for purse in purses if purse.quota is not None and purse.quota.body_id == body]
    of_the_category = [quota.pk for quota in own if category is not None and quota.category_id == category]
    of_any = [quota.pk for quota in own if quota.category_id is None]
    pool: tuple[PurseKey, ...] = (None,) if session.pool_serves_bodies else ()
    return (*sorted(of_the_category), *sorted(of_any), *pool)


class _Attended:
    """Who took part in an earlier session of the programme; the same as `querysets.attended_before`, at once."""

    def __init__(self, session: TrainingSession) -> None:
        self._trainees: set[int] = set()
        self._identities: set[str] = set()
        if session.newcomers_first:
            earlier = Enrolment.objects.filter(
                session__programme=session.programme_id,
                session__starts_on__lt=session.starts_on,
                state=State.CONFIRMED,
            ).exclude(came=False)
            for trainee, identity in earlier.order_by().values_list("trainee_id", "identity_fingerprint"):
                self._trainees.add(trainee)
                self._identities.add(identity)
            self._identities.discard("")

    def has(self, row: _Row) -> bool:
        return row.trainee in self._trainees or row.identity in self._identities


def _key(purse: Purse) -> PurseKey:
    return purse.quota.pk if purse.quota else None


def _name(purse: Purse) -> Reason:
    names = []
    for language in ("en", "zh-hans"):
        with override(language):
            names.append(str(purse.quota) if purse.quota else _("free pool"))
    return Reason(*names)


def _pool_left_with(session: TrainingSession, capacity: int) -> int:
    left = capacity + session.places_overbooked - session.places_in_quotas - session.places_from_pool
    if left < 0:
        raise Refused(
            _("The quotas and the places that are held already need %(needed)d places.") % {"needed": capacity - left},
            field="capacity",
        )
    return left
