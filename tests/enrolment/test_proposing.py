"""The proposal for a session from the tables, and accepting what was seen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import given
from training.enrolment import lifecycle
from training.enrolment.deciding import decide, pending_in, publish
from training.enrolment.line import purses_for, purses_of
from training.enrolment.models import Enrolment
from training.enrolment.proposing import _purses_for, accept, proposal_for, rule_in_sentences
from training.enrolment.states import State
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser():
    return given.user()


def outcome(session, **options):
    names = dict(Enrolment.objects.values_list("pk", "trainee__name"))
    return {names[line.key]: line.to for line in proposal_for(session, **options).lines}


def closed(session):
    """The bodies' lists are closed, so that reserves stand in line."""
    session.nominations_close_at = timezone.now() - timedelta(minutes=1)
    session.save(update_fields=["nominations_close_at"])
    session.refresh_from_db()
    return session


@pytest.fixture
def full():
    """A body with two places, a pool of one; three nominated people and one who applied alone."""
    session = given.session_by_organiser(capacity=3)
    body = given.body("Anhui")
    given.quota(session, body, 2)
    for rank, name in enumerate(("First", "Second"), 1):
        made = given.nominated(session, body, name=name)
        Enrolment.objects.filter(pk=made.pk).update(rank=rank)
    given.nominated(session, body, name="Reserve", is_reserve=True)
    given.applied_enrolment(session, person=given.trainee("Alone"))
    return closed(session)


def test_the_rule_is_applied_to_a_session(full):
    assert outcome(full) == {"First": "offered", "Second": "offered", "Alone": "offered", "Reserve": "waitlisted"}


def test_what_if_there_were_other_places_changes_nothing(full):
    assert outcome(full, capacity=4)["Reserve"] == "offered"

    full.refresh_from_db()
    assert full.capacity == 3
    assert pending_in(full) == []


def test_fewer_places_than_the_quotas_need_are_refused(full):
    with pytest.raises(Refused, match="already need 2 places"):
        proposal_for(full, capacity=1)


def test_what_was_seen_and_accepted_becomes_pending_decisions_that_can_be_published(full, organiser):
    seen = proposal_for(full)

    assert accept(full, seen=seen.fingerprint, by=organiser) == 4

    assert [(one.enrolment.trainee.name, one.to) for one in pending_in(full)] == [
        ("First", "offered"),
        ("Second", "offered"),
        ("Alone", "offered"),
        ("Reserve", "waitlisted"),
    ]
    assert publish(full, by=organiser) == 4
    assert Enrolment.objects.filter(session=full, state="offered").count() == 3


def test_accepting_is_refused_once_anything_differs_from_what_was_seen(full, organiser):
    seen = proposal_for(full).fingerprint
    alone = Enrolment.objects.get(trainee__name="Alone")
    lifecycle.withdraw(alone, by=alone.trainee.user)

    with pytest.raises(Refused, match="Something has changed"):
        accept(full, seen=seen, by=organiser)

    assert pending_in(full) == []


def test_a_decision_made_by_hand_stays_and_counts(full, organiser):
    reserve = Enrolment.objects.get(trainee__name="Reserve")
    decide([reserve], State.OFFERED, by=organiser)

    assert outcome(full) == {"First": "offered", "Reserve": "offered", "Second": "offered", "Alone": "waitlisted"}


def test_whoever_attended_an_earlier_session_comes_last_where_newcomers_come_first(organiser):
    programme = given.programme()
    earlier = given.session(programme=programme, starts_on=timezone.localdate() + timedelta(days=3), ends_on=None)
    session = given.session_by_organiser(programme=programme, capacity=1, newcomers_first=True)
    known, absent = given.trainee("Known"), given.trainee("Absent")
    for person in (known, absent):
        given.confirmed_enrolment(earlier, person=person)
    Enrolment.objects.filter(trainee=absent).update(came=False)
    for person in (known, absent):
        given.applied_enrolment(session, person=person)

    assert outcome(session) == {"Absent": "offered", "Known": "waitlisted"}


@pytest.mark.parametrize("serves", [True, False])
def test_the_purses_are_those_of_the_waiting_list(serves):
    session = given.session_by_organiser(capacity=20, pool_serves_bodies=serves)
    body, other, kind = given.body(), given.body(), given.category()
    for whose, category in ((body, kind), (body, None), (other, None)):
        given.quota(session, whose, 2, category=category)
    session.refresh_from_db()

    for nominating_body, category in ((body, kind), (body, None), (other, kind), (None, kind), (given.body(), None)):
        person = Enrolment(session=session, body=nominating_body, category=category)
        found = _purses_for(person.body_id, person.category_id, purses_of(session), session)
        assert found == tuple(purse.quota.pk if purse.quota else None for purse in purses_for(person, session))


def test_the_rule_is_written_in_sentences(full):
    assert rule_in_sentences(full) == [
        "Whoever was nominated takes a place of the body's quota for his or her category.",
        "Once these are gone, people of the bodies take places of the free pool, too.",
        "The order is: reserves last, once the lists are closed, then time of application.",
        "Whoever waits in line comes before a new application that is equal otherwise.",
    ]
