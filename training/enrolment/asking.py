"""Which of the standard fields a session asks. What somebody answered keeps its own questions."""

from collections.abc import Mapping

from django.db import transaction

from training.catalogue.models import TrainingSession
from training.enrolment.models import AskedField
from training.enrolment.questions import STANDARD


def asked_by(session: TrainingSession) -> dict[str, bool]:
    """The codes that the session asks, each with whether an answer is required."""
    return dict(AskedField.objects.filter(session=session).values_list("code", "is_required"))


@transaction.atomic
def ask(session: TrainingSession, wished: Mapping[str, bool]) -> None:
    """Asks exactly these fields from now on, in the order of the standard form."""
    AskedField.objects.filter(session=session).exclude(code__in=wished).delete()
    for position, code in enumerate(STANDARD, start=1):
        if code in wished:
            AskedField.objects.update_or_create(
                session=session, code=code, defaults={"is_required": wished[code], "position": position}
            )
