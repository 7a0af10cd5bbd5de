"""What a letter says: subject and text with placeholders, in two languages.

Stored wording is data, never a program: a placeholder is replaced by its value and nothing
else is interpreted. The list of placeholders is fixed per kind of letter, so a typing error
is found when the wording is saved, not when the letter leaves.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.db.models import F, Q
from django.utils.translation import gettext as _

from training.mail.models import LetterTemplate
from training.tools.refusals import Refused

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "letters"
COLUMNS = ("subject_en", "subject_zh", "text_en", "text_zh")
PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
# What may have been meant for one: {{ Name }}, {{ 姓名 }}, {{ trainee }, ｛｛ trainee ｝｝, {trainee}.
BRACES = re.compile(r"[{｛]+[^{}｛｝\n]*[}｝]+|[{｛]{2,}|[}｝]{2,}")


ABOUT_A_SESSION = frozenset({"session", "programme", "dates", "arrival", "place", "contact", "link", "closes", "until"})
ABOUT_A_PERSON = frozenset({"trainee", "body", "category", "reason", "deadline", "position", "earlier_session", "form"})
OF_A_SESSION_AS_A_WHOLE = ABOUT_A_SESSION | {"applications", "places_left", "nominator"}
PLACEHOLDERS = {
    "enrolment": ABOUT_A_SESSION | ABOUT_A_PERSON | {"answers"},
    "nomination": ABOUT_A_SESSION | ABOUT_A_PERSON | {"nominator"},
    "session": ABOUT_A_SESSION | {"applications", "places_left"},
    "account": frozenset({"code", "link", "site", "email"}),
}
QUOTING = frozenset({"answers"})  # what they say is erased some day, so they stand in no subject, which is kept
# A letter that speaks of less than its kind.
OF_ONE_LETTER = {
    "nomination_invitation": frozenset({"nominator", "body", "programme", "until", "link"}),
    "nomination_closing": ABOUT_A_SESSION | {"nominator"},
}


Quotes = Mapping[str, tuple[str, str]]
"""By the code of a question how its answer stands in a text, and what stands there once it is erased."""


class Quoted(str):
    """A value that says what a person answered, which may have to be erased some day."""

    quotes: Quotes

    @classmethod
    def of(cls, quotes: Quotes) -> "Quoted":
        """One line for each answer."""
        made = cls("\n".join(stands for stands, _erased in quotes.values()))
        made.quotes = quotes
        return made


@dataclass(frozen=True)
class Wording:
    """Subject and text of one kind of letter in one language, placeholders unfilled.

    `quotes` are the answers that the text says once it is filled.
    """

    subject: str
    text: str
    quotes: Quotes = field(default_factory=dict, compare=False, repr=False)

    def filled(self, values: Mapping[str, str]) -> "Wording":
        """The wording with every placeholder replaced; an unknown one stays visible as it is."""
        quotes: dict[str, tuple[str, str]] = {}

        def value_of(match: re.Match[str]) -> str:
            value = values.get(match[1], match[0])
            if isinstance(value, Quoted):
                quotes.update(value.quotes)
            return value

        def value_in_a_subject(match: re.Match[str]) -> str:
            return "" if match[1] in QUOTING else values.get(match[1], match[0])

        subject = " ".join(PLACEHOLDER.sub(value_in_a_subject, self.subject).split())
        return Wording(subject[:300], PLACEHOLDER.sub(value_of, self.text), quotes)


class Values(Mapping[str, str]):
    """Values of placeholders, each made only when a wording asks for it: some of them cost a query."""

    def __init__(self, makers: Mapping[str, Callable[[], str]]) -> None:
        self._makers = makers

    def __getitem__(self, name: str) -> str:
        return self._makers[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def kind_of(code: str) -> str:
    """What a letter speaks of: `enrolment`, `nomination`, `session` or `account`, the first word of its code."""
    return code.partition("_")[0]


def placeholders_of(code: str) -> frozenset[str]:
    return OF_ONE_LETTER.get(code) or PLACEHOLDERS.get(kind_of(code), frozenset())


def refuse_unknown_placeholders(code: str, text: str) -> None:
    """Raises Refused naming the placeholders that this kind of letter does not have, and what only looks like one."""
    unknown = sorted((placeholders_in(text) - placeholders_of(code)) | _mistyped(text, placeholders_of(code)))
    if unknown:
        raise Refused(
            _("This letter has no placeholder %(unknown)s. It has: %(known)s.")
            % {"unknown": ", ".join(unknown), "known": ", ".join(sorted(placeholders_of(code)))}
        )


def refuse_what_cannot_stand_there(code: str, column: str, text: str) -> None:
    """The same for a column of a template, and Refused where a subject would say what a person answered."""
    refuse_unknown_placeholders(code, text)
    if column.startswith("subject_") and placeholders_in(text) & QUOTING:
        raise Refused(_("A subject is kept for good, so it cannot say what somebody answered. Write that in the text."))


def placeholders_in(*texts: str) -> set[str]:
    """The names of all placeholders that these texts use."""
    return {name for text in texts for name in PLACEHOLDER.findall(text)}


def _mistyped(text: str, known: Collection[str]) -> set[str]:
    """What stands in double braces and is no placeholder, and known names in single ones: it would leave as it is."""
    pieces = BRACES.findall(PLACEHOLDER.sub(" ", text))
    return {
        piece
        for piece in pieces
        if max(len(re.findall("[{｛]", piece)), len(re.findall("[}｝]", piece))) > 1
        or piece.strip("{}｛｝ ").casefold() in known
    }


def wording(code: str, language: str, programme_id: int | None = None) -> Wording:
    """The wording of the programme, else the house's own, else the one that comes with Cohort."""
    fitting = LetterTemplate.objects.filter(Q(programme=programme_id) | Q(programme=None), code=code)
    adapted = fitting.order_by(F("programme").asc(nulls_last=True)).values(*COLUMNS).first()
    return adapted_wording(adapted, language) if adapted else wording_as_delivered(code, language)


def adapted_wording(columns: Mapping[str, str], language: str) -> Wording:
    """One language out of the columns of a template; a missing one falls back to the other."""
    english = Wording(columns["subject_en"], columns["text_en"])
    chinese = Wording(columns["subject_zh"] or columns["subject_en"], columns["text_zh"])
    first, second = (chinese, english) if language == "zh-hans" else (english, chinese)
    return first if first.text else second


@cache
def wording_as_delivered(code: str, language: str) -> Wording:
    """The file `<code>.<language>.txt`: its first line is the subject, the rest the text."""
    subject, _blank, text = (FOLDER / f"{code}.{language}.txt").read_text("utf-8").partition("\n\n")
    return Wording(subject.strip(), text)


def has_wording(code: str, programme_id: int | None = None) -> bool:
    """Whether there is anything to say: a letter of one's own is known only where it was written."""
    fitting = LetterTemplate.objects.filter(Q(programme=programme_id) | Q(programme=None), code=code)
    return is_delivered(code) or fitting.exists()


@cache
def is_delivered(code: str) -> bool:
    return code in delivered_codes()


def delivered_codes() -> list[str]:
    return sorted(path.name.removesuffix(".en.txt") for path in FOLDER.glob("*.en.txt"))
