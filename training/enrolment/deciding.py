"""Decisions that stay pending until they are published together.

Guards four rules. Nobody learns of a decision before it is published. What is published leaves
as a whole or not at all: where places do not suffice, or somebody has moved on meanwhile,
nothing changes and the names are said. Whoever is declined leaves first: so of one person who is
entered twice, the one entry can be declined and the other offered a place together. And where a
programme wants four eyes, nobody publishes a decision that he or she made.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from training.catalogue.models import TrainingSession
from training.enrolment.lifecycle import (
    join_the_line,
    locked,
    locked_session,
    move,
    offer_a_place,
    refuse_a_duplicate,
)
from training.enrolment.line import Purse, in_order, purses_of
from training.enrolment.models import Decision, Enrolment
from training.enrolment.models.decisions import DecisionQuerySet
from training.enrolment.querysets import EnrolmentQuerySet
from training.enrolment.reasons import NO_REASON, Reason
from training.enrolment.states import MOVES, OPEN, State
from training.enrolment.together import Together
from training.mail.models import Letter
from training.tools.refusals import Refused

NAMES_SAID = 10
NEED_A_REASON = frozenset({State.RETURNED, State.DECLINED})


@dataclass(frozen=True)
class Verdict:
    """A decision about one person, to be written down together with others."""

    enrolment: Enrolment
    to: State
    reason: Reason = NO_REASON


def decide(enrolments: Collection[Enrolment], to: State, *, by: User, reason: Reason = NO_REASON) -> list[Decision]:
    """Decides the same about people of one session; see `write_down`."""
    return write_down([Verdict(one, to, reason) for one in enrolments], by=by)


def write_down(verdicts: Sequence[Verdict], *, by: User) -> list[Decision]:
    """Makes the decisions, all of one session; a pending one about the same person gives way.

    Refused as a whole, with the names, where a decision does not fit how somebody stands now, or
    where a reason is missing.
    """
    if not verdicts:
        return []
    [session_id] = {verdict.enrolment.session_id for verdict in verdicts}
    with transaction.atomic():
        session = locked_session(session_id)
        people = _locked(session, [verdict.enrolment.pk for verdict in verdicts])
        _refuse_what_does_not_fit(verdicts, people)
        now = timezone.now()
        _drop(pending_of(session).filter(enrolment__in=people), by=by, at=now)
        made: list[Decision] = Decision.objects.bulk_create(
            Decision(
                enrolment=people[verdict.enrolment.pk],
                to=verdict.to,
                reason_en=verdict.reason.en,
                reason_zh=verdict.reason.zh,
                decided_by=by,
                decided_at=now,
            )
            for verdict in verdicts
        )
    return made


def drop(enrolments: Collection[Enrolment], *, by: User) -> int:
    """Takes pending decisions about these people back; returns how many there were."""
    sessions = sorted({one.session_id for one in enrolments})
    with transaction.atomic():
        return sum(
            _drop(
                pending_of(locked_session(key)).filter(enrolment__in=[one.pk for one in enrolments]),
                by=by,
                at=timezone.now(),
            )
            for key in sessions
        )


def decide_at_once(enrolment: Enrolment, to: State, *, by: User, reason: Reason = NO_REASON) -> Enrolment:
    """A single case that cannot wait: the decision takes effect now, and a pending one gives way.

    Refused where the programme wants four eyes.
    """
    with locked(enrolment) as (session, current):
        if session.programme.needs_four_eyes:
            raise Refused(
                _("In this programme a second person publishes what one has decided. Decide on the review board.")
            )
        now = timezone.now()
        _drop(pending_of(session).filter(enrolment=current), by=by, at=now)
        _carry_out(to, reason, current, session, by=by, at=now)
    return current


def pending_of(session: TrainingSession) -> DecisionQuerySet:
    """The pending decisions of a session, in no order."""
    decisions: DecisionQuerySet = Decision.objects.pending().filter(enrolment__session=session)
    return decisions


def pending_in(session: TrainingSession) -> list[Decision]:
    """The pending decisions of a session with their people, in the order in which they would be published."""
    decided = {decision.enrolment_id: decision for decision in pending_of(session).select_related("decided_by")}
    people = Enrolment.objects.filter(pk__in=decided).select_related("trainee", "body", "category")
    return _with_people(decided, _in_order(people, session))


def fingerprint_of(decisions: Iterable[Decision]) -> str:
    """The same for the same decisions: tells whether anything was decided otherwise since they were shown."""
    keys = ",".join(str(key) for key in sorted(decision.pk for decision in decisions))
    return hashlib.sha256(keys.encode()).hexdigest()


def has_moved_on(decision: Decision) -> bool:
    """Whether the person stands otherwise than when this was decided, so that it cannot be carried out any more."""
    enrolment = decision.enrolment
    return State(decision.to) not in MOVES[State(enrolment.state)] or enrolment.state_since > decision.decided_at


@transaction.atomic
def publish(session: TrainingSession, *, by: User, seen: str = "") -> int:
    """Carries out every pending decision that `by` may publish, with its letter; returns how many.

    `seen` is the fingerprint of the decisions that were shown. Refused as a whole, and nothing
    changes, when there are others by now, when somebody has moved on, or when places do not suffice.
    """
    current = locked_session(session.pk)
    decisions = _locked_pending(current)
    if seen and seen != fingerprint_of(decisions):
        raise Refused(_("Decisions were made or dropped since these letters were shown. Read them again."))
    mine_to_publish = publishable(decisions, current, by=by)
    if not mine_to_publish:
        raise _nothing_to_publish(decisions)
    _refuse_who_has_moved_on(mine_to_publish)
    now = timezone.now()
    _carry_out_all(mine_to_publish, current, by=by, at=now)
    Decision.objects.filter(pk__in=[one.pk for one in mine_to_publish]).update(published_at=now, published_by=by)
    return len(mine_to_publish)


def publishable(decisions: Iterable[Decision], session: TrainingSession, *, by: User) -> list[Decision]:
    """Those that `by` may publish: all, or with four eyes those that somebody else made."""
    four_eyes = session.programme.needs_four_eyes
    return [one for one in decisions if not four_eyes or one.decided_by_id != by.pk]


@dataclass(frozen=True)
class PlacesOf:
    """A purse before and after: its name, its places, how many are held."""

    name: str
    places: int | None
    held: int
    held_then: int

    @property
    def left_then(self) -> int | None:
        return None if self.places is None else self.places - self.held_then


@dataclass(frozen=True)
class Preview:
    """What publishing would do. `refusal` says why it would be refused; then there are no letters.

    `kept` are decisions that stay pending because whoever looks made them; `overtaken` are those
    about people who have moved on, whoever made them.
    """

    decisions: list[Decision]
    kept: list[Decision]
    fingerprint: str
    letters: list[Letter] = field(default_factory=list)
    places: list[PlacesOf] = field(default_factory=list)
    without_address: list[Decision] = field(default_factory=list)
    overtaken: list[Decision] = field(default_factory=list)
    refusal: str = ""


def preview(session: TrainingSession, *, by: User) -> Preview:
    """Publishes, looks, and takes everything back: so what is shown is what would happen."""
    with transaction.atomic():
        current = locked_session(session.pk)
        decisions = _locked_pending(current)
        fingerprint, leaving = fingerprint_of(decisions), publishable(decisions, current, by=by)
        kept = _without(decisions, leaving)
        overtaken = [one for one in decisions if has_moved_on(one)]
        newest = Letter.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        before = _held(current)
        try:
            publish(session, by=by)
        except Refused as refused:
            return Preview(leaving, kept, fingerprint, overtaken=overtaken, refusal=str(refused))
        letters = _letters_since(newest, leaving)
        after = _held(TrainingSession.objects.get(pk=session.pk))
        transaction.set_rollback(True)
    told = {letter.about for letter in letters}
    return Preview(
        leaving,
        kept,
        fingerprint,
        letters=letters,
        places=[PlacesOf(*purse, held_then=after[key].held) for key, purse in before.items()],
        without_address=[one for one in leaving if one.enrolment.reference not in told],
        overtaken=overtaken,
    )


# ── inside ───────────────────────────────────────────────────────────────────────────────────


def _locked(session: TrainingSession, keys: Collection[int]) -> dict[int, Enrolment]:
    people = Enrolment.objects.filter(session=session, pk__in=keys).select_related("trainee")
    return {one.pk: one for one in people.select_for_update(of=("self",)).order_by("pk")}


def _locked_pending(session: TrainingSession) -> list[Decision]:
    """With the people's rows locked, in the order of the session's rule; the caller holds the session's lock."""
    decided = {decision.enrolment_id: decision for decision in pending_of(session)}
    people = Enrolment.objects.filter(pk__in=decided).select_related("trainee", "body", "category")
    return _with_people(decided, _in_order(people, session).select_for_update(of=("self",)))


