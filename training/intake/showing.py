"""A list as a person looks at it: the sheet with what its columns mean, each cell with what is said about it.

Guards one rule: no number of a person is shown in full, wherever in the sheet it stands. What was
read is shown, and beside it what the file said where that differs.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from training.enrolment.answers import YES_NO, answer_in_words
from training.enrolment.models import Enrolment
from training.enrolment.questions import STANDARD, Code, Kind
from training.intake.checking import tables_in
from training.intake.contents import ANOTHER, OVER_SEVERAL_LINES, SEALED, Content
from training.intake.counting import Counted, waiting
from training.intake.expecting import Reception
from training.intake.findings import Finding, Level, worst
from training.intake.fitting import Fit, fits
from training.intake.headings import TELLS, Beside, Meaning, told_by
from training.intake.models import Intake, IntakeDeed, IntakeFile, IntakeRow
from training.intake.own_lists import Meant, changes
from training.intake.plain import text_of
from training.intake.reading import Cell
from training.intake.recognising import Recognised, others_in_this_session, recognised
from training.intake.tables import Column, Table
from training.tools.identity_numbers import masked_identity_number
from training.tools.phones import masked_mobile

ROWS_PER_PAGE = 50
MOST_DEEDS = 100
LONGEST_SHOWN = 200
DIGITS_OF_A_MOBILE = 11
BETWEEN = " · "  # two things that one cell tells
_LOOKS_LIKE_A_NUMBER = re.compile(r"[0-9][0-9 \-]{9,}[0-9Xx]")

SHOWN = ("all", Level.RED, Level.YELLOW, Level.GREEN)


@dataclass(frozen=True)
class Entry:
    """A place to type or choose the right value of a cell; a sealed one begins empty."""

    name: Meaning
    label: str
    value: str = ""
    choices: Sequence[tuple[str, str]] = ()
    is_proposed: bool = False  # the choices are what is known that is alike; what the list says is among them
    is_sealed: bool = False
    is_long: bool = False


@dataclass(frozen=True)
class CellShown:
    """One cell: what was read, what the file said, what is to be said, and where to correct each thing it tells."""

    text: str
    said_in_the_file: str = ""
    findings: Sequence[Finding] = ()
    entries: Sequence[Entry] = ()
    on_the_list: str = ""  # what stands on the body's own list, where the row would change it

    @property
    def level(self) -> Level:
        return worst(self.findings)

    @property
    def tells_several(self) -> bool:
        return len(self.entries) > 1


@dataclass(frozen=True)
class RowShown:
    row: IntakeRow
    name: str
    cells: Sequence[CellShown]
    findings: Sequence[tuple[str, Finding]]
    entries: Sequence[Entry] = ()
    known: Sequence[Recognised] = ()
    elsewhere: Sequence[str] = ()
    changes: Sequence["ChangeShown"] = ()
    may_update: bool = False
    may_be_another: bool = False

    @property
    def changes_in_no_cell(self) -> "list[ChangeShown]":
        return [change for change in self.changes if not change.has_a_cell]

    @property
    def can_be_corrected(self) -> bool:
        return bool(self.entries or any(cell.entries for cell in self.cells))


@dataclass(frozen=True)
class ChangeShown:
    """What a row would change of somebody on the body's list, in words."""

    meaning: Meaning
    label: str
    before: str
    after: str
    has_a_cell: bool = True


@dataclass(frozen=True)
class FitShown:
    """A body's places left, by category in words, and how many rows fit into them."""

    fit: Fit
    places: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class ListShown:
    """One list of a file; `key` is how it is chosen, 1-0 for the first list of the first file."""

    file: IntakeFile
    number: int
    table: Table
    counts: dict[str, int]

    @property
    def key(self) -> str:
        return f"{self.file.position}-{self.number}"

    @property
    def people(self) -> int:
        return sum(self.counts.values())

    @property
    def red(self) -> int:
        return self.counts.get(Level.RED, 0)


