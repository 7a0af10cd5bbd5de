"""Tables as XLSX, laid out like the lists that offices print and sign.

A merged title, a line under it, a header that every printed page repeats, borders, A4 on its
side, "page x of y". Numbers that are names (identity, telephone) are text cells, because a
spreadsheet would round them. Rows are written as they come: memory does not grow with them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from training.tools.plain_cells import without_control_characters

TITLE_ROW, LINE_ROW, HEADER_ROW, FIRST_ROW = 0, 1, 2, 3
LONGEST_CELL = 16_383  # Excel's limit is 32,767 in UTF-16, where a rare character counts two
LONGEST_SHEET_NAME = 31
LONGEST_FOOTER = 255
A4 = 9  # the paper's number in the format
# Installed with every Office and WPS in China; other computers take their own serif.
CHINESE_FONT = "宋体"
TITLE_POINTS, BODY_POINTS = 18, 10.5
_LOOKS_ESCAPED = re.compile(r"(_x[0-9a-fA-F]{4}_)")  # readers would turn _x0041_ into A


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column; the width is counted in digits, a Han character is as wide as two."""

    title: str
    width: float = 12
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands around the rows.

    `footer` is the numbering with &P for the page and &N for their number; `mark` says in the
    lower left corner who made the file and when.
    """

    name: str
    title: str
    left_line: str
    right_line: str
    columns: Sequence[SheetColumn]
    footer: str = "Page &P of &N"
    mark: str = ""
    columns_kept_in_view: int = 0


class StreamedWorksheet(Worksheet):
    """A worksheet that writes whole rows of text straight into its row file.

    Cell by cell, XlsxWriter takes five times as long, and takes a text like "<r>…</r>" for
    markup. It lets users bring a worksheet class; the methods with an underscore are those
    that its own cells go through.
    """

    def write_rows(
        self,
        first_row: int,
        rows: Iterable[Sequence[str | int]],
        looks: Sequence[Format],
        number_look: Format,
    ) -> int:
        """Writes the rows below each other from `first_row`; returns how many there were."""
        self._write_single_row(first_row)  # what was written cell by cell so far
        letters = [xl_col_to_name(position) for position in range(len(looks))]
        styles = [look._get_xf_index() for look in looks]  # noqa: SLF001 - see above
        number_style = number_look._get_xf_index()  # noqa: SLF001
        write, count = self.row_data_fh.write, 0
        for count, row in enumerate(rows, start=1):
            at = first_row + count
            cells = [
                f'<c r="{letter}{at}" s="{style}"{_written(cell)}'
                if isinstance(cell, str)
                else f'<c r="{letter}{at}" s="{number_style}"><v>{cell:d}</v></c>'
                for cell, letter, style in zip(row, letters, styles, strict=True)
            ]
            write(f'<row r="{at}">{"".join(cells)}</row>')
        self._check_dimensions(first_row + max(count - 1, 0), len(looks) - 1)
        return count


def write_workbook(path: Path, sheet: Sheet, rows: Iterable[Sequence[str | int]]) -> int:
    """Writes a workbook with one sheet and returns how many rows it has.

    Texts come out as text cells, whatever they begin with; whole numbers as numbers.
    """
    with TemporaryDirectory(dir=path.parent, prefix="rows-") as private_folder:
        options = {"constant_memory": True, "tmpdir": private_folder}
        with Workbook(str(path), options) as workbook:
            worksheet = workbook.add_worksheet(_sheet_name(sheet.name), worksheet_class=StreamedWorksheet)
            _lay_out_the_page(worksheet, sheet)
            _write_the_head(workbook, worksheet, sheet)
            return _write_the_rows(workbook, worksheet, sheet.columns, rows)


def _lay_out_the_page(worksheet: Worksheet, sheet: Sheet) -> None:
    worksheet.set_landscape()
    worksheet.set_paper(A4)
    worksheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)  # inches
    worksheet.fit_to_pages(1, 0)
    worksheet.center_horizontally()
    worksheet.repeat_rows(HEADER_ROW)
    worksheet.set_footer(_footer(sheet))
    worksheet.freeze_panes(FIRST_ROW, sheet.columns_kept_in_view)
    for position, column in enumerate(sheet.columns):
        worksheet.set_column(position, position, column.width)


def _write_the_head(workbook: Workbook, worksheet: Worksheet, sheet: Sheet) -> None:
    title = workbook.add_format(
        {
            "bold": True,
            "font_name": CHINESE_FONT,
            "font_size": TITLE_POINTS,
            "align": "center",
            "valign": "vcenter",
        }
    )
    line = {"font_name": CHINESE_FONT, "font_size": BODY_POINTS, "valign": "vcenter"}
    left, right = workbook.add_format(line), workbook.add_format({**line, "align": "right"})
    header = workbook.add_format(
        {**line, "bold": True, "align": "center", "text_wrap": True, "border": 1, "bg_color": "#F2F2F2"}
    )
    last = len(sheet.columns) - 1
    worksheet.set_row(TITLE_ROW, 34)
    _write_across(worksheet, TITLE_ROW, (0, last), sheet.title, title)
    worksheet.set_row(LINE_ROW, 20)
    if last == 0:
        worksheet.write_string(LINE_ROW, 0, _head_text(f"{sheet.left_line} {sheet.right_line}"), left)
    else:
        middle = (last + 1) * 2 // 3
        _write_across(worksheet, LINE_ROW, (0, middle - 1), sheet.left_line, left)
        _write_across(worksheet, LINE_ROW, (middle, last), sheet.right_line, right)
    worksheet.set_row(HEADER_ROW, 30)
    for position, column in enumerate(sheet.columns):
        worksheet.write_string(HEADER_ROW, position, _head_text(column.title), header)


def _write_the_rows(
    workbook: Workbook,
    worksheet: StreamedWorksheet,
    columns: Sequence[SheetColumn],
    rows: Iterable[Sequence[str | int]],
) -> int:
    body = {
        "font_name": CHINESE_FONT,
        "font_size": BODY_POINTS,
        "valign": "vcenter",
        "border": 1,
        "text_wrap": True,
    }
    text = workbook.add_format({**body, "num_format": "@"})
    centred_text = workbook.add_format({**body, "num_format": "@", "align": "center"})
    number = workbook.add_format({**body, "align": "center"})
    looks = [centred_text if column.centred else text for column in columns]
    return worksheet.write_rows(FIRST_ROW, rows, looks, number)


def _write_across(worksheet: Worksheet, row: int, columns: tuple[int, int], text: str, look: Format) -> None:
    """Writes a text from the first of the columns to the last."""
    first, last = columns
    if first < last:
        worksheet.merge_range(row, first, row, last, "", look)
    worksheet.write_string(row, first, _head_text(text), look)


def _head_text(text: str) -> str:
    """A text of the head; XlsxWriter takes one that ends in this tag for markup, so it gets a space."""
    cleaned = without_control_characters(text)[:LONGEST_CELL]
    return cleaned + " " if cleaned.endswith("</r>") else cleaned


def _written(text: str) -> str:
    """The rest of a cell with a text, from behind its style."""
    if not text:
        return "/>"
    if text.isalnum():  # most cells; nothing in them needs care
        return f' t="inlineStr"><is><t>{text}</t></is></c>'
    text = without_control_characters(text)[:LONGEST_CELL]
    if "_x" in text:
        text = _LOOKS_ESCAPED.sub(r"_x005F\1", text)
    if "&" in text or "<" in text or ">" in text:
        text = escape(text)
    return f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _sheet_name(name: str) -> str:
    """Excel forbids some characters in a sheet's name, and more than 31 of them."""
    allowed = "".join(" " if character in "[]:*?/\\'" else character for character in _head_text(name))
    return allowed[:LONGEST_SHEET_NAME].strip() or "1"


def _footer(sheet: Sheet) -> str:
    footer = f"&C{sheet.footer}"
    room = LONGEST_FOOTER - len(footer) - len("&L&8")
    mark = _head_text(sheet.mark).replace("&", "&&")[:room].rstrip("&")
    return f"&L&8 {mark}{footer}" if mark else footer
