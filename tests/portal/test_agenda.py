from datetime import timedelta

import icalendar
import pytest

from tests import given
from training.agenda.models import AgendaItem, KeyPoint

pytestmark = pytest.mark.django_db


def agenda_of(client, session, prefix=""):
    return client.get(f"{prefix}/sessions/{session.slug}/agenda/").content.decode()


def calendar_of(client, session, prefix=""):
    return client.get(f"{prefix}/sessions/{session.slug}/agenda.ics")


class TestThePage:
    def test_items_stand_by_day_and_half_day_with_time_room_and_speaker(self, client):
        session = given.session()
        given.item(
            session, 9, 10, title_en="Early lecture", room=given.room("Hall 7"), speakers=[given.speaker("Li Wen")]
        )
        given.item(session, 14, 15, title_en="Later lecture")
        given.item(session, 9, 10, title_en="Next day", day=session.starts_on + timedelta(days=1))

        page = agenda_of(client, session)

        order = [
            "Morning",
            "Early lecture",
            "Hall 7",
            "Li Wen",
            "Afternoon",
            "Later lecture",
            "Day 2</small>",
            "Next day",
        ]
        places = [page.index(words) for words in order]
        assert places == sorted(places)
        assert "09:00</time><span>–10:00" in page

    def test_a_time_and_a_room_that_are_unknown_are_to_be_announced(self, client):
        session = given.session()
        given.item(session, None, None)

        page = agenda_of(client, session)

        assert "Time to be announced" in page
        assert "Room to be announced" in page

    def test_key_points_are_numbered_in_their_order(self, client):
        session = given.session()
        item = given.item(session)
        KeyPoint.objects.create(item=item, position=2, heading_en="Empowerers", text_en="Explore new areas.")
        KeyPoint.objects.create(item=item, position=1, heading_en="Builders", text_en="Have a national vision.")

        page = agenda_of(client, session)

        assert page.index("Builders") < page.index("Have a national vision.") < page.index("Empowerers")

    def test_a_session_without_items_says_so(self, client):
        assert "The agenda is to be announced." in agenda_of(client, given.session())

    def test_an_unpublished_item_of_a_public_session_is_shown_to_nobody_here(self, client):
        session = given.session()
        given.item(session, title_en="Public lecture")
        given.item(session, 12, 13, title_en="Secret guest", is_published=False)
        client.force_login(given.organiser(session=session))

        page = agenda_of(client, session)

        assert "Public lecture" in page
        assert "Secret guest" not in page

    def test_the_agenda_of_a_draft_is_shown_whole_to_those_who_prepare_it_alone(self, client):
        session = given.session(status="draft")
        given.item(session, title_en="First idea", is_published=False)

        assert client.get(f"/sessions/{session.slug}/agenda/").status_code == 404
        client.force_login(given.user())
        assert client.get(f"/sessions/{session.slug}/agenda/").status_code == 404
        client.force_login(given.organiser(session=session))
        assert "First idea" in agenda_of(client, session)

    def test_a_hundred_items_cost_no_more_than_five_questions(self, client, django_assert_max_num_queries):
        session = given.session()
        speaker, room = given.speaker(), given.room()
        for number in range(100):
            given.item(session, None, None, position=number, room=room, speakers=[speaker])

        with django_assert_max_num_queries(5):
            agenda_of(client, session)
        with django_assert_max_num_queries(2):
            assert agenda_of(client, session).count('class="item lecture"') == 100


