from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests import given
from training.agenda.models import AgendaItem, ItemSpeaker
from training.agenda.scheduling import day_is_outside, what_is_in_the_way

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_published_items_in_one_room_at_once_are_refused_across_sessions():
    room = given.room()
    given.item(given.session(), 9, 11, room=room)

    with pytest.raises(IntegrityError, match="one_item_in_a_room_at_once"):
        given.item(given.session(), 10, 12, room=room)


@pytest.mark.parametrize(
    "other",
    [
        {"start": 11, "end": 12},
        {"start": 10, "end": None},
        {"start": None, "end": None},
        {"start": 9, "end": 11, "is_published": False},
    ],
    ids=["back to back", "end unknown", "times unknown", "a draft"],
)
def test_items_that_do_not_take_the_room_at_one_time_stand_side_by_side(other):
    session, room = given.session(), given.room()
    given.item(session, 9, 11, room=room)

    given.item(session, room=room, **other)

    assert AgendaItem.objects.filter(room=room).count() == 2


def test_items_without_a_room_do_not_clash():
    session = given.session()

    given.item(session), given.item(session)

    assert AgendaItem.objects.count() == 2


def test_a_speaker_cannot_be_in_two_places_at_once_across_sessions():
    speaker = given.speaker()
    given.item(given.session(), 9, 11, speakers=[speaker])

    with pytest.raises(IntegrityError, match="one_place_at_once_for_a_speaker"):
        given.item(given.session(), 10, 12, speakers=[speaker])


def test_moving_an_item_onto_another_of_its_speaker_is_refused_however_it_is_written():
    session, speaker = given.session(), given.speaker()
    given.item(session, 9, 10, speakers=[speaker])
    later = given.item(session, 10, 11, speakers=[speaker])

    with pytest.raises(IntegrityError, match="one_place_at_once_for_a_speaker"), transaction.atomic():
        AgendaItem.objects.filter(pk=later.pk).update(starts_at=given.moment(later.day, 9, 30))


def test_a_time_that_becomes_known_is_known_beside_the_speaker_too():
    session, speaker = given.session(), given.speaker()
    given.item(session, 9, 10, speakers=[speaker])
    open_item = given.item(session, None, None, speakers=[speaker])

    with pytest.raises(IntegrityError, match="one_place_at_once_for_a_speaker"):
        AgendaItem.objects.filter(pk=open_item.pk).update(
            starts_at=given.moment(open_item.day, 9), ends_at=given.moment(open_item.day, 10)
        )


def test_two_items_swap_their_times_in_one_transaction():
    session, speaker, room = given.session(), given.speaker(), given.room()
    first = given.item(session, 9, 10, room=room, speakers=[speaker])
    second = given.item(session, 10, 11, room=room, speakers=[speaker])

    with transaction.atomic():
        first.starts_at, first.ends_at, second.starts_at, second.ends_at = (
            second.starts_at,
            second.ends_at,
            first.starts_at,
            first.ends_at,
        )
        first.save()
        second.save()

    assert list(AgendaItem.objects.order_by("starts_at")) == [second, first]
    assert {part.occupies for part in ItemSpeaker.objects.all()} == {item.occupies for item in AgendaItem.objects.all()}


def test_what_is_in_the_way_is_named_with_its_session():
    room, speaker = given.room(), given.speaker()
    taken = given.item(given.session(title_en="Forging"), 9, 11, room=room, speakers=[speaker], title_en="Hammer work")
    wish = AgendaItem(
        session=given.session(),
        day=taken.day,
        room=room,
        starts_at=given.moment(taken.day, 10),
        ends_at=given.moment(taken.day, 12),
    )

    clashes = what_is_in_the_way(wish, [speaker])

    assert [clash.field for clash in clashes] == ["room", "speakers"]
    assert clashes[0].sentence.startswith("The room is taken: “Hammer work”")
    assert "09:00–11:00, in “Forging”" in clashes[0].sentence
    assert clashes[1].sentence.startswith("Li Wen is somewhere else: “Hammer work”")


def test_an_item_is_not_in_its_own_way():
    item = given.item(given.session(), room=given.room(), speakers=[given.speaker()])

    assert what_is_in_the_way(item, list(item.speakers.all())) == []


def test_a_day_is_outside_when_it_is_before_arrival_or_after_the_last_day():
    session = given.session()
    item = AgendaItem(session=session, day=session.starts_on)
    assert not day_is_outside(item, session)

    item.day = session.ends_on + timedelta(days=1)
    assert day_is_outside(item, session)
    item.day = session.starts_on - timedelta(days=1)
    assert day_is_outside(item, session)
    session.arrival_starts_at = given.moment(item.day, 14)
    assert not day_is_outside(item, session)


def test_a_change_that_a_calendar_shows_counts_as_a_revision():
    item = given.item(given.session())
    item.title_en = "Casting again"
    item.save()
    item.position = 5
    item.save()

    item.refresh_from_db()
    assert item.revision == 1
