"""Taking a roster: the right is asked, the file is made, and that it left is recorded.

A small one is made while the person waits, a big one by a background job. The file is made
first, outside any transaction; then the record and the order appear in one. So no file can be
taken that is not recorded, and the record knows the hash of what was taken.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.roles import may_export, may_export_identity
from training.catalogue.models import TrainingSession
from training.catalogue.rights import Rights
from training.enrolment.models import Enrolment
from training.enrolment.querysets import EnrolmentQuerySet
from training.rosters.columns import Cell
from training.rosters.files import Written, folder, heading_of, write
from training.rosters.models import Format, RosterExport, RosterOrder, WhatWasTaken
from training.rosters.querysets import HOURS_TO_KEEP_FILES
from training.rosters.recipes import Recipe, streamed
from training.rosters.tasks import make_roster
from training.tools.refusals import Refused
from training.tools.tokens import secret_token

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 2_000  # people; half a second
ROWS_BETWEEN_NEWS = 1_000
LONGEST_PURPOSE = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to take. `send_key` is the key of the form: sent twice, it makes one roster."""

    session: TrainingSession
    recipe: Recipe
    format: Format
    purpose: str
    in_full: bool
    language: str
    send_key: UUID


def take(wish: Wish, *, by: User) -> RosterOrder:
    """Makes a small roster at once and returns its order, ready; a big one is left to the worker.

    Refused without the right, without a purpose, and for a list without people.
    """
    refuse_without_the_right(wish.session, by, in_full=wish.in_full)
    if not wish.purpose.strip():
        raise Refused(_("Say what the roster is for."), field="purpose")
    repeated = RosterOrder.objects.filter(send_key=wish.send_key, by=by).first()
    if repeated is not None:
        return repeated
    count = people_of(wish.session, wish.recipe, by).count()
    if count == 0:
        raise Refused(_("There is nobody on this list. Choose other states or take the filters away."))
    if count > MOST_AT_ONCE and wish.format == Format.PRINT:
        raise Refused(
            _("A page to print holds at most %(most)d people. Take the workbook; it is laid out for paper, too.")
            % {"most": MOST_AT_ONCE},
            field="format",
        )
    order = _order(wish, by, timezone.now(), count)
    return _left_to_the_worker(order) if count > MOST_AT_ONCE else _made_at_once(order)


def refuse_without_the_right(session: TrainingSession, by: User, *, in_full: bool) -> None:
    """Exporting and exporting full numbers are rights of their own, and may have ended meanwhile."""
    rights = Rights(by)
    if not may_export(rights, session):
        raise Refused(_("You may look at this roster and may not take it out of the house."))
    if in_full and not may_export_identity(rights, session):
        raise Refused(_("You may take this roster with masked numbers only."), field="in_full")


def people_of(session: TrainingSession, recipe: Recipe, by: User) -> EnrolmentQuerySet:
    """Those whom the recipe means, as far as `by` may see them."""
    return recipe.people(Enrolment.objects.visible_to(by).filter(session=session))


def make(order_id: int) -> None:
    """What the worker does; it may run twice and leaves one file and one record.

    The rights are asked again: they may have ended between the order and the making.
    """
    order = RosterOrder.objects.select_related("session", "by").filter(pk=order_id).first()
    if order is None or order.is_ready or order.is_refused:
        return
    with override(order.language):
        try:
            refuse_without_the_right(order.session, order.by, in_full=order.is_full)
        except Refused as refused:
            RosterOrder.objects.filter(pk=order_id).update(
                state=RosterOrder.State.REFUSED, refused_because=str(refused)
            )
            return
        RosterOrder.objects.filter(pk=order_id).update(state=RosterOrder.State.MAKING)
        file_name, written = _written(order, timezone.now(), in_the_background=True)
    _ready_once(order, file_name, written)


def path_of(order: RosterOrder) -> Path:
    """Where the file of a ready order lies; Refused when it was erased already."""
    path = folder() / order.file_name
    if not order.file_name or not path.exists():
        raise Refused(
            _("This file was erased, as every roster is after %(hours)d hours. Take the roster again.")
            % {"hours": HOURS_TO_KEEP_FILES}
        )
    return path


