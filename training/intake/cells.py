"""Each cell read by what its column means: a value, and what has to be said about it.

Guards one rule: what a spreadsheet has damaged is never guessed, and what is mended is said.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from training.enrolment.questions import STANDARD, Code, Kind, Question
from training.intake.choosing import Wanted, category_of, choice_of, yes_or_no
from training.intake.credit_codes import checked_credit_code
from training.intake.days import read_day
from training.intake.findings import Finding, mended, refused, wrong
from training.intake.headings import Beside, Meaning
from training.intake.plain import one_line, text_of
from training.intake.reading import Cell
from training.tools.identity_numbers import IdentityKind, checked_identity_number, checked_resident_number
from training.tools.names import DOT, LOOK_ALIKE_DOTS, normalised_name
from training.tools.phones import normalised_mobile
from training.tools.refusals import Refused
from training.tools.text import normalised_email

DIGITS_THAT_A_SPREADSHEET_KEEPS = 15
LONGEST_LINE = 300
LONGEST_TEXT = 2_000
NOTHING_WRITTEN = frozenset({"无", "-", "—", "——", "/", "\\", "暂无", "没有", "n/a", "na", "none", "nil", "略"})

_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,2}")
_OTHER_DOCUMENT = re.compile(
    r"[A-Z]{1,3}[0-9]{7,10}|[A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X]|(?=.*[0-9])(?=.*[A-Z])[A-Z0-9]{6,9}"
)
_IN_BRACKETS = re.compile(r"\s*[(（【\[]([^)）】\]]*)[)）】\]]\s*")
_TWO_NAMES = re.compile(r"[、,，;；/&]|\s和\s")
_LOST_CHARACTER = re.compile("[?？\ufffd□■▢◻◇◆*＊]")  # what stands where a character could not be saved, or was hidden
_UNUSUAL_IN_A_HAN_NAME = re.compile(rf"[^\w\s{DOT}]|_|^{DOT}|{DOT}$|{DOT}{DOT}")
ADDRESS = re.compile(r"[^\s@/、,，;；|]+@[^\s/、,，;；|]+")
_MANY_NUMBERS = re.compile(r"[\n/、,，;；|或]+|\s{2,}|(?<=\d{7})\s+(?=1[3-9]\d)")
_WHOLE_NUMBER = re.compile(r"(?:第\s*)?(\d{1,4})(?:\s*[名位号.])?")
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?")
_NO_VALUE = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|GETTING_DATA|SPILL!|CALC!)|=(?!\").*", re.DOTALL)
_HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True)
class Reading:
    """What a cell came to: the value as it will be stored, blank when there is none, and what is said."""

    value: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Expected:
    """What the session wants to know: which answers it needs, its categories, its own questions."""

    required: frozenset[Meaning] = frozenset()
    categories: Sequence[Wanted] = ()
    own_questions: Mapping[Meaning, Question] = field(default_factory=dict)

    def question(self, meaning: Meaning) -> Question | None:
        return self.own_questions.get(meaning) or STANDARD.get(meaning)


def read_cell(cell: Cell, meaning: Meaning, expected: Expected) -> Reading:
    """A cell of a column with this meaning; a blank one is a blank value without findings."""
    if not text_of(cell):
        return Reading()
    if has_no_value(cell):
        return _no_value(text_of(cell), meaning, expected)
    return _read(cell, meaning, expected)


def has_no_value(cell: Cell) -> bool:
    """Whether the spreadsheet could not work the cell out."""
    return isinstance(cell, str) and _NO_VALUE.fullmatch(cell.strip()) is not None


def _read(cell: Cell, meaning: Meaning, expected: Expected) -> Reading:
    if reader := _READERS.get(meaning):
        return reader(cell)
    if meaning == Code.CATEGORY:
        return _category(cell, expected)
    question = expected.question(meaning)
    if question and question.kind in (Kind.CHOICE, Kind.YES_NO):
        return _choice(cell, question, expected)
    if question and (by_kind := _BY_KIND.get(question.kind)):
        return by_kind(cell, meaning)
    return _text(cell, meaning, question)


def _no_value(text: str, meaning: Meaning, expected: Expected) -> Reading:
    """The spreadsheet could not work the cell out; that stops the row only where the answer is needed."""
    make = wrong if meaning == Beside.NAME or meaning in expected.required else mended
    if text.startswith("="):
        return Reading("", (make(meaning, _("This cell holds a formula without a value. Type what it should say.")),))
    sentence = _("The spreadsheet shows the error %(text)s here. Type what the cell should say.")
    return Reading("", (make(meaning, sentence, text=text),))


# ── names and numbers ────────────────────────────────────────────────────────────────────────


def _name(cell: Cell) -> Reading:
    raw = _joined_name(text_of(cell))
    said: list[Finding] = []
    if brackets := _IN_BRACKETS.findall(raw):
        raw = _IN_BRACKETS.sub("", raw)
        sentence = _("“(%(remark)s)” is not part of the name and was left out.")
        said.append(mended(Beside.NAME, sentence, remark="; ".join(brackets)))
    if _LOST_CHARACTER.search(raw):
        sentence = _("A character of this name was lost or hidden before the list was sent. Type the name again.")
        return Reading("", (wrong(Beside.NAME, sentence),))
    if _TWO_NAMES.search(raw):
        return Reading("", (wrong(Beside.NAME, _("These look like two names. Give each person a row.")),))
    if any(character.isdigit() for character in raw):
        return Reading("", (wrong(Beside.NAME, _("A name has no digits. Check the name.")),))
    try:
        name = normalised_name(raw)
    except Refused:
        return Reading("", (refused(Beside.NAME, lambda: normalised_name(raw)),))
    if _a_dot_was_mended(raw, name):
        said.append(mended(Beside.NAME, _("The dot in the name was written with another sign; it is kept as “·”.")))
    if _HAN.search(name) and _UNUSUAL_IN_A_HAN_NAME.search(name):
        said.append(mended(Beside.NAME, _("There is an unusual sign in this name. Is it written so on the card?")))
    return Reading(name, tuple(said))


def _joined_name(text: str) -> str:
    """A name broken over two lines is one name where a line holds a single character; else the lines are names."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return text
    return "".join(lines) if min(map(len, lines)) == 1 and sum(map(len, lines)) <= 4 else "、".join(lines)


