"""Dates of birth as people write them: 1985.06, 198506, 1985年6月, 1985-06-01, 1985/6/1, a true date.

A month alone stays a month, "1985-06". A spreadsheet makes 1985.1 of 1985.10, so that number is
not read at all.
"""

import re
import unicodedata
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from training.intake.findings import Finding, wrong
from training.intake.plain import text_of
from training.intake.reading import Cell

_BETWEEN = r"\s*[-./年,、_\\—–]\s*"
_BEFORE_THE_DAY = _BETWEEN.replace("年", "月")
_WRITTEN = re.compile(rf"((?:19|20)\d\d){_BETWEEN}(\d{{1,2}})(?:{_BEFORE_THE_DAY}(\d{{1,2}})\s*日?|\s*月)?\s*出?生?")
_DIGITS = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])(\d\d)?")
_ENGLISH = re.compile(r"(\d{1,2})\s+([A-Za-z]{3})[a-z]*\.?,?\s+((?:19|20)\d\d)")
_AGE = re.compile(r"\s*[(（]\s*\d{1,3}\s*周?岁\s*[)）]\s*$")  # 1985.06(41岁), as in the forms of the personnel offices
_WITH_TIME = re.compile(r"[ T]\d{1,2}:\d\d(?::\d\d)?(?:\.0+)?$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
OLDEST_YEAR = 1900


def read_day(cell: Cell, meaning: str) -> tuple[str, list[Finding]]:
    """The day as "1985-06-01", or the month as "1985-06"; blank with the reason when it is neither."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return _possible(cell.year, cell.month, cell.day, meaning)
    if isinstance(cell, float) and not cell.is_integer() and round(cell * 10) == cell * 10:
        return "", [
            wrong(
                meaning,
                _("“%(number)s” is a number, and a spreadsheet writes October like January. Type 1985-10 or 1985-01."),
                number=text_of(cell),
            )
        ]
    return _read_text(text_of(cell), meaning)


def _read_text(raw: str, meaning: str) -> tuple[str, list[Finding]]:
    text = _WITH_TIME.sub("", _AGE.sub("", unicodedata.normalize("NFKC", raw).strip()))
    if found := _DIGITS.fullmatch(text) or _WRITTEN.fullmatch(text):
        return _possible(int(found[1]), int(found[2]), int(found[3]) if found[3] else None, meaning)
    if (found := _ENGLISH.fullmatch(text)) and found[2].lower() in _MONTHS:
        return _possible(int(found[3]), _MONTHS.index(found[2].lower()) + 1, int(found[1]), meaning)
    return "", [wrong(meaning, _("“%(text)s” is no date. Type it as 1985-06-01 or 1985-06."), text=raw[:40])]


def _possible(year: int, month: int, day: int | None, meaning: str) -> tuple[str, list[Finding]]:
    try:
        made = date(year, month, day or 1)
    except ValueError:
        written = "-".join(str(part) for part in (year, month, day) if part)
        return "", [wrong(meaning, _("There is no such day as %(day)s. Check the date."), day=written)]
    if made.year < OLDEST_YEAR or made > timezone.localdate():
        return "", [wrong(meaning, _("%(day)s cannot be a date of birth. Check the date."), day=made.isoformat())]
    return (made.isoformat() if day else f"{year:04}-{month:02}"), []
