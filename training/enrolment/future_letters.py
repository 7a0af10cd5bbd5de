"""Letters that the calendar asks for: reminders before a date of the session, the end of an offer or of a form.

Guards one rule: whom a letter is for is looked at in the transaction that lets it go, with the
session's row locked; so nobody who has just withdrawn is reminded, and no class that is cancelled
or over writes to anybody. The clock may come twice, late, or not at all for a night.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from hashlib import sha256

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import override

from training.catalogue.models import TrainingSession
from training.enrolment.later_forms import times_of_later_forms, who_answered
from training.enrolment.letters import (
    Makers,
    Reader,
    Told,
    about_a_person,
    about_a_session,
    nominators_of,
    organisers_of,
    readers_of,
    reference_of_session,
)
from training.enrolment.lifecycle import locked_session
from training.enrolment.models import Enrolment, LetterTrigger
from training.enrolment.models.triggers import LONGEST_BEFORE_OR_AFTER
from training.enrolment.states import HOLDING_A_PLACE, State
from training.enrolment.triggers import in_force
from training.mail.planned import FutureLetter, Kept, keep_in_step
from training.mail.wording import Values, Wording, has_wording, placeholders_in, wording

Event, Recipients = LetterTrigger.Event, LetterTrigger.Recipients
BY_THE_CALENDAR = (Event.DATE, Event.DEADLINE, Event.FORM)
OF_PEOPLE_ALONE = (Event.DEADLINE, Event.FORM)
DAYS_TO_CATCH_UP = 3  # so long after a letter was due a worker that stood still may yet send it
LARGE = ("answers", "identity_sealed", "mobile_sealed", "trainee__identity_sealed", "trainee__mobile_sealed")


def sessions_with_letters_to_come(today: date) -> list[int]:
    """The keys of sessions whose calendar may still ask for a letter, cancelled ones included."""
    last_day = today - timedelta(days=LONGEST_BEFORE_OR_AFTER + DAYS_TO_CATCH_UP)
    sessions = TrainingSession.objects.annotate(ends=Coalesce("ends_on", "starts_on")).filter(ends__gte=last_day)
    return list(sessions.order_by("pk").values_list("pk", flat=True))


def keep_letters_in_step(session_id: int, *, at: datetime | None = None) -> Kept:
    """Plans, changes and drops the letters still to come about one session, and lets go what is due.

    May run as often as one likes, also at once with itself.
    """
    with transaction.atomic():
        session = locked_session(session_id)
        now = at or timezone.now()
        return keep_in_step(series_of(session_id), _wanted(session, now), now)


def series_of(session_id: int) -> str:
    """What all letters by the calendar of one session carry."""
    return f"session-{session_id}"


def _wanted(session: TrainingSession, now: datetime) -> Iterator[FutureLetter]:
    if not session.is_published:
        return
    rows = LetterTrigger.objects.reaching(session).filter(event__in=BY_THE_CALENDAR)
    triggers = in_force(row for row in rows if has_wording(row.template, session.programme_id))
    people, forms = _people(session, triggers), _forms(session, triggers)
    for trigger in triggers:
        yield from _Plan(trigger, session, now, forms).letters(people)


def _people(session: TrainingSession, triggers: list[LetterTrigger]) -> list[Enrolment]:
    """Everybody whom one of the triggers may mean. One query, none where nobody is meant."""
    states = {state for trigger in triggers if _speaks_of_people(trigger) for state in states_of(trigger)}
    if not states:
        return []
    found = Enrolment.objects.filter(session=session, state__in=sorted(states)).order_by("pk")
    return list(found.select_related("trainee", "body", "category").defer(*LARGE))


@dataclass(frozen=True)
class _Forms:
    """The times of the later forms by stage, and who has answered which."""

    times: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)
    answered: Collection[tuple[int, str]] = ()


def _forms(session: TrainingSession, triggers: list[LetterTrigger]) -> _Forms:
    """Two queries where a trigger speaks of a form, else none."""
    if not any(trigger.event == Event.FORM for trigger in triggers):
        return _Forms()
    return _Forms(times_of_later_forms(session), who_answered(session))


def states_of(trigger: LetterTrigger) -> list[str]:
    """Whose letter it is: an offer's deadline concerns those with an offer, a form those with a place."""
    match trigger.event:
        case Event.DEADLINE:
            return [State.OFFERED]
        case Event.FORM:
            return sorted(HOLDING_A_PLACE)
        case _:
            return trigger.states


def _speaks_of_people(trigger: LetterTrigger) -> bool:
    return trigger.event in OF_PEOPLE_ALONE or trigger.recipients == Recipients.PERSON


