"""The quotas of a session as a form of one table: what was shown, what was typed, what is wrong in which cell.

A cell that somebody else changed meanwhile is not written over unseen: the page carries the
numbers that it showed, and only what the organiser changed is sent on.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from training.catalogue.models import Organisation, TrainingSession
from training.enrolment.quota_grid import Cell, Column, Figures, Grid, Key, Row, grid
from training.enrolment.quota_paste_words import Pasted, columns_in, number_of_places

MOST_BODIES = 400
LONGEST_TYPED = 20
ANY = "any"


@dataclass
class Field:
    """One cell on the page: its name, what stands in it, what was there, and what has to be put right."""

    name: str
    label: str
    typed: str
    cell: Cell
    problem: str = ""

    @property
    def is_changed(self) -> bool:
        return number_of_places(self.typed) != self.cell.places

    @property
    def problem_id(self) -> str:
        return f"{self.name}-problem"


@dataclass
class Line:
    """A body's row on the page."""

    row: Row
    fields: list[Field]

    @property
    def body(self) -> Organisation:
        return self.row.body

    @property
    def total(self) -> Figures:
        return self.row.total

    @property
    def parts(self) -> list[tuple[Row, list[Cell]]]:
        """The organisations that got places of this body, with their cells in the order of the columns."""
        return [(part, list(part.cells.values())) for part in self.row.parts]

    @property
    def can_give_on(self) -> bool:
        return any(field.cell.quota is not None and field.cell.places for field in self.fields)


class QuotaSheet:
    """The table of one session, as it stands or as somebody has filled it in."""

    def __init__(self, session: TrainingSession, data: QueryDict | None = None, pasted: Pasted | None = None) -> None:
        self.session = session
        self.data = data if data is not None else QueryDict()
        self.pasted = pasted or Pasted()
        self.is_filled = data is not None
        self.problems: dict[Key, str] = {
            key: self.pasted.problems.get(key, not_a_number()) for key in self.pasted.not_numbers
        }

    @cached_property
    def grid(self) -> Grid:
        asked_for = ANY in self.data or "add-any" in self.data or None in columns_in(self.pasted)
        return grid(self.session, with_any_category=asked_for).with_rows_for(self._bodies_on_the_page)

    @property
    def _bodies_on_the_page(self) -> Iterable[Organisation]:
        """Those that the page had rows for, the one that is added, and those of the paste."""
        added = self.data.getlist("add") if "add-body" in self.data else []
        named = [key for key in self.data.getlist("body") + added if key.isdecimal()]
        keys = {int(key) for key in named[:MOST_BODIES] if len(key) < LONGEST_TYPED - 2}
        posted = Organisation.objects.filter(pk__in=keys) if keys else Organisation.objects.none()
        return [*posted, *self.pasted.bodies.values()]

    @property
    def columns(self) -> list[Column]:
        return self.grid.columns

    @property
    def has_any_category(self) -> bool:
        return any(column.category is None for column in self.columns)

    @cached_property
    def lines(self) -> list[Line]:
        return [Line(row, [self._field(row, column) for column in self.columns]) for row in self.grid.rows]

    def _field(self, row: Row, column: Column) -> Field:
        key = (row.body.pk, column.key)
        cell = row.cells[column.key]
        name = name_of(key)
        typed = self.data.get(name, str(cell.places or ""))[:LONGEST_TYPED]
        if key in self.pasted.cells:
            typed = str(self.pasted.cells[key] or "")
        elif key in self.pasted.not_numbers:
            typed = self.pasted.not_numbers[key][:LONGEST_TYPED]
        label = _("%(body)s: %(category)s") % {"body": row.body, "category": column.title}
        return Field(name, label, typed, cell, self.problems.get(key, ""))

    @property
    def fields(self) -> Iterator[tuple[Key, Field]]:
        for line in self.lines:
            for column, field in zip(self.columns, line.fields, strict=True):
                yield (line.body.pk, column.key), field

    @property
    def shown(self) -> str:
        """The numbers as the page shows them, for the page to bring back."""
        return json.dumps({field.name: field.cell.places for _key, field in self.fields if field.cell.places})

    @cached_property
    def _was_shown(self) -> dict[str, int]:
        try:
            shown = json.loads(self.data.get("shown", "{}"))
        except ValueError:
            return {}
        return shown if isinstance(shown, dict) else {}

    @property
    def first_problem(self) -> Field | None:
        return next((field for _key, field in self.fields if field.problem), None)

    @property
    def wrong(self) -> int:
        return sum(1 for _key, field in self.fields if field.problem)

    def is_valid(self) -> bool:
        """Whether every cell holds a number, and nobody else has changed one that was changed here."""
        for key, field in self.fields:
            if number_of_places(field.typed) is None:
                self.problems[key] = not_a_number()
            elif self._was_changed_by_somebody_else(field):
                self.problems[key] = _(
                    "Somebody else changed this number to %(now)d meanwhile. Save again to write yours over it."
                ) % {"now": field.cell.places}
        self._show_the_problems()
        return not self.problems

    def _was_changed_by_somebody_else(self, field: Field) -> bool:
        was = self._was_shown.get(field.name, 0)
        typed = number_of_places(field.typed)
        return field.is_changed and was not in (typed, field.cell.places)

    def show(self, problems: dict[Key, str]) -> None:
        """Puts sentences to the cells that they are about."""
        self.problems |= problems
        self._show_the_problems()

    def _show_the_problems(self) -> None:
        for key, field in self.fields:
            field.problem = self.problems.get(key, "")

    @property
    def wished(self) -> dict[Key, int]:
        """What the organiser changed: cells that were left alone keep what others wrote."""
        return {
            key: places
            for key, field in self.fields
            if (places := number_of_places(field.typed)) is not None and places != self._was_shown.get(field.name, 0)
        }

    @property
    def changed(self) -> int:
        return sum(1 for _key, field in self.fields if field.is_changed)

    @property
    def addable(self) -> QuerySet[Organisation]:
        """Recommending bodies that have no row yet."""
        there = [line.body.pk for line in self.lines]
        return Organisation.objects.filter(is_recommending_body=True).exclude(pk__in=there)


def not_a_number() -> str:
    return _("Enter a whole number of places.")


def name_of(key: Key) -> str:
    body, category = key
    return f"places-{body}-{category or ANY}"
