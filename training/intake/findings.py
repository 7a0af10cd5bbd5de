"""What is said about a cell or a list: mended, to be looked at, or wrong; in both languages at once.

A dry run is kept and read by people of both languages, so a finding carries both sentences.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from django.db import models
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from training.tools.bilingual import InReadersLanguage
from training.tools.refusals import Refused


class Level(models.TextChoices):
    """The worst finding is the colour of the row; red ones are not taken."""

    GREEN = "green", _("good")
    YELLOW = "yellow", _("please look")
    RED = "red", _("to be corrected")


ORDER = (Level.GREEN, Level.YELLOW, Level.RED)


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence for people, about the column of this meaning; blank when it is about the whole row."""

    level: Level
    meaning: str
    sentence_en: str
    sentence_zh: str

    sentence = InReadersLanguage("sentence")

    def as_record(self) -> dict[str, str]:
        return {
            "level": str(self.level),
            "meaning": self.meaning,
            "sentence_en": self.sentence_en,
            "sentence_zh": self.sentence_zh,
        }

    @classmethod
    def from_record(cls, record: dict[str, str]) -> "Finding":
        return cls(Level(record["level"]), record["meaning"], record["sentence_en"], record["sentence_zh"])


def mended(meaning: str, sentence: Promise | str, **words: object) -> Finding:
    """Something was put right or is unusual: the row can be taken."""
    return Finding(Level.YELLOW, meaning, **_in_both(lambda: str(sentence) % words))


def wrong(meaning: str, sentence: Promise | str, **words: object) -> Finding:
    """Something has to be corrected before the row is taken."""
    return Finding(Level.RED, meaning, **_in_both(lambda: str(sentence) % words))


def refused(meaning: str, deed: Callable[[], object]) -> Finding:
    """What a deed that was refused once says in each language."""
    return Finding(Level.RED, meaning, **_in_both(lambda: _what_it_says(deed)))


def said_later(sentence: Promise, **words: object) -> Promise:
    """A sentence with its words filled in, which each reader reads in his or her language."""
    return cast("Promise", lazy(lambda: str(sentence) % words, str)())


def worst(findings: Iterable[Finding]) -> Level:
    return max((finding.level for finding in findings), key=ORDER.index, default=Level.GREEN)


def _in_both(sentence: Callable[[], str]) -> dict[str, str]:
    said = {}
    for language, suffix in (("en", "en"), ("zh-hans", "zh")):
        with override(language):
            said[f"sentence_{suffix}"] = sentence()
    return said


def _what_it_says(deed: Callable[[], object]) -> str:
    try:
        deed()
    except Refused as refusal:
        return str(refusal)
    raise AssertionError("What was refused once is refused again.")