class TestNothingStaleIsShown:
    """What is kept is found again only while every row that it shows is the same."""

    @pytest.fixture
    def session(self):
        return given.session()

    @pytest.fixture
    def item(self, session):
        item = given.item(session, room=given.room("Old hall"), speakers=[given.speaker("Old Name")])
        KeyPoint.objects.create(item=item, heading_en="Old point")
        return item

    def read(self, client, session):
        return agenda_of(client, session) + calendar_of(client, session).content.decode()

    @pytest.mark.parametrize(
        ("change", "gone", "new"),
        [
            (lambda item: AgendaItem.objects.update(title_en="New title"), "Casting", "New title"),
            (lambda item: type(item.room).objects.update(name_en="New hall"), "Old hall", "New hall"),
            (lambda item: item.speakers.update(name_en="New Name"), "Old Name", "New Name"),
            (lambda item: item.key_points.update(heading_en="New point"), "Old point", "New point"),
            (lambda item: item.key_points.all().delete(), "Old point", "Casting"),
            (lambda item: given.item(item.session, 15, 16, title_en="One more"), "Nothing goes", "One more"),
            (lambda item: item.parts.all().delete(), "Old Name", "Casting"),
        ],
    )
    def test_a_change_is_seen_at_once(self, client, session, item, change, gone, new):
        before = self.read(client, session)
        change(item)

        after = self.read(client, session)

        assert gone not in after
        assert new in after
        assert before != after

    def test_each_language_has_its_own(self, client, session, item):
        assert "Casting without defects" in agenda_of(client, session)
        assert "无缺陷铸造" in agenda_of(client, session, "/zh-hans")
        assert "Casting without defects" in agenda_of(client, session)


class TestTheCalendarFile:
    def test_it_is_read_back_with_times_in_the_zone_of_the_place(self, client):
        session = given.session()
        item = given.item(session, 9, 10, room=given.room("Hall 7"))

        response = calendar_of(client, session)
        calendar = icalendar.Calendar.from_ical(response.content)

        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
        event = calendar.walk("VEVENT")[0]
        assert event["UID"] == str(item.uid)
        assert event.decoded("DTSTART") == item.starts_at
        assert event.decoded("DTEND") == item.ends_at
        assert "Hall 7" in event["LOCATION"]
        assert event["SEQUENCE"] == 0

    def test_a_moved_item_keeps_its_uid_and_counts_the_change(self, client):
        session = given.session()
        item = given.item(session, 9, 10)
        before = icalendar.Calendar.from_ical(calendar_of(client, session).content).walk("VEVENT")[0]
        item.starts_at, item.ends_at = given.moment(session.starts_on, 14), given.moment(session.starts_on, 15)
        item.save()

        after = icalendar.Calendar.from_ical(calendar_of(client, session).content).walk("VEVENT")[0]

        assert after["UID"] == before["UID"]
        assert after["SEQUENCE"] == before["SEQUENCE"] + 1
        assert after.decoded("DTSTART") == item.starts_at

    def test_an_item_without_a_time_stands_on_its_day(self, client):
        session = given.session()
        given.item(session, None, None, title_en="Guest")

        event = icalendar.Calendar.from_ical(calendar_of(client, session).content).walk("VEVENT")[0]

        assert event.decoded("DTSTART") == session.starts_on
        assert event["SUMMARY"] == "Guest (time to be announced)"

    def test_a_session_without_an_agenda_stands_on_its_days(self, client):
        session = given.session()

        event = icalendar.Calendar.from_ical(calendar_of(client, session).content).walk("VEVENT")[0]

        assert event.decoded("DTSTART") == session.starts_on
        assert event.decoded("DTEND") == session.ends_on + timedelta(days=1)
        assert event["SUMMARY"] == session.title_en

    def test_a_program_that_has_the_file_gets_a_short_answer(self, client):
        session = given.session()
        given.item(session)
        first = calendar_of(client, session)

        again = client.get(f"/sessions/{session.slug}/agenda.ics", headers={"if-none-match": first["ETag"]})

        assert again.status_code == 304
        assert again.content == b""

    def test_two_hundred_chinese_characters_fold_into_short_lines(self, client):
        session = given.session()
        given.item(session, title_zh="铸" * 100, description_zh="造" * 200)

        lines = calendar_of(client, session, "/zh-hans").content.split(b"\r\n")

        assert max(map(len, lines)) <= 75
