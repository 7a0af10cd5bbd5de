"""The columns that a roster can have, one small object each.

A column makes its reader once per roster, in the language of the roster; the reader is then
called for each person, which is what keeps ten thousand people cheap.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import TrainingSession
from training.enrolment.answers import answer_in_words
from training.enrolment.asked import as_lists_read, questionnaires_at
from training.enrolment.questions import STANDARD, Code, Kind, Question
from training.enrolment.states import State
from training.tools.bilingual import Pair
from training.tools.sealing import unseal
from training.tools.text import masked_email


class Person(NamedTuple):
    """One row as it comes from the database; the sealed values only when they may leave in full."""

    number: int
    name: str
    email: str
    state: str
    applied_at: datetime
    reference: str
    category_en: str | None
    category_zh: str | None
    answers: Mapping[str, Any]
    identity_masked: str
    mobile_masked: str
    body_en: str | None = None
    body_zh: str | None = None
    rank: int | None = None
    is_reserve: bool = False
    identity_sealed: str = ""
    mobile_sealed: str = ""


Cell = str | int
Reader = Callable[[Person], Cell]


class Sensitivity(Enum):
    """How careful one has to be with a column."""

    OPEN = "open"
    DELICATE = "delicate"  # tells of religion, health or origin: taken only where the purpose needs it
    MASKED = "masked"  # masked, unless the full value is asked for, with the right to it

    @property
    def sentence(self) -> str:
        return str(_SENTENCES[self])


_SENTENCES = {
    Sensitivity.OPEN: "",
    Sensitivity.DELICATE: _("May tell of religion, health or origin; take it only where your purpose needs it."),
    Sensitivity.MASKED: _("Masked."),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title in both languages, its width in digits, how its cells are read.

    `reader` makes the reader of a masked roster, `full_reader` that of a full one where the
    two differ.
    """

    code: str
    title_en: str
    title_zh: str
    reader: Callable[[], Reader]
    width: float = 12
    is_centred: bool = False
    sensitivity: Sensitivity = Sensitivity.OPEN
    full_reader: Callable[[], Reader] | None = None

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return _in_readers_language(self.title_en, self.title_zh)

    def reading(self, *, in_full: bool) -> Reader:
        """The reader, made anew for the active language."""
        return self.full_reader() if in_full and self.full_reader else self.reader()


def _in_readers_language(english: str, chinese: str) -> str:
    return chinese if (get_language() or "").startswith("zh") else english


def _plain(read: Reader) -> Callable[[], Reader]:
    return lambda: read


def _answer(code: Code) -> Callable[[], Reader]:
    """What the person wrote, as they wrote it."""
    key = code.value
    return lambda: lambda person: str(person.answers.get(key) or "")


def _choice(code: Code) -> Callable[[], Reader]:
    """What the person chose, in the words of the form."""
    key = code.value

    def reader() -> Reader:
        words = {value: str(label) for value, label in STANDARD[key].choices}
        return lambda person: words.get(person.answers.get(key) or "", "")

    return reader


def _yes_or_no(code: Code) -> Callable[[], Reader]:
    key = code.value

    def reader() -> Reader:
        words = {"yes": str(_("yes")), "no": str(_("no"))}
        return lambda person: words.get(person.answers.get(key) or "", "")

    return reader


def _category() -> Reader:
    if (get_language() or "").startswith("zh"):
        return lambda person: person.category_zh or person.category_en or ""
    return lambda person: person.category_en or person.category_zh or ""


def _body() -> Reader:
    if (get_language() or "").startswith("zh"):
        return lambda person: person.body_zh or person.body_en or ""
    return lambda person: person.body_en or person.body_zh or ""


def _rank() -> Reader:
    """The place on the body's list; reserves say so."""
    reserve = str(_("reserve"))
    return lambda person: reserve if person.is_reserve else (person.rank or "")


def _state() -> Reader:
    words = {state.value: str(state.label) for state in State}
    return lambda person: words[person.state]


def _applied_at() -> Reader:
    zone = timezone.get_current_timezone()
    return lambda person: person.applied_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _birth_month(person: Person) -> str:
    """1985.06, as rosters write it; the day stays in the house."""
    return str(person.answers.get(Code.BIRTH_DATE.value) or "")[:7].replace("-", ".")


def _blank(_person: Person) -> str:
    """Room to write by hand."""
    return ""


