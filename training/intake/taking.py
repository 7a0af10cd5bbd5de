"""Taking the good rows of an intake as nominations, and taking a whole intake back.

Guards two rules. A row becomes one nomination, however often the job runs. And what was taken
can be taken back only as long as nobody has decided on any of it.
"""

from collections.abc import Sequence

import structlog
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from accounts.models import User
from training.enrolment.lifecycle import locked_session
from training.enrolment.models import Enrolment
from training.enrolment.nominating import Nominee, enter, submit, take_back
from training.enrolment.questions import Code
from training.enrolment.reasons import Reason
from training.enrolment.states import State
from training.enrolment.trainees import NOTHING, Sealed
from training.intake.checking import body_of, read_rows
from training.intake.contents import Content
from training.intake.expecting import Reception
from training.intake.findings import Level
from training.intake.headings import Beside
from training.intake.models import Intake, IntakeDeed, IntakeRow
from training.intake.own_lists import changes
from training.intake.ranking import put_ranks_back, rank_anew, ranks_can_be_put_back
from training.intake.recording import record, whoever_takes
from training.intake.tasks import take_intake
from training.intake.updating import UNDECIDED, can_be_put_back, put_back, update
from training.tools.identity_numbers import masked_identity_number
from training.tools.phones import masked_mobile
from training.tools.refusals import Refused

log = structlog.get_logger(__name__)

TAKEN_BACK = gettext_lazy("The list was taken back by whoever sent it.")
LONGEST_REASON = 500
NOT_ANSWERS = frozenset(
    {Beside.NAME, Beside.EMAIL, Beside.BODY, Beside.RANK, Beside.RESERVE, Code.CATEGORY}
    | {Code.IDENTITY_NUMBER, Code.MOBILE}
)


def take(intake: Intake, *, all_or_nothing: bool, by: User) -> Intake:
    """Leaves the good rows to the worker to take. Refused when there is none, or one is not good and all are wanted."""
    with transaction.atomic():
        current = Intake.objects.select_for_update().get(pk=intake.pk)
        _refuse_unless_ready(current)
        waiting = IntakeRow.objects.filter(intake=current, state=IntakeRow.State.WAITING)
        red = waiting.filter(level=Level.RED).count()
        if all_or_nothing and red:
            sentence = ngettext(
                "%(count)d row has to be corrected or left out before all are taken.",
                "%(count)d rows have to be corrected or left out before all are taken.",
                red,
            )
            raise Refused(sentence % {"count": red})
        if not waiting.exclude(level=Level.RED).exists():
            raise Refused(_("There is no row that can be taken. Correct the cells that are marked."))
        current.state, current.takes_all_or_nothing = Intake.State.TAKING, all_or_nothing
        current.not_taken_because_en = current.not_taken_because_zh = ""
        current.save()
        record(current, IntakeDeed.What.ALL_TAKEN if all_or_nothing else IntakeDeed.What.TAKEN, by=by)
        take_intake.defer(intake_id=current.pk)
    return current


def take_rows(intake_id: int) -> None:
    """What the worker does: all in one transaction, so that a killed worker leaves nothing half taken."""
    intake = Intake.objects.select_related("session__programme", "body", "by").filter(pk=intake_id).first()
    if intake is None:
        return
    try:
        with transaction.atomic(), override(intake.language):
            locked_session(intake.session_id)
            current = Intake.objects.select_for_update().get(pk=intake_id)
            if current.state != Intake.State.TAKING:
                return
            taken = _take_the_good_rows(intake)
            current.state = Intake.State.TAKEN if _is_finished(current) else Intake.State.READY
            current.save(update_fields=["state"])
    except Refused as refused:
        _not_taken(intake, refused)
    else:
        log.info("list_taken", reference=intake.reference, people=taken)


def take_back_all(intake: Intake, *, by: User) -> None:
    """Withdraws everybody that came by this intake, and puts back whom it updated.

    Refused as soon as one of them was decided on, or an update was changed since.
    """
    with transaction.atomic():
        locked_session(intake.session_id)
        current = Intake.objects.select_for_update().get(pk=intake.pk)
        taken = Enrolment.objects.filter(intake_row__intake=current).order_by("pk")
        updating = list(current.rows.filter(updates__isnull=False).select_related("updates__trainee").order_by("pk"))
        if current.is_at_work or not (taken or updating):
            raise Refused(_("Nothing of this list was taken."))
        decided = [one for one in taken if one.state not in UNDECIDED or one.taken_over_at is not None]
        if decided:
            sentence = ngettext(
                "%(count)d person of this list was decided on or has confirmed; it can no longer be taken back.",
                "%(count)d people of this list were decided on or have confirmed; it can no longer be taken back.",
                len(decided),
            )
            raise Refused(sentence % {"count": len(decided)})
        _refuse_what_cannot_be_put_back(updating)
        for row in reversed(updating):
            put_back(row, by=by)
        for enrolment in taken:
            if enrolment.state != State.WITHDRAWN:
                take_back(enrolment, by=by, reason=Reason.of_rule(TAKEN_BACK))
        for row in updating:
            put_ranks_back(row, by=by)
        current.state = Intake.State.UNDONE
        current.save(update_fields=["state"])
        record(current, IntakeDeed.What.TAKEN_BACK, by=by)
    log.info("list_taken_back", reference=intake.reference)


