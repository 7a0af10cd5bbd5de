"""The data for the figures is possible data."""

from collections import Counter

import pytest
from django.db import connection
from django.db.models import Count

from tests.benchmarks.big_data import make_accounts, make_big_class, make_open_class
from training.agenda.models import AgendaItem
from training.enrolment.models import Enrolment, EnrolmentEvent
from training.enrolment.states import HOLDING_A_PLACE, MOVES, State
from training.tools.identity_numbers import checked_resident_number
from training.tools.sealing import unseal

pytestmark = pytest.mark.django_db


def test_a_class_with_places_left_is_counted_by_the_database_itself():
    session = make_big_class(enrolments=1200, agenda_items=100, places_left=50)

    states = Counter(Enrolment.objects.values_list("state", flat=True))
    assert sum(states.values()) == 1200
    assert session.places_held == sum(states[state] for state in HOLDING_A_PLACE)
    assert session.places_confirmed == states[State.CONFIRMED]
    assert (session.places_left, session.people_waiting) == (50, 0)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert AgendaItem.objects.filter(session=session).count() == 100


def test_a_full_class_has_a_line_without_gaps():
    session = make_big_class(enrolments=300, agenda_items=0, places_left=0)

    line = list(Enrolment.objects.waiting_in_line().values_list("line_number", flat=True))
    assert line == list(range(1, len(line) + 1))
    assert session.people_waiting == session.last_in_line == len(line) > 0
    assert session.places_left == 0


def test_every_enrolment_has_a_history_of_allowed_moves():
    make_big_class(enrolments=100, agenda_items=0)

    for event in EnrolmentEvent.objects.exclude(from_state=""):
        assert State(event.to_state) in MOVES[State(event.from_state)]
    without = Enrolment.objects.annotate(count=Count("events")).filter(count=0)
    assert not without.exists()


def test_numbers_are_right_and_belong_to_nobody():
    make_big_class(enrolments=50, agenda_items=0)

    for enrolment in Enrolment.objects.all():
        number = checked_resident_number(unseal(enrolment.identity_sealed)).number
        assert number.startswith("119999")
        assert unseal(enrolment.mobile_sealed).startswith("179")


def test_accounts_can_come_to_enrol():
    users = make_accounts(3)
    assert [user.email for user in users] == ["visitor1@example.org", "visitor2@example.org", "visitor3@example.org"]
    assert all(user.pk for user in users)


def test_an_open_class_has_the_places_that_are_left_of_those_given():
    session = make_open_class("open", places=10, taken=4)

    assert (session.capacity, session.places_held, session.places_left) == (10, 4, 6)
    assert session.asked_fields.filter(is_required=True).count() == 10
