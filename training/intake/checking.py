"""The dry run: every row green, yellow or red, with the reason at the cell; nothing is taken by it.

A row is checked against its own cells, against the session (body, category, quota), and against
the other rows of the same sending. What is known elsewhere is not asked here: that is only for
organisers (`recognising.py`), and a nominator's dry run must be the same whether somebody is known or not.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import Organisation
from training.enrolment.questions import Code
from training.intake.contents import ANOTHER, UPDATE, Content, table_of
from training.intake.counting import Counted, counted
from training.intake.expecting import Reception
from training.intake.findings import Finding, mended, wrong
from training.intake.headings import TELLS, Beside
from training.intake.models import Intake, IntakeFile, IntakeRow
from training.intake.own_lists import Meant, OwnList, changes, own_lists
from training.intake.people import Person, read_person
from training.intake.plain import folded
from training.intake.ranking import find_new_ranks
from training.intake.tables import Table
from training.tools.sealing import fingerprint

CHECKED = ("sealed", "counted", "level", "identity_fingerprint", "mobile_fingerprint", "person_fingerprint")
ROWS_AT_ONCE = 500
NAME_AND_MOBILE = "name and mobile"


def check_all(intake: Intake) -> None:
    """Checks every row of an intake anew."""
    rows = list(IntakeRow.objects.filter(intake=intake).select_related("file").in_order())
    check(intake, rows)


def check(intake: Intake, rows: Sequence[IntakeRow], *, anew: Collection[int] | None = None) -> None:
    """Checks all rows of an intake, in their order, and keeps what came out; `anew` as in `read_rows`."""
    reception = Reception(intake.session, intake.body)
    checked = read_rows(intake, rows, reception, anew=anew)
    changed = [row for row, content in checked if keep(row, content, counted(intake, content, reception))]
    IntakeRow.objects.bulk_update(changed, CHECKED, batch_size=ROWS_AT_ONCE)


def read_rows(
    intake: Intake, rows: Sequence[IntakeRow], reception: Reception, *, anew: Collection[int] | None = None
) -> list[tuple[IntakeRow, Content]]:
    """The rows with what their reading came to, duplicates among them included; nothing is kept yet.

    With `anew`, only the rows with these keys are read again, and the others are only compared:
    whoever corrects a cell does not wait until three thousand rows are read.
    """
    tables = _Tables()
    read = [(row, Content.of(row)) for row in rows]
    for row, content in read:
        content.forget_the_others()
        if anew is None or row.pk in anew:
            _read(row, content, tables.of(row), reception)
    _find_duplicates([pair for pair in read if pair[0].state != IntakeRow.State.LEFT_OUT])
    _find_those_on_the_list(intake, read, reception)
    return read


def keep(row: IntakeRow, content: Content, counts: Counted) -> bool:
    """Writes what came out into the row, and tells whether it is something new; the caller saves."""
    record = content.as_record()
    if row.content == record and row.level == content.level and row.counted == counts.as_record():
        return False
    row.content, row.level, row.counted = record, content.level, counts.as_record()
    return True


def body_of(intake: Intake, content: Content, reception: Reception) -> Organisation | None:
    """The recommending body of a row: the intake's own, else the one that the row names."""
    return intake.body or reception.body_named(content.values.get(Beside.BODY, ""))


class _Tables:
    """The lists of the files, taken apart once each."""

    def __init__(self) -> None:
        self._made: dict[int, list[Table]] = {}

    def of(self, row: IntakeRow) -> Table:
        if row.file_id not in self._made:
            self._made[row.file_id] = tables_in(row.file)
        return self._made[row.file_id][row.table]


def tables_in(file: IntakeFile) -> list[Table]:
    return [table_of(record) for record in file.tables]


