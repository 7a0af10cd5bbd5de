"""Tables of Word documents (.docx), read from their XML as it streams by.

No document type is accepted, so there are no entities to expand; every other part of the
document, pictures and macros included, stays packed.
"""

from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers import expat

from training.intake.opening.limits import DEEPEST_ELEMENT, MOST_COLUMNS, MOST_ROWS, MOST_SHEETS
from training.intake.opening.refusing import NotOpened, Why
from training.intake.opening.sheets import Merge, RawSheet, plain, without_what_is_blank

LEAD_LINES = 8  # of the text above a table: annex mark, title, the line with the unit


def sheets_of_document(stream: IO[bytes]) -> list[RawSheet]:
    """Every table in order, each as a sheet."""
    reader = _DocumentReader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_a_document_type
    parser.StartElementHandler = reader.begins
    parser.EndElementHandler = reader.ends
    parser.CharacterDataHandler = reader.text
    try:
        parser.ParseFile(stream)
    except expat.ExpatError as error:
        raise NotOpened(Why.BROKEN) from error
    return reader.sheets


def _refuse_a_document_type(*_about: object) -> None:
    raise NotOpened(Why.BROKEN)


@dataclass
class _WordCell:
    span: int = 1
    continues: bool = False  # the cell above goes on here
    text: list[str] = field(default_factory=list)


@dataclass
class _Row:
    cells: list[_WordCell] = field(default_factory=list)
    before: int = 0  # columns left out at its beginning
    is_deleted: bool = False


class _DocumentReader:
    """Gathers rows and cells; a table inside a cell is text of that cell."""

    def __init__(self) -> None:
        self.sheets: list[RawSheet] = []
        self._depth = self._tables = self._fallback = 0
        self._in_text = self._in_row_properties = False
        self._lines: list[str] = []
        self._line: list[str] = []
        self._rows: list[_Row] = []
        self._handlers = {
            "tbl": self._table_begins,
            "tr": self._row_begins,
            "tc": self._cell_begins,
            "trPr": self._row_properties_begin,
            "gridBefore": self._left_out,
            "gridSpan": self._spans,
            "vMerge": self._merges_down,
            "del": self._deleted,
            "t": self._text_begins,
            "tab": self._gap,
            "br": self._new_line,
            "cr": self._new_line,
        }

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST_ELEMENT:
            raise NotOpened(Why.BROKEN)
        local = _local(name)
        if local == "Fallback":  # says for old programs once more what was said
            self._fallback += 1
        elif not self._fallback and (handler := self._handlers.get(local)):
            handler({_local(key): value for key, value in attributes.items()})

    def ends(self, name: str) -> None:
        self._depth -= 1
        match _local(name):
            case "Fallback":
                self._fallback -= 1
            case "t":
                self._in_text = False
            case "trPr":
                self._in_row_properties = False
            case "p" if not self._fallback:
                self._paragraph_ends()
            case "tbl" if not self._fallback:
                self._table_ends()

    def text(self, text: str) -> None:
        if self._in_text and not self._fallback:
            self._into.append(text)

    @property
    def _cell(self) -> _WordCell | None:
        return self._rows[-1].cells[-1] if self._rows and self._rows[-1].cells else None

    @property
    def _into(self) -> list[str]:
        if not self._tables:
            return self._line
        return self._cell.text if self._cell else []

    def _table_begins(self, _attributes: dict[str, str]) -> None:
        self._tables += 1

    def _row_begins(self, _attributes: dict[str, str]) -> None:
        if self._tables == 1:
            self._rows.append(_Row())
            if len(self._rows) > MOST_ROWS:
                raise NotOpened(Why.TOO_MANY_ROWS)

    def _cell_begins(self, _attributes: dict[str, str]) -> None:
        if self._tables == 1 and self._rows:
            self._rows[-1].cells.append(_WordCell())
            if len(self._rows[-1].cells) > MOST_COLUMNS:
                raise NotOpened(Why.TOO_MANY_COLUMNS)

    def _row_properties_begin(self, _attributes: dict[str, str]) -> None:
        self._in_row_properties = True

    def _left_out(self, attributes: dict[str, str]) -> None:
        if self._tables == 1 and self._rows:
            self._rows[-1].before = _number(attributes)

    def _spans(self, attributes: dict[str, str]) -> None:
        if self._tables == 1 and self._cell:
            self._cell.span = max(1, _number(attributes))

    def _merges_down(self, attributes: dict[str, str]) -> None:
        if self._tables == 1 and self._cell:
            self._cell.continues = attributes.get("val", "continue") == "continue"

    def _deleted(self, _attributes: dict[str, str]) -> None:
        if self._in_row_properties and self._rows:
            self._rows[-1].is_deleted = True

    def _text_begins(self, _attributes: dict[str, str]) -> None:
        self._in_text = True

    def _gap(self, attributes: dict[str, str]) -> None:
        if "val" not in attributes:  # with a value it says where a tab stops, and is none
            self._into.append("\t")

    def _new_line(self, _attributes: dict[str, str]) -> None:
        self._into.append("\n")

    def _paragraph_ends(self) -> None:
        if self._tables:
            self._into.append("\n")
        elif line := "".join(self._line).strip():
            self._lines = [*self._lines, line][-LEAD_LINES:]
        self._line = []

    def _table_ends(self) -> None:
        self._tables -= 1
        if self._tables:
            return
        rows = [row for row in self._rows if not row.is_deleted]
        self.sheets.append(_sheet(rows, self._lines, number=len(self.sheets) + 1))
        self._rows, self._lines = [], []
        if len(self.sheets) > MOST_SHEETS:
            raise NotOpened(Why.TOO_MANY_SHEETS)


def _sheet(rows: list[_Row], lead: list[str], number: int) -> RawSheet:
    """The table on a grid; a cell over several columns stands in the first of them."""
    grid: list[list[Any]] = []
    merges: list[Merge] = []
    begun: dict[int, tuple[int, int]] = {}  # the merged cell that goes on in a column: its first row, its span
    for at, row in enumerate(rows):
        line: list[Any] = [""] * row.before
        for cell in row.cells:
            column = len(line)
            line += [plain("".join(cell.text).strip())] + [""] * (cell.span - 1)
            if cell.continues and column in begun:
                line[column] = ""
            else:
                begun[column] = (at, cell.span)
            first, span = begun[column]
            if first < at or span > 1:
                merges = [merge for merge in merges if merge[:2] != (first, column)]
                merges.append((first, column, at, column + span - 1))
        grid.append(line)
    return RawSheet(str(number), without_what_is_blank(grid), merges, lead)


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _number(attributes: dict[str, str]) -> int:
    value = attributes.get("val", "")
    number = int(value) if value.isascii() and value.isdecimal() and len(value) < 5 else 0
    if number > MOST_COLUMNS:
        raise NotOpened(Why.TOO_MANY_COLUMNS)
    return number
