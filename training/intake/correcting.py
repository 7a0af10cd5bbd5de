"""What a person puts right in a list: what a column means, what a cell should say, which rows count.

Guards one rule: every correction is made by somebody who may send the list, before it is taken,
and what the file said stays beside it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from training.catalogue.models import Organisation
from training.enrolment.questions import STANDARD
from training.intake.checking import check
from training.intake.contents import ANOTHER, UPDATE, Content, table_as_record, table_of
from training.intake.counting import waiting
from training.intake.expecting import Reception
from training.intake.fitting import fits
from training.intake.headings import IN_TWO, JOINED, Beside, Meaning, plain_heading, told_by
from training.intake.models import ColumnMemory, Intake, IntakeDeed, IntakeFile, IntakeRow
from training.intake.recording import place_of, record
from training.tools.keys import key_or_none
from training.tools.refusals import Refused

Deed = IntakeDeed.What
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
        about = [column.meaning for column in changed.columns if column.meaning != before[column.position]]
        record(intake, Deed.COLUMNS, by=by, place=" · ".join(filter(None, (current.name, changed.sheet))), about=about)
        _check_anew(intake)


def correct(row: IntakeRow, texts: Mapping[Meaning, str], *, by: User) -> None:
    """Puts these texts in place of the cells; what was not changed stays, a sealed one that is blank, too."""
    correct_rows(row.intake, {row.pk: texts}, by=by)


def correct_rows(intake: Intake, texts: Mapping[int, Mapping[Meaning, str]], *, by: User) -> None:
    """Corrects many rows at once, by their keys; all are checked once. Refused when one of them was taken."""
    if not texts:
        return
    with transaction.atomic():
        current = _locked(intake)
        rows = IntakeRow.objects.filter(intake=current, pk__in=texts).select_for_update(of=("self",))
        reception = Reception(current.session, current.body)
        corrected = [
            row.pk for row in rows.select_related("file").order_by("pk") if _correct(row, texts[row.pk], reception, by)
        ]
        if corrected:
            _check_anew(current, corrected)


def _correct(row: IntakeRow, texts: Mapping[Meaning, str], reception: Reception, by: User) -> bool:
    """Whether anything was to be corrected."""
    _refuse_what_is_taken(row)
    content = Content.of(row)
    changed = list(_changed(row, content, texts, reception))
    for meaning, text in changed:
        content.corrected[meaning] = text
        content.changes.append({"meaning": meaning, "by": by.pk, "at": timezone.now().isoformat()})
    if changed:
        row.content = content.as_record()
        row.save(update_fields=["sealed"])
        about = [meaning for meaning, _text in changed]
        record(row.intake, Deed.CORRECTED, by=by, place=place_of(row), about=about)
    return bool(changed)


def put_right(intake: Intake, said: Mapping[str, str], *, file: IntakeFile | None, table: int, by: User) -> None:
    """All that a person did to a sheet at once: typed into cells, said what columns mean, left a row out.

    `said` holds cell-17-name and was-17-name, column-3, and leave_out, bring_back, update and another with a
    row's key, or update_all or mark_reserves. What was typed is kept first, so that nothing of it is lost when
    the columns are refused.
    """
    correct_rows(intake, what_was_typed(said), by=by)
    if file is not None and (meanings := _new_meanings(file, table, said)):
        mean(file, table, meanings, by=by)
    for name, deed in _DEEDS_ON_A_ROW.items():
        key = key_or_none(said.get(name))
        if key is not None and (row := intake.rows.filter(pk=key).first()):
            deed(row, by=by)
    if "update_all" in said:
        update_them(intake, by=by)
    if "mark_reserves" in said:
        mark_as_reserves(intake, by=by)


def _new_meanings(file: IntakeFile, table: int, said: Mapping[str, str]) -> dict[int, Meaning]:
    columns = table_of(file.tables[table]).columns
    chosen = {column.position: said.get(f"column-{column.position}", column.meaning) for column in columns}
    return {column.position: chosen[column.position] for column in columns if chosen[column.position] != column.meaning}


def row_touched(posted: Mapping[str, str]) -> str:
    """The key of the row whose button was pressed, if any."""
    return next((key for name in ("row", *_DEEDS_ON_A_ROW) if (key := posted.get(name, ""))), "")


def what_was_typed(posted: Mapping[str, str]) -> dict[int, dict[Meaning, str]]:
    """What a person changed in the cells of a sheet: fields cell-17-name that differ from was-17-name.

    What stood there and was not touched is no correction, though a colleague has corrected it meanwhile.
    """
    typed: dict[int, dict[Meaning, str]] = {}
    for name, text in posted.items():
        cell, _dash, place = name.partition("-")
        row, _dash, meaning = place.partition("-")
        key = key_or_none(row)
        if cell == "cell" and key is not None and text != posted.get(f"was-{place}", ""):
            typed.setdefault(key, {})[meaning] = text
    return typed


def _changed(
    row: IntakeRow, content: Content, texts: Mapping[Meaning, str], reception: Reception
) -> Iterator[tuple[Meaning, str]]:
    """What differs from what stood in the fields; a sealed field begins blank and means nothing by it."""
    written = content.written(table_of(row.file.tables[row.table]).columns)
    for meaning in reception.meanings:
        text = texts.get(meaning, "").replace("\r\n", "\n").strip()[:LONGEST_CORRECTION]
        stood = content.to_correct(meaning, written.get(meaning), is_chosen=reception.is_chosen(meaning))
        if meaning in texts and text != stood[:LONGEST_CORRECTION].strip():
            yield meaning, text


def leave_out(row: IntakeRow, *, by: User) -> None:
    """The row does not count; it can be brought back."""
    _put(row, IntakeRow.State.LEFT_OUT, Deed.LEFT_OUT, by)


def bring_back(row: IntakeRow, *, by: User) -> None:
    _put(row, IntakeRow.State.WAITING, Deed.BROUGHT_BACK, by)


def mark_as_reserves(intake: Intake, *, by: User) -> None:
    """Makes reserves of the good rows for which their bodies have no place left."""
    reception = Reception(intake.session, intake.body)
    beyond = [row for fit in fits(intake, reception, waiting(intake, reception)) for row in fit.beyond]
    correct_rows(intake, {row: {Beside.RESERVE: "yes"} for row in beyond}, by=by)


def update_them(intake: Intake, *, by: User) -> None:
    """Each row that means somebody on the list updates that person, where nobody has said otherwise."""
    with transaction.atomic():
        current = _locked(intake)
        rows = current.rows.filter(state=IntakeRow.State.WAITING).select_for_update(of=("self",))
        for row in rows.select_related("file").in_order():
            content = Content.of(row)
            if content.asks:
                _choose(current, row, content, UPDATE, by)
        _check_anew(current, [])


def choose(row: IntakeRow, *, choice: str, by: User) -> None:
    """Says that a row updates who is meant on the body's list, or enters another person."""
    with transaction.atomic():
        intake = _locked(row.intake)
        current = _locked_row(row)
        content = Content.of(current)
        if content.meant is None or (choice == ANOTHER and not content.may_be_another):
            raise Refused(_("Nobody on the list is meant by this row any more. Reload the page."))
        _choose(intake, current, content, choice, by)
        _check_anew(intake, [])