def erase_old_files(at: datetime) -> int:
    """Erases what lies longer than a day, and what a killed process left behind; the records stay."""
    orders = list(RosterOrder.objects.to_be_erased(at))
    for order in orders:
        if order.file_name:
            (folder() / order.file_name).unlink(missing_ok=True)
        order.delete()
    too_old = (at - timedelta(hours=HOURS_TO_KEEP_FILES)).timestamp()
    for path in folder().iterdir():
        if path.is_file() and path.stat().st_mtime < too_old:
            path.unlink(missing_ok=True)
    return len(orders)


def _order(wish: Wish, by: User, now: datetime, count: int) -> RosterOrder:
    return RosterOrder(
        session=wish.session,
        by=by,
        purpose=wish.purpose.strip()[:LONGEST_PURPOSE],
        recipe=wish.recipe.as_record(),
        format=wish.format,
        language=wish.language,
        is_full=wish.in_full,
        send_key=wish.send_key,
        asked_at=now,
        rows_in_all=count,
    )


def _made_at_once(order: RosterOrder) -> RosterOrder:
    with override(order.language):
        file_name, written = _written(order, order.asked_at)
    order.state = RosterOrder.State.READY
    order.file_name, order.rows_made, order.rows_in_all = file_name, written.row_count, written.row_count
    try:
        with transaction.atomic():
            order.save(force_insert=True)
            _record(order, written, order.asked_at)
    except IntegrityError:  # the same form was sent twice at once, and the other one was quicker
        (folder() / file_name).unlink(missing_ok=True)
        return RosterOrder.objects.get(send_key=order.send_key, by=order.by)
    return order


def _left_to_the_worker(order: RosterOrder) -> RosterOrder:
    with transaction.atomic():
        order.save(force_insert=True)
        make_roster.defer(order_id=order.pk)
    return order


def _written(order: RosterOrder, at: datetime, *, in_the_background: bool = False) -> tuple[str, Written]:
    """Writes the file under a name of its own; returns the name and what the record needs."""
    recipe = order.made_by_recipe
    people = people_of(order.session, recipe, order.by)
    columns = recipe.columns_for(order.session)
    count, rows = streamed(people, columns, in_full=order.is_full)
    if in_the_background:
        rows = _with_news(order, rows)
    heading = heading_of(order, count, at, order.reference)
    file_name = f"{secret_token()}.{order.format}"
    return file_name, write(folder() / file_name, order.format, heading, columns, rows)


def _with_news(order: RosterOrder, rows: Iterable[list[Cell]]) -> Iterator[list[Cell]]:
    """Tells now and then how far the making is."""
    for number, row in enumerate(rows, start=1):
        yield row
        if number % ROWS_BETWEEN_NEWS == 0:
            RosterOrder.objects.filter(pk=order.pk).update(rows_made=number)


def _ready_once(order: RosterOrder, file_name: str, written: Written) -> None:
    """Hands over the file, unless the same job was quicker in another worker."""
    with transaction.atomic():
        current = RosterOrder.objects.select_for_update().filter(pk=order.pk).first()
        wanted = current is not None and not current.is_ready
        if wanted:
            RosterOrder.objects.filter(pk=order.pk).update(
                state=RosterOrder.State.READY,
                file_name=file_name,
                rows_made=written.row_count,
                rows_in_all=written.row_count,
            )
            _record(order, written, timezone.now())
    if not wanted:
        (folder() / file_name).unlink(missing_ok=True)


def _record(order: RosterOrder, written: Written, at: datetime) -> RosterExport:
    shared = {field.name: getattr(order, field.name) for field in WhatWasTaken._meta.fields}
    export = RosterExport.objects.create(
        **shared,
        reference=order.reference,
        made_at=at,
        row_count=written.row_count,
        byte_count=written.byte_count,
        sha256=written.sha256,
    )
    log.info("roster_taken", reference=order.reference, rows=written.row_count, full=order.is_full)
    return export
