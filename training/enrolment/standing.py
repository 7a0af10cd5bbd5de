"""How an enrolment stands, in sentences: the same words on every page that shows one.

What the state means, what happens next, by when, and for somebody on the waiting list the
place in line and why.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from training.enrolment.models import Enrolment
from training.enrolment.states import State
from training.tools.dates import moment_in_words


@dataclass(frozen=True)
class Standing:
    """`now` says what is, `next` what happens next; `by` is the deadline of the next step, if any."""

    now: str
    next: str
    by: datetime | None = None
    place_in_line: int | None = None


def standing_of(enrolment: Enrolment) -> Standing:
    """One query for somebody in line, none for the others. The session is expected to be loaded."""
    match State(enrolment.state):
        case State.APPLIED:
            return Standing(_("Your application has arrived."), _("The organiser decides and writes to you."))
        case State.RETURNED:
            return Standing(
                _("Your application was sent back to you."), _("Read the reason, correct it and send it again.")
            )
        case State.WAITLISTED:
            return _standing_in_line(enrolment)
        case State.OFFERED:
            assert enrolment.offer_expires_at is not None  # noqa: S101 - held by a constraint
            return Standing(
                _("A place is offered to you."),
                _("Accept it by %(deadline)s; after that it goes to the next in line.")
                % {"deadline": moment_in_words(enrolment.offer_expires_at)},
                by=enrolment.offer_expires_at,
            )
        case State.CONFIRMED:
            return Standing(_("You have a place."), _("Come to the arrival desk; bring your identity card."))
        case State.DECLINED:
            return Standing(_("Your application was declined."), _("You may apply for another session."))
        case State.LAPSED:
            return Standing(
                _("The offer was not answered in time."), _("Apply again while enrolment is open; you join the end of the line.")
            )
        case State.WITHDRAWN:
            return Standing(_("You have withdrawn."), _("You may apply again while enrolment is open."))


def _standing_in_line(enrolment: Enrolment) -> Standing:
    place = place_in_line(enrolment)
    ahead = place - 1
    if ahead:
        now = ngettext(
            "You are on the waiting list; %(ahead)d person is before you, in the order of arrival.",
            "You are on the waiting list; %(ahead)d people are before you, in the order of arrival.",
            ahead,
        ) % {"ahead": ahead}
    else:
        now = _("You are first in line.")
    if enrolment.session.is_first_come:
        following = ngettext(
            "If a place becomes free for you, we write to you and keep it for %(hours)d hour.",
            "If a place becomes free for you, we write to you and keep it for %(hours)d hours.",
            enrolment.session.offer_hours,
        ) % {"hours": enrolment.session.offer_hours}
    else:
        following = _("If a place becomes free, the organiser decides who is offered it.")
    return Standing(now, following, place_in_line=place)


def place_in_line(enrolment: Enrolment) -> int:
    """1 for the first in line. Counts those whose number is lower; one query."""
    line = Enrolment.objects.filter(session=enrolment.session_id).waiting_in_line()
    before: int = line.filter(line_number__lt=enrolment.line_number).count()
    return before + 1
