"""The letters about an enrolment: what the triggers ask for when somebody moves, in each reader's language.

Guards one rule: a letter is written in the transaction of the deed that it tells of, and a
reader without an address gets none.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import NOMINATE, ORGANISE
from training.catalogue.models import Grant, TrainingSession
from training.catalogue.querysets import WHOLE_PLATFORM
from training.enrolment.answers import answers_as_text
from training.enrolment.models import Enrolment, LetterTrigger
from training.enrolment.questions import TITLES_OF_FORMS
from training.enrolment.reasons import NO_REASON, Reason
from training.enrolment.states import State
from training.enrolment.triggers import Asked, letters_of_a_move, letters_of_a_transfer
from training.mail import outbox
from training.mail.models import Letter
from training.mail.wording import Values, placeholders_in
from training.tools.dates import days_in_words, moment_in_words, until_in_words

LANGUAGE_OF_OFFICES = "zh-hans"  # a contact is an address without a person's choice
Recipients = LetterTrigger.Recipients
Makers = dict[str, Callable[[], str]]


@dataclass(frozen=True)
class Reader:
    """Who reads a letter: the address, the name to begin with, the language; `key` tells readers apart."""

    email: str
    name: str
    language: str
    key: str = "person"

    @classmethod
    def of(cls, user: User) -> "Reader":
        return cls(user.email, user.name, user.language, f"user-{user.pk}")


@dataclass(frozen=True)
class Told:
    """What a letter says about the deed itself: why, the place in line, where somebody came from, which form is due."""

    reason: Reason = NO_REASON
    position: int | None = None
    earlier: TrainingSession | None = None
    form: str = ""
    deadline: datetime | None = None


NOTHING_TOLD = Told()


def tell_of_a_move(
    enrolment: Enrolment,
    session: TrainingSession,
    *,
    came_from: State | None,
    reason: Reason,
    by: User | None,
    position: int | None = None,
) -> None:
    """Writes the letters about the state that `enrolment` has just come into."""
    for asked in letters_of_a_move(session, came_from, State(enrolment.state)):
        _write(asked, enrolment, session, Told(reason, position), by=by)


@dataclass(frozen=True)
class Move:
    """A move that was made: of whom, from where, why, and the place in line of whoever joined it."""

    enrolment: Enrolment
    came_from: State
    reason: Reason
    position: int | None = None

    @property
    def kind(self) -> tuple[State, State]:
        return self.came_from, State(self.enrolment.state)


def tell_of_moves(moves: Sequence[Move], session: TrainingSession, *, by: User | None) -> None:
    """Writes the letters about many moves of one session, in their order.

    The queries grow with the kinds of moves and with the bodies whose nominators read along.
    """
    asked_for = {kind: letters_of_a_move(session, *kind) for kind in dict.fromkeys(move.kind for move in moves)}
    if any(_says_the_answers(asked) for several in asked_for.values() for asked in several):
        people = [move.enrolment for move in moves]
        prefetch_related_objects(people, "form_version", "answered_forms__form_version")
    readers = _Readers(session)
    outbox.write_many(
        [
            _worded(asked, move.enrolment, session, Told(move.reason, move.position), reader, by=by)
            for move in moves
            for asked in asked_for[move.kind]
            for reader in readers.of(asked.recipients, move.enrolment)
        ]
    )


class _Readers:
    """Who reads the letters about many enrolments of one session; each kind of reader is looked up once."""

    def __init__(self, session: TrainingSession) -> None:
        self._session = session
        self._known: dict[tuple[str, int | None], list[Reader]] = {}

    def of(self, recipients: str, enrolment: Enrolment) -> list[Reader]:
        if recipients == Recipients.PERSON:
            return readers_of(recipients, enrolment, self._session)
        key = (recipients, enrolment.body_id if recipients == Recipients.NOMINATORS else None)
        if key not in self._known:
            self._known[key] = readers_of(recipients, enrolment, self._session)
        return self._known[key]


def _says_the_answers(asked: Asked) -> bool:
    both = [asked.wording(language) for language, _name in settings.LANGUAGES]
    return "answers" in placeholders_in(*(text for one in both for text in (one.subject, one.text)))


def tell_of_a_transfer(
    enrolment: Enrolment, session: TrainingSession, *, earlier: TrainingSession, reason: Reason, by: User | None
) -> None:
    """Writes the letters about `enrolment` in `session`, which goes on with one in `earlier`."""
    for asked in letters_of_a_transfer(session):
        _write(asked, enrolment, session, Told(reason, earlier=earlier), by=by)


def reference_of_session(session_id: int | str) -> str:
    """What a letter speaks of that is about a session as a whole, as its `about`."""
    return f"session-{session_id}"


def reference_of_programme(programme_id: int | str) -> str:
    """What a letter speaks of that is about a programme, as its `about`."""
    return f"programme-{programme_id}"


def readers_of(recipients: str, enrolment: Enrolment, session: TrainingSession) -> list[Reader]:
    """Who reads a letter about one enrolment; one query for readers who are not the person."""
    if recipients == Recipients.PERSON:
        trainee = enrolment.trainee
        return [Reader(trainee.email, trainee.name, trainee.language)] if trainee.email else []
    if recipients == Recipients.NOMINATORS:
        return list(nominators_of(session, enrolment.body_id)) if enrolment.body_id else []
    return organisers_of(session)


def nominators_of(session: TrainingSession, body_id: int | None = None) -> Iterator[Reader]:
    """Who nominates now for the programme of the session, for one body or for all of them."""
    grants = Grant.objects.in_force().filter(role__in=NOMINATE, programme=session.programme_id, user__is_active=True)
    if body_id is not None:
        grants = grants.filter(organisation=body_id)
    people = grants.order_by("user_id").distinct("user_id").select_related("user")
    return (Reader.of(one.user) for one in people)


def organisers_of(session: TrainingSession) -> list[Reader]:
    """The session's contact; without one, everybody who organises it."""
    if session.contact_email:
        return [Reader(session.contact_email, session.contact_name, LANGUAGE_OF_OFFICES, "contact")]
    here = WHOLE_PLATFORM | Q(programme=session.programme_id) | Q(session=session.pk)
    grants = Grant.objects.in_force().filter(here, role__in=ORGANISE)
    people = User.objects.filter(pk__in=grants.values("user"), is_active=True)
    return [Reader.of(one) for one in people.order_by("pk")]