def _read(row: IntakeRow, content: Content, table: Table, reception: Reception) -> None:
    written = content.written(table.columns)
    wanted = {meaning: cell for meaning, cell in written.items() if meaning in _looked_at(reception)}
    person = read_person(
        list(wanted.items()),
        reception.expected,
        organisations=reception.organisations,
        hints=[line for line in (content.section, table.sheet, table.title) if line],
    )
    _name_the_body(person, table, content, reception)
    _ask_the_quota(person, reception)
    _miss_the_address(person)
    if content.is_hidden:
        sentence = _("This row is hidden or filtered out in the file. Is this person meant? Else leave the row out.")
        person.findings.append(mended("", sentence))
    content.values, content.findings = person.values, person.findings
    content.proposed = {
        str(meaning): [known.names[0] for known in match.proposed] for meaning, match in person.proposed.items()
    }
    row.identity_fingerprint = fingerprint(person.values.get(Code.IDENTITY_NUMBER, ""), "identity")
    row.mobile_fingerprint = fingerprint(person.values.get(Code.MOBILE, ""), "mobile")
    row.person_fingerprint = fingerprint(_name_and_employer(person), "name and employer")


def _looked_at(reception: Reception) -> frozenset[str]:
    return frozenset({*reception.meanings, *TELLS, Beside.BODY, Beside.HOME_PROVINCE})


def _name_and_employer(person: Person) -> str:
    name, employer = person.values.get(Beside.NAME, ""), person.values.get(Code.EMPLOYER, "")
    return f"{folded(name)} {folded(employer)}" if name and employer else ""


def _name_the_body(person: Person, table: Table, content: Content, reception: Reception) -> None:
    """A nominator's row is his body's; an organiser's names its body in a column, or over the list."""
    named = person.values.get(Beside.BODY, "")
    if reception.body is not None:
        other = reception.organisations.match(named).certain
        if other is not None and other.pk != reception.body.pk:
            sentence = _("The list names another recommending body, %(name)s. Is this row meant for you?")
            person.findings.append(wrong(Beside.BODY, sentence, name=other.names[0]))
        return
    for hint in (named, content.section, table.unit, table.sheet):
        if hint and (body := reception.body_named(hint)):
            person.values[Beside.BODY] = body.name_zh or body.name_en
            return
    if named:
        sentence = _("“%(name)s” is no body with places in this session. Choose the body.")
        person.findings.append(wrong(Beside.BODY, sentence, name=named[:60]))
    else:
        person.findings.append(wrong(Beside.BODY, _("The list does not say which body recommends. Choose the body.")))


def _ask_the_quota(person: Person, reception: Reception) -> None:
    body = reception.body or reception.body_named(person.values.get(Beside.BODY, ""))
    if body is None or any(finding.meaning == Code.CATEGORY and finding.level == "red" for finding in person.findings):
        return
    of_the_body = reception.quotas.get(body.pk, set())
    category = reception.category(person.values.get(Code.CATEGORY, ""))
    if None in of_the_body or (category and category.pk in of_the_body):
        return
    if category is None and of_the_body:
        person.findings.append(wrong(Code.CATEGORY, _("This is needed and missing.")))
    else:
        sentence = _("%(body)s has no places for this category in this session.")
        person.findings.append(wrong(Code.CATEGORY, sentence, body=body.name))


def _miss_the_address(person: Person) -> None:
    if not person.values.get(Beside.EMAIL) and not any(one.meaning == Beside.EMAIL for one in person.findings):
        sentence = _("Without an e-mail address this person gets no letter and cannot confirm.")
        person.findings.append(mended(Beside.EMAIL, sentence))


# ── the same person more than once ───────────────────────────────────────────────────────────


def _find_duplicates(read: Iterable[tuple[IntakeRow, Content]]) -> None:
    """The first row of a person counts; each further one says where the first stands."""
    seen: dict[tuple[str, str], IntakeRow] = {}
    for row, content in read:
        for finding in _said_of_earlier_rows(row, content, seen):
            content.say_beside(finding)


