"""Quotas that hold: set, given on, returned, overbooked; who holds the places is always said."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests import given
from training.enrolment import lifecycle, planning
from training.enrolment.models import Enrolment, Overbooking, Quota
from training.enrolment.quota_grid import grid
from training.enrolment.quotas import (
    NumbersRefused,
    give_on,
    overbook,
    return_unused,
    sessions_with_quotas_to_return,
    set_grid,
)
from training.mail.models import Letter
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def category():
    return given.category()


@pytest.fixture
def session(category):
    made = given.session(capacity=10)
    made.programme.categories.add(category)
    return made


@pytest.fixture
def by():
    return given.user()


def numbers_of(session):
    """Places by body; a part under the name of its body."""
    quotas = Quota.objects.filter(session=session).select_related("body", "parent__body")
    return {f"{one.parent.body} / {one.body}" if one.parent else str(one.body): one.places for one in quotas}


def states_of(*enrolments):
    return [Enrolment.objects.get(pk=one.pk).state for one in enrolments]


# The grid --------------------------------------------------------------------------------------------------------


def test_a_grid_is_set_as_one_deed_and_only_differences_are_written(session, category, by):
    first, second = given.body("First"), given.body("Second")

    outcome = set_grid(session, {(first.pk, category.pk): 3, (second.pk, category.pk): 4, (second.pk, None): 0}, by=by)
    again = set_grid(session, {(first.pk, category.pk): 3, (second.pk, category.pk): 5}, by=by)

    assert (outcome.changed, again.changed) == (2, 1)
    assert numbers_of(session) == {"First": 3, "Second": 5}
    session.refresh_from_db()
    assert (session.places_in_quotas, session.pool_left) == (8, 2)
    kept = list(Quota.objects.get(body=second).changes.order_by("pgh_id"))
    assert [one.places for one in kept] == [4, 5]
    assert [one.pgh_context.metadata["user"] for one in kept] == [by.pk, by.pk]


def test_a_number_lower_than_what_is_held_says_who_holds_it_and_changes_nothing(session, category, by):
    first, second = given.body("First"), given.body("Second")
    set_grid(session, {(first.pk, category.pk): 3, (second.pk, category.pk): 2}, by=by)
    for name in ("Li Wen", "Wang Min"):
        given.nominated(session, first, category=category, name=name)

    with pytest.raises(NumbersRefused) as refused:
        set_grid(session, {(first.pk, category.pk): 1, (second.pk, category.pk): 5}, by=by)

    assert refused.value.cells == {
        (first.pk, category.pk): "2 places are held by Li Wen, Wang Min. Leave at least 2, or free places first."
    }
    assert numbers_of(session) == {"First": 3, "Second": 2}


def test_of_many_who_hold_places_the_first_five_are_named(session, category, by):
    body = given.body()
    set_grid(session, {(body.pk, category.pk): 7}, by=by)
    for number in range(7):
        given.nominated(session, body, category=category, name=f"Person {number}")

    with pytest.raises(NumbersRefused, match="Person 0, Person 1, Person 2, Person 3, Person 4 and 2 more"):
        set_grid(session, {(body.pk, category.pk): 0}, by=by)


def test_numbers_are_lowered_before_others_are_raised(session, category, by):
    first, second = given.body("First"), given.body("Second")
    set_grid(session, {(first.pk, category.pk): 10}, by=by)

    set_grid(session, {(second.pk, category.pk): 7, (first.pk, category.pk): 3}, by=by)

    assert numbers_of(session) == {"First": 3, "Second": 7}


def test_quotas_beyond_the_session_are_refused_with_the_people_of_the_pool(session, category, by):
    body = given.body()
    given.confirmed_enrolment(session, person=given.trainee("Li Wen"))

    with pytest.raises(Refused) as refused:
        set_grid(session, {(body.pk, category.pk): 10}, by=by)
    set_grid(session, {(body.pk, category.pk): 9}, by=by)

    assert str(refused.value) == (
        "The quotas would be 10 places; the session has 10, and 1 of them are held from the free pool by Li Wen."
        " At most 9 can be quotas."
    )
    assert list(numbers_of(session).values()) == [9]


def test_a_raised_quota_goes_to_the_bodys_line_at_once(category, by):
    session = given.session_by_organiser(capacity=10, line_moves=True, pool_serves_bodies=False)
    body = given.body()
    set_grid(session, {(body.pk, category.pk): 2}, by=by)
    first, second = (given.nominated(session, body, category=category) for _ in range(2))
    set_grid(session, {(body.pk, category.pk): 1}, by=by)
    lifecycle.offer(first, by=by)
    lifecycle.waitlist(second, by=by)

    outcome = set_grid(session, {(body.pk, category.pk): 2}, by=by)

    assert outcome.offered == 1
    assert states_of(first, second) == ["offered", "offered"]
    assert Letter.objects.about(second.reference).filter(template="enrolment_offered").count() == 1


def test_the_table_counts_people_where_their_places_come_from(session, category, by):
    other = given.category("technology", "advanced manufacturing technology talents")
    session.programme.categories.add(other)
    body, bureau = given.body("First"), given.organisation("Bureau")
    set_grid(session, {(body.pk, category.pk): 4, (body.pk, None): 1}, by=by)
    give_on(Quota.objects.get(body=body, category=category), {bureau.pk: 2}, by=by)
    lifecycle.confirm(given.nominated(session, body, category=category), by=by)
    given.nominated(session, body, category=other)
    given.nominated(session, bureau, category=category)
    given.nominated(session, body, category=category, is_reserve=True)
    given.confirmed_enrolment(session)

    session.refresh_from_db()
    table = grid(session)

    [row] = table.rows
    assert [column.title for column in table.columns] == [
        "advanced basic process talents",
        "advanced manufacturing technology talents",
        "any category",
    ]
    cell, any_category = row.cells[category.pk], row.cells[None]
    assert (cell.places, cell.nominated, cell.reserves, cell.offered, cell.confirmed, cell.left) == (4, 2, 1, 1, 1, 2)
    assert (any_category.places, any_category.nominated, any_category.offered) == (1, 1, 1)
    [part] = row.parts
    assert (part.cells[category.pk].places, part.cells[category.pk].offered, part.cells[category.pk].left) == (2, 1, 1)
    assert (table.total.places, table.total.given_on, table.total.held) == (5, 2, 3)
    assert (table.pool.places, table.pool.nominated, table.pool.confirmed, table.pool.left) == (5, 1, 1, 4)
    assert table.everything.places == 10


@pytest.mark.parametrize("bodies", [1, 30])
def test_the_table_takes_the_same_queries_however_many_bodies_there_are(
    session, category, by, bodies, django_assert_num_queries
):
    set_grid(session, {(given.body().pk, category.pk): 0 if number else 1 for number in range(bodies)}, by=by)
    Quota.objects.bulk_create(Quota(session=session, body=given.body(), category=category) for _ in range(bodies))

    with django_assert_num_queries(3):
        grid(session)


# Given on --------------------------------------------------------------------------------------------------------


@pytest.fixture
def quota(session, category):
    return given.quota(session, given.body("First"), 5, category)


def test_a_body_gives_places_on_and_its_people_find_them_gone(session, category, quota, by):
    bureau = given.organisation("Bureau")

    give_on(quota, {bureau.pk: 3}, by=by)

    assert numbers_of(session) == {"First": 5, "First / Bureau": 3}
    quota.refresh_from_db()
    assert (quota.places_given_on, quota.places_left) == (3, 2)


def test_more_than_the_body_has_free_is_not_given_on(session, category, quota, by):
    given.nominated(session, quota.body, category=category, name="Li Wen")
    bureau = given.organisation("Bureau")

    with pytest.raises(Refused) as refused:
        give_on(quota, {bureau.pk: 5}, by=by)

    assert str(refused.value) == "First has 5 places; 5 would be given on. 1 place is held by Li Wen."
    assert numbers_of(session) == {"First": 5}


def test_what_an_organisations_people_hold_is_not_taken_back_from_it(session, category, quota, by):
    bureau = given.organisation("Bureau")
    give_on(quota, {bureau.pk: 2}, by=by)
    given.nominated(session, bureau, category=category, name="Li Wen")

    with pytest.raises(NumbersRefused) as refused:
        give_on(quota, {bureau.pk: 0}, by=by)
    with pytest.raises(NumbersRefused) as lowered:
        set_grid(session, {(quota.body_id, category.pk): 1}, by=by)

    assert list(refused.value.cells.values()) == ["1 place is held by Li Wen. Leave at least 1, or free places first."]
    assert list(lowered.value.cells.values()) == [
        "2 places were given on to Bureau (2). Leave at least 2, or free places first."
    ]


def test_places_that_were_given_on_are_not_given_on_again(quota, by):
    bureau, team = given.organisation("Bureau"), given.organisation("Team")
    give_on(quota, {bureau.pk: 2}, by=by)

    with pytest.raises(Refused, match="were given on already"):
        give_on(Quota.objects.get(body=bureau), {team.pk: 1}, by=by)
    with pytest.raises(Refused, match="keeps its own places"):
        give_on(quota, {quota.body_id: 1}, by=by)


def test_no_places_are_given_on_to_whoever_has_some_from_elsewhere(session, category, quota, by):
    rival, bureau = given.body("Rival"), given.organisation("Bureau")
    from_another = given.quota(session, rival, 2, category)
    give_on(from_another, {bureau.pk: 1}, by=by)

    for organisation in (rival, bureau):
        with pytest.raises(Refused, match=f"{organisation.name_en} has places in this session from elsewhere"):
            give_on(quota, {organisation.pk: 1}, by=by)

    assert numbers_of(session) == {"First": 5, "Rival": 2, "Rival / Bureau": 1}


# Returned --------------------------------------------------------------------------------------------------------


def on_its_date(session):
    session.quotas_return_at = timezone.now() - timedelta(minutes=1)
    session.save(update_fields=["quotas_return_at"])
    return timezone.now()


def test_what_nobody_holds_or_waits_for_returns_to_the_pool_and_on_to_the_line(category, by):
    session = given.session(capacity=8)
    body, bureau = given.body("First"), given.organisation("Bureau")
    quota = given.quota(session, body, 6, category)
    give_on(quota, {bureau.pk: 3}, by=by)
    given.nominated(session, body, category=category)
    given.nominated(session, bureau, category=category)
    given.confirmed_enrolment(session), given.confirmed_enrolment(session)
    alone = [given.waiting_enrolment(session) for _ in range(3)]
    at = on_its_date(session)

    assert return_unused(session, at=at) == 4
    assert return_unused(session, at=at) == 0

    assert numbers_of(session) == {"First": 2, "First / Bureau": 1}
    assert list(Quota.objects.order_by("pk").values_list("places_returned", flat=True)) == [4, 2]
    assert states_of(*alone) == ["offered", "offered", "offered"]
    session.refresh_from_db()
    assert (session.places_in_quotas, session.pool_left, session.quotas_returned_at) == (2, 1, at)


def test_a_place_that_somebody_is_nominated_for_stays_and_that_of_a_reserve_does_not(category, by):
    session = given.session_by_organiser(capacity=8)
    body = given.body("First")
    given.quota(session, body, 4, category)
    given.nominated(session, body, category=category)
    given.nominated(session, body, category=category, is_reserve=True)
    lifecycle.send_back(given.nominated(session, body, category=category), by=by, reason=given.A_REASON)

    assert return_unused(session, at=on_its_date(session)) == 2

    assert numbers_of(session) == {"First": 2}


def test_before_its_date_and_without_one_nothing_returns(session, category, quota):
    now = timezone.now()
    assert return_unused(session, at=now) == 0
    session.quotas_return_at = now + timedelta(minutes=1)
    session.save(update_fields=["quotas_return_at"])

    assert list(sessions_with_quotas_to_return(now)) == []
    assert return_unused(session, at=now) == 0
    assert list(sessions_with_quotas_to_return(now + timedelta(minutes=2))) == [session]
    assert return_unused(session, at=now + timedelta(minutes=2)) == 5
    assert list(sessions_with_quotas_to_return(now + timedelta(minutes=2))) == []


def test_a_later_date_lets_unused_places_return_once_more(session, category, quota, by):
    at = on_its_date(session)
    assert return_unused(session, at=at) == 5
    set_grid(session, {(quota.body_id, category.pk): 2}, by=by)
    session.refresh_from_db()
    session.quotas_return_at = at + timedelta(days=1)
    session.save(update_fields=["quotas_return_at"])

    assert return_unused(session, at=at + timedelta(days=1)) == 2


# Overbooked ------------------------------------------------------------------------------------------------------


def test_overbooking_is_on_record_and_goes_to_the_line(by):
    session = given.session(capacity=1)
    given.confirmed_enrolment(session)
    waiting = given.waiting_enrolment(session)

    outcome = overbook(session, 2, reason="Two people share a room.", by=by)

    assert outcome.offered == 1
    assert states_of(waiting) == ["offered"]
    record = Overbooking.objects.get()
    assert (record.places, record.reason, record.by) == (2, "Two people share a room.", by)
    session.refresh_from_db()
    assert (session.places_overbooked, session.places_left) == (2, 1)


def test_only_what_is_not_used_is_taken_back(by):
    session = given.session(capacity=1)
    overbook(session, 2, reason="Two more.", by=by)
    given.confirmed_enrolment(session, person=given.trainee("Li Wen"))
    given.confirmed_enrolment(session, person=given.trainee("Wang Min"))

    with pytest.raises(Refused) as refused:
        overbook(session, -2, reason="No.", by=by)
    overbook(session, -1, reason="One is enough.", by=by)

    assert str(refused.value) == (
        "1 places of the free pool are free, so no more can be taken back. Places are held from it by Li Wen, Wang Min."
    )
    session.refresh_from_db()
    assert (session.places_overbooked, session.places_left) == (1, 0)
    assert [one.places for one in Overbooking.objects.order_by("pk")] == [2, -1]


@pytest.mark.parametrize(
    ("places", "reason", "sentence"),
    [
        (1, "  ", "Say why more people are taken than there are places."),
        (0, "x", "Say how many places more; a number below zero takes places back."),
        (-1, "x", "Only 0 places are overbooked; no more can be taken back."),
    ],
)
def test_overbooking_without_a_reason_or_a_number_is_refused(by, places, reason, sentence):
    with pytest.raises(Refused) as refused:
        overbook(given.session(), places, reason=reason, by=by)

    assert str(refused.value) == sentence
    assert not Overbooking.objects.exists()


def test_what_is_unknown_cannot_be_overbooked(by):
    with pytest.raises(Refused, match="is not known yet"):
        overbook(given.session_by_organiser(capacity=None), 1, reason="x", by=by)


# Capacity --------------------------------------------------------------------------------------------------------


def test_a_capacity_below_quotas_and_pool_says_who_holds_what(session, category, quota):
    given.confirmed_enrolment(session, person=given.trainee("Li Wen"))

    with pytest.raises(Refused) as refused:
        planning.refuse_fewer_places_than_held(session, 5)
    planning.refuse_fewer_places_than_held(session, 6)

    assert refused.value.field == "capacity"
    assert str(refused.value) == (
        "5 places are given to bodies: First 5. 1 place is held already by Li Wen."
        " Give at least 6, lower a quota first, or withdraw somebody."
    )


def test_overbooked_places_count_for_a_lower_capacity(by):
    session = given.session(capacity=2)
    overbook(session, 1, reason="One more.", by=by)
    for _ in range(2):
        given.confirmed_enrolment(session)

    planning.refuse_fewer_places_than_held(session, 1)
    with pytest.raises(Refused, match="Give at least 1, or withdraw somebody first"):
        planning.refuse_fewer_places_than_held(session, 0)


# The database says no, too -----------------------------------------------------------------------------------------


def refused_by_the_database(sql, *values):
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return refused.value.__cause__.diag.constraint_name


def test_the_database_refuses_one_more_from_a_quota_a_part_and_the_pool(category, by):
    session = given.session_by_organiser(capacity=5)
    body, bureau = given.body("First"), given.organisation("Bureau")
    quota = given.quota(session, body, 2, category)
    give_on(quota, {bureau.pk: 1}, by=by)
    part = Quota.objects.get(parent=quota)
    people = [given.applied_enrolment(session) for _ in range(6)]
    take = "UPDATE training_enrolment SET state = 'confirmed', quota_id = %s WHERE id = %s"
    with connection.cursor() as cursor:
        for one, purse in zip(people, (quota.pk, part.pk, None, None), strict=False):
            cursor.execute(take, [purse, one.pk])

    limit = "quota_covers_what_is_held_and_given_on"
    assert refused_by_the_database(take, quota.pk, people[5].pk) == limit
    assert refused_by_the_database(take, part.pk, people[5].pk) == limit
    with connection.cursor() as cursor:
        cursor.execute(take, [None, people[4].pk])
    assert refused_by_the_database(take, None, people[5].pk) in {
        "places_held_within_capacity",
        "pool_and_quotas_within_capacity",
    }
    lower = "UPDATE training_quota SET places = places - 1 WHERE id = %s"
    assert refused_by_the_database(lower, quota.pk) == limit
    assert refused_by_the_database(lower, part.pk) == limit
    raise_it = "UPDATE training_quota SET places = places + 1 WHERE id = %s"
    assert refused_by_the_database(raise_it, quota.pk) == "pool_and_quotas_within_capacity"
    shrink = "UPDATE training_trainingsession SET capacity = 4 WHERE id = %s"
    assert refused_by_the_database(shrink, session.pk) in {
        "places_held_within_capacity",
        "pool_and_quotas_within_capacity",
    }


def test_the_database_keeps_the_counters_of_quotas_from_being_written(quota):
    Quota.objects.filter(pk=quota.pk).update(places_held=4, places_given_on=1)

    quota.refresh_from_db()
    assert (quota.places_held, quota.places_given_on) == (0, 0)
