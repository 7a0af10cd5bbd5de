from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests import given
from training.agenda.models import AgendaItem
from training.catalogue.models import Aim, SpeakerPost, TrainingSession

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


class TestTheList:
    def test_conditions_narrow_the_list_together(self, client):
        casting = given.programme("Casting")
        casting.categories.add(given.category())
        given.session(programme=casting, title_en="In spring", starts_on=date(2026, 4, 1), ends_on=None)
        given.session(programme=casting, title_en="In May", starts_on=date(2026, 5, 1), ends_on=None)
        given.session(title_en="Another programme", starts_on=date(2026, 4, 2), ends_on=None)

        page = text_of(client.get(f"/sessions/?programme={casting.pk}&category=process&month=2026-04&place=Hangzhou"))

        assert "In spring" in page
        assert "In May" not in page
        assert "Another programme" not in page

    def test_what_comes_soonest_is_first_and_what_is_over_comes_last(self, client):
        today = timezone.localdate()
        for title, days in (("Later", 40), ("Long over", -90), ("Soon", 3), ("Just over", -5)):
            day = today + timedelta(days=days)
            given.session(title_en=title, starts_on=day, ends_on=day)

        page = text_of(client.get("/sessions/"))

        order = [page.index(f">{title}<") for title in ("Soon", "Later", "Just over", "Long over")]
        assert order == sorted(order)

    def test_each_condition_can_be_taken_away_alone(self, client):
        given.session()

        page = text_of(client.get("/sessions/?stage=open&place=Hangzhou&page=2"))

        assert 'href="?stage=open"' in page
        assert 'href="?place=Hangzhou"' in page

    @pytest.mark.parametrize("query", ["programme=abc", "category=%00", "month=2026-13", "place=Atlantis", "page=x"])
    def test_a_condition_that_does_not_exist_is_no_mistake_of_ours(self, client, query):
        given.session(title_en="Still here")

        page = client.get(f"/sessions/?{query}")

        assert page.status_code == 200
        assert "Still here" in text_of(page)

    def test_nothing_found_says_so_and_shows_the_way_back(self, client):
        given.session()

        page = text_of(client.get("/sessions/?stage=past"))

        assert "No session fits all of this." in page

    @pytest.mark.parametrize("how_many", [1, 30])
    def test_the_list_asks_the_same_questions_however_long(self, client, django_assert_num_queries, how_many):
        for _ in range(how_many):
            given.session()

        with django_assert_num_queries(7):
            client.get("/sessions/")


