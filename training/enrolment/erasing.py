"""Erasing answers: when the time to keep them is over, or an agreement is taken back.

What is erased goes from the enrolment, from the history of its changes and from the letters that
quote it (`training/mail/quoting.py`); that something was erased, which fields and why, stays on record.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import Exists, F, Func, JSONField, OuterRef, Q, TextField, Value
from django.utils import timezone

from training.catalogue.models import TrainingSession
from training.enrolment.answer_files import erase_files
from training.enrolment.models import AnswerFile, AskedField, Choice, Enrolment, Erasure, FormVersion
from training.enrolment.questions import Code
from training.mail.models import Letter
from training.mail.quoting import erase_quotes

SEALED: dict[str, tuple[str, ...]] = {
    Code.IDENTITY_NUMBER: ("identity_sealed", "identity_masked", "identity_fingerprint"),
    Code.MOBILE: ("mobile_sealed", "mobile_masked"),
}
BESIDE = {Code.IDENTITY_NUMBER: "identity_kind"}  # what is kept among the answers beside a sealed one


def erase_answers(enrolment: Enrolment, codes: Collection[str], *, because: Erasure.Because, at: datetime) -> bool:
    """Erases these answers of an enrolment, as far as there are or once were any; says whether there were.

    The letters lose what they quote of them in any case. The caller holds the lock on the enrolment's row.
    """
    erase_quotes(enrolment.reference, codes, labels=lambda: _labels(enrolment, codes), at=at)
    sealed = {name: "" for code in codes for name in SEALED.get(code, ())}
    rows = [enrolment, *_changes().filter(pgh_obj_id=enrolment.pk)]
    gone = sorted(code for code in codes if any(_has(row, code) for row in rows))
    if not gone:
        return False
    names = [*gone, *(BESIDE[Code(code)] for code in gone if code in BESIDE)]
    for name, blank in sealed.items():
        setattr(enrolment, name, blank)
    enrolment.answers = {code: one for code, one in enrolment.answers.items() if code not in names}
    enrolment.save(update_fields=["answers", *sealed])
    _erase_in_history(enrolment, names, sealed)
    Choice.objects.filter(enrolment=enrolment, option__field__code__in=gone).delete()
    erase_files(AnswerFile.objects.filter(enrolment=enrolment, code__in=gone))
    Erasure.objects.create(enrolment=enrolment, codes=gone, because=because, at=at)
    return True


def erase_answers_over_time(at: datetime) -> int:
    """Erases every answer whose time to keep it is over; returns of how many enrolments. May run twice."""
    count = 0
    today = timezone.localdate(at)
    for session in TrainingSession.objects.over(today):
        codes = _codes_over(session, today)
        if not codes:
            continue
        for key in _with_any_of(session, codes).values_list("pk", flat=True):
            with transaction.atomic():
                current = Enrolment.objects.select_for_update(of=("self",)).get(pk=key)
                count += erase_answers(current, codes, because=Erasure.Because.TIME, at=at)
    return count


def erase_files_never_sent(at: datetime) -> int:
    """Erases files that were chosen in a form that nobody sent; returns how many."""
    return erase_files(AnswerFile.objects.never_sent(at))


def _changes() -> Any:
    """The history: an answer that was taken out again still stands there."""
    return apps.get_model("training", "EnrolmentChange")._default_manager  # noqa: SLF001


def _has(row: Any, code: str) -> bool:
    """Whether an enrolment, or a row of its history, which knows no sealed values, has this answer."""
    if code in SEALED:
        return any(getattr(row, name, "") for name in SEALED[code])
    return code in row.answers


def _labels(enrolment: Enrolment, codes: Collection[str]) -> set[str]:
    """What these questions were ever called in this session, in either language."""
    versions = FormVersion.objects.filter(session=enrolment.session_id).values_list("questions", flat=True)
    asked = [one for questions in versions for one in questions if one["code"] in codes]
    return {label for one in asked for name in ("label_en", "label_zh") if (label := one.get(name))}


def _codes_over(session: TrainingSession, today: Any) -> set[str]:
    """What the session asks or asked and must not keep any longer: the shortest time that was said counts."""
    days: dict[str, int] = {}
    asked = AskedField.objects.filter(session=session, keep_days__isnull=False).values_list("code", "keep_days")
    versions = FormVersion.objects.filter(session=session).values_list("questions", flat=True)
    said = [(one["code"], one["keep_days"]) for questions in versions for one in questions if "keep_days" in one]
    for code, keep_days in [*asked, *said]:
        days[code] = min(keep_days or 0, days.get(code, keep_days or 0))
    last_day = session.ends_on or session.starts_on
    return {code for code, keep in days.items() if last_day + timedelta(days=keep) < today}


def _with_any_of(session: TrainingSession, codes: Collection[str]) -> Any:
    has_any = Q(answers__has_any_keys=sorted(codes))
    for code, columns in SEALED.items():
        if code in codes:
            has_any |= ~Q(**{columns[1]: ""})
    once = _changes().filter(has_any, pgh_obj=OuterRef("pk"))
    quoted = Letter.objects.about(OuterRef("reference")).quoting(codes)
    return Enrolment.objects.filter(has_any | Exists(once) | Exists(quoted), session=session).order_by("pk")


def _erase_in_history(enrolment: Enrolment, names: list[str], sealed: dict[str, str]) -> None:
    kept = {field.name for field in _changes().model._meta.fields}
    without = Func(
        F("answers"),
        Value(names, output_field=ArrayField(TextField())),
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=JSONField(),
    )
    blanks = {name: blank for name, blank in sealed.items() if name in kept}
    _changes().filter(pgh_obj_id=enrolment.pk).update(answers=without, **blanks)
