"""What an organiser changes about a session that touches those who take part."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from training.agenda.models import AgendaItem
from training.catalogue.models import TrainingSession
from training.catalogue.querysets import TrainingSessionQuerySet
from training.enrolment.future_letters import keep_letters_in_step
from training.enrolment.lifecycle import locked_session, move, offer_free_places
from training.enrolment.models import Enrolment
from training.enrolment.quotas import who_has_quotas, who_holds_the_pool
from training.enrolment.reasons import Reason
from training.enrolment.states import State
from training.tools.refusals import Refused


def refuse_fewer_places_than_held(session: TrainingSession, capacity: int | None) -> None:
    """Raises Refused when `capacity` is less than the quotas and what is held from the pool, with who holds it."""
    current = TrainingSession.objects.get(pk=session.pk)
    in_quotas, from_pool = current.places_in_quotas, current.places_from_pool
    least = in_quotas + from_pool - current.places_overbooked
    if capacity is None or capacity >= least:
        return
    sentences = []
    if in_quotas:
        sentences.append(
            ngettext(
                "%(quotas)d place is given to bodies: %(bodies)s.",
                "%(quotas)d places are given to bodies: %(bodies)s.",
                in_quotas,
            )
            % {"quotas": in_quotas, "bodies": who_has_quotas(current)}
        )
    if from_pool:
        sentences.append(
            ngettext(
                "%(held)d place is held already by %(names)s.",
                "%(held)d places are held already by %(names)s.",
                from_pool,
            )
            % {"held": from_pool, "names": who_holds_the_pool(current)}
        )
    wish = _("Give at least %(least)d, lower a quota first, or withdraw somebody.")
    if not in_quotas:
        wish = _("Give at least %(least)d, or withdraw somebody first.")
    sentences.append(wish % {"least": least})
    raise Refused(" ".join(sentences), field="capacity")


def offer_what_became_free(session: TrainingSession) -> int:
    """After places were added or enrolment changed: offers the free ones to the line; returns how many."""
    with transaction.atomic():
        return offer_free_places(locked_session(session.pk), at=timezone.now())


def sessions_whose_lists_closed(at: datetime) -> TrainingSessionQuerySet:
    """Sessions in which reserves may now be offered what their bodies left free. Asking again does no harm."""
    closed_today = {"nominations_close_at__lte": at, "nominations_close_at__gt": at - timedelta(days=1)}
    sessions: TrainingSessionQuerySet = TrainingSession.objects.filter(people_waiting__gt=0, **closed_today)
    return sessions.order_by("pk")


def take_back(session: TrainingSession) -> None:
    """Makes a published session a draft again. Refused once somebody has enrolled: then it is cancelled instead."""
    with transaction.atomic():
        current = locked_session(session.pk)
        if not current.is_published:
            raise Refused(_("This session is not published."))
        if Enrolment.objects.filter(session=current).exists():
            raise Refused(_("Somebody has enrolled already. Cancel the session instead; everybody gets a letter."))
        current.status = TrainingSession.Status.DRAFT
        current.save(update_fields=["status"])


def cancel_session(session: TrainingSession, *, reason: str, by: User) -> int:
    """Cancels a session: frees its rooms and speakers, ends every open enrolment with a letter.

    Returns how many enrolments ended. The page of the session stays and says why.
    """
    with transaction.atomic():
        current = locked_session(session.pk)
        if current.is_cancelled:
            return 0
        now = timezone.now()
        current.status = TrainingSession.Status.CANCELLED
        current.cancelled_because = reason
        current.save(update_fields=["status", "cancelled_because"])
        AgendaItem.objects.filter(session=current).update(is_published=False)
        still_open = Enrolment.objects.open().filter(session=current).select_related("trainee")
        ended = list(still_open.select_for_update(of=("self",)).order_by("pk"))
        for enrolment in ended:
            move(
                enrolment,
                current,
                State.WITHDRAWN,
                by=by,
                at=now,
                reason=Reason.typed(reason),
                offer_expires_at=None,
                line_number=None,
            )
        keep_letters_in_step(current.pk, at=now)
    return len(ended)
