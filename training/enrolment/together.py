"""Many moves of one session: made in memory one after the other, then written together.

Guards one rule: what comes out is what the single deeds of `lifecycle.py` would make, one after
the other: the same purse, the same number in line, one event and the same letters for each. Only
reading and writing are done once for all. The caller holds the locks on the session's row and
on the people's.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from training.catalogue.models import TrainingSession
from training.enrolment.letters import Move, tell_of_moves
from training.enrolment.lifecycle import (
    deadline_of_an_offer,
    event_of,
    let_duplicates_count,
    purse_with_a_place,
    refuse_a_duplicate,
    turn,
)
from training.enrolment.line import (
    Purse,
    PurseKey,
    Standing,
    in_order,
    is_held_back,
    purses_among,
    purses_of,
    standing_in_order,
)
from training.enrolment.models import Enrolment, EnrolmentEvent
from training.enrolment.reasons import Reason
from training.enrolment.states import State

AT_ONCE = 100  # numbers in line in one update, which compares every row with every number


@dataclass
class Together:
    """Moves of one session by one person at one time. What is refused leaves no trace; `write` writes the rest."""

    session: TrainingSession
    by: User
    at: datetime
    _moves: list[Move] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._purses = purses_of(self.session)

    def offer(self, enrolment: Enrolment, reason: Reason) -> None:
        """Offers a place of the first purse that has one."""
        refuse_a_duplicate(enrolment)
        purse = purse_with_a_place(_purses_of(enrolment, self.session, self._purses), self.session)
        until = deadline_of_an_offer(self.session, self.at)
        self._move(enrolment, State.OFFERED, reason, quota=purse.quota, offer_expires_at=until, line_number=None)
        if purse.quota is not None:
            purse.quota.places_held += 1  # in memory; the database counts on its own

    def join_the_line(self, enrolment: Enrolment, reason: Reason) -> None:
        """Gives the next number in line."""
        refuse_a_duplicate(enrolment)
        number = self.session.last_in_line + 1
        self._move(enrolment, State.WAITLISTED, reason, line_number=number)
        self.session.last_in_line = number

    def end(self, enrolment: Enrolment, to: State, reason: Reason) -> None:
        """Declines or sends back; nobody stays in line then."""
        self._move(enrolment, to, reason, line_number=None)

    def _move(self, enrolment: Enrolment, to: State, reason: Reason, **changes: Any) -> None:
        came_from = turn(enrolment, self.session, to, at=self.at, **changes)
        self._moves.append(Move(enrolment, came_from, reason))

    def write(self) -> None:
        """Writes states, events and letters."""
        moves = list(self._with_positions())  # the line is read before it is changed
        people = [move.enrolment for move in moves]
        self.session.save(update_fields=["last_in_line"])
        _write_how_they_stand(people)
        let_duplicates_count(people)
        EnrolmentEvent.objects.bulk_create(
            event_of(move.enrolment, move.came_from, by=self.by, at=self.at, reason=move.reason) for move in moves
        )
        tell_of_moves(moves, self.session, by=self.by)

    def _with_positions(self) -> Iterator[Move]:
        """The moves, with the place in line that somebody joined at that moment."""
        if all(move.enrolment.state != State.WAITLISTED for move in self._moves):
            yield from self._moves
            return
        line = _Line(self.session, self._purses)
        for move in self._moves:
            if move.came_from == State.WAITLISTED:
                line.leave(move.enrolment)
            if move.enrolment.state == State.WAITLISTED:
                yield replace(move, position=line.join(move.enrolment))
            else:
                yield move


def _write_how_they_stand(people: list[Enrolment]) -> None:
    """One update for all who come to stand alike; the numbers in line, which differ, are there before."""
    joined = [one for one in people if one.state == State.WAITLISTED]
    Enrolment.objects.bulk_update(joined, ["line_number"], batch_size=AT_ONCE)
    alike: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for one in people:
        alike[one.state, one.state_since, one.quota_id, one.offer_expires_at].append(one.pk)
    for (state, since, quota, until), keys in alike.items():
        moved = Enrolment.objects.filter(pk__in=keys)
        changes = {"state": state, "state_since": since, "quota": quota, "offer_expires_at": until}
        moved.update(**changes, **({} if state == State.WAITLISTED else {"line_number": None}))


class _Line:
    """Those who wait, in order, once for each purse from which they may take a place. One query."""

    def __init__(self, session: TrainingSession, purses: list[Purse]) -> None:
        self._session, self._purses, self._now = session, purses, timezone.now()
        self._waiting: dict[PurseKey, list[Standing]] = defaultdict(list)
        self._standing: dict[int, Standing] = {}
        line = Enrolment.objects.filter(session=session, state=State.WAITLISTED, duplicate_of__isnull=True)
        for one in in_order(line, session).only("session", "body", "category", "is_reserve", "rank", "line_number"):
            self.join(one)

    def join(self, enrolment: Enrolment) -> int:
        """Puts somebody in line; returns the place in it, as `places_before` counts it."""
        purses = _purses_of(enrolment, self._session, self._purses)
        first = self._waiting[purses[0].key if purses else None]
        standing = standing_in_order(enrolment, self._session)
        if not purses or is_held_back(enrolment, self._session, self._now):
            return len(first) + 1
        place = bisect_left(first, standing) + 1
        self._standing[enrolment.pk] = standing
        for purse in purses:
            insort(self._waiting[purse.key], standing)
        return place

    def leave(self, enrolment: Enrolment) -> None:
        standing = self._standing.pop(enrolment.pk, None)
        if standing is None:
            return
        for purse in _purses_of(enrolment, self._session, self._purses):
            waiting = self._waiting[purse.key]
            del waiting[bisect_left(waiting, standing)]


def _purses_of(enrolment: Enrolment, session: TrainingSession, purses: list[Purse]) -> tuple[Purse, ...]:
    return purses_among(purses, session, body=enrolment.body_id, category=enrolment.category_id)
