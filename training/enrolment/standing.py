"""How an enrolment stands, in sentences: the same words on every page that shows one.

What the state means, what happens next, by when, and for somebody on the waiting list the
place in line and why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from training.catalogue.models import TrainingSession
from training.enrolment.line import (
    Purse,
    beginning_of,
    is_held_back,
    is_plain,
    places_before,
    purses_for,
    rule_in_words,
)
from training.enrolment.models import Enrolment
from training.enrolment.states import State
from training.tools.dates import moments_in_words, until_in_words
from training.tools.text import sentences


@dataclass(frozen=True)
class Standing:
    """`now` says what is, `next` what happens next; `by` is the deadline of the next step, if any."""

    now: str
    next: str
    by: datetime | None = None
    place_in_line: int | None = None


# What is, and what happens next, where nothing else has to be known.
_ALWAYS_THE_SAME = {
    State.APPLIED: (
        gettext_lazy("Your application has arrived."),
        gettext_lazy("The organiser decides and writes to you."),
    ),
    State.DRAFT: (
        gettext_lazy("Your recommending body is preparing your nomination."),
        gettext_lazy("Once it is sent, you get a letter and confirm your data."),
    ),
    State.RETURNED: (
        gettext_lazy("Your application was sent back to you."),
        gettext_lazy("Read the reason, correct it and send it again."),
    ),
    State.DECLINED: (
        gettext_lazy("Your application was declined."),
        gettext_lazy("You may apply for another session."),
    ),
    State.LAPSED: (
        gettext_lazy("The offer was not answered in time."),
        gettext_lazy("Apply again while enrolment is open; you join the end of the line."),
    ),
    State.WITHDRAWN: (
        gettext_lazy("You have withdrawn."),
        gettext_lazy("You may apply again while enrolment is open."),
    ),
    State.SUBSTITUTED: (
        gettext_lazy("Another person has taken over your place."),
        gettext_lazy("Ask your recommending body if this surprises you."),
    ),
}


def standing_of(enrolment: Enrolment) -> Standing:
    """One query for somebody in line, none for the others. The session is expected to be loaded."""
    match State(enrolment.state):
        case State.WAITLISTED:
            return _standing_in_line(enrolment)
        case State.OFFERED:
            return _standing_with_an_offer(enrolment)
        case State.CONFIRMED:
            return _standing_with_a_place(enrolment)
        case state:
            now, following = _ALWAYS_THE_SAME[state]
            return Standing(str(now), str(following))


def standing_after_a_transfer(joined: TrainingSession) -> Standing:
    """Of somebody whose enrolment ended because another one, in `joined`, goes on with it."""
    return Standing(
        _("You were transferred to “%(session)s”.") % {"session": joined.title},
        _("Everything about your place there stands with that enrolment."),
    )


def _standing_with_an_offer(enrolment: Enrolment) -> Standing:
    assert enrolment.offer_expires_at is not None  # noqa: S101 - held by a constraint
    return Standing(
        _("A place is offered to you."),
        _("Accept it by %(deadline)s; after that it goes to the next in line.")
        % {"deadline": until_in_words(enrolment.offer_expires_at)},
        by=enrolment.offer_expires_at,
    )


def _standing_with_a_place(enrolment: Enrolment) -> Standing:
    session = enrolment.session
    if session.arrival_starts_at is None:
        return Standing(_("You have a place."), _("The time of arrival is to be announced. Bring your identity card."))
    arrival = moments_in_words(session.arrival_starts_at, session.arrival_ends_at)
    return Standing(
        _("You have a place."),
        _("Come to the arrival desk, %(arrival)s, and bring your identity card.") % {"arrival": arrival},
        by=session.arrival_ends_at or session.arrival_starts_at,
    )


def _standing_in_line(enrolment: Enrolment) -> Standing:
    place = place_in_line(enrolment)
    session = enrolment.session
    ahead = place - 1
    if ahead:
        now = ngettext(
            "You are on the waiting list; %(ahead)d person is before you.",
            "You are on the waiting list; %(ahead)d people are before you.",
            ahead,
        ) % {"ahead": ahead}
    else:
        now = _("You are first in line.")
    if session.line_moves_by_itself:
        following = ngettext(
            "If a place becomes free for you, we write to you and keep it for %(hours)d hour.",
            "If a place becomes free for you, we write to you and keep it for %(hours)d hours.",
            session.offer_hours,
        ) % {"hours": session.offer_hours}
    else:
        following = _("If a place becomes free, the organiser decides who is offered it.")
    return Standing(now, following, place_in_line=place)


def place_in_line(enrolment: Enrolment) -> int:
    """1 for the first in line. One query, or none after `with_place_in_line` where the line is a plain one."""
    known: int | None = getattr(enrolment, "people_before", None)
    if known is not None and is_plain(enrolment.session):
        return known + 1
    return places_before(enrolment, enrolment.session) + 1


def why_not_yet(enrolment: Enrolment, *, place: int | None = None, purses: Sequence[Purse] | None = None) -> str:
    """Why somebody who waits has no place yet, in words that suit every reader; empty for everybody else.

    The trainee, the nominator and the organiser read the same sentences. A whole list gives the
    place in line and the purses, which it has counted for everybody at once.
    """
    if enrolment.state != State.WAITLISTED:
        return ""
    session, now = enrolment.session, timezone.now()
    if enrolment.duplicate_of_id is not None:
        return _("The same identity number is in this session already; the organiser decides which entry counts.")
    if now >= beginning_of(session):
        return _("The session has begun; places are no longer offered by themselves.")
    places = [_purse_in_words(purse) for purse in (purses_for(enrolment, session) if purses is None else purses)]
    if is_held_back(enrolment, session, now):
        return sentences(_("A reserve; reserves come into line once the lists of the bodies are closed."), *places)
    number = _("Number %(place)d in line, in the order: %(rule)s.") % {
        "place": place_in_line(enrolment) if place is None else place,
        "rule": _rule(session),
    }
    moves = (
        _("A place that becomes free is offered to the next in line at once.")
        if session.line_moves_by_itself
        else _("If a place becomes free, the organiser decides who is offered it.")
    )
    return sentences(number, *places, moves)


def why_not_yet_outside(enrolment: Enrolment, *, place: int | None = None) -> str:
    """The same for readers outside the organiser's house.

    That somebody takes part through another enrolment is the organiser's to know: whoever types
    a foreign identity number must not learn whose it is.
    """
    if enrolment.state == State.WAITLISTED and enrolment.duplicate_of_id is not None:
        return _("If a place becomes free, the organiser decides who is offered it.")
    return why_not_yet(enrolment, place=place)


def _rule(session: TrainingSession) -> str:
    return _(", then ").join(str(phrase) for phrase in rule_in_words(session))


def _purse_in_words(purse: Purse) -> str:
    left = purse.places_left
    if left is None:
        return _("The number of places is not known yet.")
    if not purse.session.has_quotas:
        return (
            ngettext("%(left)d place is free.", "%(left)d places are free.", left) % {"left": left}
            if left
            else _("No place is free.")
        )
    name = str(purse.quota) if purse.quota else _("the free pool")
    if left:
        return ngettext("%(left)d place is free in: %(name)s.", "%(left)d places are free in: %(name)s.", left) % {
            "left": left,
            "name": name,
        }
    return _("No place is free in: %(name)s.") % {"name": name}
