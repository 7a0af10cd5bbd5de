"""At what stage a session is for somebody who wishes to come, in words: one place for every page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from training.catalogue.models import TrainingSession
from training.tools.dates import moment_in_words, until_in_words

SOON = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Stage:
    """`code` names the stage, `words` say it, `until` is the sentence about the next date, if there is one."""

    code: str
    words: str
    until: str = ""
    is_soon: bool = False

    @property
    def takes_applications(self) -> bool:
        return self.code in ("open", "full")


def stage_of(session: TrainingSession, at: datetime) -> Stage:
    """Draft, cancelled, past, open, full, coming (opens later), underway, closed, or unknown."""
    today = timezone.localtime(at).date()
    if session.is_cancelled:
        return Stage("cancelled", _("Cancelled"))
    if not session.is_published:
        return Stage("draft", _("Draft"))
    if session.is_over(today):
        return Stage("past", _("Over"))
    if session.enrolment_is_open(at):
        return _open(session, at)
    if session.enrolment_is_ahead(at):
        return _ahead(session)
    return _shut(session, today)


def _open(session: TrainingSession, at: datetime) -> Stage:
    """Whoever reads this applies alone, and takes from the free pool."""
    closes = session.enrolment_closes_at
    until = _("Enrol until %(moment)s") % {"moment": until_in_words(closes)} if closes else ""
    is_soon = closes is not None and closes - at < SOON
    if session.pool_left == 0 or (session.is_first_come and session.people_waiting):
        return Stage("full", _("Waiting list"), until, is_soon)
    return Stage("open", _("Open for enrolment"), until, is_soon)


def _ahead(session: TrainingSession) -> Stage:
    assert session.enrolment_opens_at is not None  # noqa: S101 - what is ahead has a beginning
    opens = _("Enrolment opens %(moment)s") % {"moment": moment_in_words(session.enrolment_opens_at)}
    return Stage("coming", _("Enrolment opens later"), opens)


def _shut(session: TrainingSession, today: date) -> Stage:
    if session.starts_on <= today:
        return Stage("underway", _("Under way"))
    if session.enrolment_opens_at is None:
        return Stage("unknown", _("Enrolment to be announced"))
    return Stage("closed", _("Enrolment is closed"))
