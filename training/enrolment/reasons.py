"""Why a move was made, kept in both languages, so that each reader finds it in his own."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language, override


@dataclass(frozen=True)
class Reason:
    """A reason in both languages; one that a person typed stands in the language of typing."""

    en: str = ""
    zh: str = ""

    @classmethod
    def of_rule(cls, sentence: Promise) -> "Reason":
        """The reason that a rule gives: a translatable sentence, read in both languages."""
        with override("en"):
            en = str(sentence)
        with override("zh-hans"):
            zh = str(sentence)
        return cls(en, zh)

    @classmethod
    def of_words(cls, sentence: Promise, **values: "int | str | Reason") -> "Reason":
        """The same for a sentence with placeholders; a value that is a pair stands in the language of each."""
        filled = []
        for language in ("en", "zh-hans"):
            words = {
                name: value.in_language(language) if isinstance(value, Reason) else value
                for name, value in values.items()
            }
            with override(language):
                filled.append(str(sentence) % words)
        return cls(*filled)

    @classmethod
    def typed(cls, text: str) -> "Reason":
        text = text.strip()
        return cls(zh=text) if get_language() == "zh-hans" else cls(en=text)

    def in_language(self, language: str) -> str:
        return (self.zh or self.en) if language == "zh-hans" else (self.en or self.zh)


NO_REASON = Reason()
