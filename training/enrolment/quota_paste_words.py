"""What the cells of a pasted table of quotas say: its titles, categories, bodies and numbers; and what came of it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from training.catalogue.models import Category, Organisation
from training.catalogue.naming import KnownOrganisations, plain
from training.enrolment.quota_grid import Key

MOST_PLACES = 9_999
LIKE_ENOUGH = 0.6
ROWS_BEFORE_THE_HEADER = 8  # annex mark, title, who filled it in

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
CATEGORY_TITLES = (
    "类别", "人才类别", "培训类别", "推荐类别", "名额类别", "人选类别", "人员类别", "人才类型",
    "category", "category of talent", "categories", "type",
)  # fmt: skip
PLACES_TITLES = (
    "名额", "名额数", "名额数量", "推荐名额", "分配名额", "人数", "数量", "指标", "指标数",
    "places", "quota", "number of places", "people",
)  # fmt: skip
TOTAL_TITLES = ("合计", "总计", "小计", "共计", "总名额", "total", "sum", "in all", "subtotal")
ANY_TITLES = ("不限类别", "不限", "任意类别", "名额", "名额数", "推荐名额", "any category", "any", "places", "quota")
FIGURE_TITLES = (
    "备注", "已报", "已推荐", "待确认", "已确认", "已录取", "剩余", "已用", "remarks", "remark", "notes",
    "nominated", "offered", "confirmed", "left",
)  # fmt: skip
POOL_TITLES = ("机动名额", "机动", "free pool")
NOTE_BEGINNINGS = ("注", "备注", "说明", "note", "remark")
NOTHING = frozenset({"", "-", "—", "–", "/", "无", "0", "none", "nil"})
GROUP_HEADING = re.compile(r"\s*[(（]?[一二三四五六七八九十]+[)）]?\s*[、.．]")
_NUMBER = re.compile(r"(\d{1,9})(?:\.0+)?\s*(?:人|名|个|places?|people)?")


@dataclass(frozen=True)
class Finding:
    """Something to look at: the row of the paste, 0 for the whole of it, and whether it kept a number out."""

    row: int
    sentence: str
    is_wrong: bool = True


@dataclass
class Pasted:
    """What was read: places by body and category, cells that hold no number as they stand, and what to look at.

    `problems` are sentences for such cells of their own.
    """

    cells: dict[Key, int] = field(default_factory=dict)
    bodies: dict[int, Organisation] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    not_numbers: dict[Key, str] = field(default_factory=dict)
    problems: dict[Key, str] = field(default_factory=dict)

    def say(self, row: int, sentence: str, *, is_wrong: bool = True) -> None:
        """Keeps a sentence for the organiser, once."""
        finding = Finding(row, sentence, is_wrong)
        if finding not in self.findings:
            self.findings.append(finding)


@dataclass
class TotalRow:
    """A row of sums as it stands, and what the rows read before it add up to: all of them, and those of its group."""

    row: int
    stated: dict[int, int]
    so_far: Counter[int]
    of_its_group: Counter[int]


def is_any(title: str) -> bool:
    return plain(title) in {plain(one) for one in ANY_TITLES[:3]} | {"anycategory"}


def category_named(title: str, categories: Sequence[Category]) -> tuple[bool, int | None]:
    """Whether the title names a category, and which one; no category stands for any."""
    wanted = _plain_category(title)
    exactly = category_exactly(title, categories)
    if exactly[0] or not wanted:
        return exactly
    if is_titled(title, (*BODY_TITLES, *NUMBER_TITLES, *TOTAL_TITLES, *FIGURE_TITLES)):
        return False, None
    scored = sorted(((_likeness(wanted, one), one) for one in categories), key=lambda pair: -pair[0])
    if scored and scored[0][0] >= LIKE_ENOUGH and (len(scored) == 1 or scored[0][0] > scored[1][0]):
        return True, scored[0][1].pk
    return False, None


def category_exactly(title: str, categories: Sequence[Category]) -> tuple[bool, int | None]:
    """As `category_named`, without likeness."""
    wanted = _plain_category(title)
    for category in categories:
        if wanted and wanted in {plain(category.name_zh), plain(category.name_en), plain(category.code)}:
            return True, category.pk
    return wanted in {plain(one) for one in ANY_TITLES}, None


def _plain_category(title: str) -> str:
    wanted = plain(title)
    return re.sub(r"(名额|人数|places|quota)$", "", wanted) or wanted


def categories_in(row: Sequence[str], categories: Sequence[Category]) -> dict[int, int | None]:
    """The columns of the row that name a category, each one once."""
    found: dict[int, int | None] = {}
    for place, title in enumerate(row):
        known, key = category_named(title, categories)
        if known and key not in found.values():
            found[place] = key
    named = [key for key in found.values() if key is not None]
    # A heading “places” over several categories is no category of its own.
    return {place: key for place, key in found.items() if key is not None or not named or is_any(row[place])}


def _likeness(wanted: str, category: Category) -> float:
    names = [plain(name) for name in (category.name_zh, category.name_en) if name]
    part = 0.9 if any(wanted in name for name in names) and len(wanted) >= 4 else 0.0
    return max([part, *(SequenceMatcher(None, wanted, name, autojunk=False).ratio() for name in names)])


def is_titled(text: str, titles: Iterable[str]) -> bool:
    wanted = plain(text)
    return bool(wanted) and wanted in {plain(one) for one in titles}


def place_of(titles: Iterable[Sequence[str]], wanted: Iterable[str], taken: set[int]) -> int | None:
    wanted = tuple(wanted)
    for row in titles:
        for place, title in enumerate(row):
            if place not in taken and is_titled(title, wanted):
                return place
    return None


def column_with_bodies(rows: Sequence[Sequence[str]], taken: set[int], organisations: KnownOrganisations) -> int | None:
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


def is_note(lead: str) -> bool:
    return plain(lead).startswith(NOTE_BEGINNINGS) and not is_titled(lead, FIGURE_TITLES)


def check_the_sums(total: TotalRow, whole: Mapping[int, int], pasted: Pasted) -> None:
    """A row of sums may stand for the rows of its group, for all rows before it, or for the whole table."""
    sums = (whole, total.so_far, total.of_its_group)
    if any(all(total.stated[place] == one.get(place, 0) for place in total.stated) for one in sums):
        return
    nearest = max(sums, key=lambda one: _nearness(total.stated, one))
    for place, stated in total.stated.items():
        counted = nearest.get(place, 0)
        if stated != counted:
            pasted.say(
                total.row,
                _("The total row says %(stated)d, the rows that were read add up to %(sum)d.")
                % {"stated": stated, "sum": counted},
                is_wrong=False,
            )


def _nearness(stated: Mapping[int, int], sums: Mapping[int, int]) -> tuple[int, int]:
    """How many columns agree, and how little the others are apart."""
    apart = [abs(number - sums.get(place, 0)) for place, number in stated.items()]
    return apart.count(0), -sum(apart)


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
    """The categories that the paste has cells for; None among them asks for the column of any category."""
    return {category for _body, category in [*pasted.cells, *pasted.not_numbers]}
