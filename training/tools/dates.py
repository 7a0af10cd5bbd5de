"""Days and times as people read them, in the active language and in the house's time zone.

Guards one rule: a date is written out whole with its weekday, a time on the 24-hour clock. The
patterns stand in `training/locale/<language>/formats.py`; Django's own `|date` reads the same file.
"""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _

Moment = date | datetime
MIDNIGHT = "00:00"


def local(moment: Moment) -> Moment:
    """A moment in the house's time zone; a bare date has none and stays as it is."""
    if isinstance(moment, datetime) and timezone.is_aware(moment):
        return timezone.localtime(moment)
    return moment


def day_in_words(moment: Moment) -> str:
    """Thursday, 6 November 2025 · 2025年11月6日（星期四）"""
    return date_format(local(moment), "DATE_FORMAT")


def short_day_in_words(moment: Moment) -> str:
    """6 Nov 2025 · 2025年11月6日"""
    return date_format(local(moment), "SHORT_DATE_FORMAT")


def day_of_the_year_in_words(moment: Moment) -> str:
    """Thursday, 6 November · 11月6日（星期四）, where the year is clear."""
    return date_format(local(moment), get_format("DAY_FORMAT"))


def month_in_words(moment: Moment) -> str:
    """November 2025 · 2025年11月"""
    return date_format(local(moment), "YEAR_MONTH_FORMAT")


def month_on_a_date_block(moment: Moment) -> str:
    """Nov 2025 · 2025年11月"""
    return date_format(local(moment), get_format("MONTH_ON_BLOCK_FORMAT"))


def weekday_in_words(moment: Moment) -> str:
    """Thursday · 星期四"""
    return date_format(local(moment), get_format("WEEKDAY_FORMAT"))


def moment_in_words(moment: datetime) -> str:
    """Thursday, 6 November 2025, 09:00 · 2025年11月6日（星期四）09:00"""
    return date_format(local(moment), "DATETIME_FORMAT")


def short_moment_in_words(moment: datetime) -> str:
    """6 Nov 2025, 09:00 · 2025年11月6日 09:00"""
    return date_format(local(moment), "SHORT_DATETIME_FORMAT")


class ShortMoments:
    """The same words for many moments in one language: each day is put into words once."""

    def __init__(self) -> None:
        self._days: dict[date, str] = {}

    def in_words(self, moment: datetime) -> str:
        there = timezone.localtime(moment)
        day = there.date()
        if day not in self._days:
            self._days[day] = date_format(day, get_format("SHORT_DAY_BEFORE_A_TIME"))
        return f"{self._days[day]}{clock(there)}"


def clock(moment: datetime | time) -> str:
    """09:00"""
    if isinstance(moment, datetime) and timezone.is_aware(moment):
        moment = timezone.localtime(moment)
    return f"{moment.hour:02}:{moment.minute:02}"


def until_in_words(moment: datetime) -> str:
    """Until when, as `moment_in_words`; 00:00 is said as the end of the day before: 2025年11月6日（星期四）24:00"""
    if clock(moment) != MIDNIGHT:
        return moment_in_words(moment)
    return _("the end of %(day)s") % {"day": day_in_words(local(moment) - timedelta(days=1))}


def short_until_in_words(moment: datetime) -> str:
    """The same, shorter: the end of 6 Nov 2025"""
    if clock(moment) != MIDNIGHT:
        return short_moment_in_words(moment)
    return _("the end of %(day)s") % {"day": short_day_in_words(local(moment) - timedelta(days=1))}


def moments_in_words(first: datetime, last: datetime | None) -> str:
    """Thursday, 6 November 2025, 09:00–18:00; over several days both are written whole."""
    if last is None:
        return moment_in_words(first)
    between = get_format("BETWEEN_MOMENTS")
    if timezone.localtime(first).date() == timezone.localtime(last).date():
        return f"{moment_in_words(first)}–{clock(last)}"
    return f"{moment_in_words(first)}{between}{moment_in_words(last)}"


def days_in_words(first: date, last: date | None) -> str:
    """6–9 November 2025 · 2025年11月6日至9日; one day alone is written with its weekday.

    An unknown last day is said to be unknown.
    """
    if last is None:
        return _("from %(first)s, last day to be announced") % {"first": day_in_words(first)}
    if first == last:
        return day_in_words(first)
    begin, between, end = get_format(_pattern_for_days(first, last))
    return f"{date_format(first, begin)}{between}{date_format(last, end)}"


def _pattern_for_days(first: date, last: date) -> str:
    if (first.year, first.month) == (last.year, last.month):
        return "DAYS_IN_ONE_MONTH"
    if first.year == last.year:
        return "DAYS_IN_ONE_YEAR"
    return "DAYS_IN_TWO_YEARS"
