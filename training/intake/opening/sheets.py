"""What every kind of file becomes: sheets of cells, ready to be printed as JSON."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Any

from training.intake.opening.limits import LONGEST_CELL, MOST_CHARACTERS, MOST_COLUMNS, MOST_ROWS, MOST_SHEETS
from training.intake.opening.refusing import NotOpened, Why

EXACT_BELOW = 1e15  # a spreadsheet keeps fifteen digits
type_of_cell = int | float | str | bool | time | date | datetime | timedelta
Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column, counted from 0."""


@dataclass
class RawSheet:
    """One sheet or one Word table; `lead` are the lines of text that stand above a Word table."""

    name: str
    rows: list[list[Any]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    lead: list[str] = field(default_factory=list)
    is_hidden: bool = False
    hidden_rows: list[int] = field(default_factory=list)


def as_json(sheets: Iterable[RawSheet]) -> list[dict[str, Any]]:
    """The sheets as dicts; raises NotOpened where they hold more than a list of people can."""
    made = [asdict(sheet) for sheet in sheets]
    if len(made) > MOST_SHEETS:
        raise NotOpened(Why.TOO_MANY_SHEETS)
    if sum(len(sheet["rows"]) for sheet in made) > MOST_ROWS:
        raise NotOpened(Why.TOO_MANY_ROWS)
    if any(len(row) > MOST_COLUMNS for sheet in made for row in sheet["rows"]):
        raise NotOpened(Why.TOO_MANY_COLUMNS)
    texts = (cell for sheet in made for row in sheet["rows"] for cell in row if isinstance(cell, str))
    if sum(map(len, texts)) > MOST_CHARACTERS:
        raise NotOpened(Why.TOO_MUCH_TEXT)
    return made


def without_what_is_blank(rows: list[list[Any]]) -> list[list[Any]]:
    """The rows up to the last that says something, each up to its last cell that does."""
    trimmed = [_up_to_the_last_word(row) for row in rows]
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    return trimmed


def plain(cell: type_of_cell) -> Any:
    """A cell as JSON knows it; days and moments as {"day": "1985-06-01"} and {"moment": …}."""
    if isinstance(cell, str):
        return cell.replace("\0", "")[:LONGEST_CELL]  # no database keeps it
    if isinstance(cell, float) and not isfinite(cell):
        return str(cell)
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < EXACT_BELOW else cell
    if isinstance(cell, (bool, int)):
        return cell
    return _plain_moment(cell)


def _plain_moment(cell: time | date | timedelta) -> Any:
    if isinstance(cell, datetime) and cell.time() != time():
        return {"moment": cell.isoformat(timespec="minutes")}
    if isinstance(cell, datetime):
        return {"day": cell.date().isoformat()}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    return cell.isoformat(timespec="minutes") if isinstance(cell, time) else str(cell)


def _up_to_the_last_word(row: list[Any]) -> list[Any]:
    width = len(row)
    while width and (row[width - 1] is None or (isinstance(row[width - 1], str) and not row[width - 1].strip())):
        width -= 1
    return row[:width]
