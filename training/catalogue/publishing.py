"""Opening a session to the public, and taking it back while nobody has acted on it."""

from django.db import transaction
from django.utils.translation import gettext as _

from training.catalogue.models import TrainingSession
from training.tools.refusals import Refused


@transaction.atomic
def publish(session: TrainingSession) -> None:
    """Shows a draft to everybody. Refused for a session that is public or cancelled already."""
    current = TrainingSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if current.is_cancelled:
        raise Refused(_("This session is cancelled. Make a new session instead."))
    if current.is_published:
        raise Refused(_("This session is published already."))
    current.status = TrainingSession.Status.PUBLISHED
    current.save(update_fields=["status"])
