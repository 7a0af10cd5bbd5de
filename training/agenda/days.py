"""An agenda as people read it: day by day, each in half-days; what has no time yet comes last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _

from training.agenda.models import AgendaItem

SHOWN_IN_SHORT = 6
NOT_TAUGHT = frozenset({AgendaItem.Kind.BREAK, AgendaItem.Kind.MEAL})
NOON, EVENING = 12, 18  # the hours at which afternoon and evening begin


@dataclass(frozen=True, slots=True)
class HalfDay:
    """Morning, afternoon, evening, or what has no time yet, with its items in order."""

    name: str
    items: list[AgendaItem]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a session. `number` counts from 1 among the days that have items."""

    date: date
    number: int
    half_days: list[HalfDay]

    @property
    def items(self) -> list[AgendaItem]:
        return [item for half_day in self.half_days for item in half_day.items]

    @property
    def taught(self) -> list[AgendaItem]:
        """Without breaks and meals."""
        return [item for item in self.items if item.kind not in NOT_TAUGHT]

    @property
    def in_short(self) -> list[AgendaItem]:
        return self.taught[:SHOWN_IN_SHORT]

    @property
    def more(self) -> int:
        """How many are taught beyond those named in short."""
        return max(len(self.taught) - SHOWN_IN_SHORT, 0)


def in_days(items: Iterable[AgendaItem]) -> list[Day]:
    """Items, in their own order, arranged by day and half-day."""
    days = groupby(items, key=lambda item: item.day)
    return [Day(day, number, _half_days(of_day)) for number, (day, of_day) in enumerate(days, 1)]


def _half_days(items: Iterable[AgendaItem]) -> list[HalfDay]:
    return [HalfDay(name, list(of_half)) for name, of_half in groupby(items, key=_name_of_the_half_day)]


def _name_of_the_half_day(item: AgendaItem) -> str:
    if item.starts_at is None:
        return _("Time to be announced")
    hour = timezone.localtime(item.starts_at).hour
    if hour < NOON:
        return _("Morning")
    return _("Afternoon") if hour < EVENING else _("Evening")
