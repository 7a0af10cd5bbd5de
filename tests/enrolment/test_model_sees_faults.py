"""The control of `test_filling_a_class.py`: each way to break the product turns the walk red within a few histories."""

import pytest
from django.db import IntegrityError

from tests.enrolment.test_filling_a_class import walk
from training.enrolment import deciding, lifecycle, line, substituting

SEEDS = range(8)


def publishing_ignores_who_has_moved_on(patch):
    patch.setattr(deciding, "_refuse_who_has_moved_on", lambda decisions: None)


def a_substitution_takes_its_place_from_the_pool(patch):
    patch.setattr(substituting, "Purse", lambda session, _quota: line.Purse(session))


def a_withdrawal_does_not_move_the_line_on(patch):
    patch.setattr(lifecycle, "offer_free_places", lambda session, at: 0)


def dropping_a_decision_forgets(patch):
    patch.setattr(deciding, "_drop", lambda decisions, by, at: decisions.count())


FAULTS = [
    publishing_ignores_who_has_moved_on,
    a_substitution_takes_its_place_from_the_pool,
    a_withdrawal_does_not_move_the_line_on,
    dropping_a_decision_forgets,
]


@pytest.mark.django_db
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_the_walk_sees_that_the_product_is_broken(fault, monkeypatch):
    fault(monkeypatch)

    with pytest.raises((AssertionError, IntegrityError)):
        walk_several()


def walk_several():
    for seed in SEEDS:
        walk(seed)
