"""Every change of an enrolment's state, and nothing else changes one.

A deed locks the session's row first, then the enrolment's, and only then looks: so two takers
of the last place wait for each other, and a withdrawal and an offer cannot cross. Nobody takes
from a quota without the session's lock. State, event and letter are one transaction.
`places.py` lets the database refuse what this module would miss. A deed happens now; `at` is
for a deed that is entered later than it happened.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from training.catalogue.models import TrainingSession
from training.catalogue.models.sessions import PURSES
from training.enrolment.letters import tell_of_a_move
from training.enrolment.line import Purse, beginning_of, places_before, purses_for, purses_of, waiting_for
from training.enrolment.models import Enrolment, EnrolmentEvent
from training.enrolment.reasons import NO_REASON, Reason
from training.enrolment.states import HOLDING_A_PLACE, MOVES, OPEN, State
from training.tools.refusals import Refused

FIRST_COME = gettext_lazy("A place was free when the application arrived.")
NO_PLACE_FREE = gettext_lazy("No place was free when the application arrived.")
NOMINATED_IN_TIME = gettext_lazy("Nominated by %(body)s; a place was free.")
NOMINATED_AS_RESERVE = gettext_lazy("Nominated by %(body)s as a reserve.")
NOMINATED_TOO_LATE = gettext_lazy("Nominated by %(body)s; no place was free.")
PLACE_BECAME_FREE = gettext_lazy("A place became free, and you were first in line.")
NOT_ANSWERED = gettext_lazy("The offer was not answered in time.")
ANSWERED = gettext_lazy("The offer was accepted.")


def offer(enrolment: Enrolment, *, by: User, reason: Reason = NO_REASON, at: datetime | None = None) -> Enrolment:
    """Offers a place, with a deadline. Refused while no purse has one from which the person may take."""
    with locked(enrolment) as (session, current):
        offer_a_place(current, session, by=by, at=at or timezone.now(), reason=reason)
    return current


def offer_a_place(
    enrolment: Enrolment, session: TrainingSession, *, by: User | None, at: datetime, reason: Reason
) -> None:
    """Offers a place of the first purse that has one. The caller holds the lock on the session's row."""
    refuse_a_duplicate(enrolment)
    purse = purse_with_a_place(purses_for(enrolment, session), session)
    offer_from(purse, enrolment, by=by, at=at, reason=reason)


def purse_with_a_place(purses: Sequence[Purse], session: TrainingSession) -> Purse:
    """The first of these purses that has a place. Raises Refused, naming them, where none has."""
    purse = next((one for one in purses if not one.is_empty), None)
    if purse is None:
        raise _no_place_left(session, purses)
    return purse


def offer_from(purse: Purse, enrolment: Enrolment, *, by: User | None, at: datetime, reason: Reason) -> None:
    """Offers a place of this purse. The caller holds the locks and has seen that one is free."""
    session = purse.session
    until = deadline_of_an_offer(session, at)
    move(
        enrolment,
        session,
        State.OFFERED,
        by=by,
        at=at,
        reason=reason,
        quota=purse.quota,
        offer_expires_at=until,
        line_number=None,
    )


def waitlist(enrolment: Enrolment, *, by: User, reason: Reason = NO_REASON, at: datetime | None = None) -> Enrolment:
    """Puts an application at the end of the waiting list."""
    with locked(enrolment) as (session, current):
        refuse_a_duplicate(current)
        join_the_line(current, session, by=by, at=at or timezone.now(), reason=reason)
    return current


def decline(enrolment: Enrolment, *, by: User, reason: Reason, at: datetime | None = None) -> Enrolment:
    """Declines an application or a wish on the waiting list; the trainee reads the reason."""
    with locked(enrolment) as (session, current):
        move(current, session, State.DECLINED, by=by, at=at or timezone.now(), reason=reason, line_number=None)
    return current


def send_back(enrolment: Enrolment, *, by: User, reason: Reason, at: datetime | None = None) -> Enrolment:
    """Returns an application to the trainee, who corrects it and sends it again."""
    with locked(enrolment) as (session, current):
        move(current, session, State.RETURNED, by=by, at=at or timezone.now(), reason=reason)
    return current


def confirm(enrolment: Enrolment, *, by: User, at: datetime | None = None) -> Enrolment:
    """The trainee takes the offered place. Refused without an offer, and once the deadline has passed."""
    with locked(enrolment) as (session, current):
        now = at or timezone.now()
        if current.state != State.OFFERED:
            raise _not_allowed(State(current.state), State.CONFIRMED)
        if current.offer_is_over(now):
            raise Refused(_("The time to accept this offer is over. Write to the contact if you still wish to come."))
        move(current, session, State.CONFIRMED, by=by, at=now, reason=Reason.of_rule(ANSWERED), offer_expires_at=None)
    return current


def withdraw(enrolment: Enrolment, *, by: User, reason: Reason = NO_REASON, at: datetime | None = None) -> Enrolment:
    """Gives up a place or a wish; a place that becomes free goes to the first in line."""
    with locked(enrolment) as (session, current):
        now = at or timezone.now()
        withdraw_this(current, session, by=by, at=now, reason=reason)
    return current


