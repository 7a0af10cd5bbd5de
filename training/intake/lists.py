"""A whole file: its lists, and each row as a person."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from training.intake.cells import Expected
from training.intake.contents import Content
from training.intake.headings import Meaning
from training.intake.organisations import Organisations
from training.intake.people import Person, read_person
from training.intake.reading import Sheet
from training.intake.tables import Row, Table, tables_of
from training.tools.refusals import Refused


def lists_in(sheets: Sequence[Sheet], own: Mapping[str, Meaning] | None = None) -> list[Table]:
    """Every list with people in it; Refused when there is none. `own` as in `headings.meaning_of`."""
    tables = [table for sheet in sheets if not sheet.is_hidden for table in tables_of(sheet, own)]
    if not tables:
        raise Refused(
            _("No row with the titles of the columns was found, such as 姓名, 单位, 手机. Put them above the people.")
        )
    if not any(table.rows for table in tables):
        raise Refused(_("Nobody stands under the titles of the columns."))
    return [table for table in tables if table.rows]


def person_in(row: Row, table: Table, expected: Expected, organisations: Organisations | None = None) -> Person:
    """The person in a row of a list; the lines above it may tell the category."""
    cells = Content(cells=row.cells).written(table.columns)
    hints = [line for line in (row.section, table.sheet, table.title) if line]
    return read_person(list(cells.items()), expected, organisations=organisations, hints=hints)
