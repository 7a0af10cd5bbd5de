"""A table of quotas pasted from a spreadsheet, read into the cells of a session's grid.

Guards one rule: reading writes nothing, guesses no number, and says every row that it did not
understand. The organiser looks at the filled grid and saves it.
"""

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from io import StringIO

from django.utils.translation import gettext as _

from training.catalogue.models import Category, Organisation, TrainingSession
from training.catalogue.naming import KnownOrganisations, plain
from training.enrolment.quota_grid import Key

LONGEST_PASTE = 200_000  # characters; some thousand bodies
MOST_ROWS = 2_000
MOST_PLACES = 9_999
ROWS_BEFORE_THE_HEADER = 8  # annex mark, title, who filled it in
LIKE_ENOUGH = 0.6

BODY_TITLES = (
    "推荐单位",
    "单位",
    "推荐部门",
    "地区",
    "省份",
    "recommending body",
    "body",
    "organisation",
    "organization",
)
NUMBER_TITLES = ("序号", "编号", "no", "no.", "number", "#")
TOTAL_TITLES = ("合计", "总计", "小计", "共计", "总名额", "total", "sum", "in all", "subtotal")
ANY_TITLES = ("不限类别", "不限", "任意类别", "名额", "名额数", "推荐名额", "any category", "any", "places", "quota")
FIGURE_TITLES = (
    "备注", "已报", "已推荐", "待确认", "已确认", "已录取", "剩余", "已用", "remarks", "remark", "notes",
    "nominated", "offered", "confirmed", "left",
)  # fmt: skip
POOL_TITLES = ("机动名额", "机动", "free pool")
NOTE_BEGINNINGS = ("注", "备注", "说明", "note", "remark")
NOTHING = frozenset({"", "-", "—", "–", "/", "无", "0", "none", "nil"})
_GROUP_HEADING = re.compile(r"\s*[(（]?[一二三四五六七八九十]+[)）]?\s*[、.．]")
_NUMBER = re.compile(r"(\d{1,9})(?:\.0+)?\s*(?:人|名|个|places?|people)?")


@dataclass(frozen=True)
class Finding:
    """Something to look at: the row of the paste, 0 for the whole of it, and whether it kept a number out."""

    row: int
    sentence: str
    is_wrong: bool = True


@dataclass
class Pasted:
    """What was read: places by body and category, cells that hold no number as they stand, and what to look at."""

    cells: dict[Key, int] = field(default_factory=dict)
    bodies: dict[int, Organisation] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    not_numbers: dict[Key, str] = field(default_factory=dict)

    def say(self, row: int, sentence: str, *, is_wrong: bool = True) -> None:
        """Keeps a sentence for the organiser, once."""
        finding = Finding(row, sentence, is_wrong)
        if finding not in self.findings:
            self.findings.append(finding)


@dataclass
class _TotalRow:
    """A row of sums as it stands, and what the rows read before it add up to: all of them, and those of its group."""

    row: int
    stated: dict[int, int]
    so_far: Counter[int]
    of_its_group: Counter[int]


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
    """Reads a table with tabs between its cells. Nothing is written; see `Pasted`."""
    pasted = Pasted()
    rows = _rows_of(text)
    if len(text) > LONGEST_PASTE or len(rows) > MOST_ROWS:
        pasted.say(0, _("This is more than a table of quotas. Paste the rows of one session."))
        return pasted
    organisations = KnownOrganisations(_bodies_of(session))
    header = _header_of(rows, session, organisations)
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
    rows: Sequence[Sequence[str]], session: TrainingSession, organisations: KnownOrganisations
) -> _Header | None:
    """The row that names the most categories; the names of the bodies stand in the column that fits best."""
    categories = list(session.programme.categories.all())
    best: tuple[int, dict[int, int | None]] | None = None
    for number, row in enumerate(rows[:ROWS_BEFORE_THE_HEADER]):
        found = _categories_in(row, categories)
        if found and (best is None or len(found) > len(best[1])):
            best = number, found
    if best is None:
        return None
    number, found = best
    titles = [*rows[max(number - 1, 0) : number], rows[number]]
    taken = set(found)
    body = _place_of(titles, BODY_TITLES, taken)
    if body is None:
        body = _column_with_bodies(rows[number + 1 :], taken, organisations)
    if body is None:
        return None
    return _Header(number, body, found, _place_of(titles, TOTAL_TITLES, taken))


def _categories_in(row: Sequence[str], categories: Sequence[Category]) -> dict[int, int | None]:
    """The columns of the row that name a category, each one once."""
    found: dict[int, int | None] = {}
    for place, title in enumerate(row):
        known, key = _category_named(title, categories)
        if known and key not in found.values():
            found[place] = key
    named = [key for key in found.values() if key is not None]
    # A heading “places” over several categories is no category of its own.
    return {place: key for place, key in found.items() if key is not None or not named or _is_any(row[place])}


def _is_any(title: str) -> bool:
    return plain(title) in {plain(one) for one in ANY_TITLES[:3]} | {"anycategory"}


def _category_named(title: str, categories: Sequence[Category]) -> tuple[bool, int | None]:
    """Whether the title names a category, and which one; no category stands for any."""
    wanted = plain(title)
    if not wanted:
        return False, None
    wanted = re.sub(r"(名额|人数|places|quota)$", "", wanted) or wanted
    for category in categories:
        if wanted in {plain(category.name_zh), plain(category.name_en), plain(category.code)}:
            return True, category.pk
    if wanted in {plain(one) for one in ANY_TITLES}:
        return True, None
    if _is_titled(title, (*BODY_TITLES, *NUMBER_TITLES, *TOTAL_TITLES, *FIGURE_TITLES)):
        return False, None
    scored = sorted(((_likeness(wanted, one), one) for one in categories), key=lambda pair: -pair[0])
    if scored and scored[0][0] >= LIKE_ENOUGH and (len(scored) == 1 or scored[0][0] > scored[1][0]):
        return True, scored[0][1].pk
    return False, None