def withdraw_this(
    enrolment: Enrolment,
    session: TrainingSession,
    *,
    by: User,
    at: datetime,
    reason: Reason,
    with_a_letter: bool = True,
) -> None:
    """Withdraws and moves the line on; a nomination that never left its body gets no letter.

    The caller holds the locks.
    """
    move(
        enrolment,
        session,
        State.WITHDRAWN,
        by=by,
        at=at,
        reason=reason,
        with_a_letter=with_a_letter and enrolment.state != State.DRAFT,
        offer_expires_at=None,
        line_number=None,
    )
    offer_free_places(session, at=at)


def lapse(enrolment: Enrolment, *, at: datetime | None = None) -> bool:
    """Ends an offer whose deadline has passed and moves the line on; says whether it did. May run twice."""
    with locked(enrolment) as (session, current):
        now = at or timezone.now()
        if not current.offer_is_over(now):
            return False
        reason = Reason.of_rule(NOT_ANSWERED)
        move(current, session, State.LAPSED, by=None, at=now, reason=reason, offer_expires_at=None)
        offer_free_places(session, at=now)
    return True


def offer_free_places(session: TrainingSession, *, at: datetime) -> int:
    """Offers every free place to the first in line for it, one person each; returns how many were offered.

    Only where the line moves by itself, and never once the session has begun. Places of a quota
    go to the body's people first, then those of the pool to everybody who may take from it. The
    caller holds the lock on the session's row.
    """
    session.refresh_from_db(fields=["places_held", "people_waiting", "capacity", *PURSES])
    if not (session.line_moves_by_itself and session.is_published) or at >= beginning_of(session):
        return 0
    if not session.people_waiting:
        return 0
    return sum(_offer_to_the_line(purse, at=at) for purse in purses_of(session))


def _offer_to_the_line(purse: Purse, *, at: datetime) -> int:
    free = min(purse.session.people_waiting, purse.places_left or 0)
    if not free:
        return 0
    lucky = list(purse.line().select_related("trainee").select_for_update(of=("self",))[:free])
    for enrolment in lucky:
        offer_from(purse, enrolment, by=None, at=at, reason=Reason.of_rule(PLACE_BECAME_FREE))
    return len(lucky)


def give_a_place_or_a_number(enrolment: Enrolment, session: TrainingSession, *, by: User, at: datetime) -> None:
    """First come: a place while there is one that nobody waits for, else the end of the line.

    Whoever was nominated and has not taken the nomination over is offered the place and answers
    for himself. The caller holds the lock on the session's row and has just read it.
    """
    purse = None if enrolment.is_reserve else _purse_that_nobody_waits_for(enrolment, session)
    if purse is None:
        nominated = NOMINATED_AS_RESERVE if enrolment.is_reserve else NOMINATED_TOO_LATE
        join_the_line(enrolment, session, by=by, at=at, reason=_why_at_once(enrolment, NO_PLACE_FREE, nominated))
    elif enrolment.is_taken_over:
        reason = _why_at_once(enrolment, FIRST_COME, NOMINATED_IN_TIME)
        move(enrolment, session, State.CONFIRMED, by=by, at=at, reason=reason, quota=purse.quota)
    else:
        offer_from(purse, enrolment, by=by, at=at, reason=_why_at_once(enrolment, FIRST_COME, NOMINATED_IN_TIME))


def _why_at_once(enrolment: Enrolment, alone: Promise, nominated: Promise) -> Reason:
    """For somebody nominated this reason stands in the first letter, which has to tell by whom."""
    if enrolment.body is None:
        return Reason.of_rule(alone)
    return Reason.of_words(nominated, body=Reason(enrolment.body.name_en, enrolment.body.name_zh))


def _purse_that_nobody_waits_for(enrolment: Enrolment, session: TrainingSession) -> Purse | None:
    for purse in purses_for(enrolment, session):
        if purse.places_left and not (session.people_waiting and waiting_for(purse).exists()):
            return purse
    return None


def join_the_line(enrolment: Enrolment, session: TrainingSession, *, by: User, at: datetime, reason: Reason) -> None:
    """Gives the next number in line. The caller holds the lock on the session's row."""
    session.last_in_line += 1
    session.save(update_fields=["last_in_line"])
    move(enrolment, session, State.WAITLISTED, by=by, at=at, reason=reason, line_number=session.last_in_line)


def move(
    enrolment: Enrolment,
    session: TrainingSession,
    to: State,
    *,
    by: User | None,
    at: datetime,
    reason: Reason,
    with_a_letter: bool = True,
    **changes: Any,
) -> None:
    """One move with its event and its letter. Raises Refused for a move that is not allowed.

    The caller holds the locks. `changes` are further fields of the enrolment that change with it.
    """
    came_from = turn(enrolment, session, to, at=at, **changes)
    enrolment.save(update_fields=["state", "state_since", *changes])
    let_duplicates_count([enrolment])
    write_event(enrolment, came_from, by=by, at=at, reason=reason)
    if with_a_letter:
        tell(enrolment, session, came_from, by=by, reason=reason)


