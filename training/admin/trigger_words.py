"""When a trigger writes its letter, as a sentence."""

from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from training.enrolment.models import LetterTrigger
from training.enrolment.questions import TITLES_OF_FORMS
from training.tools.dates import clock

Event = LetterTrigger.Event


def when_in_words(trigger: LetterTrigger) -> str:
    """The event as a sentence: “3 days before the first day, 09:00”."""
    if trigger.event == Event.MOVE:
        return _move_in_words(trigger)
    if trigger.event == Event.DEADLINE:
        hours = trigger.hours
        sentence = ngettext("%(hours)d hour before an offer lapses", "%(hours)d hours before an offer lapses", hours)
        return sentence % {"hours": hours}
    if trigger.event == Event.FORM:
        return _form_in_words(trigger)
    if trigger.event == Event.TRANSFER:
        return str(trigger.get_event_display())
    return _date_in_words(trigger)


def _date_in_words(trigger: LetterTrigger) -> str:
    n = trigger.days
    if trigger.side == LetterTrigger.Side.BEFORE:
        sentence = ngettext("%(days)d day before: %(date)s, %(clock)s", "%(days)d days before: %(date)s, %(clock)s", n)
    else:
        sentence = ngettext("%(days)d day after: %(date)s, %(clock)s", "%(days)d days after: %(date)s, %(clock)s", n)
    return sentence % {"days": n, "date": trigger.get_date_display(), "clock": clock(trigger.time_of_day)}


def _form_in_words(trigger: LetterTrigger) -> str:
    n = trigger.days
    sentence = ngettext(
        "%(days)d day before the form “%(form)s” is due, %(clock)s",
        "%(days)d days before the form “%(form)s” is due, %(clock)s",
        n,
    )
    return sentence % {"days": n, "form": TITLES_OF_FORMS[trigger.form], "clock": clock(trigger.time_of_day)}


def _move_in_words(trigger: LetterTrigger) -> str:
    if trigger.from_state:
        return say("“%(before)s” becomes “%(after)s”") % {
            "before": trigger.get_from_state_display(),
            "after": trigger.get_to_state_display(),
        }
    return say("becomes “%(after)s”") % {"after": trigger.get_to_state_display()}
