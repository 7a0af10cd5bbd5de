"""Which letter an event asks for: triggers are rows, and the narrower one goes before the wider.

Guards one rule: for one event and one kind of reader there is at most one letter. A trigger of
the session goes before one of its programme, that one before the house's; a trigger that names
the state that somebody comes from is another event than one that does not, and goes first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from training.catalogue.models import TrainingSession
from training.enrolment.models import LetterTrigger
from training.enrolment.states import State
from training.mail.wording import COLUMNS, Wording, adapted_wording, is_delivered, wording_as_delivered

Event, Recipients = LetterTrigger.Event, LetterTrigger.Recipients

# The trigger and its wording in one query, and in SQL: every move asks, and the same as
# querysets takes longer to put into words than to answer.
_ASKED_FOR = """
    SELECT trigger.recipients, trigger.is_on, trigger.template,
           adapted.subject_en, adapted.subject_zh, adapted.text_en, adapted.text_zh
      FROM training_lettertrigger trigger
      LEFT JOIN LATERAL (
           SELECT * FROM training_lettertemplate wording
            WHERE wording.code = trigger.template
              AND (wording.programme_id IS NULL OR wording.programme_id = %(programme)s)
            ORDER BY wording.programme_id NULLS LAST LIMIT 1) adapted ON TRUE
     WHERE trigger.event = %(event)s AND trigger.to_state = %(to)s AND trigger.from_state IN ('', %(from)s)
       AND (trigger.programme_id IS NULL OR trigger.programme_id = %(programme)s)
       AND (trigger.session_id IS NULL OR trigger.session_id = %(session)s)
     ORDER BY trigger.from_state = '', trigger.session_id IS NULL, trigger.programme_id IS NULL"""


@dataclass(frozen=True)
class Asked:
    """A letter that is to be written: to whom, which one, and the adapted wording if there is one."""

    recipients: str
    template: str
    adapted: Mapping[str, str] | None

    def wording(self, language: str) -> Wording:
        if self.adapted is None:
            return wording_as_delivered(self.template, language)
        return adapted_wording(self.adapted, language)


def letters_of_a_move(session: TrainingSession, came_from: State | None, to: State) -> list[Asked]:
    """What is to be written when somebody comes into the state `to`. One query."""
    return _asked_for(Event.MOVE, session, to=to, came_from=came_from or "")


def letters_of_a_transfer(session: TrainingSession) -> list[Asked]:
    """What is to be written when somebody comes into `session` from another one. One query."""
    return _asked_for(Event.TRANSFER, session)


def _asked_for(event: LetterTrigger.Event, session: TrainingSession, to: str = "", came_from: str = "") -> list[Asked]:
    looked_for: dict[str, str | int] = {
        "event": event,
        "to": to,
        "from": came_from,
        "programme": session.programme_id,
        "session": session.pk,
    }
    first_of: dict[str, Asked | None] = {}
    with connection.cursor() as cursor:
        cursor.execute(_ASKED_FOR, looked_for)
        for recipients, is_on, template, *columns in cursor.fetchall():
            if columns[0] is None and not is_delivered(template):
                continue  # a letter of one's own that is gone, or another programme's
            adapted = dict(zip(COLUMNS, columns, strict=True)) if columns[0] is not None else None
            first_of.setdefault(recipients, Asked(recipients, template, adapted) if is_on else None)
    return [asked for asked in first_of.values() if asked is not None]


def in_force(triggers: Iterable[LetterTrigger]) -> list[LetterTrigger]:
    """Of triggers by the calendar that reach one session, those of the narrowest scope for each event.

    All letters before one date to one kind of reader are one event, however many days before: so a
    programme with two reminders of its own does without the house's.
    """
    narrowest: dict[tuple[str, ...], list[LetterTrigger]] = {}
    for trigger in sorted(triggers, key=_width):
        event = (trigger.event, trigger.date, trigger.form, trigger.side, trigger.recipients)
        there = narrowest.setdefault(event, [])
        if not there or _width(there[0]) == _width(trigger):
            there.append(trigger)
    return [trigger for several in narrowest.values() for trigger in several if trigger.is_on]


def _width(trigger: LetterTrigger) -> int:
    if trigger.session_id is not None:
        return 0
    return 1 if trigger.programme_id is not None else 2