def turn(enrolment: Enrolment, session: TrainingSession, to: State, *, at: datetime, **changes: Any) -> State:
    """A move on the rows in memory, yet to be written; returns where it came from.

    Raises Refused for a move that is not allowed.
    """
    came_from = State(enrolment.state)
    if to not in MOVES[came_from]:
        raise _not_allowed(came_from, to)
    enrolment.state = to
    enrolment.state_since = at
    for name, value in changes.items():
        setattr(enrolment, name, value)
    _keep_in_step(session, enrolment, came_from)
    return came_from


def let_duplicates_count(moved: Iterable[Enrolment]) -> None:
    """Of those who were set aside because of an enrolment that has ended, the first one counts from now on.

    One query for all that ended, and two for each that somebody was set aside for.
    """
    ended = [one.pk for one in moved if one.state not in OPEN and one.identity_fingerprint]
    if not ended:
        return
    waiting = Enrolment.objects.filter(duplicate_of__in=ended, state__in=OPEN).order_by("pk")
    set_aside: dict[int | None, list[int]] = {}
    for original, key in waiting.values_list("duplicate_of", "pk"):
        set_aside.setdefault(original, []).append(key)
    for first, *others in set_aside.values():
        Enrolment.objects.filter(pk=first).update(duplicate_of=None)
        Enrolment.objects.filter(pk__in=others).update(duplicate_of=first)


def _keep_in_step(session: TrainingSession, enrolment: Enrolment, came_from: State) -> None:
    """Counts on the row in memory what the database has just counted on its own."""
    taken = enrolment.holds_a_place - (came_from in HOLDING_A_PLACE)
    session.places_held += taken
    session.places_from_pool += 0 if enrolment.quota_id else taken
    session.people_waiting += (enrolment.state == State.WAITLISTED) - (came_from == State.WAITLISTED)


def write_event(
    enrolment: Enrolment, came_from: State | None, *, by: User | None, at: datetime, reason: Reason
) -> EnrolmentEvent:
    """The event of a move that was just made; the database lets nobody change it afterwards."""
    event = event_of(enrolment, came_from, by=by, at=at, reason=reason)
    event.save(force_insert=True)
    return event


def event_of(
    enrolment: Enrolment, came_from: State | None, *, by: User | None, at: datetime, reason: Reason
) -> EnrolmentEvent:
    """The same, yet to be written."""
    return EnrolmentEvent(
        enrolment=enrolment,
        from_state=came_from or "",
        to_state=enrolment.state,
        at=at,
        by=by,
        reason_en=reason.en,
        reason_zh=reason.zh,
    )


def tell(
    enrolment: Enrolment, session: TrainingSession, came_from: State | None, *, by: User | None, reason: Reason
) -> None:
    """The letters about the state that the enrolment has just come into."""
    position = places_before(enrolment, session) + 1 if enrolment.state == State.WAITLISTED else None
    tell_of_a_move(enrolment, session, came_from=came_from, reason=reason, by=by, position=position)


@contextmanager
def locked(enrolment: Enrolment) -> Iterator[tuple[TrainingSession, Enrolment]]:
    """A transaction that holds the session's row, then the enrolment's, both read afresh."""
    with transaction.atomic():
        session = locked_session(enrolment.session_id)
        current = Enrolment.objects.select_for_update(of=("self",)).select_related("trainee").get(pk=enrolment.pk)
        yield session, current


def locked_session(session_id: int) -> TrainingSession:
    """The session's row, locked and read afresh. Must be the first statement of the transaction."""
    session: TrainingSession = (
        TrainingSession.objects.select_for_update(of=("self",)).select_related("venue").get(pk=session_id)
    )
    return session


def deadline_of_an_offer(session: TrainingSession, now: datetime) -> datetime:
    """The session's hours from now, but never later than its beginning, and never less than one hour."""
    until = min(now + timedelta(hours=session.offer_hours), beginning_of(session))
    return max(until, now + timedelta(hours=1))


def refuse_a_duplicate(enrolment: Enrolment) -> None:
    """Raises Refused for a nomination whose person takes part through another enrolment already."""
    if enrolment.duplicate_of_id is not None:
        raise Refused(_("The same identity number is in this session already. Decide first which of the two counts."))


def _not_allowed(state: State, wish: State) -> Refused:
    return Refused(
        _("This enrolment is “%(state)s” and cannot become “%(wish)s”. Reload the page to see how it stands now.")
        % {"state": state.label, "wish": wish.label}
    )


def _no_place_left(session: TrainingSession, purses: Sequence[Purse]) -> Refused:
    if not session.has_quotas:
        return Refused(
            _("All %(capacity)d places of this session are held. Raise the number of places or wait for a withdrawal.")
            % {"capacity": session.capacity}
        )
    names = _(", ").join(str(purse.quota or _("the free pool")) for purse in purses)
    if not purses:
        return Refused(_("The recommending body has no quota for this category. Give it one first."))
    return Refused(
        _("No place is left for this person in: %(purses)s. Raise the quota or wait for a withdrawal.")
        % {"purses": names}
    )
