import pytest
from django.utils.translation import override

from tests import given
from training.enrolment import lifecycle
from training.enrolment.standing import standing_of, why_not_yet, why_not_yet_outside
from training.enrolment.states import State

pytestmark = pytest.mark.django_db


def test_somebody_in_line_reads_how_many_are_before_and_how_long_an_offer_is_kept():
    session = given.session(capacity=1, offer_hours=48)
    given.confirmed_enrolment(session)
    first, _, third = (given.waiting_enrolment(session) for _ in range(3))

    assert standing_of(first).now == "You are first in line."
    assert standing_of(third).place_in_line == 3
    assert standing_of(third).now == "You are on the waiting list; 2 people are before you."
    assert standing_of(third).next == "If a place becomes free for you, we write to you and keep it for 48 hours."


def test_the_place_in_line_moves_up_when_somebody_before_withdraws():
    session = given.session(capacity=1)
    given.confirmed_enrolment(session)
    first, second = given.waiting_enrolment(session), given.waiting_enrolment(session)

    lifecycle.withdraw(first, by=first.trainee.user)

    assert standing_of(second).place_in_line == 1


def test_an_offer_names_its_deadline():
    enrolment = given.offered_enrolment()

    standing = standing_of(enrolment)

    assert standing.by == enrolment.offer_expires_at
    assert str(enrolment.offer_expires_at.year) in standing.next


def test_nobody_outside_learns_that_an_identity_number_is_in_the_session_already():
    session = given.session(capacity=1)
    given.confirmed_enrolment(session)
    first, second = given.waiting_enrolment(session), given.waiting_enrolment(session)
    second.duplicate_of = first

    assert "identity number" in why_not_yet(second)
    assert why_not_yet_outside(second) == "If a place becomes free, the organiser decides who is offered it."


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("state", sorted(State))
def test_every_state_says_what_is_and_what_happens_next(state, language):
    enrolment = given.offered_enrolment()
    enrolment.state, enrolment.line_number = state, 1

    with override(language):
        standing = standing_of(enrolment)

    assert standing.now
    assert standing.next
