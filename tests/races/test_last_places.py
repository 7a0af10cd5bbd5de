"""The last places of a session, taken by many at once."""

import functools
import threading
import uuid

import pytest
from django.db import IntegrityError, connection

from tests import given
from tests.races.at_once import at_once
from training.catalogue.models import TrainingSession
from training.enrolment import applying, lifecycle
from training.enrolment.models import Enrolment
from training.mail.models import Letter

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, PLACES = 24, 5


def sending(session, person, key=None):
    return functools.partial(
        applying.apply,
        session,
        given.application(person.name),
        trainee=person,
        email=person.email,
        language="en",
        send_key=key or uuid.uuid4(),
        by=person.user,
    )


def no_lock(look_together):
    """Reads the session as `locked_session` does, but without its lock, and only goes on when everybody has looked."""

    def locked_session(session_id):
        session = TrainingSession.objects.select_related("venue").get(pk=session_id)
        look_together.wait(30)
        return session

    return locked_session


def without_the_databases_own_refusal():
    with connection.cursor() as cursor:
        for constraint in ("places_held_within_capacity", "pool_and_quotas_within_capacity"):
            cursor.execute(f"ALTER TABLE training_trainingsession DROP CONSTRAINT {constraint}")


@pytest.fixture
def constraint_is_put_back():
    yield
    with connection.cursor() as cursor:
        cursor.execute("UPDATE training_trainingsession SET capacity = places_held WHERE places_held > capacity")
        cursor.execute(
            "ALTER TABLE training_trainingsession ADD CONSTRAINT places_held_within_capacity"
            " CHECK (capacity IS NULL OR places_held <= capacity + places_overbooked)"
        )
        cursor.execute(
            "ALTER TABLE training_trainingsession ADD CONSTRAINT pool_and_quotas_within_capacity"
            " CHECK (capacity IS NULL OR capacity >= places_from_pool + places_in_quotas - places_overbooked)"
        )


def test_the_last_places_go_to_exactly_as_many_and_everybody_else_stands_in_line():
    session = given.session(capacity=PLACES)
    people = [given.trainee() for _ in range(PEOPLE)]

    results = at_once([sending(session, person) for person in people])

    assert [result for result in results if isinstance(result, Exception)] == []
    assert Enrolment.objects.filter(state="confirmed").count() == PLACES
    line = list(Enrolment.objects.waiting_in_line().values_list("line_number", flat=True))
    assert line == list(range(1, PEOPLE - PLACES + 1))
    in_order_of_decision = list(
        Enrolment.objects.waiting_in_line()
        .order_by("events__id")
        .filter(events__to_state="waitlisted")
        .values_list("line_number", flat=True)
    )
    assert in_order_of_decision == line
    assert Letter.objects.count() == PEOPLE


def test_control_without_the_lock_and_the_constraint_the_places_are_oversold(monkeypatch, constraint_is_put_back):
    session = given.session(capacity=1)
    people = [given.trainee() for _ in range(4)]
    monkeypatch.setattr(applying, "locked_session", no_lock(threading.Barrier(len(people))))
    without_the_databases_own_refusal()

    at_once([sending(session, person) for person in people])

    assert Enrolment.objects.filter(state="confirmed").count() > 1


def test_control_without_the_lock_the_database_still_refuses_one_place_too_many(monkeypatch):
    session = given.session(capacity=1)
    people = [given.trainee() for _ in range(4)]
    monkeypatch.setattr(applying, "locked_session", no_lock(threading.Barrier(len(people))))

    results = at_once([sending(session, person) for person in people])

    refused = [result for result in results if isinstance(result, IntegrityError)]
    assert len(refused) == 3
    assert all("within_capacity" in str(problem) for problem in refused)
    assert Enrolment.objects.filter(state="confirmed").count() == 1


def test_one_form_sent_by_many_clicks_at_once_is_one_enrolment():
    session, person, key = given.session(), given.trainee(), uuid.uuid4()

    results = at_once([sending(session, person, key) for _ in range(8)])

    assert {result.pk for result in results} == {Enrolment.objects.get().pk}
    assert Letter.objects.count() == 1


def test_withdrawals_and_applications_at_once_lose_nobody_and_keep_the_order():
    session = given.session(capacity=6)
    held = [given.confirmed_enrolment(session) for _ in range(6)]
    waiting = [given.waiting_enrolment(session) for _ in range(6)]
    newcomers = [given.trainee() for _ in range(6)]

    results = at_once(
        [functools.partial(lifecycle.withdraw, one, by=one.trainee.user) for one in held]
        + [sending(session, person) for person in newcomers]
    )

    assert [result for result in results if isinstance(result, Exception)] == []
    states = [Enrolment.objects.get(pk=one.pk).state for one in waiting]
    assert states == ["offered"] * 6
    assert Enrolment.objects.waiting_in_line().count() == 6
    session.refresh_from_db()
    assert (session.places_held, session.people_waiting) == (6, 6)
    assert Letter.objects.filter(template="enrolment_offered").count() == 6


def test_a_place_is_offered_once_when_it_is_withdrawn_and_its_offer_lapses_at_the_same_moment():
    session = given.session(capacity=1)
    held = given.confirmed_enrolment(session)
    first, second = given.waiting_enrolment(session), given.waiting_enrolment(session)
    lifecycle.withdraw(held, by=held.trainee.user)
    over = given.offer_that_is_over(first)

    at_once(
        [functools.partial(lifecycle.lapse, over), functools.partial(lifecycle.withdraw, over, by=over.trainee.user)]
    )

    states = [Enrolment.objects.get(pk=one.pk).state for one in (first, second)]
    assert states in (["lapsed", "offered"], ["withdrawn", "offered"])
    assert Letter.objects.about(second.reference).filter(template="enrolment_offered").count() == 1