def _choose(intake: Intake, row: IntakeRow, content: Content, choice: str, by: User) -> None:
    content.choice = {"of": content.meant, "what": choice}
    row.content = content.as_record()
    row.save(update_fields=["sealed"])
    record(intake, Deed.UPDATES if choice == UPDATE else Deed.ANOTHER, by=by, place=place_of(row))


def _put(row: IntakeRow, state: IntakeRow.State, deed: Deed, by: User) -> None:
    with transaction.atomic():
        intake = _locked(row.intake)
        current = _locked_row(row)
        current.state = state
        current.save(update_fields=["state"])
        record(intake, deed, by=by, place=place_of(current))
        _check_anew(intake, [current.pk])


_DEEDS_ON_A_ROW: Mapping[str, Callable[..., None]] = {
    "leave_out": leave_out,
    "bring_back": bring_back,
    "update": partial(choose, choice=UPDATE),
    "another": partial(choose, choice=ANOTHER),
}


def _locked(intake: Intake) -> Intake:
    current: Intake = (
        Intake.objects.select_for_update(of=("self",)).select_related("session__programme", "body").get(pk=intake.pk)
    )
    if not current.can_be_changed:
        raise Refused(_("This list is being read or was taken already. Reload the page to see how it stands now."))
    return current


def _locked_row(row: IntakeRow) -> IntakeRow:
    current: IntakeRow = IntakeRow.objects.select_for_update(of=("self",)).select_related("file").get(pk=row.pk)
    _refuse_what_is_taken(current)
    return current


def _refuse_what_is_taken(row: IntakeRow) -> None:
    if row.state == IntakeRow.State.TAKEN:
        raise Refused(_("This row was taken already; change the person on the list of nominations."))


def _check_anew(intake: Intake, changed: Collection[int] | None = None) -> None:
    """Checks what is not taken; with `changed`, only these rows are read again."""
    waiting = IntakeRow.objects.filter(intake=intake).exclude(state=IntakeRow.State.TAKEN)
    check(intake, list(waiting.select_related("file").in_order()), anew=changed)


def _refuse_two_of_a_kind(meanings: list[Meaning]) -> None:
    said = {meaning for meaning in meanings if meaning}
    told = [told for meaning in meanings if meaning and meaning not in JOINED for told in told_by(meaning)]
    is_named_twice = said >= {Beside.NAME, Beside.GIVEN_NAME} or meanings.count(Beside.GIVEN_NAME) > 1
    if len(told) != len(set(told)) or is_named_twice:
        raise Refused(_("Two columns cannot mean the same. Choose one of them and leave the other without a meaning."))
    if Beside.NAME not in said and not said >= IN_TWO:
        raise Refused(_("Choose the column with the names, or the two with family name and given name."))


def _remember(body: Organisation | None, heading: str, meaning: Meaning) -> None:
    if plain := plain_heading(heading)[:LONGEST_REMEMBERED]:
        ColumnMemory.objects.update_or_create(
            body=body, heading=plain, defaults={"meaning": meaning, "said_at": timezone.now()}
        )
