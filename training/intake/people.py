"""A row read whole: each cell by its column, then the cells against each other.

The identity number tells sex, birth date and province; the form tells them, too. A difference is
said. For the date of birth the one in the identity number counts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from training.enrolment.questions import Code
from training.intake.cells import ADDRESS, NOTHING_WRITTEN, Expected, Reading, has_no_value, read_cell
from training.intake.choosing import category_of
from training.intake.employer_and_post import employer_beside, post_beside, split
from training.intake.findings import Finding, Level, mended, worst, wrong
from training.intake.headings import IN_TWO, JOINED, NOT_TAKEN_OVER, Beside, Meaning
from training.intake.organisations import Match, Organisations
from training.intake.plain import one_line, text_of
from training.intake.provinces import province_code_in
from training.intake.reading import Cell
from training.tools.identity_numbers import ResidentNumber, checked_resident_number
from training.tools.refusals import Refused

LONGEST_LINE_ABOVE = 20  # characters; a title that also names reserves is longer
_RESERVES = re.compile("候补|备选|替补")
_NOT_ONLY_RESERVES = re.compile("正式|及|和|与|或|含")
YOUNGEST_YEARS, OLDEST_YEARS = 16, 80


@dataclass
class Person:
    """What a row came to: values by their meaning, and what is said about its cells."""

    values: dict[Meaning, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    proposed: dict[Meaning, Match] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        return worst(self.findings)


def read_person(
    cells: Sequence[tuple[Meaning, Cell]],
    expected: Expected,
    *,
    organisations: Organisations | None = None,
    hints: Sequence[str] = (),
) -> Person:
    """The person in a row; `hints` are the lines over it, nearest first: they may tell the category."""
    person = Person()
    for meaning, cell in cells:
        if meaning and meaning not in NOT_TAKEN_OVER:
            _take(person, meaning, read_cell(cell, meaning, expected))
    _take_the_address_beside_the_mobile(person, dict(cells))
    _miss_half_of_the_name(person, dict(cells))
    _take_employer_and_post(person, dict(cells), expected, organisations)
    _recognise_the_organisations(person, organisations)
    _take_the_category_from_above(person, expected, hints)
    _take_the_reserve_from_above(person, hints)
    _compare_with_the_identity_number(person, dict(cells))
    _miss_what_is_needed(person, expected)
    return person


def _take(person: Person, meaning: Meaning, reading: Reading) -> None:
    person.findings += reading.findings
    if not reading.value:
        return
    before = person.values.get(meaning)
    person.values[meaning] = f"{before} {reading.value}" if before and meaning in JOINED else reading.value


def _take_the_address_beside_the_mobile(person: Person, cells: dict[Meaning, Cell]) -> None:
    """Under 联系方式 or 手机/邮箱 some write both."""
    found = ADDRESS.search(text_of(cells.get(Code.MOBILE)))
    if found and not person.values.get(Beside.EMAIL) and not _is_said(person, Beside.EMAIL):
        _take(person, Beside.EMAIL, read_cell(found[0], Beside.EMAIL, Expected()))
        sentence = _("The e-mail address is taken from the cell with the mobile.")
        person.findings.append(mended(Beside.EMAIL, sentence))


def _miss_half_of_the_name(person: Person, cells: dict[Meaning, Cell]) -> None:
    parts = [text for part in IN_TWO if (text := one_line(cells.get(part)))]
    if len(parts) == 1 and person.values.get(Beside.NAME) == parts[0]:
        sentence = _("Of family name and given name only one is filled in. Is this the whole name?")
        person.findings.append(mended(Beside.NAME, sentence))


def _take_employer_and_post(
    person: Person, cells: dict[Meaning, Cell], expected: Expected, organisations: Organisations | None
) -> None:
    """Tells the two apart that stand in one cell; of what a person has corrected only the other is taken from it."""
    cell = cells.get(Beside.EMPLOYER_AND_POST)
    text = text_of(cell)
    if not text or text.casefold() in NOTHING_WRITTEN:
        return
    if has_no_value(cell):
        _take(person, Code.EMPLOYER, read_cell(cell, Code.EMPLOYER, expected))
    elif Code.EMPLOYER not in cells and Code.POST not in cells:
        _split(person, text, expected, organisations)
    elif Code.POST not in cells:
        post = post_beside(text, text_of(cells[Code.EMPLOYER]), organisations)
        _take(person, Code.POST, read_cell(post, Code.POST, expected))
    elif Code.EMPLOYER not in cells:
        employer = employer_beside(text, text_of(cells[Code.POST]), organisations)
        _take(person, Code.EMPLOYER, read_cell(employer, Code.EMPLOYER, expected))


def _split(person: Person, text: str, expected: Expected, organisations: Organisations | None) -> None:
    """What is guessed is said."""
    made = split(text, organisations)
    _take(person, Code.EMPLOYER, read_cell(made.employer, Code.EMPLOYER, expected))
    _take(person, Code.POST, read_cell(made.post, Code.POST, expected))
    if made.is_known:
        return
    if made.post:
        sentence = _("Employer and post stand in one cell and were told apart as “%(employer)s” and “%(post)s”.")
    else:
        sentence = _("The post could not be told from the employer in this cell; all of it is taken as the employer.")
    person.findings.append(
        mended(Code.EMPLOYER, sentence, employer=one_line(made.employer)[:60], post=one_line(made.post)[:60])
    )


def _recognise_the_organisations(person: Person, organisations: Organisations | None) -> None:
    """A short name is written out, and said; a name that is merely alike is proposed."""
    if organisations is None:
        return
    for meaning in (Code.EMPLOYER, Beside.BODY):
        if not (written := person.values.get(meaning)):
            continue
        match = organisations.match(written)
        person.proposed[meaning] = match
        if match.certain and match.by_short_name:
            person.values[meaning] = match.certain.names[0]
            sentence = _("“%(short)s” is taken as %(name)s.")
            person.findings.append(mended(meaning, sentence, short=written, name=match.certain.names[0]))
        elif meaning == Code.EMPLOYER and match.is_close:
            names = "; ".join(known.names[0] for known in match.proposed)
            person.findings.append(
                mended(meaning, _("No organisation is known by exactly this name. Alike: %(names)s."), names=names)
            )


def _take_the_category_from_above(person: Person, expected: Expected, hints: Sequence[str]) -> None:
    if person.values.get(Code.CATEGORY) or _is_said(person, Code.CATEGORY):
        return
    for hint in hints:
        if code := category_of(hint, expected.categories):
            person.values[Code.CATEGORY] = code
            sentence = _("The category is taken from the line “%(line)s” above.")
            person.findings.append(mended(Code.CATEGORY, sentence, line=hint[:40]))
            return


def _take_the_reserve_from_above(person: Person, hints: Sequence[str]) -> None:
    """A line such as 二、候补人选 over some people makes reserves of them; the title of a whole file tells nothing."""
    if person.values.get(Beside.RESERVE) or _is_said(person, Beside.RESERVE):
        return
    for hint in hints:
        if len(hint) <= LONGEST_LINE_ABOVE and _RESERVES.search(hint) and not _NOT_ONLY_RESERVES.search(hint):
            person.values[Beside.RESERVE] = "yes"
            sentence = _("The line “%(line)s” above makes this a reserve.")
            person.findings.append(mended(Beside.RESERVE, sentence, line=hint[:40]))
            return


def _compare_with_the_identity_number(person: Person, cells: dict[Meaning, Cell]) -> None:
    number = _resident_number(person)
    if number is None:
        return
    _compare_the_sex(person, number)
    _compare_the_birth_date(person, number)
    _compare_the_province(person, number, cells)
    years = _years_since(number.birth_date, timezone.localdate())
    if not YOUNGEST_YEARS <= years <= OLDEST_YEARS:
        sentence = _("By the identity number this person is %(years)d years old. Check the number.")
        person.findings.append(mended(Code.IDENTITY_NUMBER, sentence, years=years))


def _resident_number(person: Person) -> ResidentNumber | None:
    try:
        return checked_resident_number(person.values.get(Code.IDENTITY_NUMBER, ""))
    except Refused:
        return None


def _compare_the_sex(person: Person, number: ResidentNumber) -> None:
    written = person.values.get(Code.SEX)
    if written and written != number.sex:
        sentence = _("The identity number is that of another sex than the list says. One of the two is wrong.")
        person.findings.append(wrong(Code.SEX, sentence))
    elif not written and not _is_said(person, Code.SEX):
        person.values[Code.SEX] = str(number.sex)


def _compare_the_birth_date(person: Person, number: ResidentNumber) -> None:
    written = person.values.get(Code.BIRTH_DATE, "")
    told = person.values[Code.BIRTH_DATE] = number.birth_date.isoformat()
    if _is_said(person, Code.BIRTH_DATE):
        person.findings = [finding for finding in person.findings if finding.meaning != Code.BIRTH_DATE]
        sentence = _("The date could not be read; the one in the identity number, %(told)s, is taken.")
        person.findings.append(mended(Code.BIRTH_DATE, sentence, told=told))
    elif written and not told.startswith(written):
        sentence = _("The list says %(written)s, the identity number %(told)s. The one in the number is taken.")
        person.findings.append(mended(Code.BIRTH_DATE, sentence, written=written, told=told))


def _compare_the_province(person: Person, number: ResidentNumber, cells: dict[Meaning, Cell]) -> None:
    written = one_line(cells.get(Beside.HOME_PROVINCE))
    code = province_code_in(written)
    if code and code != number.province_code:
        sentence = _("The identity number was given in another province than “%(place)s”. Check the number.")
        person.findings.append(mended(Code.IDENTITY_NUMBER, sentence, place=written[:40]))


def _miss_what_is_needed(person: Person, expected: Expected) -> None:
    for meaning in sorted({Beside.NAME, *expected.required}):
        if not person.values.get(meaning) and not _is_said(person, meaning, Level.RED):
            person.findings.append(wrong(meaning, _("This is needed and missing.")))


def _is_said(person: Person, meaning: Meaning, *levels: Level) -> bool:
    return any(finding.meaning == meaning and (not levels or finding.level in levels) for finding in person.findings)


def _years_since(day: date, today: date) -> int:
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))
