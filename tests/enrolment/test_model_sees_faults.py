"""The control of `test_filling_a_class.py`: each way to break the product turns the walk red within a few histories."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from tests.enrolment.test_filling_a_class import walk
from training.enrolment import deciding, lifecycle, line, quotas, substituting, together, transferring

SEEDS = (6, 1, 5, 2)  # whichever; these find the faults soonest


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


FAULTS = [
    publishing_ignores_who_has_moved_on,
    a_substitution_takes_its_place_from_the_pool,
    a_withdrawal_does_not_move_the_line_on,
    the_line_forgets_rank,
    dropping_a_decision_forgets,
    an_offer_is_confirmed_after_its_deadline,
    a_lapse_does_not_free_the_place,
    a_transfer_leaves_the_old_enrolment_open,
    a_quota_is_lowered_below_what_is_held,
    the_pool_is_used_before_the_quota,
]


@pytest.mark.django_db
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_the_walk_sees_that_the_product_is_broken(fault, monkeypatch):
    fault(monkeypatch)

    with pytest.raises((AssertionError, IntegrityError)):
        walk_several()


@pytest.mark.django_db
def test_the_same_walks_find_nothing_in_the_product_as_it_is():
    walk_several()


def walk_several():
    for seed in SEEDS:
        walk(seed)
