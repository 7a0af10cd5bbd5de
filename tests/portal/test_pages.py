"""What every page keeps to: the reader's display, errors of ours, the demo's letters."""

import pytest
from django.test import Client, RequestFactory

from tests import given
from training.mail.models import Letter
from training.portal.views.errors import something_broke

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


class TestTheDisplay:
    def test_a_chosen_type_size_stays(self, client):
        answer = client.post("/display/", {"type": "150", "next": "/sessions/"})

        assert answer.url == "/sessions/"
        assert 'data-type="150"' in text_of(client.get("/"))

    def test_the_page_of_choices_marks_the_chosen_ones_and_leads_back(self, client):
        client.post("/display/", {"type": "125"})

        page = text_of(client.get("/display/?next=/sessions/"))

        assert 'value="125" aria-pressed="true"' in page
        assert 'value="150" aria-pressed="false"' in page
        assert 'value="device" aria-pressed="true"' in page
        assert '<a href="/sessions/">' in page

    def test_chosen_colours_stay_and_the_usual_ones_come_back(self, client):
        client.post("/display/", {"colours": "dark"})
        assert 'data-colours="dark"' in text_of(client.get("/"))

        client.post("/display/", {"colours": "device"})
        assert "data-colours" not in text_of(client.get("/"))

    def test_an_unknown_choice_changes_nothing(self, client):
        client.post("/display/", {"type": '"><script>', "colours": "pink"})

        page = text_of(client.get("/"))
        assert "data-type" not in page
        assert "pink" not in page

    def test_a_forged_cookie_is_not_written_into_the_page(self, client):
        client.cookies["type"] = '150"onload="x'

        assert "onload" not in text_of(client.get("/"))

    @pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
    def test_it_leads_back_to_a_page_of_ours_and_nowhere_else(self, client, elsewhere):
        assert client.post("/display/", {"type": "125", "next": elsewhere}).url == "/"

    def test_it_takes_a_press_with_the_token_only(self):
        strict = Client(enforce_csrf_checks=True)

        assert strict.post("/display/", {"type": "150"}).status_code == 403


class TestTheOtherLanguage:
    @pytest.mark.parametrize(
        ("here", "there"),
        [
            ("/", "/zh-hans/"),
            ("/sessions/?stage=open", "/zh-hans/sessions/?stage=open"),
            ("/zh-hans/", "/"),
            ("/zh-hans/sessions/", "/sessions/"),
        ],
    )
    def test_the_switch_keeps_the_page(self, client, here, there):
        assert f'<a href="{there}" hreflang=' in text_of(client.get(here))

    def test_an_unknown_language_is_a_page_that_is_not_there(self, client):
        assert client.get("/fr/").status_code == 404


class TestErrors:
    def test_what_is_not_there_has_a_page_of_ours(self, client):
        page = client.get("/nowhere/")

        assert page.status_code == 404
        assert "There is no such page" in text_of(page)
        assert "See all sessions" in text_of(page)

    def test_a_form_without_its_token_has_a_page_of_ours(self):
        page = Client(enforce_csrf_checks=True).post("/display/", {"type": "150"})

        assert page.status_code == 403
        assert "The form was not sent" in text_of(page)

    def test_a_mistake_of_ours_is_told_without_the_database(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            page = something_broke(RequestFactory().get("/"))

        assert page.status_code == 500
        assert "Something broke on our side" in text_of(page)

    def test_a_mistake_of_ours_is_told_even_when_its_page_is_broken(self, settings):
        settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [], "APP_DIRS": False}]

        page = something_broke(RequestFactory().get("/"))

        assert page.status_code == 500
        assert "系统出了问题" in text_of(page)

    def test_an_impossible_host_has_a_page_of_ours(self, client):
        page = client.get("/", headers={"host": "evil.example"})

        assert page.status_code == 400
        assert "This request could not be read" in text_of(page)


class TestTheLettersOfTheDemo:
    def test_they_are_shown_in_the_demo(self, client, settings):
        settings.DEMO = True
        given.confirmed_enrolment()

        page = text_of(client.get("/demo/letters/"))

        assert Letter.objects.get().subject in page.replace("&#x27;", "'")

    def test_outside_the_demo_there_is_no_such_page(self, client, settings):
        settings.DEMO = False
        given.confirmed_enrolment()

        page = client.get("/demo/letters/")

        assert page.status_code == 404
        assert "demo/letters" not in text_of(client.get("/"))