def _in_order(people: EnrolmentQuerySet, session: TrainingSession) -> EnrolmentQuerySet:
    """The order of the waiting list, and those who are not in it by the time of their application."""
    ordered = in_order(people, session)
    return ordered.order_by(*ordered.query.order_by, "applied_at", "pk")


def _with_people(decided: dict[int, Decision], people: Iterable[Enrolment]) -> list[Decision]:
    """The decisions in the order of these people, but those about whoever is declined before the others."""
    decisions = []
    for enrolment in people:
        decision = decided[enrolment.pk]
        decision.enrolment = enrolment
        decisions.append(decision)
    return sorted(decisions, key=_stays)


def _stays(decision: Decision) -> bool:
    """Whether the enrolment is still open once this is published."""
    return State(decision.to) in OPEN


def _without(decisions: Iterable[Decision], others: Iterable[Decision]) -> list[Decision]:
    keys = {one.pk for one in others}
    return [one for one in decisions if one.pk not in keys]


def _drop(decisions: DecisionQuerySet, *, by: User, at: datetime) -> int:
    return int(decisions.update(dropped_at=at, dropped_by=by))


def _refuse_what_does_not_fit(verdicts: Sequence[Verdict], people: dict[int, Enrolment]) -> None:
    misfits = [
        current
        for verdict in verdicts
        if verdict.to not in MOVES[State((current := people[verdict.enrolment.pk]).state)]
    ]
    if misfits:
        raise Refused(
            _("Nothing was decided. It does not fit how these people stand now: %(names)s.")
            % {"names": names_in_words(misfits)}
        )
    if any(verdict.to in NEED_A_REASON and verdict.reason == NO_REASON for verdict in verdicts):
        raise Refused(_("Give the reason in at least one language."), field="reason_en")