@dataclass
class Spread:
    """An intake spread out: its files, the lists in them, and the rows of the chosen one, fifty at a time."""

    intake: Intake
    chosen: str = ""
    shown: str = "all"
    page_number: str = "1"
    seen_by: User | None = None  # an organiser, who also learns who is known already
    is_only_read: bool = False  # as an organiser reads what a body sent
    reception: Reception = field(init=False)
    _contents: dict[int, Content] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.reception = Reception(self.intake.session, self.intake.body)
        self.shown = self.shown if self.shown in SHOWN else "all"

    @property
    def can_be_changed(self) -> bool:
        return self.intake.can_be_changed and not self.is_only_read

    @cached_property
    def files(self) -> list[IntakeFile]:
        return list(self.intake.files.all())

    @cached_property
    def deeds(self) -> "list[DeedShown]":
        """The latest of what was done to the lists, latest first."""
        latest = self.intake.deeds.select_related("by")[:MOST_DEEDS]
        return [DeedShown(deed, [self.label(one) for one in deed.about if one]) for deed in latest]

    @property
    def refused(self) -> list[IntakeFile]:
        return [file for file in self.files if file.refused_because]

    @property
    def files_read(self) -> int:
        return sum(file.is_read for file in self.files)

    @cached_property
    def lists(self) -> list[ListShown]:
        counted: dict[tuple[int, int], dict[str, int]] = {}
        rows = IntakeRow.objects.filter(intake=self.intake).that_count()
        for file, table, level in rows.values_list("file", "table", "level"):
            levels = counted.setdefault((file, table), {})
            levels[level] = levels.get(level, 0) + 1
        return [
            ListShown(file, number, table, counted.get((file.pk, number), {}))
            for file in self.files
            for number, table in enumerate(tables_in(file))
        ]

    @cached_property
    def opened(self) -> ListShown | None:
        """The chosen list, else the first with something to correct, else the first."""
        chosen = next((one for one in self.lists if one.key == self.chosen), None)
        return chosen or next((one for one in self.lists if one.red), None) or next(iter(self.lists), None)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Rows by their colour, and those that are taken or left out."""
        made = {"red": 0, "yellow": 0, "green": 0, "taken": 0, "left_out": 0}
        for level, state in IntakeRow.objects.filter(intake=self.intake).values_list("level", "state"):
            made[level if state == IntakeRow.State.WAITING else state] += 1
        return made

    @property
    def good(self) -> int:
        return self.counts["green"] + self.counts["yellow"]

    @cached_property
    def page(self) -> "Page[IntakeRow]":
        rows = IntakeRow.objects.filter(intake=self.intake).select_related("file", "enrolment").in_order()
        if self.opened is not None:
            rows = rows.filter(file=self.opened.file, table=self.opened.number)
        if self.shown != "all":
            rows = rows.filter(level=self.shown, state=IntakeRow.State.WAITING)
        return Paginator(rows, ROWS_PER_PAGE).get_page(self.page_number)

    @property
    def address(self) -> str:
        """What stands behind the question mark of the page that shows just this."""
        chosen = {"list": self.opened.key if self.opened else "", "show": self.shown, "page": self.page.number}
        return urlencode({name: value for name, value in chosen.items() if value not in ("", "all", 1)})

    @cached_property
    def columns(self) -> "list[ColumnShown]":
        return [] if self.opened is None else [self._column(column) for column in self.opened.table.columns]

    @cached_property
    def rows(self) -> "list[RowShown]":
        if self.opened is None:
            return []
        people = self._meant_by(list(self.page))
        shown = [self.row(row, self.opened.table, people) for row in self.page]
        if self.seen_by is None:
            return shown
        known = self.known_in([one.row for one in shown])
        elsewhere = others_in_this_session(self.intake, {one.row: one.name for one in shown}, by=self.seen_by)
        return [replace(one, known=known[one.row.pk], elsewhere=elsewhere[one.row.pk]) for one in shown]

    def known_in(self, rows: Sequence[IntakeRow]) -> dict[int, "list[Recognised]"]:
        """Who of these rows is on record; only an organiser learns it."""
        none: dict[int, list[Recognised]] = {row.pk: [] for row in rows}
        if self.seen_by is None:
            return none
        return none | recognised(self.intake, [(row, self._content(row)) for row in rows], by=self.seen_by)

    def _content(self, row: IntakeRow) -> Content:
        """What stands in the row, unsealed once."""
        if row.pk not in self._contents:
            self._contents[row.pk] = Content.of(row)
        return self._contents[row.pk]

    def _column(self, column: Column) -> "ColumnShown":
        is_left = column.meaning not in ("", Beside.SERIAL, *TELLS, *self.reception.meanings)
        return ColumnShown(column.position, column.heading, column.meaning, is_left)

    def row(self, row: IntakeRow, table: Table, people: Mapping[int, Enrolment] | None = None) -> RowShown:
        """A row; what is said about no column of the list stands beside its number."""
        content = self._content(row)
        open_to_change = self.can_be_changed and row.state == IntakeRow.State.WAITING
        written = content.written(table.columns)
        in_the_list = {told for column in table.columns for told in told_by(column.meaning)}
        changed = self._changes(row, content, in_the_list, people or {}) if open_to_change else []
        before = {one.meaning: one.before or _("nothing") for one in changed}
        cells = [
            replace(
                self._cell(column.meaning, cell, content, written, open_to_change=open_to_change),
                on_the_list=BETWEEN.join(before[told] for told in told_by(column.meaning) if told in before),
            )
            for column, cell in zip(table.columns, content.cells, strict=False)
        ]
        about_none = [one for one in content.findings if one.meaning not in in_the_list]
        missing = dict.fromkeys(one.meaning for one in about_none if one.meaning in self.reception.meanings)
        entries = [self.entry(meaning, content) for meaning in missing] if open_to_change else []
        said = [(self.label(one.meaning) if one.meaning else "", one) for one in about_none]
        return RowShown(
            row,
            content.values.get(Beside.NAME, ""),
            cells,
            said,
            entries,
            changes=changed,
            may_update=open_to_change and content.meant is not None and not content.updates,
            may_be_another=open_to_change and content.may_be_another and not content.is_chosen_to(ANOTHER),
        )

    def changes_of(self, row: IntakeRow) -> "list[ChangeShown]":
        """What a row that waits would change of somebody on the body's list."""
        if not self.can_be_changed or row.state != IntakeRow.State.WAITING:
            return []
        return self._changes(row, self._content(row), set(), self._meant_by([row]))

    def _meant_by(self, rows: Sequence[IntakeRow]) -> dict[int, Enrolment]:
        """Those on the body's own list whom these rows mean, by their keys, in one question."""
        meant = {content.meant for row in rows if (content := self._content(row)).meant}
        of_the_session = Enrolment.objects.filter(session=self.intake.session, pk__in=meant)
        return {one.pk: one for one in of_the_session.select_related("trainee", "category")} if meant else {}

    def _changes(
        self, row: IntakeRow, content: Content, in_the_list: Collection[Meaning], people: Mapping[int, Enrolment]
    ) -> "list[ChangeShown]":
        meant = people.get(content.meant or 0)
        if meant is None or content.is_chosen_to(ANOTHER) or not Meant(meant, "", is_certain=True).may_be_changed:
            return []
        return [
            ChangeShown(
                one.meaning,
                self.label(one.meaning),
                self._change_in_words(one.meaning, one.before),
                self._change_in_words(one.meaning, one.after),
                has_a_cell=one.meaning in in_the_list,
            )
            for one in changes(meant, row, content, self.reception)
        ]

    def _change_in_words(self, meaning: Meaning, text: str) -> str:
        return text if meaning in SEALED else self.in_words(meaning, text)  # the numbers are masked already

    @cached_property
    def waiting(self) -> list[tuple[int, Counted]]:
        return waiting(self.intake, self.reception)

    @cached_property
    def to_choose(self) -> int:
        """Rows that wait for a word whether they update somebody on the list."""
        return sum(counted.asks for _row, counted in self.waiting)

    @cached_property
    def fits(self) -> "list[FitShown]":
        """How many good rows fit into the places that are left."""
        names = {one.pk: one.name for one in self.reception.categories}
        return [
            FitShown(fit, [(names.get(category or 0, _("any category")), left) for category, left in fit.left.items()])
            for fit in fits(self.intake, self.reception, self.waiting)
        ]

    @property
    def beyond(self) -> int:
        return sum(len(shown.fit.beyond) for shown in self.fits)

    def entries(self, row: IntakeRow) -> "list[CellShown]":
        """Everything that is taken of a row, each with a place to correct it."""
        content = self._content(row)
        written = content.written(tables_in(row.file)[row.table].columns)
        return [
            CellShown(
                text=self.in_words(meaning, content.values.get(meaning, "")),
                said_in_the_file=shown_masked(meaning, _said_in_the_file(meaning, written)),
                findings=[one for one in content.findings if one.meaning == meaning],
                entries=[self.entry(meaning, content, written.get(meaning))],
            )
            for meaning in self.reception.meanings
        ]

    def entry(self, meaning: Meaning, content: Content, cell: Cell = None) -> Entry:
        choices = self._choices(meaning)
        return Entry(
            name=meaning,
            label=self.label(meaning),
            value=content.to_correct(meaning, cell, is_chosen=bool(choices)),
            choices=choices,
            is_sealed=meaning in SEALED,
            is_long=meaning in OVER_SEVERAL_LINES,
        )

    def _entry_with_proposals(self, meaning: Meaning, content: Content, cell: Cell) -> Entry:
        """In the sheet the organisations that are alike stand to be chosen beside what the list says."""
        entry = self.entry(meaning, content, cell)
        if meaning != Code.EMPLOYER or not entry.value or not content.proposed.get(meaning):
            return entry
        names = dict.fromkeys([entry.value, *content.proposed[meaning]])
        return replace(entry, choices=[(name, name) for name in names], is_proposed=True)

    def label(self, meaning: Meaning) -> str:
        return words_of(meaning, self.reception)

    def in_words(self, meaning: Meaning, value: str) -> str:
        """A value as a person reads it; numbers masked."""
        if meaning == Code.IDENTITY_NUMBER:
            return masked_identity_number(value)
        if meaning == Code.MOBILE:
            return masked_mobile(value)
        if meaning == Code.CATEGORY:
            category = self.reception.category(value)
            return category.name if category else value
        if meaning == Beside.RESERVE:
            return capfirst(str(dict(YES_NO).get(value, value)))
        question = self.reception.expected.question(meaning)
        return without_numbers(answer_in_words(question, value) if question else value)

    def _cell(
        self, meaning: Meaning, cell: Cell, content: Content, written: Mapping[Meaning, Cell], *, open_to_change: bool
    ) -> CellShown:
        came = shown_masked(meaning, cell)
        told = [one for one in told_by(meaning) if one in self.reception.meanings]
        if not told:
            return CellShown(came)
        read = [self.in_words(one, content.values.get(one, "")) for one in told]
        typed = shown_masked(meaning, content.corrected.get(meaning, cell))
        findings = [one for one in content.findings if one.meaning in told]
        is_half_a_name = meaning == Beside.FAMILY_NAME and not findings and Beside.NAME not in content.corrected
        stands = came if is_half_a_name else BETWEEN.join(filter(None, read)) or typed
        to_correct = told if open_to_change and findings else ()
        if meaning in TELLS:  # a wrong cut is typed anew, so nothing is only to be chosen
            entries = [self.entry(one, content, written.get(one)) for one in to_correct]
        else:
            entries = [self._entry_with_proposals(one, content, cell) for one in to_correct]
        return CellShown(stands, came if findings and stands != came else "", findings, entries)

    def _choices(self, meaning: Meaning) -> Sequence[tuple[str, str]]:
        if meaning == Code.CATEGORY:
            return [(one.code, one.name) for one in self.reception.categories]
        if meaning == Beside.BODY:
            return [(one.name_zh or one.name_en, one.name) for one in self.reception.bodies.values()]
        question = self.reception.expected.question(meaning)
        if meaning == Beside.RESERVE or (question and question.kind == Kind.YES_NO):
            return [(value, capfirst(str(label))) for value, label in YES_NO]
        return [(value, capfirst(str(label))) for value, label in question.choices] if question else []


