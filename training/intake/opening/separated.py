"""Tables as text: commas, tabs or semicolons, in UTF-8, UTF-16 or GB 18030."""

import csv
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from io import StringIO
from itertools import islice

from training.intake.opening.limits import LONGEST_CELL, MOST_ROWS
from training.intake.opening.refusing import NotOpened, Why
from training.intake.opening.sheets import RawSheet, plain, without_what_is_blank

SEPARATORS = ",\t;"
LINES_LOOKED_AT = 20
LONGEST_FIELD = 64 * LONGEST_CELL


def sheets_of_text(data: bytes) -> list[RawSheet]:
    """The one sheet of a file with separated values."""
    text, said = _without_the_said_separator(_decoded(data))
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(StringIO(text, newline=""), delimiter=said or _separator(text))
    try:
        rows = list(islice(reader, MOST_ROWS + 1))
    except csv.Error as error:
        raise NotOpened(Why.BROKEN) from error
    if len(rows) > MOST_ROWS:
        raise NotOpened(Why.TOO_MANY_ROWS)
    return [RawSheet("", without_what_is_blank([[plain(cell) for cell in row] for row in rows]))]


def _decoded(data: bytes) -> str:
    """What is written without a mark is UTF-8 if it can be, else GB 18030, as old spreadsheets save it."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _or_refused(data, "utf-16")
    if data.startswith(BOM_UTF8):
        return _or_refused(data, "utf-8-sig")
    if b"\0" in data:
        raise NotOpened(Why.UNKNOWN)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return _or_refused(data, "gb18030")


def _or_refused(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotOpened(Why.UNKNOWN_TEXT) from error


def _without_the_said_separator(text: str) -> tuple[str, str]:
    """Some programs say the separator in a first line of its own: sep=;"""
    found = re.match(r"\ufeff?\s*sep=([,;\t|])\r?\n", text, re.IGNORECASE)
    return (text[found.end() :], found[1]) if found else (text, "")


def _separator(text: str) -> str:
    """The one that stands most often in the first lines."""
    beginning = "\n".join(islice(StringIO(text[: LINES_LOOKED_AT * LONGEST_CELL]), LINES_LOOKED_AT))
    return max(SEPARATORS, key=beginning.count)
