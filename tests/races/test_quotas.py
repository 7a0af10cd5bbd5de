"""The last places of quotas and pool, taken by many at once."""

import functools
import threading
from collections import Counter

import pytest
from django.db import IntegrityError, connection

from tests import given
from tests.races import quota_race
from tests.races.at_once import at_once
from training.catalogue.models import TrainingSession
from training.enrolment import lifecycle
from training.enrolment.models import Enrolment, Quota
from training.enrolment.quotas import set_grid
from training.mail.models import Letter
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)

QUOTA_CHECK = "quota_covers_what_is_held_and_given_on"


def test_body_quotas_of_three_and_four_and_a_pool_of_three_are_filled_exactly():
    race = quota_race.race([given.trainee() for _ in range(12)], nominated_by_each_body=8)

    results = at_once(race.deeds)

    assert quota_race.what_is_wrong(race, results) == []


def offering_to(enrolments, by):
    return [functools.partial(lifecycle.offer, one, by=by) for one in enrolments]


def no_lock(look_together):
    """Everybody looks at the purses before anybody takes a place."""

    def offer_a_place(enrolment, session, **rest):
        purse = next(one for one in lifecycle.purses_for(enrolment, session) if not one.is_empty)
        look_together.wait(30)
        lifecycle.offer_from(purse, enrolment, **rest)

    def locked_session(session_id):
        return TrainingSession.objects.select_related("venue").get(pk=session_id)

    return offer_a_place, locked_session


def four_for_one_place(monkeypatch):
    """A quota with one place, no pool, four of its people, and a life cycle that looks without the lock."""
    session, body = given.session_by_organiser(capacity=1, pool_serves_bodies=False), given.body()
    quota = given.quota(session, body, 1)
    people = [given.nominated(session, body, is_reserve=True) for _ in range(4)]
    offer_a_place, locked_session = no_lock(threading.Barrier(len(people)))
    monkeypatch.setattr(lifecycle, "offer_a_place", offer_a_place)
    monkeypatch.setattr(lifecycle, "locked_session", locked_session)
    return quota, people


@pytest.fixture
def constraints_are_put_back():
    dropped = {}
    with connection.cursor() as cursor:
        for table, name in (
            ("training_quota", QUOTA_CHECK),
            ("training_trainingsession", "places_held_within_capacity"),
        ):
            cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
            dropped[table, name] = cursor.fetchone()[0]
    yield dropped
    with connection.cursor() as cursor:
        cursor.execute("UPDATE training_trainingsession SET capacity = 100")
        cursor.execute("UPDATE training_quota SET places = places_held")
        for (table, name), definition in dropped.items():
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def test_many_offers_at_once_take_the_quota_then_the_pool_and_not_one_more():
    session = given.session_by_organiser(capacity=10)
    first, second = given.body(), given.body()
    quotas = [given.quota(session, first, 3), given.quota(session, second, 4)]
    people = [given.nominated(session, body, is_reserve=True) for body in (first, second) for _ in range(8)]
    people += [given.applied_enrolment(session) for _ in range(8)]

    results = at_once(offering_to(people, given.user()))

    assert Counter(type(result) for result in results) == {Enrolment: 10, Refused: 14}
    assert [Quota.objects.get(pk=quota.pk).places_held for quota in quotas] == [3, 4]
    session.refresh_from_db()
    assert (session.places_held, session.places_from_pool) == (10, 3)
    assert Letter.objects.filter(template="enrolment_offered").count() == 10


def test_control_without_the_lock_the_database_refuses_one_more_from_the_quota(monkeypatch):
    quota, people = four_for_one_place(monkeypatch)

    results = at_once(offering_to(people, given.user()))

    assert sum(isinstance(one, IntegrityError) for one in results) == 3
    assert all(
        QUOTA_CHECK in str(one) or "within_capacity" in str(one) for one in results if isinstance(one, Exception)
    )
    quota.refresh_from_db()
    assert quota.places_held == 1


def test_control_without_the_lock_and_the_constraints_the_quota_is_oversold(monkeypatch, constraints_are_put_back):
    quota, people = four_for_one_place(monkeypatch)
    with connection.cursor() as cursor:
        for table, name in constraints_are_put_back:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")

    at_once(offering_to(people, given.user()))

    quota.refresh_from_db()
    assert quota.places_held > 1


def test_withdrawals_applications_and_a_line_at_once_keep_each_quotas_order_and_lose_nobody():
    session, by = given.session(capacity=18, pool_serves_bodies=False), given.user()
    bodies = [given.body(), given.body()]
    for body in bodies:
        given.quota(session, body, 6)
    held = [given.nominated(session, body) for body in bodies for _ in range(6)]
    held += [given.confirmed_enrolment(session) for _ in range(6)]
    lines = [[waiting_in(session, body, by) for _ in range(6)] for body in bodies]
    lines.append([given.waiting_enrolment(session) for _ in range(6)])
    newcomers = [given.trainee() for _ in range(10)]
    letters_before = Letter.objects.count()

    results = at_once(
        [functools.partial(lifecycle.withdraw, one, by=by) for one in held[::2]]
        + [functools.partial(quota_race.applied, session, person) for person in newcomers]
    )

    assert [one for one in results if isinstance(one, Exception)] == []
    for line in lines:
        assert [Enrolment.objects.get(pk=one.pk).state for one in line] == ["offered"] * 3 + ["waitlisted"] * 3
    states = Counter(Enrolment.objects.filter(session=session).values_list("state", flat=True))
    assert states == {"withdrawn": 9, "offered": 6 + 9, "confirmed": 3, "waitlisted": 9 + 10}
    session.refresh_from_db()
    assert (session.places_held, session.people_waiting, session.places_from_pool) == (18, 19, 6)
    assert Letter.objects.count() - letters_before == 9 + 9 + 10


def waiting_in(session, body, by):
    """Somebody of the body in line: sent while a place was there, and put on the list by the organiser."""
    draft = given.drafted(session, body, by=by)
    Enrolment.objects.filter(pk=draft.pk).update(state="applied")
    return lifecycle.waitlist(draft, by=by)


def test_a_quota_that_is_lowered_while_people_take_from_it_ends_with_sums_that_are_right():
    session, body, by = given.session_by_organiser(capacity=6, pool_serves_bodies=False), given.body(), given.user()
    quota = given.quota(session, body, 6)
    people = [given.nominated(session, body, is_reserve=True) for _ in range(6)]

    results = at_once(
        [*offering_to(people, by), *[functools.partial(set_grid, session, {(body.pk, None): 3}, by=by)] * 3]
    )

    assert all(not isinstance(one, Exception) or isinstance(one, Refused) for one in results)
    quota.refresh_from_db()
    session.refresh_from_db()
    assert quota.places_held <= quota.places == session.places_in_quotas
    assert quota.places in (3, 6)
    assert quota.places_held == Enrolment.objects.holding_a_place().count()
