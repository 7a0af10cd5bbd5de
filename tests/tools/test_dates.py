from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override

from training.tools import dates

SIXTH = date(2025, 11, 6)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Thursday, 6 November 2025"), ("zh-hans", "2025年11月6日（星期四）")]
)
def test_a_day_is_written_whole_with_its_weekday(language, words):
    with override(language):
        assert dates.day_in_words(SIXTH) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Thursday, 6 November 2025, 09:05"), ("zh-hans", "2025年11月6日（星期四）09:05")],
)
def test_a_moment_is_told_in_beijing_time_on_the_24_hour_clock(language, words):
    with override(language):
        assert dates.moment_in_words(datetime(2025, 11, 6, 1, 5, tzinfo=UTC)) == words


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [
        ("en", "the end of Sunday, 27 December 2026", "the end of 27 Dec 2026"),
        ("zh-hans", "2026年12月27日（星期日）24:00", "2026年12月27日24:00"),
    ],
)
def test_a_deadline_at_midnight_is_the_end_of_the_day_before(language, long, short):
    midnight = datetime(2026, 12, 27, 16, tzinfo=UTC)  # 28 December, 00:00 in Beijing

    with override(language):
        assert dates.until_in_words(midnight) == long
        assert dates.short_until_in_words(midnight) == short


def test_a_deadline_at_another_time_is_a_moment_like_any_other():
    noon = datetime(2026, 12, 27, 4, tzinfo=UTC)

    assert dates.until_in_words(noon) == dates.moment_in_words(noon) == "Sunday, 27 December 2026, 12:00"
    assert dates.short_until_in_words(noon) == dates.short_moment_in_words(noon)


def test_a_moment_late_in_the_evening_of_london_is_the_next_day_in_beijing():
    late = datetime(2025, 11, 5, 23, 0, tzinfo=UTC)

    with override("en"):
        assert dates.day_in_words(late) == "Thursday, 6 November 2025"
        assert dates.clock(late) == "07:00"


@pytest.mark.parametrize(
    ("last", "english", "chinese"),
    [
        (date(2025, 11, 6), "Thursday, 6 November 2025", "2025年11月6日（星期四）"),
        (date(2025, 11, 9), "6–9 November 2025", "2025年11月6日至9日"),
        (date(2025, 12, 3), "6 November – 3 December 2025", "2025年11月6日至12月3日"),
        (date(2026, 1, 3), "6 November 2025 – 3 January 2026", "2025年11月6日至2026年1月3日"),
    ],
)
def test_days_repeat_neither_month_nor_year(last, english, chinese):
    with override("en"):
        assert dates.days_in_words(SIXTH, last) == english
    with override("zh-hans"):
        assert dates.days_in_words(SIXTH, last) == chinese


def test_an_unknown_last_day_is_said_to_be_unknown():
    with override("en"):
        assert dates.days_in_words(SIXTH, None) == "from Thursday, 6 November 2025, last day to be announced"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_many_moments_are_told_in_the_same_words_as_one(language):
    moments = [datetime(2025, 11, day, hour, 5, tzinfo=UTC) for day in (5, 6) for hour in (0, 15, 16, 23)]

    with override(language):
        short = dates.ShortMoments()
        assert [short.in_words(one) for one in moments] == [dates.short_moment_in_words(one) for one in moments]
