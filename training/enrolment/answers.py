"""What a session asked and got, as it was asked: for those who may read it. Sealed values stay masked."""

from datetime import date

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from training.enrolment.models import Enrolment
from training.enrolment.questions import STANDARD, Kind, Question
from training.tools.bilingual import InReadersLanguage
from training.tools.dates import short_day_in_words

YES_NO = (("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))


def answers_given(enrolment: Enrolment) -> list[tuple[str, str]]:
    """Question and answer in the reader's language; sealed values masked."""
    return [(AskedThen(question).label, _answer(enrolment, question["code"])) for question in enrolment.questions]


class AskedThen:
    """A question in the words in which it was asked."""

    label = InReadersLanguage("label")

    def __init__(self, question: dict[str, str]) -> None:
        self.label_en, self.label_zh = question["label_en"], question["label_zh"]


def _answer(enrolment: Enrolment, code: str) -> str:
    match code:
        case "identity_number":
            return enrolment.identity_masked
        case "mobile":
            return enrolment.mobile_masked
        case "category":
            return enrolment.category.name if enrolment.category else ""
        case _:
            answer = str(enrolment.answers.get(code, ""))
            return answer_in_words(STANDARD[code], answer) if code in STANDARD else answer


def answer_in_words(question: Question, answer: str) -> str:
    """An answer as it is stored, as a person reads it."""
    if not answer:
        return ""
    match question.kind:
        case Kind.CHOICE:
            return capfirst(str(dict(question.choices).get(answer, answer)))
        case Kind.YES_NO:
            return capfirst(str(dict(YES_NO).get(answer, answer)))
        case Kind.DATE:
            return _day_in_words(answer)
        case _:
            return answer


def _day_in_words(answer: str) -> str:
    try:
        return short_day_in_words(date.fromisoformat(answer))
    except ValueError:
        return answer
