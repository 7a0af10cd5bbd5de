"""Transfer to a later session: one enrolment ends, another begins, and the two name each other."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from training.catalogue.models import TrainingSession
from training.enrolment.letters import tell_of_a_transfer
from training.enrolment.lifecycle import locked_session, offer_a_place, withdraw_this, write_event
from training.enrolment.line import beginning_of
from training.enrolment.models import Enrolment
from training.enrolment.reasons import NO_REASON, Reason
from training.enrolment.states import State
from training.tools.refusals import Refused

TRANSFERRED = gettext_lazy("You were transferred from an earlier session.")


def transfer(
    enrolment: Enrolment, to: TrainingSession, *, with_a_place: bool, by: User, reason: Reason = NO_REASON
) -> Enrolment:
    """Moves a person to another session of the programme and returns the new enrolment.

    It is offered a place there, or stands there as an application without `with_a_place`. The
    place that becomes free goes to the next in line. The person gets one letter, of the new
    enrolment. Raises Refused for a session of another programme or one that has begun, for an
    enrolment that has ended, and when no place is left there.
    """
    with _both_locked(enrolment.session_id, to.pk) as (left, joined):
        current = (
            Enrolment.objects.select_for_update(of=("self",)).select_related("trainee", "body").get(pk=enrolment.pk)
        )
        now = timezone.now()
        _refuse_what_cannot_be_transferred(current, left, joined, at=now)
        if with_a_place and joined.programme.needs_four_eyes:
            raise Refused(
                _("In this programme a second person publishes who gets a place. Transfer without a place."),
                field="with_a_place",
            )
        withdraw_this(current, left, by=by, at=now, reason=reason, with_a_letter=False)
        moved = _the_same_in(joined, current)
        moved.state_since = moved.applied_at = now
        moved.save(force_insert=True)
        why = reason if reason != NO_REASON else Reason.of_rule(TRANSFERRED)
        write_event(moved, None, by=by, at=now, reason=why)
        if with_a_place:
            offer_a_place(moved, joined, by=by, at=now, reason=why)
        else:
            tell_of_a_transfer(moved, joined, earlier=left, reason=why, by=by)
    return moved


@contextmanager
def _both_locked(left: int, joined: int) -> Iterator[tuple[TrainingSession, TrainingSession]]:
    """Both sessions locked, always in the order of their keys, so that two transfers cannot wait for each other."""
    with transaction.atomic():
        sessions = {key: locked_session(key) for key in sorted({left, joined})}
        yield sessions[left], sessions[joined]


def _the_same_in(session: TrainingSession, old: Enrolment) -> Enrolment:
    return Enrolment(
        session=session,
        trainee=old.trainee,
        category=old.category,
        body=old.body,
        nominated_by=old.nominated_by,
        taken_over_at=old.taken_over_at,
        transferred_from=old,
        state=State.APPLIED,
        form_version=old.form_version,
        answers=old.answers,
        identity_sealed=old.identity_sealed,
        identity_masked=old.identity_masked,
        identity_fingerprint=old.identity_fingerprint,
        mobile_sealed=old.mobile_sealed,
        mobile_masked=old.mobile_masked,
    )


def _refuse_what_cannot_be_transferred(
    enrolment: Enrolment, left: TrainingSession, joined: TrainingSession, *, at: datetime
) -> None:
    if not enrolment.is_open:
        raise Refused(_("This enrolment has ended and cannot be transferred."))
    if joined.programme_id != left.programme_id or joined.pk == left.pk:
        raise Refused(_("Choose another session of the same programme."), field="session")
    if not joined.is_published or joined.starts_on <= left.starts_on:
        raise Refused(_("Choose a published session that begins later."), field="session")
    if at >= beginning_of(joined):
        raise Refused(_("That session has begun. Choose one that is still to come."), field="session")
    the_same = Q(trainee=enrolment.trainee)
    if enrolment.identity_fingerprint:
        the_same |= Q(identity_fingerprint=enrolment.identity_fingerprint)
    if Enrolment.objects.open().filter(the_same, session=joined).exists():
        raise Refused(_("This person takes part in that session already."), field="session")
