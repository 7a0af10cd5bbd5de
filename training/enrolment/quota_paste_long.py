"""A pasted table of quotas in long form: each row a recommending body, a category and a number of places.

The body may be merged downwards, the category where it stands first; the header may be missing.
Guards one rule: nothing is guessed or added up; what cannot stand in a cell of the grid is said.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from training.catalogue.models import Category, Organisation
from training.catalogue.naming import KnownOrganisations
from training.enrolment.quota_paste_words import (
    ANY_TITLES,
    BODY_TITLES,
    CATEGORY_TITLES,
    FIGURE_TITLES,
    GROUP_HEADING,
    NUMBER_TITLES,
    PLACES_TITLES,
    POOL_TITLES,
    ROWS_BEFORE_THE_HEADER,
    TOTAL_TITLES,
    Pasted,
    TotalRow,
    categories_in,
    category_exactly,
    category_named,
    check_the_sums,
    column_with_bodies,
    is_note,
    is_titled,
    number_of_places,
    place_of,
)

Rows = Sequence[Sequence[str]]
ROWS_LOOKED_AT = 60  # to find the columns


@dataclass(frozen=True)
class LongTable:
    """Where the three columns stand, and the row with which the reading begins; `titles` is that of the header."""

    begins: int
    body: int
    category: int
    places: int
    titles: int | None = None


def long_table_in(rows: Rows, categories: Sequence[Category], organisations: KnownOrganisations) -> LongTable | None:
    """The three columns, by their titles or by what stands in them; None when this is no table in long form."""
    if any(_is_header_of_a_crosstab(row, categories) for row in rows[:ROWS_BEFORE_THE_HEADER]):
        return None
    return _by_titles(rows, organisations) or _by_cells(rows, categories, organisations)


def read_long(
    rows: Rows, table: LongTable, categories: Sequence[Category], organisations: KnownOrganisations, pasted: Pasted
) -> None:
    """Keeps the numbers, and says what is odd; rows of sums are only checked."""
    if table.titles is not None:
        _say_other_columns(rows[table.titles], table, pasted)
    _Reader(table, categories, organisations, pasted).read(rows)


def _is_header_of_a_crosstab(row: Sequence[str], categories: Sequence[Category]) -> bool:
    named = categories_in(row, categories).values()
    return len(named) > 1 and (None not in named or not any(map(_has_a_digit, row)))


def _by_titles(rows: Rows, organisations: KnownOrganisations) -> LongTable | None:
    for number, row in enumerate(rows[:ROWS_BEFORE_THE_HEADER]):
        category, places = (place_of([row], titles, set()) for titles in (CATEGORY_TITLES, PLACES_TITLES))
        if category is None or places is None:
            continue
        taken = {category, places}
        body = place_of([row], BODY_TITLES, taken)
        if body is None:
            body = column_with_bodies(rows[number + 1 :], taken, organisations)
        if body is not None:
            return LongTable(number + 1, body, category, places, titles=number)
    return None


def _by_cells(rows: Rows, categories: Sequence[Category], organisations: KnownOrganisations) -> LongTable | None:
    """Without a header: most rows name a category in the one column and hold a number in another."""
    rows = rows[:ROWS_LOOKED_AT]
    category = _fullest(rows, lambda text: _category_in_a_cell(text, categories)[0])
    if category is None:
        return None
    of_people = [row for row in rows if _category_in_a_cell(_cell(row, category), categories)[0]]
    behind = _fullest(of_people, _has_a_digit, [*range(category + 1, _width(rows))])
    places = _fullest(of_people, _has_a_digit, [*range(category - 1, -1, -1)]) if behind is None else behind
    if places is None:
        return None
    body = column_with_bodies(of_people, {category, places}, organisations)
    begins = rows.index(of_people[0])
    return None if body is None else LongTable(begins, body, category, places)


def _fullest(rows: Rows, fits: Callable[[str], bool], columns: Sequence[int] | None = None) -> int | None:
    """The column in which most cells fit, the first of those alike; None when no cell does."""
    columns = range(_width(rows)) if columns is None else columns
    counts = {column: sum(fits(_cell(row, column)) for row in rows) for column in columns}
    best = max(counts, key=lambda column: counts[column], default=None)
    return best if best is not None and counts[best] else None


def _say_other_columns(titles: Sequence[str], table: LongTable, pasted: Pasted) -> None:
    read = {table.body, table.category, table.places}
    for place, title in enumerate(titles):
        if title and place not in read and not is_titled(title, (*NUMBER_TITLES, *FIGURE_TITLES)):
            pasted.say(table.begins, _("The column “%(title)s” was left out.") % {"title": title})


@dataclass
class _Reader:
    """Walks down the rows; `name` is the body that is merged downwards, `kind` the category."""

    table: LongTable
    categories: Sequence[Category]
    organisations: KnownOrganisations
    pasted: Pasted
    name: str = ""
    kind: str = ""
    rows_of: dict[tuple[int, int | None], int] = field(default_factory=dict)
    totals: list[TotalRow] = field(default_factory=list)
    whole: Counter[int] = field(default_factory=Counter)
    group: Counter[int] = field(default_factory=Counter)

    def read(self, rows: Rows) -> None:
        for number, row in enumerate(rows[self.table.begins :], start=self.table.begins + 1):
            if is_note(next((cell for cell in row if cell), "")):
                break
            if any(row) and not is_titled(_cell(row, self.table.category), CATEGORY_TITLES):
                self._read_row(row, number)
        for total in self.totals:
            check_the_sums(total, self.whole, self.pasted)

    def _read_row(self, row: Sequence[str], number: int) -> None:
        name, kind, text = (_cell(row, at) for at in (self.table.body, self.table.category, self.table.places))
        if any(is_titled(one, TOTAL_TITLES) for one in row):
            self._keep_a_total(text, number)
            return
        self.name = name or self.name
        merges_the_category = self.table.category < self.table.body
        self.kind = kind or (self.kind if merges_the_category else "")
        if sum(map(bool, row)) == 1 and name:
            self.name = "" if self._is_heading(name) else name
        elif is_titled(self.name, POOL_TITLES):
            self._count(number_of_places(text))
        elif body := self._body(number, is_written_here=bool(name)):
            self._read_places(body, text, number)

    def _is_heading(self, name: str) -> bool:
        """“一、省级部门” over the rows of a group: no body is merged down from it."""
        meant = self.organisations.meant_by(name)
        return bool(GROUP_HEADING.match(name)) or meant is None or meant.by_likeness

    def _keep_a_total(self, text: str, number: int) -> None:
        stated = number_of_places(text) if text else None
        if stated is not None:
            self.totals.append(TotalRow(number, {self.table.places: stated}, self.whole.copy(), self.group.copy()))
        self.group.clear()

    def _count(self, places: int | None) -> None:
        for counter in (self.whole, self.group):
            counter[self.table.places] += places or 0

    def _body(self, number: int, *, is_written_here: bool) -> Organisation | None:
        if not self.name:
            self.pasted.say(number, _("No recommending body stands in this row or above it; the row was left out."))
            return None
        meant = self.organisations.meant_by(self.name)
        words = {"name": self.name}
        if meant is None:
            sentence = _("“%(name)s” is no known recommending body; the row was left out.")
            self.pasted.say(number, sentence % words)
            return None
        if meant.by_likeness and is_written_here:
            sentence = _("“%(name)s” was read as “%(body)s”.")
            self.pasted.say(number, sentence % {**words, "body": meant.organisation}, is_wrong=False)
        return meant.organisation

    def _read_places(self, body: Organisation, text: str, number: int) -> None:
        words = {"body": body, "category": self.kind, "text": text}
        is_known, category = _category_in_a_cell(self.kind, self.categories)
        if not self.kind:
            self.pasted.say(number, _("%(body)s: no category stands beside “%(text)s”; it was left out.") % words)
        elif not is_known:
            sentence = _("%(body)s: “%(category)s” is none of the programme's categories; “%(text)s” was left out.")
            self.pasted.say(number, sentence % words)
        else:
            self._say_a_likeness(category, number)
            self._keep(body, category, text, number)

    def _say_a_likeness(self, category: int | None, number: int) -> None:
        if category is not None and not category_exactly(self.kind, self.categories)[0]:
            meant = next(one for one in self.categories if one.pk == category)
            words = {"name": self.kind, "body": meant.name}
            self.pasted.say(number, _("“%(name)s” was read as “%(body)s”.") % words, is_wrong=False)

    def _keep(self, body: Organisation, category: int | None, text: str, number: int) -> None:
        self.pasted.bodies[body.pk] = body
        key, places = (body.pk, category), number_of_places(text)
        first = self.rows_of.setdefault(key, number)
        if first != number:
            self._keep_a_second(body, key, text, number)
        elif places is None:
            self.pasted.not_numbers[key] = text
            sentence = _("%(body)s: “%(text)s” is no number of places.")
            self.pasted.say(number, sentence % {"body": body, "text": text})
        else:
            self.pasted.cells[key] = places
            self._count(places)

    def _keep_a_second(self, body: Organisation, key: tuple[int, int | None], text: str, number: int) -> None:
        """The same body and category once more: the same number says nothing new, another one has to be chosen."""
        words = {"body": body, "category": self.kind, "first": self.rows_of[key], "text": text}
        if self.pasted.cells.get(key) == number_of_places(text) is not None:
            sentence = _("%(body)s: “%(category)s” stands in row %(first)d already; this row was left out.")
            self.pasted.say(number, sentence % words, is_wrong=False)
            return
        before = self.pasted.not_numbers.get(key) or str(self.pasted.cells.pop(key, 0))
        self.pasted.not_numbers[key] = f"{before} / {text or 0}"
        sentence = _(
            "%(body)s: “%(category)s” has another number in row %(first)d. Which one counts, or both together?"
        )
        self.pasted.say(number, sentence % words)
        self.pasted.problems[key] = _("The table has several numbers for this cell. Enter the one that counts.")


def _category_in_a_cell(text: str, categories: Sequence[Category]) -> tuple[bool, int | None]:
    """As `category_named`; a title of the column with the numbers is none."""
    return (False, None) if is_titled(text, ANY_TITLES[3:]) else category_named(text, categories)


def _has_a_digit(text: str) -> bool:
    return any(character.isdigit() for character in unicodedata.normalize("NFKC", text))


def _cell(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _width(rows: Rows) -> int:
    return max((len(row) for row in rows), default=0)
