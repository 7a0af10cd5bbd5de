"""Lists are kept as long as the session says; then the files and what stood in their rows go.

Who sent them, when, how many rows there were and what became of them stays.
"""

from datetime import datetime

from django.db import transaction

from training.intake.models import Intake, IntakeFile, IntakeRow
from training.intake.receiving import folder


def erase_what_is_over(at: datetime) -> int:
    """Erases the lists whose time is over at `at`; returns how many intakes they were."""
    intakes = list(Intake.objects.to_be_erased(at).order_by("pk"))
    for intake in intakes:
        _erase(intake, at)
    return len(intakes)


def _erase(intake: Intake, at: datetime) -> None:
    """The files first: should the process die between the two, the next run finds the intake again."""
    for file in intake.files.all():
        if file.stored_as:
            (folder() / file.stored_as).unlink(missing_ok=True)
    with transaction.atomic():
        IntakeFile.objects.filter(intake=intake).update(stored_as="", tables=[])
        IntakeRow.objects.filter(intake=intake).update(
            sealed="",
            sealed_before="",
            counted=None,
            identity_fingerprint="",
            mobile_fingerprint="",
            person_fingerprint="",
        )
        Intake.objects.filter(pk=intake.pk).update(erased_at=at)
