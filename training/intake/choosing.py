"""Words that people write for the answers to choose from: 硕士研究生, 高工, 清真, √."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from training.enrolment.questions import Code
from training.intake.plain import folded
from training.tools.bilingual import Pair

_YES_WORDS = "是 有 需要 需 要 住 住宿 安排 同意 候补 备选 替补 √ ✓ ✔ ☑ v y yes true 1"
_NO_WORDS = "否 无 不 不需要 不需 不要 不住 不住宿 不用 自理 正式 正选 正式人选 × ✗ ✘ x n no false 0 /"
_YES, _NO = frozenset(_YES_WORDS.split()), frozenset(_NO_WORDS.split())

# The first that is found in the cell counts, so the longer and higher words stand first.
_FOUND_IN: dict[str, tuple[tuple[str, str], ...]] = {
    Code.SEX: (("女|female|^f$|^woman$", "female"), ("男|^male|^m$|^man$", "male")),
    Code.EDUCATION: (
        ("博士|doctor|phd", "doctorate"),
        ("硕士|master|mba|mpa|^研究生(学历)?$", "master"),
        ("本科|学士|^大学(学历|毕业)?$|bachelor", "bachelor"),
        ("大专|专科|高职|college", "college"),
        ("中专|技校|技工|高中|职高|中技|中职|vocational", "vocational"),
        ("初中|小学|其他|^other", "other"),
    ),
    Code.TITLE_LEVEL: (
        ("^(无|没有|none|暂无)$", "none"),
        ("首席技师|chieftechnician", "chief_technician"),
        ("特级技师|distinguished", "distinguished_technician"),
        ("高级技师|seniortechnician", "senior_technician"),
        ("技师|^technician$", "technician"),
        ("中级工(?!程)|intermediateworker", "intermediate_worker"),
        ("初级工(?!程)|juniorworker", "junior_worker"),
        ("高级技?工(?!程|艺)|advancedworker", "advanced_worker"),
        ("副高|副教授|副研究员|副主任|副编审|associate", "associate_senior"),
        ("正高|教授|研究员|主任(医师|技师|护师)|编审|senior\\(full\\)", "senior"),
        ("高级|高工", "associate_senior"),
        ("助理|助教|assistant|初级", "assistant"),
        ("技术员|员级|technicianlevel", "technician_level"),
        ("中级|工程师|讲师|经济师|会计师|政工师|工艺师|设计师|engineer|intermediate", "intermediate"),
    ),
    Code.ROOMING: (("单|single", "single"), ("合|双|标间|shared|twin", "shared")),
    Code.DIET: (
        ("清真|halal|回民", "halal"),
        ("素|vegetarian", "vegetarian"),
        ("^(无|否|没有|普通|正常|常规|无要求|无特殊要求|无忌口|none|/)$", "none"),
    ),
}
ALIKE_ENOUGH = 0.5
CLEARLY_AHEAD = 0.15
_BRACKETS = re.compile(r"[(（].*?[)）]")
_ONE_OF_TWO = re.compile(r"[☑√✓✔]\s*([^\s□☐○/]+)")


def yes_or_no(text: str) -> str:
    """ "yes", "no", or blank when the words say neither."""
    word = folded(text)
    if word in _YES:
        return "yes"
    return "no" if word in _NO else ""


def choice_of(code: str, text: str, choices: Collection[tuple[str, object]]) -> str:
    """The answer that these words mean; blank when no answer, or more than one, is meant."""
    ticked = _ONE_OF_TWO.search(text)  # □男 ☑女
    word = folded(ticked[1] if ticked else text)
    if word in {value for value, _label in choices}:
        return word
    found = next((value for pattern, value in _FOUND_IN.get(code, ()) if re.search(pattern, word)), "")
    return found or {folded(written): value for value, label in choices for written in _words(label)}.get(word, "")


def _words(label: object) -> tuple[str, ...]:
    return (label.en, label.zh) if isinstance(label, Pair) else (str(label),)


@dataclass(frozen=True)
class Wanted:
    """A category with the names under which a list may mean it."""

    code: str
    names: tuple[str, ...]


def category_of(text: str, categories: Sequence[Wanted]) -> str:
    """The code of the category that is meant; blank when none, or more than one, could be."""
    word = _for_comparing(text)
    if not word:
        return ""
    scores = sorted(((_likeness_to(word, each), each.code) for each in categories), reverse=True)
    if not scores or scores[0][0] < ALIKE_ENOUGH:
        return ""
    if len(scores) > 1 and scores[0][0] - scores[1][0] < CLEARLY_AHEAD:
        return ""
    return scores[0][1]


def _for_comparing(text: str) -> str:
    return re.sub(r"[\W_]+|人才|类别|类$|talents?", "", folded(_BRACKETS.sub("", unicodedata.normalize("NFKC", text))))


def _likeness_to(word: str, category: Wanted) -> float:
    return max((_likeness(word, _for_comparing(name)) for name in (*category.names, category.code) if name), default=0)


def _likeness(word: str, name: str) -> float:
    if word == name:
        return 1.0
    if len(word) >= 2 and word in name:
        return 0.9
    if len(name) >= 2 and name in word:
        return 0.8
    return likeness(pairs(word), pairs(name))


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters; a single character is its own."""
    return frozenset(text[at : at + 2] for at in range(max(1, len(text) - 1)))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """From 0 for texts that share no pair of characters to 1 for those that share all (Dice)."""
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0
