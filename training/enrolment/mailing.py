"""Writing to many: one letter to everybody of a session whom the organiser means, counted before it is sent.

Guards two rules: the same sending writes once, however often its button is pressed; and a letter
to more than 200 people needs a purpose, which is kept with who wrote it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.models import User
from training.catalogue.models import Category, Organisation, TrainingSession
from training.enrolment.later_forms import not_answered, times_of_later_forms
from training.enrolment.letters import NOTHING_TOLD, Reader, Told, about_a_person
from training.enrolment.models import Enrolment, Mailing
from training.enrolment.models.mailings import MOST_WITHOUT_A_PURPOSE
from training.enrolment.querysets import EnrolmentQuerySet
from training.mail import outbox
from training.mail.models import Letter
from training.mail.wording import Values, Wording, placeholders_in, wording
from training.tools.refusals import Refused

MOST_AT_ONCE = 5_000  # people; about five seconds
LARGE_AND_NEVER_SAID = ("identity_sealed", "mobile_sealed", "trainee__identity_sealed", "trainee__mobile_sealed")
LARGE = ("answers", *LARGE_AND_NEVER_SAID)


@dataclass(frozen=True)
class LetterToMany:
    """To whom of a session, and what: a template by its code, or own texts in one language or both.

    `unanswered` is the stage of a later form; then it is for those who have not answered that one.
    """

    session: TrainingSession
    states: Sequence[str]
    body: Organisation | None = None
    category: Category | None = None
    unanswered: str = ""
    template: str = ""
    subject_en: str = ""
    subject_zh: str = ""
    text_en: str = ""
    text_zh: str = ""

    def wording(self, language: str) -> Wording:
        """In that language, else in the other one."""
        if self.template:
            return wording(self.template, language, self.session.programme_id)
        english, chinese = (self.subject_en, self.text_en), (self.subject_zh, self.text_zh)
        first, second = (chinese, english) if language == "zh-hans" else (english, chinese)
        return Wording(*(first if all(first) else second))

    @cached_property
    def deadline(self) -> datetime | None:
        """Until when the form is answered that the people meant have not answered yet."""
        times = times_of_later_forms(self.session).get(self.unanswered)
        return times[1] if times else None

    def says(self, placeholder: str) -> bool:
        """Whether one of its languages fills this placeholder."""
        both = [self.wording(language) for language in ("en", "zh-hans")]
        return placeholder in placeholders_in(*(text for one in both for text in (one.subject, one.text)))


def people_meant(letter: LetterToMany) -> EnrolmentQuerySet:
    """Who gets it: those who have an address, by name."""
    found: EnrolmentQuerySet = Enrolment.objects.filter(session=letter.session, state__in=letter.states)
    if letter.body is not None:
        found = found.filter(body=letter.body)
    if letter.category is not None:
        found = found.filter(category=letter.category)
    if letter.unanswered:
        found = not_answered(found, letter.unanswered)
    people = found.exclude(trainee__email="").select_related("trainee", "body", "category").defer(*LARGE)
    if letter.says("answers"):
        people = people.defer(None).defer(*LARGE_AND_NEVER_SAID).select_related("form_version")
        people = people.prefetch_related("answered_forms__form_version")
    return people.order_by("trainee__name_pinyin", "pk")


def filled_for(letter: LetterToMany, enrolment: Enrolment, language: str = "") -> Wording:
    """The letter as this person reads it, in the person's own language unless another one is named."""
    language = language or enrolment.trainee.language
    return filled(letter.wording(language), enrolment, letter.session, language, told_of_a_form(letter))


def left_empty_for(letter: LetterToMany, enrolment: Enrolment) -> list[str]:
    """The placeholders of the letter for which this person gives nothing."""
    language = enrolment.trainee.language
    return left_empty(letter.wording(language), enrolment, letter.session, language, told_of_a_form(letter))


def told_of_a_form(letter: LetterToMany) -> Told:
    """The form that the people meant have not answered, and until when they may."""
    if not letter.unanswered:
        return NOTHING_TOLD
    return Told(form=letter.unanswered, deadline=letter.deadline)


def filled(
    said: Wording, enrolment: Enrolment, session: TrainingSession, language: str, told: Told = NOTHING_TOLD
) -> Wording:
    with override(language):
        return said.filled(_values(enrolment, session, language, told))


def left_empty(
    said: Wording, enrolment: Enrolment, session: TrainingSession, language: str, told: Told = NOTHING_TOLD
) -> list[str]:
    """The placeholders of this wording for which this person gives nothing, by name."""
    with override(language):
        values = _values(enrolment, session, language, told)
        return [name for name in sorted(placeholders_in(said.subject, said.text)) if values.get(name) == ""]


def _values(enrolment: Enrolment, session: TrainingSession, language: str, told: Told) -> Values:
    reader = Reader(enrolment.trainee.email, enrolment.trainee.name, language)
    return Values(about_a_person(enrolment, session, told, reader))


@transaction.atomic
def send_to_many(letter: LetterToMany, *, purpose: str, send_key: UUID, by: User) -> Mailing:
    """Writes the letter to everybody who is meant, and records it; a repeated sending returns the first one.

    The caller has made sure that `by` organises the session, and for more than 200 people that
    the sign-in is fresh. Raises Refused for nobody, for too many, and without a purpose above 200.
    """
    TrainingSession.objects.select_for_update(of=("self",)).get(pk=letter.session.pk)
    repeated: Mailing | None = Mailing.objects.filter(send_key=send_key, by=by).first()
    if repeated is not None:
        return repeated
    people = list(people_meant(letter))
    _refuse_nobody_and_too_many(len(people))
    if len(people) > MOST_WITHOUT_A_PURPOSE and not purpose.strip():
        raise Refused(_("Say what the letter is for."), field="purpose")
    mailing = Mailing.objects.create(
        session=letter.session,
        states=list(letter.states),
        body=letter.body,
        category=letter.category,
        unanswered=letter.unanswered,
        template=letter.template,
        subject_en=letter.subject_en,
        subject_zh=letter.subject_zh,
        text_en=letter.text_en,
        text_zh=letter.text_zh,
        purpose=purpose.strip(),
        people=len(people),
        by=by,
        send_key=send_key,
    )
    outbox.write_many([_to_one(letter, enrolment, mailing, by) for enrolment in people])
    return mailing


def _to_one(letter: LetterToMany, enrolment: Enrolment, mailing: Mailing, by: User) -> Letter:
    enrolment.session = letter.session
    said, trainee = filled_for(letter, enrolment), enrolment.trainee
    return Letter(
        to=trainee.email,
        language=trainee.language,
        template=letter.template or "enrolment_own",
        subject=said.subject,
        text=said.text,
        quotes=said.quotes,
        about=enrolment.reference,
        series=f"mailing-{mailing.pk}",
        occasion=f"mailing-{mailing.pk}/{enrolment.reference}",
        message_id=outbox.new_message_id(),
        written_by=by,
    )


def _refuse_nobody_and_too_many(people: int) -> None:
    if not people:
        raise Refused(_("Nobody is meant who has an e-mail address. Choose other states, or another body."))
    if people > MOST_AT_ONCE:
        raise Refused(
            ngettext(
                "%(most)d person at once is the most. Narrow the letter by body or category.",
                "%(most)d people at once are the most. Narrow the letter by body or category.",
                MOST_AT_ONCE,
            )
            % {"most": MOST_AT_ONCE}
        )
