"""A newcomer finds the real first class and reads its agenda."""

import pytest
from django.utils.translation import gettext, override

from training.management.fixtures.loading import load_the_hangzhou_class, load_what_every_house_needs

pytestmark = pytest.mark.django_db(transaction=True)

FACTS = {
    "en": {
        "home": "/",
        "session": "First training session for advanced manufacturing technology talents",
        "date": "6 November 2025",
        "place": "Hangzhou",
        "speaker": "Zhang Yunming",
        "posts": ["Member of the Party Group", "Vice Minister"],
        "part": "Mobilisation speech",
        "calls": ["“Builders”", "“Empowerers”", "“Drivers”", "“Demonstrators”"],
    },
    "zh-hans": {
        "home": "/zh-hans/",
        "session": "先进制造技术人才、先进基础工艺人才培训班（第一期）",
        "date": "2025年11月6日（星期四）",
        "place": "浙江省杭州市",
        "speaker": "张云明",
        "posts": ["党组成员", "副部长"],
        "part": "动员讲话",
        "calls": ["“建设者”", "“赋能者”", "“推动者”", "“示范者”"],
    },
}


def in_order(text, words):
    """Whether the words stand in the text one after the other."""
    at = 0
    for word in words:
        at = text.find(word, at) + len(word)
        if at < len(word):
            return False
    return True


@pytest.mark.parametrize("language", FACTS)
def test_a_newcomer_finds_the_hangzhou_class_and_reads_its_agenda(page, language):
    load_what_every_house_needs()
    load_the_hangzhou_class()
    facts = FACTS[language]
    with override(language):
        to_be_announced = gettext("To be announced")

    page.goto(facts["home"])
    page.get_by_role("link", name=facts["session"]).click()

    read = page.locator("main").inner_text()
    assert facts["date"] in read
    assert facts["place"] in read
    assert read.count(to_be_announced) >= 3  # arrival, venue, places
    assert in_order(read, [facts["speaker"], *facts["posts"]])
    page.locator("main a[href$='/hangzhou-2025/agenda/']").first.click()
    read = page.locator("main").inner_text()
    assert facts["date"] in read
    assert facts["speaker"] in read
    assert facts["part"] in read
    assert in_order(read, facts["calls"])
