"""What a session asked and got, as it was asked: for those who may read it. Sealed values stay masked."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from uuid import UUID

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext

from training.enrolment.models import Enrolment
from training.enrolment.questionnaires import as_kept, fits, values_of
from training.enrolment.questions import Answer, Code, Kind, Question
from training.mail.wording import Quoted
from training.tools.dates import short_day_in_words

YES_NO = (("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))


def answers_given(enrolment: Enrolment, apart_from: Collection[str] = ()) -> list[tuple[str, str]]:
    """Question and answer of the application in the reader's language; sealed values masked."""
    return answers_to(enrolment, [one for one in as_kept(enrolment.questions) if one.code not in apart_from])


def answers_to(enrolment: Enrolment, questions: Iterable[Question]) -> list[tuple[str, str]]:
    """The same for any questions as they were asked; those that a condition left out stay out."""
    return [(str(question.label), answer_of(enrolment, question)) for question in _asked_of(enrolment, questions)]


def _asked_of(enrolment: Enrolment, questions: Iterable[Question]) -> Iterator[Question]:
    for question in questions:
        if question.kind != Kind.HEADING and fits(question.shown_if, enrolment.answers):
            yield question


def answers_as_text(enrolment: Enrolment, language: str) -> Quoted:
    """What somebody answered so far, one line each, for a letter; without what needs an agreement of its own."""
    later = sorted(enrolment.answered_forms.all(), key=lambda form: form.stage)
    asked = [*enrolment.questions, *(one for form in later for one in form.form_version.questions)]
    with override(language):
        questions = _asked_of(enrolment, [question for question in as_kept(asked) if not question.consent])
        given = [(question, answer) for question in questions if (answer := answer_of(enrolment, question))]
        return Quoted.of({one.code: (_line(one, answer), _line(one, _("[erased]"))) for one, answer in given})


def _line(question: Question, answer: str) -> str:
    return _("%(question)s: %(answer)s") % {"question": question.label, "answer": answer}


def answer_of(enrolment: Enrolment, question: Question) -> str:
    """One answer as a person reads it; a sealed one masked."""
    match question.code:
        case Code.IDENTITY_NUMBER:
            return enrolment.identity_masked
        case Code.MOBILE:
            return enrolment.mobile_masked
        case Code.CATEGORY:
            return enrolment.category.name if enrolment.category else ""
        case code:
            return answer_in_words(question, enrolment.answers.get(code, ""))


def answers_by_code(asked: Iterable[Question], answers: Mapping[str, Answer]) -> dict[str, tuple[str, str]]:
    """Question and answer in the reader's language, by the question's code; what nobody asked stays out."""
    return {
        question.code: (str(question.label), answer_in_words(question, answers[question.code]))
        for question in asked
        if question.code in answers
    }


def answer_in_words(question: Question, answer: Answer) -> str:
    """An answer as it is stored, as a person reads it."""
    if not answer:
        return ""
    words = [_in_words(question, value) for value in values_of(answer)]
    return pgettext("between several answers", ", ").join(words)


def _in_words(question: Question, value: str) -> str:
    match question.kind:
        case Kind.CHOICE | Kind.CHOICES:
            return capfirst(str(dict(question.choices).get(value, value)))
        case Kind.YES_NO:
            return capfirst(str(dict(YES_NO).get(value, value)))
        case Kind.DATE:
            return _day_in_words(value)
        case Kind.FILE:
            return file_in(value)[1]
        case _:
            return str(value)


def file_answer(key: UUID, name: str) -> str:
    """How a file stands among the answers: its key and its name."""
    return f"{key} {name}"


def file_in(answer: str) -> tuple[str, str]:
    """Key and name of the file that an answer names."""
    key, _space, name = answer.partition(" ")
    return key, name


def files_in(enrolment: Enrolment, questions: Iterable[Question]) -> list[tuple[str, str, str]]:
    """Question, key and name of every file that was given."""
    given: Mapping[str, Answer] = enrolment.answers
    return [
        (str(question.label), *file_in(str(given[question.code])))
        for question in questions
        if question.kind == Kind.FILE and given.get(question.code)
    ]


def _day_in_words(answer: str) -> str:
    try:
        return short_day_in_words(date.fromisoformat(answer))
    except ValueError:
        return answer
