"""Opens a file by the program apart (`opening`) and takes over what it prints: sheets of cells.

Guards one rule: this process never parses what somebody sent. The other one has a time, a
memory and no secret; when it dies, the file is refused with a sentence and nothing else happens.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from training.intake.findings import said_later
from training.intake.opening.limits import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SHEETS,
    WALL_SECONDS,
)
from training.intake.opening.refusing import Why
from training.intake.opening.sheets import Merge
from training.tools.refusals import Refused

ROOT = Path(__file__).resolve().parent.parent.parent
KILOBYTES = 1024
Cell = str | int | float | bool | date | datetime | None

SENTENCES: Mapping[str, Promise] = {
    Why.TOO_BIG: _("The file is larger than %(megabytes)d MB. Send the list without pictures, or in several files."),
    Why.TOO_BIG_UNPACKED: _(
        "The file unpacks to far more than a list of people needs. Copy the list into a new workbook and send that."
    ),
    Why.TOO_MANY_SHEETS: _("The file has more than %(sheets)d sheets or tables. Send those with people only."),
    Why.TOO_MANY_ROWS: _("The file reaches below row %(rows)d. Delete the rows under the list, or send several files."),
    Why.TOO_MANY_COLUMNS: _("The file has more than %(columns)d columns. Delete those beside the list."),
    Why.TOO_MUCH_TEXT: _("The file holds far more text than a list of people. Send the list alone."),
    Why.TOO_LONG: _("Opening the file took too long, and it was left. Copy the list into a new workbook."),
    Why.EMPTY: _("The file is empty."),
    Why.PROTECTED: _("The file is protected by a password. Save it without one and send it again."),
    Why.BROKEN: _("The file is damaged and cannot be opened. Save it once more as .xlsx and send it again."),
    Why.SCAN: _("This is a scan or a picture. Send the list itself as .xlsx, .xls, .csv or .docx."),
    Why.OLD_WORD: _("This is an old Word file (.doc). Save it as .docx and send it again."),
    Why.OTHER_SPREADSHEET: _("This kind of spreadsheet is not read. Save it as .xlsx and send it again."),
    Why.UNKNOWN_TEXT: _("The text is neither UTF-8 nor GB 18030. Save the list as .xlsx and send it again."),
    Why.UNKNOWN: _("This is no list that can be read. Send .xlsx, .xls, .csv or a Word table (.docx)."),
}
_NUMBERS = {
    "megabytes": MOST_BYTES // KILOBYTES**2,
    "sheets": MOST_SHEETS,
    "rows": MOST_ROWS,
    "columns": MOST_COLUMNS,
}


@dataclass
class Sheet:
    """One sheet of a workbook or one table of a Word document, cell by cell."""

    name: str = ""
    rows: list[list[Cell]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    lead: list[str] = field(default_factory=list)
    is_hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()


def read(path: Path) -> list[Sheet]:
    """The sheets of a file, hidden ones without cells; Refused says why it cannot be opened."""
    answer = _answer_of_the_program(path)
    if why := answer.get("why"):
        raise _refused(why)
    return [_sheet(raw) for raw in answer["sheets"]]


def _answer_of_the_program(path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "training.intake.opening", str(path)]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={"PYTHONUTF8": "1"},  # and nothing else: no key, no address
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"why": Why.TOO_LONG}
    if done.returncode:  # the system ended it: out of memory or out of time
        return {"why": Why.TOO_BIG_UNPACKED}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _refused(why: str) -> Refused:
    return Refused(said_later(SENTENCES[why], **_NUMBERS))


def _sheet(raw: dict[str, Any]) -> Sheet:
    return Sheet(
        name=raw["name"],
        rows=[[cell_of(cell) for cell in row] for row in raw["rows"]],
        merges=[(first, left, last, right) for first, left, last, right in raw["merges"]],
        lead=raw["lead"],
        is_hidden=raw["is_hidden"],
        hidden_rows=frozenset(raw["hidden_rows"]),
    )


def cell_of(raw: Any) -> Cell:
    """A cell as the program prints it: a day is {"day": "1985-06-01"}, a moment {"moment": …}."""
    if isinstance(raw, dict):
        return date.fromisoformat(raw["day"]) if "day" in raw else datetime.fromisoformat(raw["moment"])
    cell: Cell = None if raw == "" else raw
    return cell
