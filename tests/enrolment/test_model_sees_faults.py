"""The control of `test_filling_a_class.py`: each way to break the product turns a history red that is else green."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from tests.enrolment.test_filling_a_class import walk
from training.enrolment import deciding, lifecycle, line, nominating, quotas, substituting, together, transferring
from training.enrolment.models import Enrolment
from training.enrolment.states import MOVES, State


def publishing_ignores_who_has_moved_on(patch):
    patch.setattr(deciding, "_refuse_who_has_moved_on", lambda decisions: None)


def a_substitution_takes_its_place_from_the_pool(patch):
    patch.setattr(substituting, "Purse", lambda session, _quota: line.Purse(session))


def a_withdrawal_does_not_move_the_line_on(patch):
    patch.setattr(lifecycle, "offer_free_places", lambda session, at: 0)


def the_line_forgets_rank(patch):
    patch.setattr(line, "in_order", lambda people, session: people.order_by("is_reserve", "line_number"))


def dropping_a_decision_forgets(patch):
    patch.setattr(deciding, "_drop", lambda decisions, by, at: decisions.count())


def an_offer_is_confirmed_after_its_deadline(patch):
    confirm = lifecycle.confirm
    long_ago = timezone.now() - timedelta(days=1)
    patch.setattr(lifecycle, "confirm", lambda enrolment, by: confirm(enrolment, by=by, at=long_ago))


def a_lapse_does_not_free_the_place(patch):
    patch.setattr(lifecycle, "lapse", lambda enrolment: True)


def a_transfer_leaves_the_old_enrolment_open(patch):
    patch.setattr(transferring, "withdraw_this", lambda *_, **__: None)


def a_quota_is_lowered_below_what_is_held(patch):
    patch.setattr(quotas, "_refuse_less_than_is_held", lambda changed: None)


def the_pool_is_used_before_the_quota(patch):
    purses_for, purses_among = line.purses_for, line.purses_among
    patch.setattr(lifecycle, "purses_for", lambda *people: purses_for(*people)[::-1])
    patch.setattr(together, "purses_among", lambda *purses, **keys: purses_among(*purses, **keys)[::-1])


def the_line_for_a_category_is_open_to_every_category(patch):
    waiting_for, of_any = line.waiting_for, Enrolment.objects.filter(state="waitlisted")

    def of_the_body(purse):
        return of_any.filter(session=purse.session, body=purse.quota.body) if purse.quota else waiting_for(purse)

    patch.setattr(line, "waiting_for", of_the_body)


def a_body_names_more_people_than_it_has_places(patch):
    patch.setattr(nominating, "_refuse_too_many_of", lambda session, body, chosen: None)


def bodies_use_the_pool_where_they_may_not(patch):
    waiting_for, purses_for = line.waiting_for, line.purses_for
    waiting = Enrolment.objects.filter(state="waitlisted", is_reserve=False)

    def everybody(purse):
        return waiting_for(purse) if purse.quota else waiting.filter(session=purse.session)

    patch.setattr(line, "waiting_for", everybody)
    patch.setattr(lifecycle, "purses_for", lambda one, session: [*purses_for(one, session), line.Purse(session)])


def places_return_though_somebody_may_still_get_them(patch):
    patch.setattr(quotas, "_awaiting", lambda session: [])


def unused_places_return_before_their_date(patch):
    patch.setattr(quotas, "_is_due", lambda session, at: True)


def overbooking_does_not_move_the_line_on(patch):
    patch.setattr(quotas, "offer_free_places", lambda session, at: 0)


def what_is_overbooked_is_taken_back_though_it_is_used(patch):
    patch.setattr(quotas, "_refuse_to_take_back_what_is_used", lambda session, places: None)


def a_decision_outlives_that_somebody_was_sent_back_and_came_again(patch):
    patch.setattr(deciding, "has_moved_on", lambda one: State(one.to) not in MOVES[State(one.enrolment.state)])


def what_is_sent_again_is_told_again(patch):
    def with_a_letter(*people, **said):
        lifecycle.move(*people, **(said | {"with_a_letter": True}))

    patch.setattr(nominating, "move", with_a_letter)


def a_transfer_gives_a_place_that_the_later_session_has_not(patch):
    def offer(one, session, **said):
        lifecycle.offer_from(line.Purse(session), one, **said)

    patch.setattr(transferring, "offer_a_place", offer)


# Each with the seed of a history that sees it soon. Where the walk has changed, look for others, but for few of them.
FAULTS = {
    publishing_ignores_who_has_moved_on: 9,
    a_substitution_takes_its_place_from_the_pool: 4,
    a_withdrawal_does_not_move_the_line_on: 7,
    the_line_forgets_rank: 1,
    dropping_a_decision_forgets: 1,
    an_offer_is_confirmed_after_its_deadline: 7,
    a_lapse_does_not_free_the_place: 7,
    a_transfer_leaves_the_old_enrolment_open: 1,
    a_quota_is_lowered_below_what_is_held: 7,
    the_pool_is_used_before_the_quota: 4,
    the_line_for_a_category_is_open_to_every_category: 1,
    a_body_names_more_people_than_it_has_places: 1,
    bodies_use_the_pool_where_they_may_not: 17,
    places_return_though_somebody_may_still_get_them: 17,
    unused_places_return_before_their_date: 1,
    overbooking_does_not_move_the_line_on: 4,
    what_is_overbooked_is_taken_back_though_it_is_used: 4,
    a_decision_outlives_that_somebody_was_sent_back_and_came_again: 9,
    what_is_sent_again_is_told_again: 7,
    a_transfer_gives_a_place_that_the_later_session_has_not: 7,
}


@pytest.mark.django_db
@pytest.mark.parametrize(("fault", "seed"), FAULTS.items(), ids=[fault.__name__ for fault in FAULTS])
def test_the_walk_sees_that_the_product_is_broken(fault, seed, monkeypatch):
    fault(monkeypatch)

    with pytest.raises((AssertionError, IntegrityError)):
        walk(seed)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", sorted(set(FAULTS.values())))
def test_the_same_walk_finds_nothing_in_the_product_as_it_is(seed):
    walk(seed)