_ALL = (
    Column("number", "No.", "序号", _plain(lambda person: person.number), 5, is_centred=True),
    Column("name", "Name", "姓名", _plain(lambda person: person.name), 12),
    Column("sex", "Sex", "性别", _choice(Code.SEX), 6, is_centred=True),
    Column(
        "ethnicity", "Ethnicity", "民族", _answer(Code.ETHNICITY), 8,
        is_centred=True, sensitivity=Sensitivity.DELICATE,
    ),
    Column("birth_month", "Born", "出生年月", _plain(_birth_month), 10, is_centred=True),
    Column("education", "Education", "学历", _choice(Code.EDUCATION), 10),
    Column("employer", "Employer", "单位", _answer(Code.EMPLOYER), 30),
    Column("department", "Department", "部门", _answer(Code.DEPARTMENT), 16),
    Column("post", "Post", "职务", _answer(Code.POST), 16),
    Column("title_level", "Title or skill level", "职称/技能等级", _choice(Code.TITLE_LEVEL), 14),
    Column("category", "Category", "人才类别", _category, 18),
    Column("body", "Recommending body", "推荐单位", _body, 26),
    Column("rank", "Rank", "推荐排序", _rank, 8, is_centred=True),
    Column(
        "identity_number", "Identity number", "身份证号", _plain(lambda person: person.identity_masked), 21,
        is_centred=True, sensitivity=Sensitivity.MASKED,
        full_reader=_plain(lambda person: unseal(person.identity_sealed)),
    ),
    Column(
        "mobile", "Mobile", "手机", _plain(lambda person: person.mobile_masked), 14,
        is_centred=True, sensitivity=Sensitivity.MASKED,
        full_reader=_plain(lambda person: unseal(person.mobile_sealed)),
    ),
    Column(
        "email", "E-mail", "邮箱", _plain(lambda person: masked_email(person.email)), 24,
        sensitivity=Sensitivity.MASKED, full_reader=_plain(lambda person: person.email),
    ),
    Column("arrival", "Arrival and train or flight", "到达时间及车次/航班", _answer(Code.ARRIVAL), 20),
    Column("departure", "Departure and train or flight", "返程时间及车次/航班", _answer(Code.DEPARTURE), 20),
    Column("lodging", "Room needed", "是否住宿", _yes_or_no(Code.LODGING), 8, is_centred=True),
    Column("rooming", "Single or shared", "住宿要求", _choice(Code.ROOMING), 10, is_centred=True),
    Column("diet", "Meals", "饮食要求", _choice(Code.DIET), 10, is_centred=True, sensitivity=Sensitivity.DELICATE),
    Column("remarks", "Remarks", "备注", _answer(Code.REMARKS), 24, sensitivity=Sensitivity.DELICATE),
    Column("state", "State", "状态", _state, 12, is_centred=True),
    Column("applied_at", "Applied", "报名时间", _applied_at, 17, is_centred=True),
    Column("reference", "Reference", "报名编号", _plain(lambda person: person.reference), 13, is_centred=True),
    Column("group", "Group (by hand)", "组别", _plain(_blank), 8),
    Column("room", "Room (by hand)", "房号", _plain(_blank), 8),
    Column("signature", "Signature", "签名", _plain(_blank), 16),
)  # fmt: skip

COLUMNS: Mapping[str, Column] = {column.code: column for column in _ALL}


def columns_of(session: TrainingSession) -> dict[str, Column]:
    """The usual columns, and one for each own question that the session asks or asked at any stage; two queries."""
    return columns_with(as_lists_read(session, questionnaires_at(session)).values())


def columns_with(asked: Iterable[Iterable[Question]]) -> dict[str, Column]:
    """The usual columns, and one for each own question of these forms."""
    own = (question for questions in asked for question in questions)
    return {
        **COLUMNS,
        **{one.code: _own_column(one) for one in own if one.is_own and one.kind != Kind.HEADING},
    }


def _own_column(question: Question) -> Column:
    words = question.label if isinstance(question.label, Pair) else Pair(str(question.label), str(question.label))
    return Column(
        question.code,
        words.en or words.zh,
        words.zh or words.en,
        lambda: _own_reader(question),
        _WIDTHS.get(question.kind, 20),
        sensitivity=Sensitivity.DELICATE if question.consent else Sensitivity.OPEN,
    )


_WIDTHS = {
    Kind.NUMBER: 10, Kind.YES_NO: 8, Kind.DATE: 12, Kind.CHOICE: 16, Kind.TEXT: 30, Kind.CHOICES: 24, Kind.FILE: 24,
}  # fmt: skip


def _own_reader(question: Question) -> Reader:
    """A number stays one where it is whole, a day is written as in every list, the rest as a person reads it.

    Of a file it is the name; the file itself stays in the house.
    """
    code = question.code
    match question.kind:
        case Kind.NUMBER:
            return lambda person: _number(str(person.answers.get(code) or ""))
        case Kind.DATE:
            return lambda person: str(person.answers.get(code) or "")
        case _:
            return lambda person: answer_in_words(question, person.answers.get(code) or "")


def _number(text: str) -> Cell:
    return int(text) if text.lstrip("-").isdecimal() else text