@dataclass
class _Plan:
    """One trigger of one session: for whom, and when."""

    trigger: LetterTrigger
    session: TrainingSession
    now: datetime
    forms: _Forms

    def letters(self, people: list[Enrolment]) -> Iterator[FutureLetter]:
        if _speaks_of_people(self.trigger):
            states = states_of(self.trigger)
            for enrolment in people:
                if enrolment.state in states:
                    enrolment.session = self.session
                    yield from self._about(enrolment)
        else:
            yield from self._about_the_session()

    def _about(self, enrolment: Enrolment) -> Iterator[FutureLetter]:
        due, until = self._moments(enrolment)
        if due is None or until is None or not self._is_owed(due, until, enrolment.state_since):
            return
        form = self.trigger.form
        if (enrolment.pk, form) in self.forms.answered:
            return
        due = max(due, enrolment.state_since) if self.trigger.is_for_latecomers else due
        for reader in readers_of(self.trigger.recipients, enrolment, self.session):
            person = (
                enrolment.trainee.name, enrolment.offer_expires_at, enrolment.body_id, enrolment.category_id,
                *([until] if form else []),
            )  # fmt: skip
            told = Told(form=form, deadline=until) if form else Told()
            makers = about_a_person(enrolment, self.session, told, reader)
            yield self._letter(reader, enrolment.reference, due, makers, repr(person))

    def _about_the_session(self) -> Iterator[FutureLetter]:
        due, until = self._moments(None)
        if due is None or until is None or not self._is_owed(due, until, due):
            return
        to_nominators = self.trigger.recipients == Recipients.NOMINATORS
        readers = nominators_of(self.session) if to_nominators else organisers_of(self.session)
        for reader in readers:
            makers = about_a_session(self.session) | {"nominator": lambda name=reader.name: name}
            yield self._letter(reader, reference_of_session(self.session.pk), due, makers, "")

    def _moments(self, enrolment: Enrolment | None) -> tuple[datetime | None, datetime | None]:
        """When the letter is due, and until when it still makes sense; both None while the date is unknown."""
        if self.trigger.event == Event.DEADLINE:
            until = enrolment.offer_expires_at if enrolment else None
            return (until - timedelta(hours=self.trigger.hours), until) if until else (None, None)
        if self.trigger.event == Event.FORM:
            return self._moments_of_the_form
        return self._moments_of_the_date

    @cached_property
    def _moments_of_the_form(self) -> tuple[datetime | None, datetime | None]:
        """So many days before the last day to answer, but not before the form is open."""
        if self.trigger.form not in self.forms.times:
            return None, None
        opens_at, closes_at = self.forms.times[self.trigger.form]
        last_day = timezone.localdate(closes_at - timedelta(microseconds=1))  # 00:00 is the end of the day before
        due = _at(last_day - timedelta(days=self.trigger.days), self.trigger.time_of_day)
        return max(due, opens_at), closes_at

    @cached_property
    def _moments_of_the_date(self) -> tuple[datetime | None, datetime | None]:
        said: date | datetime | None = getattr(self.session, self.trigger.date)
        if said is None:
            return None, None
        day = timezone.localdate(said) if isinstance(said, datetime) else said
        is_before = self.trigger.side == LetterTrigger.Side.BEFORE
        away = timedelta(days=self.trigger.days)
        due = _at(day - away if is_before else day + away, self.trigger.time_of_day)
        if not is_before:
            return due, due + timedelta(days=DAYS_TO_CATCH_UP)
        return due, said if isinstance(said, datetime) else _at(day + timedelta(days=1), time.min)

    def _is_owed(self, due: datetime, until: datetime, since: datetime) -> bool:
        """Not once the date itself has passed; and, unless latecomers are meant, to nobody who came after it was due.

        A trigger that was made or changed after the letter was due writes nothing belatedly either.
        """
        if until <= self.now:
            return False
        return self.trigger.is_for_latecomers or (since <= due and self.trigger.changed_at <= due)

    def _letter(self, reader: Reader, about: str, due: datetime, makers: Makers, person: str) -> FutureLetter:
        said, of_session = self._wording(reader.language)
        made_from = sha256(f"{of_session}|{reader}|{person}".encode()).hexdigest()
        return FutureLetter(
            occasion=f"{series_of(self.session.pk)}/trigger-{self.trigger.pk}/{about}/{reader.key}",
            to=reader.email,
            language=reader.language,
            template=self.trigger.template,
            about=about,
            due_at=due,
            made_from=made_from,
            worded=_worded(said, reader.language, makers),
        )

    def _wording(self, language: str) -> tuple[Wording, str]:
        """The wording, and a text that changes when it does or what it says of the session."""
        if language not in self._wordings:
            said = wording(self.trigger.template, language, self.session.programme_id)
            makers, names = about_a_session(self.session), placeholders_in(said.subject, said.text)
            with override(language):
                values = {name: makers[name]() for name in sorted(names & set(makers) - {"link"})}
            self._wordings[language] = said, repr((said, values))
        return self._wordings[language]

    @cached_property
    def _wordings(self) -> dict[str, tuple[Wording, str]]:
        return {}


def _worded(said: Wording, language: str, makers: Makers) -> Callable[[], Wording]:
    def fill() -> Wording:
        with override(language):
            return said.filled(Values(makers))

    return fill


def _at(day: date, clock: time) -> datetime:
    """That day at that time where the training is."""
    return timezone.make_aware(datetime.combine(day, clock))
