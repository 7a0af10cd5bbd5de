"""Rosters as files: workbook, CSV, or the rows of a page to print.

They lie in one private folder until the clock erases them. A file is written whole under a
name of its own before anybody is told of it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext, ngettext

from training.catalogue.models import TrainingSession
from training.rosters.columns import Cell, Column
from training.rosters.models import Format, WhatWasTaken
from training.rosters.recipes import BUILT_IN, Recipe
from training.rosters.sortings import SORTINGS
from training.tools.csv_files import csv_pieces
from training.tools.dates import days_in_words, short_day_in_words, short_moment_in_words
from training.tools.workbooks import Sheet, SheetColumn, write_workbook

FOR_US_ALONE = 0o700
KEPT_IN_VIEW = ("number", "name")


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the rows, and the mark that says who took them."""

    title: str
    left_line: str
    right_line: str
    mark: str


@dataclass(frozen=True, slots=True)
class Written:
    """What the record says about a file."""

    row_count: int
    byte_count: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page to print, with the titles of its columns."""

    heading: Heading
    titles: list[str]
    rows: list[list[Cell]]


def folder() -> Path:
    """The private folder of the files, made when it is first needed."""
    place: Path = settings.VAR / "rosters"
    place.mkdir(mode=FOR_US_ALONE, parents=True, exist_ok=True)
    return place


def heading_of(taken: WhatWasTaken, count: int, at: datetime, reference: str) -> Heading:
    recipe, session = taken.made_by_recipe, taken.session
    people = ngettext("%(count)d person", "%(count)d people", count) % {"count": count}
    return Heading(
        title=title_of(session, recipe),
        left_line=_when_and_where(session),
        right_line=gettext("%(people)s, %(order)s; as of %(day)s")
        % {"people": people, "order": SORTINGS[recipe.sorting].sentence, "day": short_day_in_words(at)},
        mark=f"{taken.by} · {short_moment_in_words(at)} · {reference}",
    )


def title_of(session: TrainingSession, recipe: Recipe) -> str:
    """Roster: First training session · 第一期培训班学员名册"""
    kind = BUILT_IN[recipe.kind]
    return gettext("%(kind)s: %(session)s") % {"kind": kind.on_paper or kind.title, "session": session.title}


def _when_and_where(session: TrainingSession) -> str:
    days = days_in_words(session.starts_on, session.ends_on)
    return f"{session.city} · {days}" if session.city else days


class Counted:
    """Rows that count themselves while a writer takes them."""

    def __init__(self, rows: Iterable[list[Cell]]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[list[Cell]]:
        for row in self._rows:
            self.count += 1
            yield row


def write(path: Path, kind: str, heading: Heading, columns: Sequence[Column], rows: Iterable[list[Cell]]) -> Written:
    """Writes the rows as they come and returns what the record needs to know."""
    counted = Counted(rows)
    match Format(kind):
        case Format.XLSX:
            write_workbook(path, _sheet(heading, columns), counted)
        case Format.CSV:
            _write_csv(path, columns, counted)
        case Format.PRINT:
            _write_for_print(path, heading, columns, counted)
    with path.open("rb") as file:
        return Written(counted.count, path.stat().st_size, file_digest(file, "sha256").hexdigest())


def _sheet(heading: Heading, columns: Sequence[Column]) -> Sheet:
    kept = 0
    while kept < len(columns) and columns[kept].code in KEPT_IN_VIEW:
        kept += 1
    return Sheet(
        name=gettext("Roster"),
        title=heading.title,
        left_line=heading.left_line,
        right_line=heading.right_line,
        columns=[SheetColumn(column.title, column.width, column.is_centred) for column in columns],
        footer=gettext("Page %(page)s of %(pages)s") % {"page": "&P", "pages": "&N"},
        mark=heading.mark,
        columns_kept_in_view=kept,
    )


def _write_csv(path: Path, columns: Sequence[Column], rows: Iterable[list[Cell]]) -> None:
    with path.open("wb") as file:
        file.writelines(csv_pieces([column.title for column in columns], rows))


def _write_for_print(path: Path, heading: Heading, columns: Sequence[Column], rows: Iterable[list[Cell]]) -> None:
    """The heading on the first line, the titles on the second, then a row on each; JSON."""
    with path.open("w", encoding="utf-8") as file:
        file.write(_line(asdict(heading)))
        file.write(_line([column.title for column in columns]))
        file.writelines(map(_line, rows))


def read_for_print(path: Path) -> PrintedPage:
    """The page as it was written, whatever has changed since."""
    with path.open(encoding="utf-8") as lines:
        heading = Heading(**json.loads(next(lines)))
        titles = json.loads(next(lines))
        return PrintedPage(heading, titles, [json.loads(line) for line in lines])


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
