"""Finds the lists in a sheet: where the titles of the columns stand, where the people begin and end.

What stands around a list is left out by itself: annex mark, title, the line with the filling
unit, sample rows, totals, foot notes. Cells merged downwards are filled down. Nothing is guessed
about what a cell says; that is for `cells.py`.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from training.enrolment.questions import Code
from training.intake.findings import Finding, mended
from training.intake.headings import (
    IN_TWO,
    JOINED,
    LONGEST_HEADING,
    NAMES,
    Beside,
    Meaning,
    meaning_of,
    order_of,
    plain_heading,
)
from training.intake.plain import text_of
from training.intake.reading import Cell, Sheet

FEWEST_KNOWN_TITLES = 2  # with one that means the name; else one more
LONGEST_SECTION = 40  # characters
LONGEST_TITLE = 100

_ANNEX = re.compile(r"附[件表]\s*[0-9一二三四五六七八九十]*\s*[:：]?")
_UNIT = re.compile(
    r"(?:填报|推荐|报送|选送|选派|填表|报名)?(?:单位|部门)(?:名称)?\s*(?:[(（][^)）]*[)）])?\s*[:：]\s*(?P<unit>.*?)"
    r"\s*(?:[(（](?:盖章|公章|签章)[)）])?\s*(?=\s{2,}|\t|填[表报]日期|填[表报]时间|日\s*期|填[表报]人|联系人|联系电话|电话|$)"
)
_FOOT_NOTE = re.compile(
    r"(?:[备附]?注|说明|填[表报]说明|填写说明|注意事项|联系人|联络人|联系方式|联系电话|填[表报]人|制表人?|经办人|审核人?"
    r"|负责人|单位负责人|主要负责人|分管领导|单位意见|推荐单位意见|推荐单位|填报单位|单位|note|notes|remark|contact)"
    r"\s*(?:[(（][^)）]*[)）])?\s*[0-9]*\s*[:：.、].*"
    r"|[(（]?(?:单位)?(?:盖章|公章)[)）]?|(?:备注|注|说明)\s*\d?",
    re.IGNORECASE | re.DOTALL,
)
_SAYS_MORE = re.compile("[:：]")
_TOTAL = re.compile(r"(?:合\s*计|总\s*计|共\s*计|小\s*计|total)\b.*|共\s*\d+\s*[人名].*", re.IGNORECASE | re.DOTALL)
_SAMPLE = re.compile(
    r"[(（【\[]?\s*(?:(?:示|样|范|举|填写示|填表示)\s*[例本]|例|例如|样表|example|sample|e\.g\.)\s*\d*\s*[)）】\]]?(?:$|[:：].*|\s.*)"
    r"|.*[(（【\[](?:示例|样例|范例|例)[)）】\]]",
    re.IGNORECASE | re.DOTALL,
)
_NOBODY = re.compile(r"[×xX*＊某○〇]{2,}|[×*＊]+|.某某?")
_ALSO_A_PART = frozenset({"name", "名字"})  # Name and Surname, 姓 and 名字
_PEOPLE_UNDER_A_NOTE = _("Row %(row)d looks like a note; the people under it were read, too.")
_SECTION = re.compile(r"[(（]?[一二三四五六七八九十]+[)）]?\s*[、.．:：]?\s*\S.*")


@dataclass
class Column:
    """One column: its title as it stands, and what it means; blank while nobody knows."""

    position: int
    heading: str
    meaning: Meaning = ""


@dataclass
class Row:
    """One row of a list by its number in the sheet, from 1; `section` is the line that stands over it."""

    number: int
    cells: list[Cell]
    section: str = ""
    is_hidden: bool = False


@dataclass
class Table:
    """A list of people as it stands in a sheet."""

    sheet: str
    columns: list[Column]
    title: str = ""
    unit: str = ""
    header_row: int = 1
    rows: list[Row] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class _Header:
    first: int
    last: int
    columns: list[Column]


def tables_of(sheet: Sheet, own: Mapping[str, Meaning] | None = None) -> list[Table]:
    """Every list in the sheet, in order; `own` as in `headings.meaning_of`."""
    return _Finder(sheet, own or {}).tables()


class _Finder:
    """Walks down one sheet."""

    def __init__(self, sheet: Sheet, own: Mapping[str, Meaning]) -> None:
        self.sheet = sheet
        self.own = own
        self.grid = [list(row) for row in sheet.rows]
        self.across: dict[int, dict[int, int]] = {}  # by row: first column of what is merged across, and its last
        self.filled: set[tuple[int, int]] = set()
        self.meanings: dict[tuple[str, str], Meaning] = {}  # of titles, looked up once each
        for first, left, _last, right in sheet.merges:
            if right > left:
                self.across.setdefault(first, {})[left] = right

    def tables(self) -> list[Table]:
        found: list[Table] = []
        lead = list(self.sheet.lead)
        at = 0
        while at < len(self.grid):
            header = self._header_at(at)
            if header is None:
                lead.append(self._line(at))
                at += 1
                continue
            table, at = self._table_under(header, lead)
            found.append(table)
            lead = []
        for table in found:
            table.unit = table.unit or _unit_in(lead)  # some write it under the list
        return found

    # ── the titles of the columns ────────────────────────────────────────────────────────────

    def _header_at(self, at: int) -> _Header | None:
        """The titles in this row, or in this row and the one under it."""
        if not any(self._says_a_title(row) for row in range(at, min(at + 2, len(self.grid)))):
            return None  # as nearly every row
        single = self._columns(at, None)
        under = self._second_row_of_titles(at)
        both = self._columns(at, under) if under else []
        if under and _known(both) > _known(single):
            return _Header(at, at + 1, both) if _is_enough(both) else None
        if not _is_enough(single) or self._is_a_form_of_one_person(at):
            return None
        return _Header(at, at, single)

    def _columns(self, at: int, under: list[str] | None) -> list[Column]:
        titles = self._titles(at)
        width = max(len(titles), len(under or ()))
        columns, group = [], ""
        group_ends = -1
        for position in range(width):
            title = titles[position] if position < len(titles) else ""
            below = under[position] if under and position < len(under) else ""
            if title:
                group, group_ends = title, self.across.get(at, {}).get(position, position if not below else width)
            elif not below or position > group_ends:
                group = ""
            columns.append(self._column(position, title, below, group))
        return _one_of_each(columns)

    def _column(self, position: int, title: str, below: str, group: str) -> Column:
        if below and group and plain_heading(below) != plain_heading(group):
            return Column(position, f"{group} / {below}", self._meaning(below, group))
        heading = below or title
        return Column(position, heading, self._meaning(heading) if heading else "")

    def _says_a_title(self, at: int) -> bool:
        return any(self._meaning(title) for title in self._titles(at) if title)

    def _meaning(self, title: str, group: str = "") -> Meaning:
        if (title, group) not in self.meanings:
            self.meanings[title, group] = meaning_of(title, group, own=self.own)
        return self.meanings[title, group]

    def _titles(self, at: int) -> list[str]:
        """The texts of a row as titles; what is too long for one is none."""
        texts = [text_of(cell) if isinstance(cell, str) else "" for cell in self.grid[at]]
        return [" ".join(text.split()) if len(plain_heading(text)) <= LONGEST_HEADING else "" for text in texts]

    def _second_row_of_titles(self, at: int) -> list[str] | None:
        """The titles under the groups, where each stands under a group and none under a title of its own."""
        if at + 1 >= len(self.grid) or not any(map(text_of, self.grid[at + 1])):
            return None
        above, below = self._titles(at), self._titles(at + 1)
        if sum(map(bool, above)) < FEWEST_KNOWN_TITLES or any(_SAYS_MORE.search(title) for title in above):
            return None  # a title over everything, or the line with the unit
        if not all(isinstance(cell, str) for cell in self.grid[at + 1] if cell is not None):
            return None
        stands = partial(self._stands_under_a_group, at, above, below)
        return below if all(stands(position) for position, title in enumerate(below) if title) else None

    def _stands_under_a_group(self, at: int, above: list[str], below: list[str], position: int) -> bool:
        if any(left <= position <= right for left, right in self.across.get(at, {}).items()):
            return True
        if position >= len(above) or not above[position]:
            return any(above[:position])
        following = position + 1  # a group that is not merged: its next title stands under nothing
        return following < len(below) and bool(below[following]) and not any(above[following : following + 1])

    def _is_a_form_of_one_person(self, at: int) -> bool:
        """Titles in the row below as well: each stands beside its answer, and this is no list."""
        if at + 1 >= len(self.grid):
            return False
        below = self._columns(at + 1, None)
        return _known(below) >= FEWEST_KNOWN_TITLES and below != self._columns(at, None)

    # ── the people ───────────────────────────────────────────────────────────────────────────

    def _table_under(self, header: _Header, lead: list[str]) -> tuple[Table, int]:
        """The list under these titles, and the row behind it."""
        table = Table(
            sheet=self.sheet.name,
            columns=header.columns,
            title=_title_in(lead),
            unit=_unit_in(lead),
            header_row=header.last + 1,
        )
        self._fill_down(header)
        section, at = "", header.last + 1
        while at < len(self.grid):
            again = self._header_at(at)
            if again and again.columns != header.columns:
                break
            if again:
                at = again.last + 1  # the titles once more, as on every printed page
                continue
            if self._is_a_foot_note(at, header) and not self._people_stand_below(at, header):
                break
            section = self._read_line(at, header, table, section)
            at += 1
        table.findings += _gaps(table)
        return table, at

    def _read_line(self, at: int, header: _Header, table: Table, section: str) -> str:
        """Adds the row to the list where it is a person; returns the line that stands over what follows."""
        if self._is_a_foot_note(at, header):
            table.findings.append(mended("", _PEOPLE_UNDER_A_NOTE, row=at + 1))
            return self._line(at)[:LONGEST_TITLE]  # such as 注:以下为候补人选
        if line := self._section(at, header):
            return line
        if self._is_left_out(at, header):
            table.left_out.append(at + 1)
        elif self._says_something(at, header):
            table.rows.append(Row(at + 1, self._cells(at, header), section, at in self.sheet.hidden_rows))
        return section

    def _fill_down(self, header: _Header) -> None:
        """What is merged downwards counts for each row, but a name is one person."""
        single = _positions(header, *NAMES)
        for first, left, last, _right in self.sheet.merges:
            if first <= header.last or last == first or first >= len(self.grid) or left in single:
                continue
            value = self.grid[first][left] if left < len(self.grid[first]) else None
            for at in range(first + 1, min(last + 1, len(self.grid))):
                row = self.grid[at]
                row += [None] * (left + 1 - len(row))
                if row[left] is None:
                    row[left] = value
                    self.filled.add((at, left))

    def _is_a_foot_note(self, at: int, header: _Header) -> bool:
        texts = self._texts(at)
        if not texts:
            return False
        first = texts[0][1]
        if _FOOT_NOTE.fullmatch(first) and len(texts) <= FEWEST_KNOWN_TITLES + 2:
            return True
        return len(texts) == 1 and len(first) > LONGEST_SECTION and self._spans(at, texts[0][0], header)

    def _people_stand_below(self, at: int, header: _Header) -> bool:
        """Whether the list goes on under a note, before the next titles: nobody may be lost without a word."""
        for below in range(at + 1, len(self.grid)):
            if self._header_at(below):
                return False
            if self._looks_like_a_person(below, header):
                return True
        return False

    def _looks_like_a_person(self, at: int, header: _Header) -> bool:
        """A name, and at least half of what is known of a person; a line to sign on says less."""
        texts = dict(self._texts(at))
        if self._is_a_foot_note(at, header) or any(text.endswith((":", "：")) for text in texts.values()):
            return False
        known = [column.position for column in header.columns if column.meaning]
        named = any(position in texts for position in _positions(header, *NAMES))
        return named and 2 * sum(position in texts for position in known) > len(known)

    def _section(self, at: int, header: _Header) -> str:
        """A line over some of the people: alone in its row, and merged across or numbered like a heading."""
        texts = self._texts(at)
        if len(texts) != 1 or not isinstance(self.grid[at][texts[0][0]], str):
            return ""
        position, text = texts[0]
        numbered = bool(_SECTION.fullmatch(text)) and position == 0
        if len(text) > LONGEST_SECTION or _SAMPLE.fullmatch(text) or _TOTAL.fullmatch(text):
            return ""
        return text if numbered or self._spans(at, position, header) else ""

    def _spans(self, at: int, position: int, header: _Header) -> bool:
        return self.across.get(at, {}).get(position, position) - position + 1 >= max(3, len(header.columns) // 2)

    def _is_left_out(self, at: int, header: _Header) -> bool:
        """Samples and totals."""
        texts = self._texts(at)
        if not texts:
            return False
        names_of_works = _positions(header, Code.EMPLOYER, Beside.BODY)  # Example Works is no sample
        beginning = [text for position, text in texts[:2] if position not in names_of_works]
        if any(_SAMPLE.fullmatch(text) for text in beginning) or _TOTAL.fullmatch(texts[0][1]):
            return True
        return any(_NOBODY.fullmatch(text) for position, text in texts if position in _positions(header, *NAMES))

    def _says_something(self, at: int, header: _Header) -> bool:
        """Whether a row says more than its number and what is merged into it."""
        silent = _positions(header, Beside.SERIAL, Beside.RANK)
        return any(position not in silent and (at, position) not in self.filled for position, _text in self._texts(at))

    def _cells(self, at: int, header: _Header) -> list[Cell]:
        row = self.grid[at][: len(header.columns)]
        return row + [None] * (len(header.columns) - len(row))

    def _texts(self, at: int) -> list[tuple[int, str]]:
        return [(position, text) for position, cell in enumerate(self.grid[at]) if (text := text_of(cell))]

    def _line(self, at: int) -> str:
        return "  ".join(text for _position, text in self._texts(at))


def _known(columns: list[Column]) -> int:
    return sum(1 for column in columns if column.meaning)


def _is_enough(columns: list[Column]) -> bool:
    """A name and one more known title, or three without a name."""
    meanings = {column.meaning for column in columns}
    has_a_name = Beside.NAME in meanings or meanings >= IN_TWO
    return _known(columns) >= FEWEST_KNOWN_TITLES + (0 if has_a_name else 1)


def _one_of_each(columns: list[Column]) -> list[Column]:
    """Of two columns that mean the same the more usual title counts; the other stays for a person to decide."""
    best: dict[Meaning, Column] = {}
    for column in columns:
        if not column.meaning or column.meaning in JOINED:
            continue
        other = best.get(column.meaning)
        if other is None or _order(column) < _order(other):
            best[column.meaning] = column
    for column in columns:
        if column.meaning and column.meaning not in JOINED and best[column.meaning] is not column:
            column.meaning = ""
    if Beside.EMPLOYER_AND_POST in best:
        _leave(columns, Beside.EMPLOYER_AND_POST if Code.EMPLOYER in best else Code.POST)
    if Beside.NAME in best:
        _name_once(columns, best[Beside.NAME], IN_TWO & best.keys())
    return columns


def _name_once(columns: list[Column], name: Column, parts: Collection[Meaning]) -> None:
    """Beside the whole name its parts say nothing; what is only called “name” beside one part is the other."""
    if len(parts) == 1 and plain_heading(name.heading) in _ALSO_A_PART:
        name.meaning = next(iter(IN_TWO.difference(parts)))
    else:
        _leave(columns, *parts)


def _leave(columns: list[Column], *meanings: Meaning) -> None:
    for column in columns:
        if column.meaning in meanings:
            column.meaning = ""


def _order(column: Column) -> int:
    return order_of(column.heading.rpartition(" / ")[2])


def _positions(header: _Header, *meanings: str) -> set[int]:
    return {column.position for column in header.columns if column.meaning in meanings}


def _title_in(lead: list[str]) -> str:
    """The first line above that is neither an annex mark nor the line with the unit."""
    titles = (line for line in lead if line and not _ANNEX.fullmatch(line) and not _unit_in([line]))
    return next(titles, "")[:LONGEST_TITLE]


def _unit_in(lead: list[str]) -> str:
    for line in lead:
        if (found := _UNIT.search(line)) and (unit := found["unit"].strip(" _＿\t")):
            return unit
    return ""


def _gaps(table: Table) -> Iterator[Finding]:
    """Numbers that are missing in the list: a row was lost, or deleted on purpose."""
    serials = [column.position for column in table.columns if column.meaning == Beside.SERIAL]
    written = [row.cells[position] for row in table.rows for position in serials]
    numbers = sorted({int(text) for cell in written if (text := text_of(cell)).isdecimal() and len(text) < 5})
    for number, following in pairwise(numbers):
        if following > number + 1:
            yield mended(
                "",
                _("The serial numbers go from %(number)d to %(following)d: is a row missing between them?"),
                number=number,
                following=following,
            )
