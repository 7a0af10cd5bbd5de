"""Whether somebody who had a place came: noted by organisers once the session has begun.

It feeds what later sessions say: whoever did not come has not attended.
"""

from django.utils import timezone
from django.utils.translation import gettext as _

from training.enrolment.lifecycle import locked
from training.enrolment.line import beginning_of
from training.enrolment.models import Enrolment
from training.enrolment.states import State
from training.tools.refusals import Refused


def note_coming(enrolment: Enrolment, *, came: bool) -> Enrolment:
    """Notes that the person came, or did not. Refused before the first day and for whoever had no place."""
    with locked(enrolment) as (session, current):
        if timezone.now() < beginning_of(session):
            raise Refused(_("The session has not begun; who came is noted from its first day on."))
        if current.state != State.CONFIRMED:
            raise Refused(_("Only somebody with a confirmed place can have come."))
        current.came = came
        current.save(update_fields=["came"])
    return current
