"""A cell as text, as a person who looks at the sheet would type it."""

import re
import unicodedata
from datetime import date, datetime

from training.intake.reading import Cell

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
_QUOTED_FOR_SPREADSHEETS = re.compile(r'=?"([^"]*)"|[\'’‘`]([^\'’‘`]+)', re.DOTALL)


def text_of(cell: Cell) -> str:
    """The text of a cell without space around it; whole numbers without a point."""
    if isinstance(cell, str):
        return _unquoted(_INVISIBLE.sub("", cell).strip())
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def one_line(cell: Cell) -> str:
    """The text with every gap as one space, full-width letters and digits as they are typed."""
    text = text_of(cell)
    return " ".join("".join(map(_usual_width, text)).split())


def folded(text: str) -> str:
    """A text for comparing: compatible forms alike, small letters, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _usual_width(character: str) -> str:
    """Full-width letters and digits narrow; Chinese punctuation stays as it is."""
    narrow = unicodedata.normalize("NFKC", character)
    return narrow if narrow.isascii() and narrow.isalnum() else character


def _unquoted(text: str) -> str:
    """What some write so that a spreadsheet keeps a number: ="330…" and '330… ."""
    found = _QUOTED_FOR_SPREADSHEETS.fullmatch(text)
    return (found[1] or found[2] or "").strip() if found else text
