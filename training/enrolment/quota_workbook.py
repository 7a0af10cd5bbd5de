"""The table of quotas as a workbook, laid out like the annex of a notice; pasted back, it is read again."""

from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from training.enrolment.quota_grid import Figures, Grid, Row
from training.tools.dates import days_in_words, short_day_in_words
from training.tools.workbooks import Sheet, SheetColumn, write_workbook

KEPT_IN_VIEW = 2


def write_quota_workbook(path: Path, grid: Grid, *, mark: str) -> int:
    """Writes the table and returns how many rows it has; `mark` says who took it."""
    return write_workbook(path, _sheet_of(grid, mark), _rows_of(grid))


def title_of(grid: Grid) -> str:
    return _("Quota table: %(session)s") % {"session": grid.session.title}


def _sheet_of(grid: Grid, mark: str) -> Sheet:
    session = grid.session
    return Sheet(
        name=_("Quota table"),
        title=title_of(grid),
        left_line=days_in_words(session.starts_on, session.ends_on),
        right_line=_("as of %(day)s") % {"day": short_day_in_words(timezone.localtime())},
        columns=[
            SheetColumn(_("No."), 6, centred=True),
            SheetColumn(_("Recommending body"), 36),
            *(SheetColumn(column.title, 16, centred=True) for column in grid.columns),
            SheetColumn(_("Total"), 9, centred=True),
            SheetColumn(pgettext("places", "nominated"), 9, centred=True),
            SheetColumn(pgettext("places", "offered"), 9, centred=True),
            SheetColumn(pgettext("places", "confirmed"), 9, centred=True),
            SheetColumn(pgettext("places", "left"), 9, centred=True),
            SheetColumn(_("Remarks"), 28),
        ],
        footer=_("Page %(page)s of %(pages)s") % {"page": "&P", "pages": "&N"},
        mark=mark,
        columns_kept_in_view=KEPT_IN_VIEW,
    )


def _rows_of(grid: Grid) -> Iterator[list[str | int]]:
    for number, row in enumerate(grid.rows, start=1):
        cells = [row.cells[column.key].places for column in grid.columns]
        yield [number, row.body.name, *cells, *_figures(row.total), _given_on(row)]
    sums = [figures.places for figures in grid.total_of_columns.values()]
    yield ["", _("Total"), *sums, *_figures(grid.total), ""]
    if grid.session.capacity is not None:
        blank = [""] * len(grid.columns)
        yield ["", _("Free pool"), *blank, *_figures(grid.pool), ""]


def _figures(figures: Figures) -> list[int]:
    return [figures.places, figures.nominated, figures.offered, figures.confirmed, figures.left]


def _given_on(row: Row) -> str:
    parts = [f"{part.body} {part.total.places}" for part in row.parts if part.total.places]
    return _("given on: %(parts)s") % {"parts": _(", ").join(parts)} if parts else ""
