"""What of a row the page of its intake counts: kept beside the row in clear, so that counting unseals nothing."""

from dataclasses import asdict, dataclass
from typing import Any

from training.enrolment.questions import Code
from training.intake.contents import Content
from training.intake.expecting import Reception
from training.intake.findings import Level
from training.intake.headings import Beside
from training.intake.models import Intake, IntakeRow


@dataclass(frozen=True)
class Counted:
    """Whether the row waits for a word about somebody on the list; the body for whose place it stands, if it does."""

    asks: bool = False
    body: int | None = None
    category: str = ""
    rank: int | None = None

    def as_record(self) -> dict[str, Any]:
        return asdict(self)


def counted(intake: Intake, content: Content, reception: Reception) -> Counted:
    """What counts of a row that was checked; reserves and those on the list already stand for no place."""
    stands = content.level != Level.RED and not content.updates and content.values.get(Beside.RESERVE) != "yes"
    body = intake.body or reception.body_named(content.values.get(Beside.BODY, ""))
    if not stands or body is None:
        return Counted(asks=content.asks)
    rank = content.values.get(Beside.RANK)
    return Counted(content.asks, body.pk, content.values.get(Code.CATEGORY, ""), int(rank) if rank else None)


def waiting(intake: Intake, reception: Reception) -> list[tuple[int, Counted]]:
    """What counts of each row that waits, by its key, in order; a row of before 0026 is unsealed for it."""
    rows = IntakeRow.objects.filter(intake=intake, state=IntakeRow.State.WAITING).in_order()
    kept = dict(rows.values_list("pk", "counted"))
    older = rows.filter(counted__isnull=True) if None in kept.values() else ()
    made = {row.pk: counted(intake, Content.of(row), reception) for row in older}
    return [(key, Counted(**record) if record is not None else made[key]) for key, record in kept.items()]
