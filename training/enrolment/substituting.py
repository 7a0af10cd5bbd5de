"""Substitution: another person takes over a place, without a second one.

Guards one rule: in one transaction the old enrolment gives its place up and the new one takes
that very place, of the same quota, so that nobody in line comes between and no quota is used
twice. Both enrolments stay and name each other.
"""

from dataclasses import replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from training.catalogue.models import TrainingSession
from training.enrolment.lifecycle import locked, move, offer_from
from training.enrolment.line import Purse, beginning_of
from training.enrolment.models import Enrolment, Quota
from training.enrolment.nominating import Nominee, entered_as_successor
from training.enrolment.reasons import NO_REASON, Reason
from training.enrolment.states import State
from training.tools.refusals import Refused

TAKES_OVER = gettext_lazy("Nominated by %(body)s for a place that it holds already.")


def substitution_is_open(session: TrainingSession, at: datetime) -> bool:
    """Whether people may still be replaced at `at`: until the session's date, or until its first day."""
    return session.is_published and at < min(session.substitution_until or beginning_of(session), beginning_of(session))


def substitute(
    enrolment: Enrolment, nominee: Nominee, *, by: User, reason: Reason = NO_REASON, at: datetime | None = None
) -> Enrolment:
    """Gives the place of a nominated person to `nominee` and returns the successor's enrolment, with an offer.

    The successor has the same quota and rank; one letter goes to each of the two. Raises Refused
    when the person holds no place or applied alone, when the date is over, and when the
    successor is of another category than the place or takes part already.
    """
    with locked(enrolment) as (session, current):
        now = at or timezone.now()
        _refuse_what_cannot_be_substituted(current, session, now)
        purse = Purse(session, current.quota)
        nominee = _of_the_category(nominee, purse.quota)
        move(current, session, State.SUBSTITUTED, by=by, at=now, reason=reason, offer_expires_at=None)
        successor = entered_as_successor(current, session, nominee, by=by, at=now)
        if successor.duplicate_of_id is not None:
            raise Refused(_("This person cannot take over the place. Write to the organiser, or name somebody else."))
        move(successor, session, State.APPLIED, by=by, at=now, reason=NO_REASON, with_a_letter=False)
        offer_from(purse, successor, by=by, at=now, reason=_named_by(successor))
    return successor


def _refuse_what_cannot_be_substituted(enrolment: Enrolment, session: TrainingSession, at: datetime) -> None:
    if enrolment.body_id is None:
        raise Refused(_("This person applied alone; only a nominated person can be replaced by the body."))
    if not enrolment.holds_a_place:
        raise Refused(_("This person holds no place. Withdraw the nomination and enter another person instead."))
    if not substitution_is_open(session, at):
        raise Refused(_("People of this session can no longer be replaced. Write to the organiser."))


def _named_by(successor: Enrolment) -> Reason:
    assert successor.body is not None  # noqa: S101 - only nominations are substituted
    return Reason.of_words(TAKES_OVER, body=Reason(successor.body.name_en, successor.body.name_zh))


def _of_the_category(nominee: Nominee, quota: Quota | None) -> Nominee:
    """A place of one category stays with it; a successor without a category gets it."""
    if quota is None or quota.category is None:
        return nominee
    if nominee.category not in (None, quota.category):
        raise Refused(
            _("This place is one for “%(category)s”; only somebody of this category can take it over.")
            % {"category": quota.category.name},
            field="category",
        )
    return replace(nominee, category=quota.category)
