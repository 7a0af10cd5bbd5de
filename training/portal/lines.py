"""A session as one line of a list: when, where, for whom, how many places, until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import pgettext

from training.catalogue.models import TrainingSession
from training.catalogue.querysets import TrainingSessionQuerySet
from training.catalogue.stages import Stage, stage_of


@dataclass(frozen=True, slots=True)
class Line:
    session: TrainingSession
    stage: Stage

    @property
    def for_whom(self) -> str:
        return pgettext("between kinds of people", " · ").join(
            category.name for category in self.session.programme.categories.all()
        )

    @property
    def where(self) -> str:
        """City and venue as far as they are known."""
        parts = [self.session.city, self.session.venue.name if self.session.venue else ""]
        return pgettext("between city and venue", ", ").join(filter(None, parts))


def with_what_a_line_shows(sessions: TrainingSessionQuerySet) -> TrainingSessionQuerySet:
    """Programme, venue and categories come along: two queries, however many sessions."""
    return sessions.select_related("programme", "venue").prefetch_related("programme__categories")


def lines(sessions: Iterable[TrainingSession], at: datetime) -> list[Line]:
    return [Line(session, stage_of(session, at)) for session in sessions]
