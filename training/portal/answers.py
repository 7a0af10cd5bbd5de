"""What a session asked and got, as it was asked: for the person who gave it."""

from training.enrolment.models import Enrolment
from training.enrolment.questions import STANDARD
from training.portal.forms.enrolment import answer_in_words
from training.tools.bilingual import InReadersLanguage


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