def _refuse_what_cannot_be_put_back(updating: Sequence[IntakeRow]) -> None:
    stuck = [row for row in updating if not can_be_put_back(row)]
    if stuck:
        sentence = ngettext(
            "%(count)d person updated by this list was decided on or changed since; it can no longer be taken back.",
            "%(count)d people updated by this list were decided on or changed since; it can no longer be taken back.",
            len(stuck),
        )
        raise Refused(sentence % {"count": len(stuck)})
    if not all(ranks_can_be_put_back(row) for row in updating):
        raise Refused(
            _("This list changed ranks, and the people were ranked anew since; it can no longer be taken back.")
        )


def _refuse_unless_ready(intake: Intake) -> None:
    if not intake.can_be_changed:
        raise Refused(_("This list is being read or was taken already. Reload the page to see how it stands now."))


def _take_the_good_rows(intake: Intake) -> int:
    """Enters the good rows, in the order of their ranks where the list gives them; organisers' are sent at once."""
    reception, by = Reception(intake.session, intake.body), whoever_takes(intake)
    rows = list(
        IntakeRow.objects.filter(intake=intake, state=IntakeRow.State.WAITING).select_related("file").in_order()
    )
    good = [(row, content) for row, content in read_rows(intake, rows, reception) if content.level != Level.RED]
    good.sort(key=lambda pair: int(pair[1].values.get(Beside.RANK) or 10_000))
    for row, content in good:
        _take(row, content, intake, reception, by)
    rank_anew(intake.session, good, by=by)
    if intake.is_organisers:
        submit(intake.session, [row.enrolment.reference for row, _content in good if row.enrolment], by=by)
    return len(good)


def _take(row: IntakeRow, content: Content, intake: Intake, reception: Reception, by: User) -> None:
    body = body_of(intake, content, reception)
    assert body is not None  # noqa: S101 - a row without a body is red
    try:
        if content.updates:
            _update(row, content, reception, by)
        else:
            row.enrolment = enter(intake.session, body, nominee_of(content, reception), by=by)
    except Refused as refused:
        where = {"file": row.file.name, "row": row.number, "reason": refused}
        raise Refused(_("%(file)s, row %(row)d: %(reason)s") % where) from refused
    row.state = IntakeRow.State.TAKEN
    row.save(update_fields=["enrolment", "updates", "sealed_before", "state"])


def _update(row: IntakeRow, content: Content, reception: Reception, by: User) -> None:
    """Changes who is on the list already; where the row says nothing new, nothing is changed."""
    assert content.meant is not None  # noqa: S101 - a row that updates means somebody
    row.updates = Enrolment.objects.select_related("trainee", "category").get(pk=content.meant)
    if changes(row.updates, row, content, reception):
        update(row.updates, row, content, nominee_of(content, reception), by=by)


def nominee_of(content: Content, reception: Reception) -> Nominee:
    """The person as nominations know him or her: only what the session asks, numbers sealed."""
    values = content.values
    number, mobile = values.get(Code.IDENTITY_NUMBER, ""), values.get(Code.MOBILE, "")
    taken = set(reception.meanings) - NOT_ANSWERS
    return Nominee(
        name=values[Beside.NAME],
        email=values.get(Beside.EMAIL, ""),
        category=reception.category(values.get(Code.CATEGORY, "")),
        answers={meaning: value for meaning, value in values.items() if meaning in taken},
        identity=Sealed.of(number, masked_identity_number(number), "identity") if number else NOTHING,
        mobile=Sealed.of(mobile, masked_mobile(mobile), "mobile") if mobile else NOTHING,
        is_reserve=values.get(Beside.RESERVE) == "yes",
    )


def _is_finished(intake: Intake) -> bool:
    waiting = IntakeRow.objects.filter(intake=intake, state=IntakeRow.State.WAITING)
    return not waiting.exists()


def _not_taken(intake: Intake, refused: Refused) -> None:
    """Nothing was taken; why stands on the page in both languages, and the list can be corrected."""
    said = {
        language: str(refused) if language == intake.language else _why_not(intake, language) or str(refused)
        for language in ("en", "zh-hans")
    }
    Intake.objects.filter(pk=intake.pk, state=Intake.State.TAKING).update(
        state=Intake.State.READY,
        not_taken_because_en=said["en"][:LONGEST_REASON],
        not_taken_because_zh=said["zh-hans"][:LONGEST_REASON],
    )


def _why_not(intake: Intake, language: str) -> str:
    """What the same taking says in another language; nothing of it stays."""
    try:
        with transaction.atomic(), override(language):
            locked_session(intake.session_id)
            _take_the_good_rows(intake)
            transaction.set_rollback(True)
    except Refused as refused:
        return str(refused)
    return ""
