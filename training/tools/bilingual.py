"""Content exists in English and Simplified Chinese, side by side in two columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self, overload

from django.utils.functional import Promise
from django.utils.translation import get_language


class InReadersLanguage:
    """Reads a pair of columns in the reader's language; a blank one falls back to the other.

    `title = InReadersLanguage("title")` on a model with `title_en` and `title_zh`. It is read
    only: whoever writes names the language. The description is the admin's column heading.
    """

    def __init__(self, name: str, description: str | Promise | None = None) -> None:
        self.english = f"{name}_en"
        self.chinese = f"{name}_zh"
        self.short_description = description or name.replace("_", " ")
        self.admin_order_field = self.english

    @overload
    def __get__(self, instance: None, owner: type[object]) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type[object]) -> str: ...

    def __get__(self, instance: object | None, owner: type[object]) -> "Self | str":
        if instance is None:
            return self
        first, second = self.english, self.chinese
        if (get_language() or "").startswith("zh"):
            first, second = second, first
        text: str = getattr(instance, first) or getattr(instance, second)
        return text

    def __set__(self, instance: object, value: object) -> None:
        raise AttributeError(f"Write {self.english} or {self.chinese}; this one only reads them.")


def text_of_pair(pair: Mapping[str, str | None]) -> str:
    """The same for a pair that came without its model: `{"en": "Casting", "zh": "铸造"}`."""
    first, second = ("zh", "en") if (get_language() or "").startswith("zh") else ("en", "zh")
    return pair[first] or pair[second] or ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A text in both languages; as a string it is that of the reader."""

    en: str = ""
    zh: str = ""

    def __str__(self) -> str:
        return text_of_pair({"en": self.en, "zh": self.zh})

    def __bool__(self) -> bool:
        return bool(self.en or self.zh)
