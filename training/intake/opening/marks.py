"""What calamine does not tell of a sheet in an .xlsx: which rows are hidden, and which cells hold an error.

A hidden row is one that was hidden or filtered out. A cell holds an error such as #N/A, or a
formula without a stored value. The package was measured before, and a document type is refused.
"""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat
from zipfile import ZipFile

from training.intake.opening.limits import MOST_COLUMNS, MOST_ROWS
from training.intake.opening.refusing import NotOpened, Why

LONGEST_FORMULA = 60  # characters, as it is shown
_SIGNS = (b"hidden=", b't="e"', b"<f", b":f")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass
class Marks:
    """Rows and cells counted from 0; `errors` by row and column, as text."""

    hidden_rows: list[int] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)


def marks_in(package: ZipFile) -> dict[str, Marks]:
    """The marks of each sheet by its name; a package that is built otherwise has none."""
    try:
        parts = _parts_of_sheets(package)
        return {name: _marks(package.read(part)) for name, part in parts.items()}
    except (KeyError, expat.ExpatError):
        return {}


def _parts_of_sheets(package: ZipFile) -> dict[str, str]:
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(name: str, said: dict[str, str]) -> None:
        if name == "Relationship":
            targets[said.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", said.get("Target", ""))).lstrip("/")

    def sheet(name: str, said: dict[str, str]) -> None:
        if name == "sheet":
            sheets[said.get("name", "")] = next((said[one] for one in said if _local(one) == "id"), "")

    _parse(package.read("xl/_rels/workbook.xml.rels"), relation)
    _parse(package.read("xl/workbook.xml"), sheet)
    return {name: targets[key] for name, key in sheets.items() if targets.get(key, "") in package.namelist()}


def _marks(data: bytes) -> Marks:
    """Walked through only where one of the signs is in it, as in few lists."""
    walk = _Walk()
    if any(sign in data for sign in _SIGNS):
        _parse(data, walk.start, walk.end, walk.text)
    return walk.marks


def _nothing(_text: str) -> None:
    pass


class _Walk:
    def __init__(self) -> None:
        self.marks = Marks()
        self.row, self.column = -1, -1
        self.kind = self.inside = self.formula = self.value = ""
        self.has_a_formula = False

    def start(self, name: str, said: dict[str, str]) -> None:
        if name == "row":
            self.row = int(said["r"]) - 1 if said.get("r", "").isdecimal() else self.row + 1
            self.column = -1
            if said.get("hidden") in ("1", "true") and self.row < MOST_ROWS:
                self.marks.hidden_rows.append(self.row)
        elif name == "c":
            place = _PLACE.fullmatch(said.get("r", ""))
            self.column = _number_of(place[1]) if place else self.column + 1
            self.kind, self.formula, self.value, self.has_a_formula = said.get("t", ""), "", "", False
        self.has_a_formula |= name == "f"
        self.inside = name

    def text(self, text: str) -> None:
        if self.inside == "v":
            self.value += text[:LONGEST_FORMULA]
        elif self.inside == "f" and len(self.formula) < LONGEST_FORMULA:
            self.formula += text[:LONGEST_FORMULA]

    def end(self, name: str) -> None:
        self.inside = ""
        if name != "c" or self.row >= MOST_ROWS or self.column >= MOST_COLUMNS:
            return
        if self.kind == "e":
            self.marks.errors[self.row, self.column] = self.value.strip() or "#N/A"
        elif self.has_a_formula and not self.value.strip() and self.kind != "str":
            self.marks.errors[self.row, self.column] = f"={self.formula}"


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _parse(
    data: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] = _nothing,
    text: Callable[[str], None] = _nothing,
) -> None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_a_document_type
    parser.StartElementHandler = lambda name, said: start(_local(name), said)
    parser.EndElementHandler = lambda name: end(_local(name))
    parser.CharacterDataHandler = text
    parser.Parse(data, True)  # noqa: FBT003 - expat knows no names


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_a_document_type(*_about: object) -> None:
    raise NotOpened(Why.BROKEN)