def _likeness(wanted: str, category: Category) -> float:
    names = [plain(name) for name in (category.name_zh, category.name_en) if name]
    part = 0.9 if any(wanted in name for name in names) and len(wanted) >= 4 else 0.0
    return max([part, *(SequenceMatcher(None, wanted, name, autojunk=False).ratio() for name in names)])


def _is_titled(text: str, titles: Iterable[str]) -> bool:
    wanted = plain(text)
    return bool(wanted) and wanted in {plain(one) for one in titles}


def _place_of(titles: Iterable[Sequence[str]], wanted: Iterable[str], taken: set[int]) -> int | None:
    wanted = tuple(wanted)
    for row in titles:
        for place, title in enumerate(row):
            if place not in taken and _is_titled(title, wanted):
                return place
    return None


def _column_with_bodies(
    rows: Sequence[Sequence[str]], taken: set[int], organisations: KnownOrganisations
) -> int | None:
    """The column in which most cells name a known body; the first one with words where none does."""
    width = max((len(row) for row in rows), default=0)
    counts = {
        place: sum(1 for row in rows[:60] if place < len(row) and organisations.meant_by(row[place]) is not None)
        for place in range(width)
        if place not in taken
    }
    best = max(counts, key=lambda place: counts[place], default=None)
    if best is not None and counts[best]:
        return best
    words = (place for place in counts if any(place < len(row) and _is_words(row[place]) for row in rows))
    return next(words, None)


def _is_words(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _say_unknown_columns(titles: Sequence[str], header: _Header, pasted: Pasted) -> None:
    known = (*BODY_TITLES, *NUMBER_TITLES, *TOTAL_TITLES, *FIGURE_TITLES)
    for place, title in enumerate(titles):
        is_read = place in header.categories or place in {header.body, header.total}
        if title and not is_read and not _is_titled(title, known):
            pasted.say(
                header.row + 1,
                _("The column “%(title)s” is none of the programme's categories; it was left out.") % {"title": title},
            )


def _read_rows(
    rows: Sequence[Sequence[str]], header: _Header, organisations: KnownOrganisations, pasted: Pasted
) -> None:
    """Rows of sums are no data: once everything is read they show whether a row was lost on the way."""
    first_row_of: dict[int, int] = {}
    totals: list[_TotalRow] = []
    whole: Counter[int] = Counter()
    group: Counter[int] = Counter()
    for number, row in enumerate(rows[header.row + 1 :], start=header.row + 2):
        name = row[header.body] if header.body < len(row) else ""
        lead = next((cell for cell in row if cell), "")
        if _is_note(lead):
            break
        counted: Mapping[int, int] = {}
        if _is_titled(name or lead, TOTAL_TITLES):
            totals.append(_TotalRow(number, _numbers_in(row, header), whole.copy(), group.copy()))
            group.clear()
        elif _is_titled(name or lead, POOL_TITLES):
            counted = _with_a_total(_numbers_in(row, header), header)
        elif name and not _is_heading(name, row, header, organisations):
            body = _body_named(name, number, organisations, first_row_of, pasted)
            counted = _read_row(row, number, body, header, pasted) if body is not None else {}
        whole.update(counted)
        group.update(counted)
    for total in totals:
        _check_the_sums(total, whole, pasted)


def _is_heading(name: str, row: Sequence[str], header: _Header, organisations: KnownOrganisations) -> bool:
    """“一、省级部门” over the rows of a group: alone in its row, and numbered or no name of a body."""
    if any(row[place] for place in header.places if place < len(row)):
        return False
    if _GROUP_HEADING.match(name):
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


def _is_note(lead: str) -> bool:
    return plain(lead).startswith(NOTE_BEGINNINGS) and not _is_titled(lead, FIGURE_TITLES)


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


def _check_the_sums(total: _TotalRow, whole: Mapping[int, int], pasted: Pasted) -> None:
    """A row of sums may stand for the rows of its group, for all rows before it, or for the whole table."""
    sums = (whole, total.so_far, total.of_its_group)
    if any(all(total.stated[place] == one.get(place, 0) for place in total.stated) for one in sums):
        return
    nearest = max(sums, key=lambda one: sum(total.stated[place] == one.get(place, 0) for place in total.stated))
    for place, stated in total.stated.items():
        counted = nearest.get(place, 0)
        if stated != counted:
            pasted.say(
                total.row,
                _("The total row says %(stated)d, the rows that were read add up to %(sum)d.")
                % {"stated": stated, "sum": counted},
                is_wrong=False,
            )


def _stated(row: Sequence[str], place: int | None) -> int | None:
    if place is None or place >= len(row) or not row[place]:
        return None
    return number_of_places(row[place])


def number_of_places(text: str) -> int | None:
    """The number in a cell: digits of any width, “5 人”, an empty cell is 0; None for anything else."""
    plain_text = unicodedata.normalize("NFKC", text).strip().casefold()
    if plain_text in NOTHING:
        return 0
    found = _NUMBER.fullmatch(plain_text)
    if found is None or int(found[1]) > MOST_PLACES:
        return None
    return int(found[1])


def columns_in(pasted: Pasted) -> set[int | None]:
    """The categories that the paste has numbers for; None among them asks for the column of any category."""
    return {category for _body, category in pasted.cells}
