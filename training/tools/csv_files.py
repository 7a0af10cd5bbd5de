"""Tables as CSV that Excel reads as they are: UTF-8 with a mark in front, and text stays text."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from training.tools.plain_cells import without_control_characters

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as the old code page of the computer
ROWS_TOGETHER = 500  # about 100 KB a piece

# What makes a spreadsheet calculate (OWASP, CSV injection), in both widths.
_STARTS_A_FORMULA = frozenset("=+-@\t\r\uff1d\uff0b\uff0d\uff20")

type_of_cell = str | int | float


def csv_pieces(titles: Sequence[str], rows: Iterable[Sequence[type_of_cell]]) -> Iterator[bytes]:
    """The file piece by piece, so that its size does not matter; numbers stay numbers."""
    buffer = StringIO()
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([as_text(title) for title in titles])
    for number, row in enumerate(rows, start=1):
        writer.writerow([as_text(cell) if isinstance(cell, str) else cell for cell in row])
        if number % ROWS_TOGETHER == 0:
            yield _taken_from(buffer)
    yield _taken_from(buffer)


def as_text(cell: str) -> str:
    """A cell that a spreadsheet shows and never calculates: '=1+1 with an apostrophe in front."""
    cell = without_control_characters(cell)
    begins = (cell.lstrip(" \u3000\n")[:1], cell.lstrip()[:1])  # whatever kind of space stands in front
    return "'" + cell if any(sign and sign in _STARTS_A_FORMULA for sign in begins) else cell


def _taken_from(buffer: StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece
