"""Sheets of .xlsx and .xls files, read by calamine, which neither calculates nor runs anything."""

from collections.abc import Mapping
from io import BytesIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from training.intake.opening.limits import MOST_COLUMNS, MOST_ROWS, MOST_SHEETS
from training.intake.opening.marks import Marks
from training.intake.opening.refusing import NotOpened, Why
from training.intake.opening.sheets import RawSheet, plain, without_what_is_blank


def sheets_of_workbook(data: bytes, marks: Mapping[str, Marks] | None = None) -> list[RawSheet]:
    """Every sheet in order; hidden ones come without cells, because they hold lists to choose from.

    `marks` tell hidden rows and cells with errors; for an .xls nobody can, and its hidden rows come like others.
    """
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
            about = [each for each in workbook.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
            if len(about) > MOST_SHEETS:
                raise NotOpened(Why.TOO_MANY_SHEETS)
            return [
                _filled(workbook.get_sheet_by_name(each.name), (marks or {}).get(each.name, Marks()))
                if each.visible == SheetVisibleEnum.Visible
                else RawSheet(each.name, is_hidden=True)
                for each in about
            ]
    except PasswordError as error:
        raise NotOpened(Why.PROTECTED) from error
    except (CalamineError, ValueError) as error:
        raise NotOpened(Why.BROKEN) from error


def _filled(sheet: CalamineSheet, marks: Marks) -> RawSheet:
    if sheet.total_height > MOST_ROWS:
        raise NotOpened(Why.TOO_MANY_ROWS)
    if sheet.total_width > MOST_COLUMNS:
        raise NotOpened(Why.TOO_MANY_COLUMNS)
    rows = [[plain(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    merges = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
    for (row, column), text in marks.errors.items():
        if row < len(rows) and column < len(rows[row]) and rows[row][column] in ("", None):
            rows[row][column] = text
    return RawSheet(sheet.name, without_what_is_blank(rows), merges, hidden_rows=marks.hidden_rows)