class TestTheInvitation:
    def test_one_look_tells_when_where_for_whom_how_many_until_when_what_and_by_whom(self, client):
        programme = given.programme()
        programme.categories.add(given.category())
        Aim.objects.create(programme=programme, text_en="Find the causes of defects.")
        session = given.session(
            programme=programme,
            starts_on=date(2030, 11, 6),
            ends_on=date(2030, 11, 9),
            enrolment_closes_at=given.moment(date(2030, 10, 1), 18),
            venue=given.venue(),
        )
        speaker = given.speaker("Zhang Yun")
        SpeakerPost.objects.create(speaker=speaker, position=1, title_en="Chief engineer")
        given.item(session, speakers=[speaker], title_en="Casting without defects")

        page = text_of(client.get(f"/sessions/{session.slug}/"))

        for fact in (
            "6–9 November 2030",
            "Lake House",
            "Hangzhou",
            "advanced basic process talents",
            "10 of 10 places left",
            "Enrol until Tuesday, 1 October 2030, 18:00",
            "Find the causes of defects.",
            "Casting without defects",
            "Zhang Yun",
            "Chief engineer",
            f'href="/sessions/{session.slug}/enrol/"',
        ):
            assert fact in page

    def test_a_hundred_items_cost_no_more_than_five_questions(self, client, django_assert_max_num_queries):
        session = given.session()
        speakers = [given.speaker(f"Speaker {number}") for number in range(5)]
        for number in range(100):
            day = session.starts_on + timedelta(days=number // 25)
            given.item(session, None, None, day=day, position=number, speakers=speakers[number % 5 :][:1])

        with django_assert_max_num_queries(5):
            client.get(f"/sessions/{session.slug}/")

    def test_posts_stand_in_the_order_of_protocol_by_organisation(self, client):
        ministry = given.organisation("Ministry of Industry and Information Technology")
        ministry.name_zh = "工业和信息化部"
        ministry.save()
        speaker = given.speaker("Zhang Yunming", "张云明")
        for position, (english, chinese) in enumerate(
            [("Member of the Party Group", "党组成员"), ("Vice Minister", "副部长")], 1
        ):
            SpeakerPost.objects.create(
                speaker=speaker, position=position, title_en=english, title_zh=chinese, organisation=ministry
            )
        session = given.session()
        given.item(session, speakers=[speaker])

        english = text_of(client.get(f"/sessions/{session.slug}/"))
        chinese = text_of(client.get(f"/zh-hans/sessions/{session.slug}/"))

        assert "Member of the Party Group, Vice Minister, Ministry of Industry and Information Technology" in english
        assert "工业和信息化部党组成员、副部长" in chinese

    def test_a_session_of_which_little_is_known_shows_it_as_to_be_announced(self, client):
        session = given.session(
            ends_on=None, city_en="", city_zh="", capacity=None, places_given="by_organiser",
            enrolment_opens_at=None, enrolment_closes_at=None,
        )  # fmt: skip

        page = text_of(client.get(f"/sessions/{session.slug}/"))

        assert "The dates of enrolment are to be announced." in page
        assert "None" not in page
        assert page.count('class="unknown"') >= 6

    def test_a_draft_is_hidden_from_the_public_and_shown_to_its_organiser(self, client):
        session = given.session(status=TrainingSession.Status.DRAFT)

        assert client.get(f"/sessions/{session.slug}/").status_code == 404

        client.force_login(given.organiser(session=session))
        page = client.get(f"/sessions/{session.slug}/")
        assert page.status_code == 200
        assert "This is a draft" in text_of(page)

    def test_a_cancelled_session_keeps_its_page_and_says_why(self, client):
        session = given.session(status=TrainingSession.Status.CANCELLED, cancelled_because="The hall burnt down.")

        page = text_of(client.get(f"/sessions/{session.slug}/"))

        assert "This session is cancelled" in page
        assert "The hall burnt down." in page
        assert "/enrol/" not in page

    def test_script_in_a_title_is_shown_as_text(self, client):
        session = given.session(title_en="<script>alert(1)</script>", summary_en="<img src=x onerror=alert(1)>")

        page = text_of(client.get(f"/sessions/{session.slug}/"))

        assert "<script>alert(1)" not in page
        assert "<img src=x" not in page


class TestTheNextStep:
    def test_somebody_with_a_place_is_led_to_it_not_to_the_form(self, client):
        enrolment = given.confirmed_enrolment()
        client.force_login(enrolment.trainee.user)

        page = text_of(client.get(f"/sessions/{enrolment.session.slug}/"))

        assert "You have a place." in page
        assert f'href="/my/enrolments/{enrolment.reference}/"' in page
        assert "/enrol/" not in page

    def test_a_full_session_offers_the_waiting_list(self, client):
        session = given.session(capacity=1)
        given.confirmed_enrolment(session)

        page = text_of(client.get(f"/sessions/{session.slug}/"))

        assert "The one place is taken" in page
        assert "Join the waiting list" in page

    def test_somebody_whose_application_came_back_is_led_to_the_correction(self, client):
        enrolment = given.returned_enrolment()
        client.force_login(enrolment.trainee.user)

        page = text_of(client.get(f"/sessions/{enrolment.session.slug}/"))

        assert f'href="/my/enrolments/{enrolment.reference}/change/"' in page

    def test_somebody_who_withdrew_may_enrol_again(self, client):
        enrolment = given.withdrawn_enrolment()
        client.force_login(enrolment.trainee.user)

        page = text_of(client.get(f"/sessions/{enrolment.session.slug}/"))

        assert "You have withdrawn." in page
        assert f'href="/sessions/{enrolment.session.slug}/enrol/"' in page

    @pytest.mark.parametrize(
        ("changes", "heading"),
        [
            ({"enrolment_opens_at": timedelta(days=2)}, "Enrolment is not open yet"),
            ({"enrolment_closes_at": timedelta(minutes=-1)}, "Enrolment is closed"),
            ({"enrolment_opens_at": None, "enrolment_closes_at": None}, "Enrolment is not open yet"),
        ],
    )
    def test_outside_the_window_there_is_nothing_to_press(self, client, changes, heading):
        now = timezone.now()
        moments = {name: None if delay is None else now + delay for name, delay in changes.items()}
        session = given.session(**moments)

        page = text_of(client.get(f"/sessions/{session.slug}/"))

        assert heading in page
        assert "/enrol/" not in page


def test_an_unpublished_item_is_nobodys_business(client):
    session = given.session()
    given.item(session, title_en="Secret guest", is_published=False)

    assert "Secret guest" not in text_of(client.get(f"/sessions/{session.slug}/"))
    assert AgendaItem.objects.count() == 1
