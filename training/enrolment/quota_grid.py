"""The quotas of a session as one table: recommending body × category, with who uses them.

A cell counts with everything beneath it: places that a body gave on stand in its own number, and
the people of the organisations it gave them to are among its people. So the cells of a row, a
column and the whole table add up, and what the pool holds stands beside them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from training.catalogue.models import Category, Organisation, TrainingSession
from training.enrolment.models import Enrolment, Quota
from training.enrolment.states import State

Key = tuple[int, int | None]
"""The body and the category of a cell; no category means places of any category."""


@dataclass
class Figures:
    """Places, the people nominated for them (reserves apart), who of them holds one, what flowed back to the pool."""

    places: int = 0
    nominated: int = 0
    reserves: int = 0
    offered: int = 0
    confirmed: int = 0
    given_on: int = 0
    returned: int = 0

    @property
    def held(self) -> int:
        return self.offered + self.confirmed

    @property
    def left(self) -> int:
        return max(self.places - self.held, 0)

    @property
    def people(self) -> int:
        return self.nominated + self.reserves

    def add(self, other: "Figures") -> None:
        self.places += other.places
        self.given_on += other.given_on
        self.returned += other.returned
        self.add_people_of(other)

    def add_people_of(self, other: "Figures") -> None:
        self.nominated += other.nominated
        self.reserves += other.reserves
        self.offered += other.offered
        self.confirmed += other.confirmed


@dataclass
class Cell(Figures):
    quota: Quota | None = None


@dataclass
class Row:
    """A body with its cells, in the order of the columns, and the organisations it gave places on to."""

    body: Organisation
    cells: dict[int | None, Cell]
    parts: list["Row"] = field(default_factory=list)

    @property
    def total(self) -> Figures:
        return total_of(self.cells.values())

    @property
    def is_in_use(self) -> bool:
        total = self.total
        return bool(total.places or total.people or total.held or total.returned)


@dataclass(frozen=True)
class Column:
    """A category, or the places of any category."""

    category: Category | None

    @property
    def key(self) -> int | None:
        return self.category.pk if self.category else None

    @property
    def title(self) -> str:
        return self.category.name if self.category else _("any category")


@dataclass
class Grid:
    """The whole table. `pool` counts what belongs to no quota and the people who applied alone."""

    session: TrainingSession
    columns: list[Column]
    rows: list[Row]
    pool: Figures

    @property
    def total(self) -> Figures:
        return total_of(row.total for row in self.rows)

    @property
    def total_of_columns(self) -> dict[int | None, Figures]:
        return {column.key: total_of(row.cells[column.key] for row in self.rows) for column in self.columns}

    @property
    def everything(self) -> Figures:
        return total_of([self.total, self.pool])

    @property
    def cells(self) -> Iterator[tuple[Key, Cell]]:
        """Every cell that the organiser sets; those that bodies gave on are not among them."""
        for row in self.rows:
            for column in self.columns:
                yield (row.body.pk, column.key), row.cells[column.key]

    def with_rows_for(self, bodies: Iterable[Organisation]) -> "Grid":
        """The same table with an empty row for each of these bodies that has none yet, in official order."""
        there = {row.body.pk for row in self.rows}
        more = [Row(body, _empty_cells(self.columns)) for body in bodies if body.pk not in there]
        rows = sorted([*self.rows, *more], key=lambda row: (row.body.official_order, row.body.pk))
        return Grid(self.session, self.columns, rows, self.pool)


def total_of(figures: Iterable[Figures]) -> Figures:
    whole = Figures()
    for one in figures:
        whole.add(one)
    return whole


def grid(session: TrainingSession, *, with_any_category: bool = False) -> Grid:
    """The table as it stands: quotas, then people by body, category and state. Four queries, whatever its size.

    The column for any category is there where it is needed or asked for.
    """
    quotas = list(_quotas_of(session))
    people = _people_of(session)
    columns = _columns_of(session, quotas, with_any_category=with_any_category)
    rows = _rows_of(quotas, people, columns)
    _seat(people, quotas, rows)
    for row in rows.values():
        _add_the_parts(row)
    in_order = sorted(rows.values(), key=lambda row: (row.body.official_order, row.body.pk))
    return Grid(session, columns, [row for row in in_order if row.is_in_use], _pool_of(session, people))


def _quotas_of(session: TrainingSession) -> QuerySet[Quota]:
    quotas: QuerySet[Quota] = Quota.objects.filter(session=session).select_related("body", "category")
    return quotas.order_by("body__official_order", "body_id", "pk")


def _people_of(session: TrainingSession) -> list[dict[str, Any]]:
    """How many are open, by everything that decides where they are counted."""
    groups = Enrolment.objects.open().filter(session=session).order_by()
    people: Any = groups.values("body", "category", "quota", "state", "is_reserve").annotate(count=Count("pk"))
    return list(people)


def _columns_of(session: TrainingSession, quotas: Iterable[Quota], *, with_any_category: bool) -> list[Column]:
    own = list(session.programme.categories.all())
    others = {quota.category for quota in quotas if quota.category is not None} - set(own)
    named = [Column(category) for category in [*own, *sorted(others, key=lambda one: (one.official_order, one.pk))]]
    needs_any = with_any_category or not named or any(quota.category_id is None for quota in quotas)
    return [*named, Column(None)] if needs_any else named


def _rows_of(quotas: Iterable[Quota], people: Iterable[dict[str, Any]], columns: list[Column]) -> dict[int, Row]:
    """A row for each body with a quota and each that nominated without one; parts under their body."""
    rows: dict[int, Row] = {}
    parts: dict[tuple[int, int], Row] = {}
    tops = {quota.pk: quota for quota in quotas if quota.parent_id is None}
    for quota in tops.values():
        row = rows.setdefault(quota.body_id, Row(quota.body, _empty_cells(columns)))
        row.cells[quota.category_id] = Cell(
            places=quota.places, given_on=quota.places_given_on, returned=quota.places_returned, quota=quota
        )
    for quota in quotas:
        if quota.parent_id is None:
            continue
        above = tops[quota.parent_id].body_id
        if (above, quota.body_id) not in parts:
            parts[above, quota.body_id] = Row(quota.body, _empty_cells(columns))
            rows[above].parts.append(parts[above, quota.body_id])
        parts[above, quota.body_id].cells[quota.category_id] = Cell(places=quota.places, quota=quota)
    known = set(rows) | {body for _above, body in parts}
    without = {group["body"] for group in people} - known - {None}
    for body in Organisation.objects.in_bulk(without).values() if without else ():
        rows[body.pk] = Row(body, _empty_cells(columns))
    return rows


def _empty_cells(columns: Iterable[Column]) -> dict[int | None, Cell]:
    return {column.key: Cell() for column in columns}


def _seat(people: Iterable[dict[str, Any]], quotas: Iterable[Quota], rows: dict[int, Row]) -> None:
    """Counts each group where it was nominated, and where its place comes from."""
    of_quota: dict[int | None, Cell] = {}
    of_body: dict[int, list[Row]] = {}
    for row in rows.values():
        for one in (row, *row.parts):
            of_body.setdefault(one.body.pk, []).append(one)
            of_quota |= {cell.quota.pk: cell for cell in one.cells.values() if cell.quota is not None}
    for group in people:
        if group["body"] is not None:
            cell = _cell_for(of_body[group["body"]], group["category"])
            if group["is_reserve"]:
                cell.reserves += group["count"]
            else:
                cell.nominated += group["count"]
        if group["quota"] is not None:
            _count_held(of_quota[group["quota"]], group)


def _cell_for(rows: list[Row], category: int | None) -> Cell:
    """The cell whose places such a person takes first; where there is no quota, the cell of the category."""
    for row in rows:
        for key in (category, None):
            cell = row.cells.get(key)
            if cell is not None and cell.quota is not None:
                return cell
    cells = rows[0].cells
    return cells.get(category) or next(reversed(cells.values()))


def _count_held(figures: Figures, group: dict[str, Any]) -> None:
    if group["state"] == State.OFFERED:
        figures.offered += group["count"]
    elif group["state"] == State.CONFIRMED:
        figures.confirmed += group["count"]


def _add_the_parts(row: Row) -> None:
    for part in row.parts:
        for key, cell in part.cells.items():
            row.cells[key].add_people_of(cell)


def _pool_of(session: TrainingSession, people: Iterable[dict[str, Any]]) -> Figures:
    pool = Figures(places=session.places_in_pool or 0)
    for group in people:
        if group["body"] is None:
            pool.nominated += group["count"]
        if group["quota"] is None:
            _count_held(pool, group)
    return pool
