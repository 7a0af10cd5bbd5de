"""Receiving lists: what was sent is kept as it came, and the worker reads it.

A request only measures and stores. Reading happens in a job that may run twice: a file that is
read stays read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.models import User
from training.catalogue.models import Organisation, TrainingSession
from training.intake.checking import check_all
from training.intake.contents import Content, table_as_record
from training.intake.expecting import Reception
from training.intake.findings import said_later
from training.intake.headings import plain_heading
from training.intake.lists import lists_in
from training.intake.models import ColumnMemory, Intake, IntakeFile, IntakeRow
from training.intake.opening.limits import MOST_BYTES
from training.intake.reading import KILOBYTES, read
from training.intake.tables import Table
from training.intake.tasks import read_intake
from training.tools.refusals import Refused
from training.tools.tokens import secret_token

log = structlog.get_logger(__name__)

NOT_READ = gettext_lazy("We could not read this file, and the fault is ours. Copy the list into a new workbook.")
MOST_FILES = 30
MOST_BYTES_IN_ALL = 24 * KILOBYTES**2
MOST_ROWS_IN_ALL = 5_000
LONGEST_FILE_NAME = 200
FOR_US_ALONE = 0o700


@dataclass(frozen=True)
class Sent:
    """One file as it arrived."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Wish:
    """What is sent, for which session and body; `send_key` makes one intake of a form that is sent twice."""

    session: TrainingSession
    body: Organisation | None
    is_organisers: bool
    language: str
    send_key: UUID


def receive(wish: Wish, files: Sequence[Sent], *, by: User) -> Intake:
    """Keeps the files and leaves them to the worker. Refused when there are none, too many or too big ones."""
    _refuse_too_much(files)
    now = timezone.now()
    stored = [_stored(file) for file in files]
    try:
        with transaction.atomic():
            intake = Intake.objects.create(
                session=wish.session,
                body=wish.body,
                is_organisers=wish.is_organisers,
                by=by,
                language=wish.language,
                send_key=wish.send_key,
                sent_at=now,
                keep_until=kept_until(wish.session),
            )
            IntakeFile.objects.bulk_create(
                IntakeFile(
                    intake=intake,
                    position=position,
                    name=file.name[-LONGEST_FILE_NAME:],
                    stored_as=name,
                    byte_count=len(file.data),
                    sha256=sha256(file.data).hexdigest(),
                )
                for position, (file, name) in enumerate(zip(files, stored, strict=True), start=1)
            )
            read_intake.defer(intake_id=intake.pk)
    except IntegrityError:  # the same form was sent twice
        for name in stored:
            (folder() / name).unlink(missing_ok=True)
        return Intake.objects.get(send_key=wish.send_key, by=by)
    log.info("lists_received", reference=intake.reference, files=len(files))
    return intake


def kept_until(session: TrainingSession) -> datetime:
    """Lists are kept until so many days after the session's last day."""
    last_day = session.ends_on or session.starts_on
    midnight = timezone.make_aware(datetime.combine(last_day, time.min))
    return midnight + timedelta(days=1 + session.days_lists_are_kept)


def folder() -> Path:
    """The private folder of the files, made when it is first needed."""
    place: Path = settings.VAR / "intakes"
    place.mkdir(mode=FOR_US_ALONE, parents=True, exist_ok=True)
    return place


def read_files(intake_id: int) -> None:
    """What the worker does: reads file after file, then checks all rows together."""
    intake = Intake.objects.select_related("session__programme", "body").filter(pk=intake_id).first()
    if intake is None or intake.state != Intake.State.READING:
        return
    for file in intake.files.filter(is_read=False):
        _read_file(intake, file)
    with transaction.atomic():
        current = Intake.objects.select_for_update().get(pk=intake_id)
        if current.state != Intake.State.READING:
            return
        check_all(intake)
        current.state = Intake.State.READY
        current.save(update_fields=["state"])


def _refuse_too_much(files: Sequence[Sent]) -> None:
    if not files:
        raise Refused(_("Choose at least one file."), field="files")
    if len(files) > MOST_FILES:
        raise Refused(_("Send at most %(most)d files at once.") % {"most": MOST_FILES}, field="files")
    for file in files:
        if len(file.data) > MOST_BYTES:
            sentence = _("%(name)s is larger than %(megabytes)d MB. Send the list without pictures.")
            raise Refused(sentence % {"name": file.name, "megabytes": MOST_BYTES // KILOBYTES**2}, field="files")
    if sum(len(file.data) for file in files) > MOST_BYTES_IN_ALL:
        sentence = _("The files are larger than %(megabytes)d MB together. Send them in several goes.")
        raise Refused(sentence % {"megabytes": MOST_BYTES_IN_ALL // KILOBYTES**2}, field="files")


def _stored(file: Sent) -> str:
    name = secret_token()
    (folder() / name).write_bytes(file.data)
    return name


def _read_file(intake: Intake, file: IntakeFile) -> None:
    """Reads one file; why it could not be read is kept in both languages."""
    known = titles_known_for(intake)
    try:
        tables = _tables_in(file, known)
        _refuse_too_many_rows(intake, tables)
    except Refused as refused:
        because = _in_both_languages(refused)
        IntakeFile.objects.filter(pk=file.pk).update(is_read=True, **because)
        return
    with transaction.atomic():
        current = IntakeFile.objects.select_for_update().get(pk=file.pk)
        if current.is_read:
            return
        IntakeRow.objects.bulk_create(_rows(intake, current, tables), batch_size=500)
        current.tables = [table_as_record(table) for table in tables]
        current.is_read = True
        current.save(update_fields=["tables", "is_read"])


def _tables_in(file: IntakeFile, known: dict[str, str]) -> list[Table]:
    """The lists in a file; a fault of our own refuses this file alone, so that the others do not wait for ever."""
    try:
        return lists_in(read(folder() / file.stored_as), known)
    except Refused:
        raise
    except Exception as error:
        log.exception("list_not_read", file=file.pk)
        raise Refused(NOT_READ) from error


def _refuse_too_many_rows(intake: Intake, tables: Sequence[Table]) -> None:
    before = IntakeRow.objects.filter(intake=intake).count()
    if before + sum(len(table.rows) for table in tables) > MOST_ROWS_IN_ALL:
        raise Refused(
            said_later(gettext_lazy("The files hold more than %(most)d people together."), most=MOST_ROWS_IN_ALL)
        )


def _rows(intake: Intake, file: IntakeFile, tables: Sequence[Table]) -> list[IntakeRow]:
    made = []
    for number, table in enumerate(tables):
        for row in table.rows:
            one = IntakeRow(intake=intake, file=file, table=number, number=row.number)
            one.content = Content(cells=row.cells, section=row.section, is_hidden=row.is_hidden).as_record()
            made.append(one)
    return made


def titles_known_for(intake: Intake) -> dict[str, str]:
    """What titles mean beside the usual ones: the session's own questions, and what this sender once said."""
    return Reception(intake.session, intake.body).own_titles | remembered(intake.body)


def remembered(body: Organisation | None) -> dict[str, str]:
    """What the titles of columns meant in earlier lists of this body, or of the organisers."""
    said = ColumnMemory.objects.filter(body=body)
    return {plain_heading(one.heading): one.meaning for one in said if one.meaning}


def _in_both_languages(refused: Refused) -> dict[str, str]:
    said = {}
    for language, suffix in (("en", "en"), ("zh-hans", "zh")):
        with override(language):
            said[f"refused_because_{suffix}"] = str(refused)
    return said
