"""A form of a session: its questions in order, as they come from the database and as they are kept.

One definition goes everywhere: `question_of` reads a question from the session's fields as well
as from the wording that stays with an answer, so form, list, roster, letter and history agree.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

from django.utils.translation import override

from training.enrolment.questions import LONGEST_LINE, LONGEST_TEXT, STANDARD, Answer, Kind, Question
from training.tools.bilingual import Pair

LANGUAGES = (("en", "en"), ("zh-hans", "zh"))


@dataclass(frozen=True)
class Wording:
    """The questions of a form word for word, and a fingerprint that finds the same wording again."""

    questions: tuple[dict[str, Any], ...]
    fingerprint: str


@dataclass(frozen=True, eq=False)
class Questionnaire:
    """The questions in the order of the form. `left` says how many may still choose an option, by code and value."""

    questions: tuple[Question, ...] = ()
    left: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)

    def __bool__(self) -> bool:
        return bool(self.questions)

    @cached_property
    def wording(self) -> Wording:
        """The questions in both languages, to be kept with the answers."""
        questions = tuple(_in_both_languages(question) for question in self.questions)
        text = json.dumps(questions, ensure_ascii=False, sort_keys=True)
        return Wording(questions, hashlib.sha256(text.encode()).hexdigest())

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(question.code for question in self.questions)

    @cached_property
    def has_conditions(self) -> bool:
        return any(question.shown_if for question in self.questions)

    @cached_property
    def purposes(self) -> tuple[str, ...]:
        """What one has to agree to before some of the questions."""
        return tuple(dict.fromkeys(question.consent for question in self.questions if question.consent))


@lru_cache(maxsize=512)
def questionnaire_of(text: str) -> Questionnaire:
    """From what the database's function `questions_of_a_form` answers. Equal answers are read once."""
    fields = json.loads(text)
    left = {
        (one["code"], option["value"]): max(option["left"], 0)
        for one in fields
        for option in one.get("options", ())
        if option.get("left") is not None
    }
    return Questionnaire(tuple(question_of(one) for one in fields), left)


def as_kept(questions: Iterable[Mapping[str, Any]]) -> list[Question]:
    """The questions as they were asked, from the wording that is kept with the answers."""
    return [question_of(one) for one in questions]


def question_of(one: Mapping[str, Any]) -> Question:
    """A question from its description; what it does not say of a standard field is as usual."""
    standard = STANDARD.get(one["code"])
    question = standard or Question(one["code"], "", "", Kind(one["kind"]), max_length=_longest(one["kind"]))
    changes: dict[str, Any] = {"is_required": one["required"]}
    for name in ("label", "purpose"):
        if f"{name}_en" in one or f"{name}_zh" in one:
            changes[name] = Pair(one.get(f"{name}_en", ""), one.get(f"{name}_zh", ""))
    if "options" in one:
        changes["choices"] = tuple(
            (option["value"], Pair(option.get("en", ""), option.get("zh", ""))) for option in one["options"]
        )
    if "shown_if" in one:
        changes["shown_if"] = tuple(one["shown_if"])
    for name in ("keep_days", "consent"):
        if name in one:
            changes[name] = one[name]
    return replace(question, **changes)


def joined(newer: Question, older: Question) -> Question:
    """The newer of two wordings of a question, with the options that only the older one had behind its own."""
    known = {value for value, _words in newer.choices}
    gone = tuple((value, words) for value, words in older.choices if value not in known)
    return replace(newer, choices=(*newer.choices, *gone)) if gone else newer


def values_of(answer: Answer) -> list[str]:
    """The values that were chosen, one or many."""
    return answer if isinstance(answer, list) else [answer]


def fits(condition: tuple[str, str] | None, answers: Mapping[str, Answer]) -> bool:
    """Whether a question with this condition is asked of somebody who answered so."""
    if condition is None:
        return True
    code, value = condition
    return value in values_of(answers.get(code, ""))


def _longest(kind: str) -> int:
    return LONGEST_TEXT if kind == Kind.TEXT else LONGEST_LINE


def _in_both_languages(question: Question) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "code": str(question.code),
        "required": question.is_required,
        "kind": str(question.kind),
    }
    for language, suffix in LANGUAGES:
        with override(language):
            kept[f"label_{suffix}"] = str(question.label)
            kept[f"purpose_{suffix}"] = str(question.purpose)
    if question.choices:
        kept["options"] = [_option(value, words) for value, words in question.choices]
    if question.shown_if:
        kept["shown_if"] = list(question.shown_if)
    if question.keep_days is not None:
        kept["keep_days"] = question.keep_days
    if question.consent:
        kept["consent"] = question.consent
    return kept


def _option(value: str, words: Any) -> dict[str, str]:
    kept = {"value": value}
    for language, suffix in LANGUAGES:
        with override(language):
            kept[suffix] = str(words)
    return kept
