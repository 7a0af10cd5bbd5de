"""A table of quotas pasted from a spreadsheet, read into the cells of a session's grid.

Guards one rule: reading writes nothing, guesses no number, and says every row that it did not
understand. The organiser looks at the filled grid and saves it.
"""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from django.utils.translation import gettext as _

from training.catalogue.models import Category, Organisation, TrainingSession
from training.catalogue.naming import KnownOrganisations
from training.enrolment.quota_paste_long import long_table_in, read_long
from training.enrolment.quota_paste_words import (
    BODY_TITLES,
    FIGURE_TITLES,
    GROUP_HEADING,
    NUMBER_TITLES,
    POOL_TITLES,
    ROWS_BEFORE_THE_HEADER,
    TOTAL_TITLES,
    Pasted,
    TotalRow,
    categories_in,
    check_the_sums,
    column_with_bodies,
    is_note,
    is_titled,
    number_of_places,
    place_of,
)

LONGEST_PASTE = 200_000  # characters; some thousand bodies
MOST_ROWS = 2_000


@dataclass
class _Header:
    """Where the columns stand: the bodies, each category, and the totals to check against."""

    row: int
    body: int
    categories: dict[int, int | None]
    total: int | None

    @property
    def places(self) -> tuple[int, ...]:
        """The columns with numbers: the categories, then the total."""
        return (*self.categories, *(() if self.total is None else (self.total,)))


def apply_paste(text: str, session: TrainingSession) -> Pasted:
    """Reads a table with tabs between its cells, a crosstab or one in long form. Nothing is written; see `Pasted`."""
    pasted = Pasted()
    rows = _rows_of(text)
    if len(text) > LONGEST_PASTE or len(rows) > MOST_ROWS:
        pasted.say(0, _("This is more than a table of quotas. Paste the rows of one session."))
        return pasted
    organisations = KnownOrganisations(_bodies_of(session))
    categories = list(session.programme.categories.all())
    if (table := long_table_in(rows, categories, organisations)) is not None:
        read_long(rows, table, categories, organisations, pasted)
        return pasted
    header = _header_of(rows, categories, organisations)
    if header is None:
        pasted.say(0, _("No row with the names of categories was found. Copy the table with its header."))
        return pasted
    _say_unknown_columns(rows[header.row], header, pasted)
    _read_rows(rows, header, organisations, pasted)
    return pasted


def _rows_of(text: str) -> list[list[str]]:
    """Rows of cells; a spreadsheet puts a cell with a line break into quotation marks."""
    if '"' in text:
        try:
            read = list(csv.reader(StringIO(text), delimiter="\t", strict=True))
        except csv.Error:
            read = [line.split("\t") for line in text.splitlines()]
    else:
        read = [line.split("\t") for line in text.splitlines()]
    return [[" ".join(cell.split()) for cell in row] for row in read]


def _bodies_of(session: TrainingSession) -> list[Organisation]:
    """Recommending bodies, and whoever has a quota in the session already."""
    bodies = Organisation.objects.filter(is_recommending_body=True) | Organisation.objects.filter(
        quotas__session=session, quotas__parent__isnull=True
    )
    return list(bodies.distinct())


def _header_of(
    rows: Sequence[Sequence[str]], categories: Sequence[Category], organisations: KnownOrganisations
) -> _Header | None:
    """The row that names the most categories; the names of the bodies stand in the column that fits best."""
    best: tuple[int, dict[int, int | None]] | None = None
    for number, row in enumerate(rows[:ROWS_BEFORE_THE_HEADER]):
        found = categories_in(row, categories)
        if found and (best is None or len(found) > len(best[1])):
            best = number, found
    if best is None:
        return None
    number, found = best
    titles = [*rows[max(number - 1, 0) : number], rows[number]]
    taken = set(found)
    body = place_of(titles, BODY_TITLES, taken)
    if body is None:
        body = column_with_bodies(rows[number + 1 :], taken, organisations)
    if body is None:
        return None
    return _Header(number, body, found, place_of(titles, TOTAL_TITLES, taken))


def _say_unknown_columns(titles: Sequence[str], header: _Header, pasted: Pasted) -> None:
    known = (*BODY_TITLES, *NUMBER_TITLES, *TOTAL_TITLES, *FIGURE_TITLES)
    for place, title in enumerate(titles):
        is_read = place in header.categories or place in {header.body, header.total}
        if title and not is_read and not is_titled(title, known):
            pasted.say(
                header.row + 1,
                _("The column “%(title)s” is none of the programme's categories; it was left out.") % {"title": title},
            )


