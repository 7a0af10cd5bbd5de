from datetime import timedelta

import pytest
from django.utils import timezone

from tests import given
from training.catalogue.models import TrainingSession
from training.enrolment import planning
from training.enrolment.models import Enrolment
from training.mail.models import Letter
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db


def test_fewer_places_than_held_are_refused_with_their_number():
    session = given.session(capacity=3)
    given.confirmed_enrolment(session), given.confirmed_enrolment(session)

    with pytest.raises(Refused, match="2 places are held already") as refusal:
        planning.refuse_fewer_places_than_held(session, 1)

    assert refusal.value.field == "capacity"


@pytest.mark.parametrize("capacity", [2, 3, None])
def test_as_many_places_as_held_or_an_unknown_number_are_accepted(capacity):
    session = given.session(capacity=3)
    given.confirmed_enrolment(session), given.confirmed_enrolment(session)

    planning.refuse_fewer_places_than_held(session, capacity)


def test_added_places_go_to_the_line_in_its_order():
    session = given.session(capacity=1)
    given.confirmed_enrolment(session)
    waiting = [given.waiting_enrolment(session) for _ in range(3)]
    session.capacity = 3
    session.save(update_fields=["capacity"])

    assert planning.offer_what_became_free(session) == 2

    assert [Enrolment.objects.get(pk=one.pk).state for one in waiting] == ["offered", "offered", "waitlisted"]


def test_a_cancelled_session_frees_its_rooms_and_tells_everybody_once():
    session = given.session(capacity=1)
    item = given.item(session, room=given.room())
    held, waiting = given.confirmed_enrolment(session), given.waiting_enrolment(session)
    organiser = given.user()

    assert planning.cancel_session(session, reason="The hall is flooded.", by=organiser) == 2
    assert planning.cancel_session(session, reason="The hall is flooded.", by=organiser) == 0

    item.refresh_from_db()
    assert not item.is_published
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"withdrawn"}
    for enrolment in (held, waiting):
        letter = Letter.objects.about(enrolment.reference).get(template="enrolment_withdrawn")
        assert "The hall is flooded." in letter.text


def test_once_the_lists_are_closed_the_clock_finds_sessions_with_reserves_in_line_for_a_day():
    session, body = given.session(), given.body()
    given.quota(session, body, 1)
    given.nominated(session, body, is_reserve=True)
    now = timezone.now()
    TrainingSession.objects.filter(pk=session.pk).update(nominations_close_at=now)

    assert list(planning.sessions_whose_lists_closed(now - timedelta(minutes=1))) == []
    assert list(planning.sessions_whose_lists_closed(now)) == [session]
    assert list(planning.sessions_whose_lists_closed(now + timedelta(days=1))) == []
    assert planning.offer_what_became_free(session) == 1
    assert planning.offer_what_became_free(session) == 0
