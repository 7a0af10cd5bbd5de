"""A cell that names employer and post together (单位及职务): where the one ends and the other begins.

Known organisations come first, then signs that stand between the two, then the usual endings of an
organisation. Guards one rule: nothing of the cell is lost but the sign between the two.
"""

import re
from dataclasses import dataclass

from training.intake.organisations import Organisations

_BETWEEN = re.compile(
    r"\s*[、,，;；。．|｜/／\n]+(?!\s*(?:ltd|inc|llc|limited)\b)\s*"
    r"|(?<=[\u3400-\u9fff])[\s.]+|[\s.]+(?=[\u3400-\u9fff])|\s+[-–—]\s+",
    re.IGNORECASE,
)
_AROUND = " \t\r\n\u3000、,，;；。．|｜/／"
_BROKEN_NAME = re.compile(r"\s*\n\s*(?=股份|有限|责任|集团|公司)")
_ENDING = re.compile(
    r"(?<=\S)(?:公司|集团|厂(?![长家区])|院(?![长士级])|所(?![长属在有])|大学|学校|中学|局(?![长级])"
    r"|(?<![党纪常])委(?![员托派])|厅(?![长级])|中心|委员会|协会|学会|商会|联合会|研究会|基金会|银行|实验室|基地|兵团|政府"
    r"|(?:信息化|工信|科技|科学技术|教育|财政|商务|交通运输|水利|公安|应急管理|生态环境|农业农村)部)"
    r"(?:\s*[(（][^)）]*[)）])?"
    r"|\b(?:ltd|inc|llc|limited|corporation|company|group|works|university|institute|college|academy|bureau|cent(?:er|re))\b"
    r"\.?(?!\s+(?:of|for)\b)",
    re.IGNORECASE,
)
_POST_IN_BRACKETS = re.compile(r"(.*\S)\s*[(（]([^()（）]+)[)）]", re.DOTALL)
_PLACE = re.compile("[省市县区州盟旗]$")


@dataclass(frozen=True)
class Split:
    """The two parts; `is_known` when the employer was found among the known organisations."""

    employer: str
    post: str
    is_known: bool = False


def split(text: str, organisations: Organisations | None = None) -> Split:
    """Employer and post in a text; what cannot be told apart is the employer."""
    text = _BROKEN_NAME.sub("", text.strip())
    known = organisations.beginning(text) if organisations else None
    if known is None:
        return _cut(text, _end_of_the_employer(text))
    end = len(known.text)
    may_go_on = bool(_ENDING.search(text, end)) and not _BETWEEN.match(text, end)  # 某院 before 某院合肥研究所研究员
    if known.by_short_name and may_go_on:
        return _cut(text, _end_of_the_employer(text))
    return Split(known.text, text[end:].strip(_AROUND), is_known=not may_go_on)


def post_beside(text: str, employer: str, organisations: Organisations | None = None) -> str:
    """The post in a text whose employer a person has said: what stands behind it."""
    text = text.strip()
    return text[len(employer) :].strip(_AROUND) if text.startswith(employer) else split(text, organisations).post


def employer_beside(text: str, post: str, organisations: Organisations | None = None) -> str:
    """The employer in a text whose post a person has said: what stands before it."""
    text = text.strip()
    if text.endswith(post):
        return text.removesuffix(post).strip(_AROUND)
    return split(text, organisations).employer


def _cut(text: str, end: int) -> Split:
    employer, post = text[:end].strip(_AROUND), text[end:].strip(_AROUND)
    if not post and (found := _POST_IN_BRACKETS.fullmatch(employer)) and _ends_as_an_organisation(found[1]):
        return Split(found[1], found[2])
    return Split(employer, post)


def _end_of_the_employer(text: str) -> int:
    """Behind the first parts that end as organisations do; else behind the last ending, else at the first sign."""
    signs = [(sign.start(), sign.end()) for sign in _BETWEEN.finditer(text)]
    begin = end = 0
    for stop, following in [*signs, (len(text), len(text))]:
        part = text[begin:stop]
        if _ends_as_an_organisation(part):
            end = stop
        elif not _PLACE.search(part):
            break
        begin = following
    if end:
        return end
    first = signs[0][0] if signs else len(text)
    endings = [found.end() for found in _ENDING.finditer(text, 0, first)]
    return endings[-1] if endings else first


def _ends_as_an_organisation(part: str) -> bool:
    return any(found.end() == len(part) for found in _ENDING.finditer(part))