def _a_dot_was_mended(raw: str, name: str) -> bool:
    looked_alike = sum(raw.count(sign) for sign in LOOK_ALIKE_DOTS)
    return looked_alike > sum(name.count(sign) for sign in LOOK_ALIKE_DOTS) and DOT in name


def _identity_number(cell: Cell) -> Reading:
    if text_of(cell).casefold() in NOTHING_WRITTEN:
        return Reading()
    if _is_damaged(cell):
        sentence = _(
            "The spreadsheet has rounded this identity number, and its last digits are lost."
            " Type it again in a cell that is formatted as text."
        )
        return Reading("", (wrong(Code.IDENTITY_NUMBER, sentence),))
    raw = _without_a_label(text_of(cell))
    try:
        return Reading(checked_resident_number(raw).number)
    except Refused:
        return _other_document(raw)


def _is_damaged(cell: Cell) -> bool:
    """A number of more digits than a spreadsheet keeps, as a number or as the text that became of it."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return len(text_of(cell).partition(".")[0]) > DIGITS_THAT_A_SPREADSHEET_KEEPS or "e" in text_of(cell)
    text = unicodedata.normalize("NFKC", text_of(cell)).replace(" ", "")
    rounded = re.fullmatch(r"[0-9]{15}000", text) is not None and not _is_resident_number(text)
    return rounded or _SCIENTIFIC.fullmatch(text) is not None


def _is_resident_number(text: str) -> bool:
    try:
        checked_resident_number(text)
    except Refused:
        return False
    return True


def _other_document(raw: str) -> Reading:
    """A passport or a permit has letters; whatever has digits only was meant as a resident number."""
    plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", raw)).upper()
    if _OTHER_DOCUMENT.fullmatch(plain):
        for kind in (IdentityKind.TRAVEL_PERMIT, IdentityKind.PERMANENT_RESIDENCE, IdentityKind.PASSPORT):
            try:
                number = checked_identity_number(kind, raw)
            except Refused:
                continue
            sentence = _("This is no resident identity number; it is read as: %(kind)s.")
            return Reading(number, (mended(Code.IDENTITY_NUMBER, sentence, kind=kind.label),))
    return Reading("", (refused(Code.IDENTITY_NUMBER, lambda: checked_resident_number(raw)),))


def _mobile(cell: Cell) -> Reading:
    raw = _without_a_label(ADDRESS.sub("", text_of(cell)).strip())
    if not raw or raw.casefold() in NOTHING_WRITTEN:
        return Reading()
    if _SCIENTIFIC.fullmatch(raw):
        sentence = _("The spreadsheet has shortened this number. Type it again in a cell that is formatted as text.")
        return Reading("", (wrong(Code.MOBILE, sentence),))
    numbers = [part for part in _MANY_NUMBERS.split(raw) if part.strip()]
    for number in numbers:
        try:
            mobile = normalised_mobile(number)
        except Refused:
            continue
        if len(numbers) == 1:
            return Reading(mobile)
        sentence = _("There are several numbers in this cell; the first mobile number is taken.")
        return Reading(mobile, (mended(Code.MOBILE, sentence),))
    return Reading("", (refused(Code.MOBILE, lambda: normalised_mobile(numbers[0] if numbers else raw)),))


def _without_a_label(text: str) -> str:
    """手机:138… is the number; letters of a document stay."""
    return re.sub(r"^[\u3400-\u9fff]+\s*[:：]?\s*(?=[0-9A-Za-z+])", "", text)


def _email(cell: Cell) -> Reading:
    raw = "".join(text_of(cell).split())
    if raw.casefold() in NOTHING_WRITTEN:
        return Reading()
    address = normalised_email(raw.removeprefix("mailto:")).replace("。", ".").replace(",", ".")
    try:
        validate_email(address)
    except ValidationError:
        sentence = _("“%(text)s” is no e-mail address. It looks like name@example.org.")
        return Reading("", (wrong(Beside.EMAIL, sentence, text=raw[:60]),))
    if address == raw.casefold():
        return Reading(address)
    return Reading(address, (mended(Beside.EMAIL, _("The address is read as %(address)s."), address=address),))


def _credit_code(cell: Cell) -> Reading:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        sentence = _("The spreadsheet has made a number of this code. Type it again, in a cell formatted as text.")
        return Reading("", (wrong(Beside.CREDIT_CODE, sentence),))
    raw = text_of(cell)
    if raw.casefold() in NOTHING_WRITTEN:
        return Reading()
    try:
        return Reading(checked_credit_code(raw))
    except Refused:
        return Reading("", (refused(Beside.CREDIT_CODE, lambda: checked_credit_code(raw)),))


def _rank(cell: Cell) -> Reading:
    if found := _WHOLE_NUMBER.fullmatch(unicodedata.normalize("NFKC", text_of(cell))):
        return Reading(str(int(found[1])))
    return Reading("", (wrong(Beside.RANK, _("The rank is a whole number, 1 for the first.")),))


# ── answers to choose from ───────────────────────────────────────────────────────────────────


def _reserve(cell: Cell) -> Reading:
    if answer := yes_or_no(text_of(cell)):
        return Reading(answer)
    return Reading("", (wrong(Beside.RESERVE, _("Write “yes” for a reserve and “no” for the others.")),))


def _day(cell: Cell, meaning: Meaning) -> Reading:
    value, findings = read_day(cell, meaning)
    return Reading(value, tuple(findings))


def _category(cell: Cell, expected: Expected) -> Reading:
    text = one_line(cell)
    if code := category_of(text, expected.categories):
        return Reading(code)
    sentence = _("“%(text)s” is none of the categories, or could be more than one. Choose the category.")
    return Reading("", (wrong(Code.CATEGORY, sentence, text=text[:60]),))


def _choice(cell: Cell, question: Question, expected: Expected) -> Reading:
    """What is not understood stops the row only where the session needs the answer."""
    text, code = one_line(cell), str(question.code)
    answer = yes_or_no(text) if question.kind == Kind.YES_NO else choice_of(code, text, question.choices)
    if answer:
        return Reading(answer, tuple(_about_a_wide_word(code, text, answer)))
    sentence = _("“%(text)s” is none of the answers to choose from.")
    make = wrong if code in expected.required else mended
    return Reading("", (make(code, sentence, text=text[:60]),))


def _about_a_wide_word(code: str, text: str, answer: str) -> list[Finding]:
    if code == Code.EDUCATION and answer == "master" and text.startswith("研究生"):
        return [mended(code, _("“%(text)s” may be a master's or a doctor's degree; a master's is taken."), text=text)]
    if code == Code.TITLE_LEVEL and text in {"高级", "高级职称"}:
        return [mended(code, _("“%(text)s” may be full or associate; associate senior is taken."), text=text)]
    return []


# ── texts ────────────────────────────────────────────────────────────────────────────────────


def _text(cell: Cell, meaning: Meaning, question: Question | None) -> Reading:
    long = question is None or question.kind == Kind.TEXT
    text = text_of(cell).replace("\r\n", "\n") if long else _joined_lines(cell)
    most = question.max_length if question else LONGEST_TEXT
    if len(text) > most:
        sentence = _("This has %(length)d characters; at most %(most)d are taken. Shorten it.")
        return Reading("", (wrong(meaning, sentence, length=len(text), most=most),))
    return Reading("" if text.casefold() in NOTHING_WRITTEN and meaning != Code.TITLE_LEVEL else text)


def _number(cell: Cell, meaning: Meaning) -> Reading:
    text = one_line(cell).replace(",", "")
    if _PLAIN_NUMBER.fullmatch(text):
        return Reading(text)
    return Reading("", (wrong(meaning, _("“%(text)s” is no number."), text=text[:40]),))


def _joined_lines(cell: Cell) -> str:
    """One line; a line that was broken inside Chinese goes on without a space."""
    lines = [one_line(line) for line in text_of(cell).splitlines() if line.strip()]
    text = ""
    for line in lines:
        glue = "" if not text or (_HAN.match(text[-1]) and _HAN.match(line[0])) else " "
        text += glue + line
    return text


_READERS: dict[Meaning, Callable[[Cell], Reading]] = {
    Beside.NAME: _name,
    Beside.EMAIL: _email,
    Beside.CREDIT_CODE: _credit_code,
    Beside.RANK: _rank,
    Beside.RESERVE: _reserve,
    Code.BIRTH_DATE: partial(_day, meaning=Code.BIRTH_DATE),
    Code.IDENTITY_NUMBER: _identity_number,
    Code.MOBILE: _mobile,
}
_BY_KIND: dict[Kind, Callable[[Cell, Meaning], Reading]] = {Kind.NUMBER: _number, Kind.DATE: _day}
