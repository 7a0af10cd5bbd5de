"""What a person puts right in a list: what a column means, what a cell should say, which rows count.

Guards one rule: every correction is made by somebody who may send the list, before it is taken,
and what the file said stays beside it.
"""

from collections.abc import Iterator, Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from training.catalogue.models import Organisation
from training.enrolment.questions import STANDARD
from training.intake.checking import check
from training.intake.contents import Content, table_as_record, table_of
from training.intake.expecting import Reception
from training.intake.headings import JOINED, Beside, Meaning, plain_heading
from training.intake.models import ColumnMemory, Intake, IntakeFile, IntakeRow
from training.tools.refusals import Refused

MEANINGS = frozenset({"", *STANDARD, *map(str, Beside)})
LONGEST_CORRECTION = 2_000
LONGEST_REMEMBERED = 100


def mean(file: IntakeFile, table: int, meanings: Mapping[int, Meaning], *, by: User) -> None:
    """Says what the columns of a list mean, remembers it for this sender, and checks all rows anew.

    Refused when two columns are to mean the same, or none means the name.
    """
    with transaction.atomic():
        intake = _locked(file.intake)
        current = IntakeFile.objects.select_for_update().get(pk=file.pk)
        changed = table_of(current.tables[table])
        known = MEANINGS | set(Reception(intake.session, intake.body).meanings)
        before = {column.position: column.meaning for column in changed.columns}
        for column in changed.columns:
            said = meanings.get(column.position, column.meaning)
            column.meaning = said if said in known else column.meaning
        _refuse_two_of_a_kind([column.meaning for column in changed.columns])
        for column in changed.columns:
            if column.meaning != before[column.position]:
                _remember(intake.body, column.heading, column.meaning)
        current.tables[table] = table_as_record(changed)
        current.save(update_fields=["tables"])
        _check_anew(intake)


def correct(row: IntakeRow, texts: Mapping[Meaning, str], *, by: User) -> None:
    """Puts these texts in place of the cells; what was not changed stays, a sealed one that is blank, too."""
    with transaction.atomic():
        intake = _locked(row.intake)
        current = _locked_row(row)
        content = Content.of(current)
        for meaning, text in _changed(current, content, texts, Reception(intake.session, intake.body)):
            content.corrected[meaning] = text
            content.changes.append({"meaning": meaning, "by": by.pk, "at": timezone.now().isoformat()})
        current.content = content.as_record()
        current.save(update_fields=["sealed"])
        _check_anew(intake)


def _changed(
    row: IntakeRow, content: Content, texts: Mapping[Meaning, str], reception: Reception
) -> Iterator[tuple[Meaning, str]]:
    """What differs from what stood in the fields; a sealed field begins blank and means nothing by it."""
    written = content.written(table_of(row.file.tables[row.table]).columns)
    for meaning in reception.meanings:
        text = texts.get(meaning, "").replace("\r\n", "\n").strip()[:LONGEST_CORRECTION]
        stood = content.to_correct(meaning, written.get(meaning), is_chosen=reception.is_chosen(meaning))
        if meaning in texts and text != stood:
            yield meaning, text


def leave_out(row: IntakeRow, *, by: User) -> None:
    """The row does not count; it can be brought back."""
    _put(row, IntakeRow.State.LEFT_OUT)


def bring_back(row: IntakeRow, *, by: User) -> None:
    _put(row, IntakeRow.State.WAITING)


def _put(row: IntakeRow, state: IntakeRow.State) -> None:
    with transaction.atomic():
        intake = _locked(row.intake)
        current = _locked_row(row)
        current.state = state
        current.save(update_fields=["state"])
        _check_anew(intake)


def _locked(intake: Intake) -> Intake:
    current: Intake = (
        Intake.objects.select_for_update(of=("self",)).select_related("session__programme", "body").get(pk=intake.pk)
    )
    if not current.can_be_changed:
        raise Refused(_("This list is being read or was taken already. Reload the page to see how it stands now."))
    return current


def _locked_row(row: IntakeRow) -> IntakeRow:
    current: IntakeRow = IntakeRow.objects.select_for_update(of=("self",)).select_related("file").get(pk=row.pk)
    if current.state == IntakeRow.State.TAKEN:
        raise Refused(_("This row was taken already; change the person on the list of nominations."))
    return current


def _check_anew(intake: Intake) -> None:
    waiting = IntakeRow.objects.filter(intake=intake).exclude(state=IntakeRow.State.TAKEN)
    check(intake, list(waiting.select_related("file").in_order()))


def _refuse_two_of_a_kind(meanings: list[Meaning]) -> None:
    said = [meaning for meaning in meanings if meaning and meaning not in JOINED]
    if len(said) != len(set(said)):
        raise Refused(_("Two columns cannot mean the same. Choose one of them and leave the other without a meaning."))
    if Beside.NAME not in said:
        raise Refused(_("Choose the column with the names."))


def _remember(body: Organisation | None, heading: str, meaning: Meaning) -> None:
    if plain := plain_heading(heading)[:LONGEST_REMEMBERED]:
        ColumnMemory.objects.update_or_create(
            body=body, heading=plain, defaults={"meaning": meaning, "said_at": timezone.now()}
        )