def _read_rows(
    rows: Sequence[Sequence[str]], header: _Header, organisations: KnownOrganisations, pasted: Pasted
) -> None:
    """Rows of sums are no data: once everything is read they show whether a row was lost on the way."""
    first_row_of: dict[int, int] = {}
    totals: list[TotalRow] = []
    whole: Counter[int] = Counter()
    group: Counter[int] = Counter()
    for number, row in enumerate(rows[header.row + 1 :], start=header.row + 2):
        name = row[header.body] if header.body < len(row) else ""
        lead = next((cell for cell in row if cell), "")
        if is_note(lead):
            break
        counted: Mapping[int, int] = {}
        if is_titled(name or lead, TOTAL_TITLES):
            totals.append(TotalRow(number, _numbers_in(row, header), whole.copy(), group.copy()))
            group.clear()
        elif is_titled(name or lead, POOL_TITLES):
            counted = _with_a_total(_numbers_in(row, header), header)
        elif name and not _is_heading(name, row, header, organisations):
            body = _body_named(name, number, organisations, first_row_of, pasted)
            counted = _read_row(row, number, body, header, pasted) if body is not None else {}
        whole.update(counted)
        group.update(counted)
    for total in totals:
        check_the_sums(total, whole, pasted)


def _is_heading(name: str, row: Sequence[str], header: _Header, organisations: KnownOrganisations) -> bool:
    """“一、省级部门” over the rows of a group: alone in its row, and numbered or no name of a body."""
    if any(row[place] for place in header.places if place < len(row)):
        return False
    if GROUP_HEADING.match(name):
        return True
    meant = organisations.meant_by(name)
    return sum(1 for cell in row if cell) == 1 and (meant is None or meant.by_likeness)


def _body_named(
    name: str, number: int, organisations: KnownOrganisations, first_row_of: dict[int, int], pasted: Pasted
) -> Organisation | None:
    """The body that the row is about; one that is unknown or stands there twice is said and left out."""
    meant = organisations.meant_by(name)
    if meant is None:
        pasted.say(number, _("“%(name)s” is no known recommending body; the row was left out.") % {"name": name})
        return None
    body = meant.organisation
    first = first_row_of.setdefault(body.pk, number)
    if first != number:
        sentence = _("“%(name)s” stands in row %(first)d already; this row was left out.")
        pasted.say(number, sentence % {"name": name, "first": first})
        return None
    if meant.by_likeness:
        pasted.say(number, _("“%(name)s” was read as “%(body)s”.") % {"name": name, "body": body}, is_wrong=False)
    return body


def _read_row(
    row: Sequence[str], number: int, body: Organisation, header: _Header, pasted: Pasted
) -> Mapping[int, int]:
    """Keeps the numbers of a body, and returns what the row adds to the sums of its columns."""
    pasted.bodies[body.pk] = body
    read: dict[int, int] = {}
    for place, category in header.categories.items():
        text = row[place] if place < len(row) else ""
        places = number_of_places(text)
        if places is None:
            pasted.not_numbers[body.pk, category] = text
            sentence = _("%(body)s: “%(text)s” is no number of places.")
            pasted.say(number, sentence % {"body": body, "text": text})
            continue
        pasted.cells[body.pk, category] = places
        read[place] = places
    stated = _stated(row, header.total)
    if stated is not None and len(read) == len(header.categories) and stated != sum(read.values()):
        pasted.say(
            number,
            _("%(body)s: the table says %(stated)d in all, its numbers add up to %(sum)d.")
            % {"body": body, "stated": stated, "sum": sum(read.values())},
            is_wrong=False,
        )
    return _with_a_total(read, header)


def _with_a_total(numbers: Mapping[int, int], header: _Header) -> Mapping[int, int]:
    """The same numbers by column, with what they are in all at the column of the total."""
    if header.total is None or header.total in numbers:
        return numbers
    return {**numbers, header.total: sum(numbers.values())}


def _numbers_in(row: Sequence[str], header: _Header) -> dict[int, int]:
    read = {place: _stated(row, place) for place in header.places}
    return {place: places for place, places in read.items() if places is not None}


def _stated(row: Sequence[str], place: int | None) -> int | None:
    if place is None or place >= len(row) or not row[place]:
        return None
    return number_of_places(row[place])
