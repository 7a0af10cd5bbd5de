from datetime import timedelta

import pytest
from django.utils import timezone

from tests import given
from training.catalogue.models import TrainingSession

pytestmark = pytest.mark.django_db


def titles_in(page, *titles):
    """The titles in the order in which the page shows them."""
    text = page.content.decode()
    return sorted((title for title in titles if title in text), key=text.index)


def test_what_is_open_comes_first_with_the_soonest_deadline_on_top(client):
    now, today = timezone.now(), timezone.localdate()
    given.session(title_en="Closes late", enrolment_closes_at=now + timedelta(days=9))
    given.session(title_en="Closes soon", enrolment_closes_at=now + timedelta(days=2))
    given.session(title_en="Opens later", enrolment_opens_at=now + timedelta(days=3))
    given.session(title_en="Long ago", starts_on=today - timedelta(days=90), ends_on=today - timedelta(days=88))

    page = client.get("/")

    assert titles_in(page, "Long ago", "Opens later", "Closes late", "Closes soon") == [
        "Closes soon",
        "Closes late",
        "Opens later",
        "Long ago",
    ]


def test_a_draft_is_not_on_the_first_page(client):
    given.session(title_en="Not yet public", status=TrainingSession.Status.DRAFT)

    page = client.get("/")

    assert "Not yet public" not in page.content.decode()
    assert "No session takes enrolments today." in page.content.decode()


@pytest.mark.parametrize("how_many", [1, 12])
def test_the_first_page_asks_the_same_few_questions_however_many_sessions(client, django_assert_num_queries, how_many):
    for _ in range(how_many):
        given.session()

    with django_assert_num_queries(4):
        client.get("/")


def test_unknown_days_and_places_are_said_to_be_unknown(client):
    given.session(ends_on=None, city_en="", city_zh="", capacity=None, places_given="by_organiser")

    page = client.get("/").content.decode()

    assert "last day to be announced" in page
    assert page.count("o be announced</span>") == 2, "the place and the number of places"


def test_the_first_page_in_chinese_is_under_its_prefix(client):
    given.session(title_en="Casting", title_zh="铸造")

    page = client.get("/zh-hans/").content.decode()

    assert '<html lang="zh-Hans"' in page
    assert "铸造" in page
    assert "Casting" not in page
