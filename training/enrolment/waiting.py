"""The waiting list of a session as a whole: who stands where and why, and who gets the next place of which purse.

Guards one rule: the words are those that the person and the body read, too (`why_not_yet`); only
the numbers are counted here for all at once instead of one by one.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.utils import timezone

from training.catalogue.models import TrainingSession
from training.enrolment.line import Purse, PurseKey, in_order, nominations_are_open, purses_among, purses_of
from training.enrolment.models import Enrolment
from training.enrolment.standing import why_not_yet
from training.enrolment.states import State


class _Row(NamedTuple):
    key: int
    body: int | None
    category: int | None
    is_reserve: bool
    duplicate_of: int | None


_MARKS = ("is_reserve", "duplicate_of_id")


class Waiting(NamedTuple):
    """One person in line: the number in the line for the first of his or her purses, and these purses."""

    key: int
    place: int
    purses: tuple[Purse, ...]


@dataclass(frozen=True)
class NextPlace:
    """A purse, its free places, and who is offered the next one; nobody where nobody may take from it."""

    purse: Purse
    enrolment: Enrolment | None

    @property
    def places_left(self) -> int | None:
        return self.purse.places_left


class WaitingList:
    """Everybody who waits in the order of the session's rule. Two queries, however many wait."""

    def __init__(self, session: TrainingSession) -> None:
        self.session = session
        self._purses = purses_of(session)
        self._reserves_wait = session.has_quotas and nominations_are_open(session, timezone.now())
        line = in_order(Enrolment.objects.filter(session=session, state=State.WAITLISTED), session)
        self._rows = [_Row(*row) for row in line.values_list("pk", "body_id", "category_id", *_MARKS)]
        self.people = list(self._numbered())

    def why(self, enrolment: Enrolment, waiting: Waiting) -> str:
        """The position and its reason, in everybody's words."""
        enrolment.session = self.session
        return why_not_yet(enrolment, place=waiting.place, purses=waiting.purses)

    def next_places(self) -> list[NextPlace]:
        """For each purse the first in line who may take from it. One query."""
        first: dict[PurseKey, int] = {}
        for row in self._rows:
            if self._may_be_offered_one(row):
                for purse in self._purses_for(row):
                    first.setdefault(purse.key, row.key)
        people = Enrolment.objects.select_related("trainee").in_bulk(set(first.values()))
        return [NextPlace(purse, people.get(first.get(purse.key, 0))) for purse in self._purses]

    def _numbered(self) -> Iterable[Waiting]:
        """Each one stands behind those who may take from his or her first purse and come before."""
        before: Counter[PurseKey] = Counter()
        for row in self._rows:
            purses = self._purses_for(row)
            number = before[purses[0].key] if purses else before[None]
            yield Waiting(row.key, number + 1, purses)
            if self._may_be_offered_one(row):
                before.update(purse.key for purse in purses)

    def _may_be_offered_one(self, row: _Row) -> bool:
        return row.duplicate_of is None and not (row.is_reserve and self._reserves_wait)

    def _purses_for(self, row: _Row) -> tuple[Purse, ...]:
        return purses_among(self._purses, self.session, body=row.body, category=row.category)
