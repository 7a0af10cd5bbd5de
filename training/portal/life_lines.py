"""The life line of an enrolment: what happened, where it stands now, what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from training.enrolment.models import EnrolmentEvent
from training.enrolment.states import State


@dataclass(frozen=True, slots=True)
class Dot:
    """One event of the line; the present one is the last."""

    at: datetime
    words: str
    why: str
    is_present: bool


def life_line(events: Iterable[EnrolmentEvent]) -> list[Dot]:
    """The events in order. Two at one moment, such as applied and confirmed, stay two dots."""
    known = list(events)
    return [Dot(event.at, str(State(event.to_state).label), event.reason, event is known[-1]) for event in known]
