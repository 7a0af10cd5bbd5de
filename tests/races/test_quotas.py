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
from training.enrolment.models import Enrolment, EnrolmentEvent, Quota
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


def test_thirty_withdraw_while_thirty_apply_and_thirty_wait_each_purse_keeps_its_order_and_nobody_is_lost():
    session, by = given.session(capacity=40, pool_serves_bodies=False), given.user()
    one, two = given.body(), given.body()
    for body in (one, two):
        given.quota(session, body, 12)
    holding_of_one, holding_of_two = ([given.nominated(session, body) for _ in range(12)] for body in (one, two))
    holding_alone = [given.confirmed_enrolment(session) for _ in range(16)]
    line_of_one, line_of_two = ([waiting_in(session, body, by) for _ in range(12)] for body in (one, two))
    line_alone = [given.waiting_enrolment(session) for _ in range(6)]
    newcomers = [given.trainee() for _ in range(30)]
    letters_before = Letter.objects.count()

    results = at_once(
        [functools.partial(lifecycle.withdraw, held, by=by) for held in holding_of_one[:6]]
        + [functools.partial(lifecycle.withdraw, held, by=by) for held in holding_of_two[:8]]
        + [functools.partial(lifecycle.withdraw, held, by=by) for held in holding_alone]
        + [functools.partial(quota_race.applied, session, person) for person in newcomers]
    )

    assert [result for result in results if isinstance(result, Exception)] == []
    assert states_of(line_of_one) == ["offered"] * 6 + ["waitlisted"] * 6
    assert states_of(line_of_two) == ["offered"] * 8 + ["waitlisted"] * 4
    assert states_of(line_alone) == ["offered"] * 6
    came = in_the_order_decided(Enrolment.objects.filter(session=session, trainee__in=newcomers))
    assert ["waits" if state == "waitlisted" else "holds" for state in states_of(came)] == ["holds"] * 10 + [
        "waits"
    ] * 20
    session.refresh_from_db()
    assert (session.places_held, session.people_waiting, session.places_from_pool) == (40, 30, 16)
    offered_to_newcomers = states_of(came).count("offered")
    assert Letter.objects.count() - letters_before == 30 + 30 + 20 + offered_to_newcomers, "one letter for each change"


def states_of(enrolments):
    states = dict(Enrolment.objects.filter(pk__in=[one.pk for one in enrolments]).values_list("pk", "state"))
    return [states[one.pk] for one in enrolments]


def in_the_order_decided(enrolments):
    """By the first event after the application; events are written while the session's row is locked."""
    decisions = EnrolmentEvent.objects.filter(enrolment__in=enrolments).exclude(to_state="applied").order_by("pk")
    return list(dict.fromkeys(decision.enrolment for decision in decisions.select_related("enrolment")))


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
