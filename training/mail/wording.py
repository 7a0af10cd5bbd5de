"""What a letter says: subject and text with placeholders, in two languages.

Stored wording is data, never a program: a placeholder is replaced by its value and nothing
else is interpreted. The list of placeholders is fixed per kind of letter, so a typing error
is found when the wording is saved, not when the letter leaves.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from training.mail.models import LetterTemplate
from training.tools.refusals import Refused

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "letters"
PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")

ENROLMENT_PLACEHOLDERS = frozenset(
    {"trainee", "session", "dates", "arrival", "place", "contact", "link", "reason", "deadline", "position", "body"}
)
ACCOUNT_PLACEHOLDERS = frozenset({"code", "link", "site", "email"})


@dataclass(frozen=True)
class Wording:
    """Subject and text of one kind of letter in one language, placeholders unfilled."""

    subject: str
    text: str

    def filled(self, values: Mapping[str, str]) -> "Wording":
        """The wording with every placeholder replaced; an unknown one stays visible as it is."""

        def value_of(match: re.Match[str]) -> str:
            return values.get(match[1], match[0])

        subject = " ".join(PLACEHOLDER.sub(value_of, self.subject).split())
        return Wording(subject[:300], PLACEHOLDER.sub(value_of, self.text))


def placeholders_of(code: str) -> frozenset[str]:
    return ENROLMENT_PLACEHOLDERS if code.startswith("enrolment_") else ACCOUNT_PLACEHOLDERS


def refuse_unknown_placeholders(code: str, text: str) -> None:
    """Raises Refused naming the placeholders that this kind of letter does not have."""
    unknown = sorted(set(PLACEHOLDER.findall(text)) - placeholders_of(code))
    if unknown:
        raise Refused(
            _("This letter has no placeholder %(unknown)s. It has: %(known)s.")
            % {"unknown": ", ".join(unknown), "known": ", ".join(sorted(placeholders_of(code)))}
        )


def wording(code: str, language: str) -> Wording:
    """The organiser's wording where there is one, else the one that comes with Cohort."""
    adapted = LetterTemplate.objects.filter(code=code).first()
    if adapted is None:
        return wording_as_delivered(code, language)
    if language == "zh-hans" and adapted.text_zh:
        return Wording(adapted.subject_zh or adapted.subject_en, adapted.text_zh)
    return Wording(adapted.subject_en, adapted.text_en)


@cache
def wording_as_delivered(code: str, language: str) -> Wording:
    """The file `<code>.<language>.txt`: its first line is the subject, the rest the text."""
    subject, _blank, text = (FOLDER / f"{code}.{language}.txt").read_text("utf-8").partition("\n\n")
    return Wording(subject.strip(), text)


def delivered_codes() -> list[str]:
    return sorted(path.name.removesuffix(".en.txt") for path in FOLDER.glob("*.en.txt"))