def _said_of_earlier_rows(
    row: IntakeRow, content: Content, seen: dict[tuple[str, str], IntakeRow]
) -> Iterable[Finding]:
    email = content.values.get(Beside.EMAIL, "")
    name = folded(content.values.get(Beside.NAME, ""))
    both = f"{name} {row.mobile_fingerprint}" if name and row.mobile_fingerprint else ""
    signs = (
        (Code.IDENTITY_NUMBER, row.identity_fingerprint, wrong, _("The same identity number stands in %(place)s.")),
        (Beside.EMAIL, email, wrong, _("The same e-mail address stands in %(place)s.")),
        (NAME_AND_MOBILE, both, wrong, _("The same name with the same mobile stands in %(place)s.")),
        (Code.MOBILE, row.mobile_fingerprint, mended, _("The same mobile stands in %(place)s.")),
        (Beside.NAME, row.person_fingerprint, mended, _("The same name at the same employer stands in %(place)s.")),
    )
    for meaning, sign, make, sentence in signs:
        first = seen.setdefault((meaning, sign), row) if sign else row
        if first is not row:
            about = Beside.NAME if meaning == NAME_AND_MOBILE else meaning
            yield make(about, sentence, place=f"{first.file.name} · {first.number}")
            return


def _find_those_on_the_list(intake: Intake, read: Iterable[tuple[IntakeRow, Content]], reception: Reception) -> None:
    """Whoever stands on the body's own list already; the lists of others are not asked."""
    lists = own_lists(intake)
    by_body: dict[int, list[tuple[IntakeRow, Content]]] = defaultdict(list)
    for row, content in read:
        body = body_of(intake, content, reception)
        if body is not None and body.pk in lists:
            by_body[body.pk].append((row, content))
    for key, rows in by_body.items():
        own = lists[key]
        if reception.takes_ranks:
            find_new_ranks(_that_rank(rows, own), own)
        for row, content in rows:
            for finding in _said_of_the_list(row, content, own, reception):
                content.say_beside(finding)


def _that_rank(rows: Iterable[tuple[IntakeRow, Content]], own: OwnList) -> list[tuple[Content, Meant | None]]:
    """The rows that count, each with the one on the list whose rank it may change."""
    made: list[tuple[Content, Meant | None]] = []
    for row, content in rows:
        meant = own.meant(row, content)
        if meant and content.choice == {"of": meant.enrolment.pk, "what": ANOTHER}:
            meant = None
        if row.state != IntakeRow.State.LEFT_OUT and (meant is None or meant.may_be_changed):
            made.append((content, meant))
    return made


def _said_of_the_list(row: IntakeRow, content: Content, own: OwnList, reception: Reception) -> Iterable[Finding]:
    meant, of_the_address = own.meant(row, content), own.with_this_address(content)
    if of_the_address is not None and (meant is None or meant.enrolment != of_the_address):
        yield wrong(Beside.EMAIL, _("Somebody with this e-mail address is on the list already."))
    elif meant is not None:
        yield _said_of(meant, row, content, reception)


def _said_of(meant: Meant, row: IntakeRow, content: Content, reception: Reception) -> Finding:
    """What is to be done about somebody on the list: nobody is changed before a person has said so."""
    if not meant.may_be_changed:
        return (wrong if meant.is_certain else mended)(meant.by, _ON_THE_LIST[meant.by])
    content.meant, content.may_be_another = meant.enrolment.pk, not meant.is_certain
    if content.may_be_another and content.is_chosen_to(ANOTHER):
        return mended("", _("Somebody like this is on the list already; this row enters another person."))
    if not changes(meant.enrolment, row, content, reception):
        content.updates = True
        return mended("", _("This person is on the list already, with the same data: nothing changes."))
    if content.is_chosen_to(UPDATE):
        content.updates = True
        return mended("", _("This row updates the person on the list."))
    if content.may_be_another:
        sentence = _("This may be somebody who is on the list already. Update, or enter another person?")
        return wrong("", sentence)
    return wrong("", _("This person is on the list already. Update the person, or leave the row out?"))


_ON_THE_LIST: Mapping[str, Promise | str] = {
    Code.IDENTITY_NUMBER: _("Somebody with this identity number is on the list already."),
    Code.MOBILE: _("Somebody with this mobile is on the list already."),
    Beside.NAME: _("Somebody with this name is on the list already."),
}