def _nothing_to_publish(decisions: list[Decision]) -> Refused:
    if decisions:
        return Refused(_("You made these decisions yourself; somebody else publishes them."))
    return Refused(_("There is no decision to publish."))


def _refuse_who_has_moved_on(decisions: list[Decision]) -> None:
    moved = [one.enrolment for one in decisions if has_moved_on(one)]
    if moved:
        raise Refused(
            _("Nothing was published. These people have moved on since it was decided: %(names)s. Drop or renew that.")
            % {"names": names_in_words(moved)}
        )


def _carry_out_all(decisions: list[Decision], session: TrainingSession, *, by: User, at: datetime) -> None:
    refused: dict[str, list[Enrolment]] = {}
    for _stay, several in groupby(decisions, key=_stays):
        together = Together(session, by, at)
        for decision in _marked_as_now(list(several)):
            try:
                _make(decision, together)
            except Refused as refusal:
                refused.setdefault(str(refusal), []).append(decision.enrolment)
        if not refused:
            together.write()
    if refused:
        why = " ".join(f"{names_in_words(people)}: {sentence}" for sentence, people in refused.items())
        raise Refused(_("Nothing was published. %(why)s") % {"why": why})


def _marked_as_now(decisions: list[Decision]) -> list[Decision]:
    """The same; somebody who was set aside because of whoever has just been declined may count by now."""
    set_aside = {one.enrolment_id: one.enrolment for one in decisions if one.enrolment.duplicate_of_id is not None}
    if set_aside:
        marks = Enrolment.objects.filter(pk__in=set_aside).values_list("pk", "duplicate_of")
        for key, original in marks:
            set_aside[key].duplicate_of_id = original
    return decisions


def _make(decision: Decision, together: Together) -> None:
    enrolment, reason = decision.enrolment, Reason(decision.reason_en, decision.reason_zh)
    match State(decision.to):
        case State.OFFERED:
            together.offer(enrolment, reason)
        case State.WAITLISTED:
            together.join_the_line(enrolment, reason)
        case to:
            together.end(enrolment, to, reason)


def _carry_out(
    to: State, reason: Reason, enrolment: Enrolment, session: TrainingSession, *, by: User, at: datetime
) -> None:
    match to:
        case State.OFFERED:
            offer_a_place(enrolment, session, by=by, at=at, reason=reason)
        case State.WAITLISTED:
            refuse_a_duplicate(enrolment)
            join_the_line(enrolment, session, by=by, at=at, reason=reason)
        case _:
            move(enrolment, session, to, by=by, at=at, reason=reason, line_number=None)


def _letters_since(newest: int, decisions: list[Decision]) -> list[Letter]:
    """Nobody else writes about these people while their session is locked."""
    references = [one.enrolment.reference for one in decisions]
    return list(Letter.objects.filter(pk__gt=newest, about__in=references).order_by("pk"))


class _Held(NamedTuple):
    name: str
    places: int | None
    held: int


def _held(session: TrainingSession) -> dict[int | None, _Held]:
    """Each purse with its places and how many of them are held; the pool has no key."""
    return {purse.quota.pk if purse.quota else None: _held_of(purse) for purse in purses_of(session)}


def _held_of(purse: Purse) -> _Held:
    name, quota, session = purse_in_words(purse), purse.quota, purse.session
    if quota is not None:
        return _Held(name, quota.places - quota.places_given_on, quota.places_held)
    left = session.pool_left
    return _Held(name, None if left is None else left + session.places_from_pool, session.places_from_pool)


def purse_in_words(purse: Purse) -> str:
    return str(purse.quota) if purse.quota else _("free pool")


def names_in_words(people: Sequence[Enrolment]) -> str:
    """The first ten names and how many more."""
    names = _(", ").join(one.trainee.name for one in people[:NAMES_SAID])
    more = len(people) - NAMES_SAID
    if more <= 0:
        return names
    return ngettext("%(names)s and %(more)d more", "%(names)s and %(more)d more", more) % {"names": names, "more": more}