def about_a_person(enrolment: Enrolment, session: TrainingSession, told: Told, reader: Reader) -> Makers:
    """What a letter may say about an enrolment and its session; what costs a query is asked only if it is said."""
    return {
        **about_a_session(session),
        "trainee": lambda: enrolment.trainee.name,
        "nominator": lambda: reader.name,
        "link": lambda: link_to(enrolment),
        "reason": lambda: told.reason.in_language(get_language() or "") or _("No reason was given."),
        "deadline": lambda: _until(told.deadline or enrolment.offer_expires_at),
        "form": lambda: str(TITLES_OF_FORMS[told.form]) if told.form else "",
        "position": lambda: "" if told.position is None else str(told.position),
        "body": lambda: enrolment.body.name if enrolment.body else "",
        "category": lambda: enrolment.category.name if enrolment.category else "",
        "earlier_session": lambda: told.earlier.title if told.earlier else "",
        "answers": lambda: _own_answers(enrolment, reader),
    }


def _until(deadline: datetime | None) -> str:
    return until_in_words(deadline) if deadline else ""


def _own_answers(enrolment: Enrolment, reader: Reader) -> str:
    """What somebody answered, for nobody but that person."""
    return answers_as_text(enrolment, reader.language) if reader.email == enrolment.trainee.email else ""


def about_a_session(session: TrainingSession) -> Makers:
    """What a letter may say about a session."""
    return {
        "session": lambda: session.title,
        "programme": lambda: session.programme.title,
        "dates": lambda: days_in_words(session.starts_on, session.ends_on),
        "arrival": lambda: _or_open(session.arrival_starts_at),
        "place": lambda: place_in_words(session),
        "contact": lambda: contact_in_words(session),
        "closes": lambda: _until(session.enrolment_closes_at) or _("to be announced"),
        "until": lambda: _until(session.nominations_close_at) or _("to be announced"),
        "applications": lambda: str(Enrolment.objects.filter(session=session).awaiting_a_decision().count()),
        "places_left": lambda: _("unknown") if session.places_left is None else str(session.places_left),
        "link": lambda: settings.BASE_URL + reverse("session", args=[session.slug]),
    }


def link_to(enrolment: Enrolment) -> str:
    return settings.BASE_URL + reverse("my_enrolment", args=[enrolment.reference])


def place_in_words(session: TrainingSession) -> str:
    """Venue and city as far as they are known, in the active language."""
    parts = [part for part in (session.venue.name if session.venue else "", session.city) if part]
    return _(", ").join(parts) or _("to be announced")


def contact_in_words(session: TrainingSession) -> str:
    parts = [part for part in (session.contact_name, session.contact_phone, session.contact_email) if part]
    return _(", ").join(parts) or _("to be announced")


def _write(asked: Asked, enrolment: Enrolment, session: TrainingSession, told: Told, *, by: User | None) -> None:
    readers = readers_of(asked.recipients, enrolment, session)
    outbox.write_many([_worded(asked, enrolment, session, told, reader, by=by) for reader in readers])


def _worded(
    asked: Asked, enrolment: Enrolment, session: TrainingSession, told: Told, reader: Reader, *, by: User | None
) -> Letter:
    return outbox.worded(
        to=reader.email,
        template=asked.template,
        values=Values(about_a_person(enrolment, session, told, reader)),
        language=reader.language,
        about=enrolment.reference,
        by=by,
        said=asked.wording(reader.language),
    )


def _or_open(moment: datetime | None) -> str:
    return moment_in_words(moment) if moment else _("to be announced")
