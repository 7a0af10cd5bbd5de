"""A newcomer finds the Hangzhou class from the first page, and reads its agenda."""

from datetime import date

import pytest
from django.utils.translation import gettext, override

from training.catalogue.models import TrainingSession
from training.management.fixtures.loading import load_the_hangzhou_class, load_what_every_house_needs
from training.tools.dates import day_in_words

pytestmark = pytest.mark.django_db(transaction=True)

FIRST_DAY = date(2025, 11, 6)


@pytest.fixture
def hangzhou():
    load_what_every_house_needs()
    load_the_hangzhou_class()
    return TrainingSession.objects.get(slug="hangzhou-2025")


def fact(page, label):
    """What stands beside a label in the facts of a session."""
    return page.locator(f"dl.facts dt:text-is('{label}') + dd").inner_text()


def in_order(words, text):
    """All of them stand in the text, one after the other; a small letter may begin them."""
    places = [text.lower().find(word.lower()) for word in words]
    return -1 not in places and places == sorted(places)


@pytest.mark.parametrize(
    ("language", "home", "city", "zhang", "posts", "calls"),
    [
        (
            "en",
            "/",
            "Hangzhou",
            "Zhang Yunming",
            ["Member of the Party Group", "Vice Minister"],
            ["“Builders”", "“Empowerers”", "“Drivers”", "“Demonstrators”"],
        ),
        (
            "zh-hans",
            "/zh-hans/",
            "杭州市",
            "张云明",
            ["党组成员", "副部长"],
            ["“建设者”", "“赋能者”", "“推动者”", "“示范者”"],
        ),
    ],
    ids=["en", "zh-hans"],
)
def test_a_newcomer_finds_the_hangzhou_class_and_reads_its_agenda(
    page, hangzhou, language, home, city, zhang, posts, calls
):
    with override(language):
        title, day = hangzhou.title, day_in_words(FIRST_DAY)
        unknown, room_unknown = gettext("To be announced"), gettext("Room to be announced")
        arrival, places, whole_agenda = gettext("Arrival"), gettext("Places"), gettext("The whole agenda")

    page.goto(home)
    page.get_by_role("link", name=title).click()

    assert page.get_by_role("heading", level=1).inner_text() == title
    lead = page.locator(".invitation .lead").inner_text()
    assert day in lead
    assert city in lead
    assert fact(page, arrival) == fact(page, places) == unknown
    person = page.locator("li.person", has_text=zhang)
    assert in_order(posts, person.locator(".posts").inner_text())

    page.get_by_role("link", name=whole_agenda, exact=True).click()

    assert day in page.locator("main").inner_text()
    item = page.locator("li.item")
    assert item.count() == 1
    assert zhang in item.locator(".by").inner_text()
    assert item.locator(".where .unknown").inner_text() == room_unknown
    headings = item.locator(".calls li b").all_inner_texts()
    assert len(headings) == len(calls)
    assert in_order(calls, "\n".join(headings))