@dataclass(frozen=True)
class DeedShown:
    """A line of the record, with what it was about in words."""

    deed: IntakeDeed
    about: Sequence[str]


@dataclass(frozen=True)
class ColumnShown:
    """A column with its title; `is_left` when it means something that the session does not ask."""

    position: int
    heading: str
    meaning: Meaning
    is_left: bool


def meanings_to_choose(reception: Reception) -> list[tuple[Meaning, str]]:
    """What a column may mean, in words, sorted as the session asks; then what lists say besides."""
    taken = [(meaning, words_of(meaning, reception)) for meaning in reception.meanings]
    others = [*STANDARD, *map(str, Beside)]
    besides = [(meaning, words_of(meaning, reception)) for meaning in others if meaning not in reception.meanings]
    return [("", _("(not used)")), *taken, *besides]


def _said_in_the_file(meaning: Meaning, written: Mapping[Meaning, Cell]) -> Cell:
    """The cell that says it, be it together with something else."""
    is_together = meaning in TELLS[Beside.EMPLOYER_AND_POST] and Beside.EMPLOYER_AND_POST in written
    return written.get(Beside.EMPLOYER_AND_POST if is_together else meaning)


def shown_masked(meaning: Meaning, cell: Cell) -> str:
    """A cell of the file as text; whatever could be a number of a person is masked."""
    text = text_of(cell)[:LONGEST_SHOWN]
    if meaning == Code.IDENTITY_NUMBER:
        return masked_identity_number(text)
    return masked_mobile(text) if meaning == Code.MOBILE else without_numbers(text)


def without_numbers(text: str) -> str:
    """A text in which numbers as long as a mobile are masked: they may be somebody's."""
    return _LOOKS_LIKE_A_NUMBER.sub(_masked_when_long, text)


def _masked_when_long(found: re.Match[str]) -> str:
    digits = sum(map(str.isdigit, found[0]))
    return masked_mobile(found[0].strip()) if digits >= DIGITS_OF_A_MOBILE else found[0]


def words_of(meaning: Meaning, reception: Reception) -> str:
    """What a meaning is called, as the session asks it where it does."""
    question = reception.expected.question(meaning)
    if question:
        return str(question.label)
    return capfirst(str(Beside(meaning).label)) if meaning in Beside.values else meaning  # a question that was removed
