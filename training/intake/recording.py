"""The record of what was done to lists: who, when, to which row, about which columns."""

from collections.abc import Sequence

from django.utils import timezone

from accounts.models import User
from training.intake.headings import Meaning
from training.intake.models import Intake, IntakeDeed, IntakeRow

LONGEST_PLACE = 250


def record(
    intake: Intake, what: IntakeDeed.What, *, by: User, place: str = "", about: Sequence[Meaning] = ()
) -> IntakeDeed:
    """Writes one line of the record, in the deed's own transaction."""
    made: IntakeDeed = IntakeDeed.objects.create(
        intake=intake, what=what, place=place[-LONGEST_PLACE:], about=list(about), at=timezone.now(), by=by
    )
    return made


def place_of(row: IntakeRow) -> str:
    return f"{row.file.name} · {row.number}"


def whoever_takes(intake: Intake) -> User:
    """Who said last that the rows are to be taken: a colleague of the sender may have done so."""
    takings = intake.deeds.filter(what__in=(IntakeDeed.What.TAKEN, IntakeDeed.What.ALL_TAKEN))
    last = takings.select_related("by").first()
    return last.by if last else intake.by
