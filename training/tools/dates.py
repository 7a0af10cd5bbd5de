"""Dates and moments as people write them: 2025年11月6日(星期四), Thursday, 6 November 2025; 24-hour clock."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def day_in_words(day: date) -> str:
    """The day with its weekday in the active language."""
    if get_language() == "zh-hans":
        return f"{day.year}年{day.month}月{day.day}日({date_format(day, 'l')})"
    return date_format(day, "l, j F Y")


def moment_in_words(moment: datetime) -> str:
    """Day and time at the place of the training, in the active language."""
    local = timezone.localtime(moment)
    return f"{day_in_words(local.date())} {local:%H:%M}"


def days_in_words(first: date, last: date | None) -> str:
    """The span of days; an unknown last day is said to be announced."""
    if last is None:
        return _("from %(first)s, last day to be announced") % {"first": day_in_words(first)}
    if first == last:
        return day_in_words(first)
    return _("%(first)s to %(last)s") % {"first": day_in_words(first), "last": day_in_words(last)}
