"""How days, places and unknown things are shown, the same way at every door.

`{% load cohort %}`; each tag makes one part of the design (static/cohort.css, section 5).
"""

from datetime import date, datetime, time
from typing import Any

from django import template
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.forms import BoundField, CheckboxInput, FileInput, RadioSelect, Select
from django.forms.utils import flatatt
from django.forms.widgets import Input
from django.http import HttpRequest
from django.template.context import Context
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import to_locale as locale_name

from training.tools import dates as tell
from training.tools.display import COLOURS, TYPE_SIZES, chosen

register = template.Library()


# The page ------------------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def look(context: Context) -> SafeString:
    """Attributes of the html element: its language, and the type size and colours the reader chose."""
    request: HttpRequest | None = context.get("request")
    cookies = request.COOKIES if request else {}
    attributes = format_html('lang="{}"', locale_name(get_language() or "en").replace("_", "-"))
    if (size := chosen(cookies, "type", TYPE_SIZES)) != "100":
        attributes += format_html(' data-type="{}"', size)
    if (colours := chosen(cookies, "colours", COLOURS)) != "device":
        attributes += format_html(' data-colours="{}"', colours)
    return attributes


@register.simple_tag(takes_context=True)
def this_page_in(context: Context, language: str) -> str:
    """The address of the page being shown in another language, with its query."""
    request: HttpRequest = context["request"]
    prefix = "/zh-hans/"
    path = request.get_full_path()
    if path.startswith(prefix):
        path = path[len(prefix) - 1 :]
    return path if language == "en" else prefix + path.lstrip("/")


@register.simple_tag(takes_context=True)
def address_for_paper(context: Context) -> str:
    """The whole address of the page being shown; blank for a request that names a host which is not ours."""
    request: HttpRequest | None = context.get("request")
    try:
        return request.build_absolute_uri() if request else ""
    except DisallowedHost:
        return ""


@register.simple_tag(takes_context=True)
def this_list_without(context: Context, name: str) -> str:
    """The address of the list being shown without one of its conditions, from the first page on."""
    query = context["request"].GET.copy()
    for gone in (name, "page"):
        query.pop(gone, None)
    return f"?{query.urlencode()}"


@register.simple_tag
def is_demo() -> bool:
    """Whether letters are shown here instead of being sent."""
    return bool(settings.DEMO)


# Unknown things ------------------------------------------------------------------------------------------------------


@register.filter
def or_to_be_announced(value: Any) -> SafeString:
    """The value, or quietly "To be announced" where it is not known yet."""
    if value is None or value == "":
        return format_html('<span class="unknown">{}</span>', gettext("To be announced"))
    return conditional_escape(value)


# Days and times ------------------------------------------------------------------------------------------------------


def _shown(words: Any) -> Any:
    """A filter for days shows nothing where there is no day."""

    def show(moment: Any) -> str:
        return words(moment) if moment else ""

    show.__doc__ = words.__doc__
    return show


register.filter("day", _shown(tell.day_in_words))
register.filter("short_day", _shown(tell.short_day_in_words))
register.filter("day_of_the_year", _shown(tell.day_of_the_year_in_words))
register.filter("month", _shown(tell.month_in_words))
register.filter("weekday", _shown(tell.weekday_in_words))
register.filter("moment", _shown(tell.moment_in_words))
register.filter("until", _shown(tell.until_in_words))
register.filter("short_moment", _shown(tell.short_moment_in_words))


@register.filter
def clock(moment: datetime | time | None) -> str:
    """09:00"""
    return tell.clock(moment) if moment is not None else ""


@register.simple_tag
def days(first: date | None, last: date | None) -> SafeString | str:
    """The days of a session: 6–9 November 2025; an unknown end is said to be unknown."""
    if first is None:
        return or_to_be_announced(None)
    return tell.days_in_words(first, last)


@register.simple_tag
def moments(first: datetime | None, last: datetime | None) -> SafeString | str:
    """From a moment to another: Thursday, 6 November 2025, 09:00–18:00; unknown is said to be unknown."""
    return or_to_be_announced(None) if first is None else tell.moments_in_words(first, last)


@register.simple_tag
def date_block(day: date | None) -> SafeString:
    """The day large, month and weekday small."""
    if day is None:
        return format_html('<p class="date-block">{}</p>', or_to_be_announced(None))
    return format_html(
        '<time class="date-block" datetime="{}"><b>{}</b> <span>{}</span> <span>{}</span></time>',
        day.isoformat(),
        day.day,
        tell.month_on_a_date_block(day),
        tell.weekday_in_words(day),
    )


# Places --------------------------------------------------------------------------------------------------------------


@register.simple_tag
def places_bar(confirmed: int, offered: int, capacity: int | None, in_pool: int | None = None) -> SafeString:
    """Confirmed, offered and left as lengths with numbers; an unknown capacity has no bar.

    `in_pool` is how many of the free places are for people who apply alone; said where bodies have others.
    """
    if capacity is None:
        return format_html(
            '<p class="places">{} <span class="unknown">{}</span></p>',
            gettext("Number of places:"),
            gettext("to be announced"),
        )
    left = max(capacity - confirmed - offered, 0)
    whole = max(capacity, confirmed + offered, 1)
    return format_html(
        '<div class="places"><svg width="100%" height="8" aria-hidden="true" focusable="false">'
        '<rect class="left" width="100%" height="100%"/>'
        '<rect class="offered" width="{}%" height="100%"/><rect class="confirmed" width="{}%" height="100%"/>'
        '</svg><p><b>{}</b> <span class="quiet">{}</span></p></div>',
        round(100 * (confirmed + offered) / whole),
        round(100 * confirmed / whole),
        places_left_in_words(left, capacity, in_pool),
        places_held_in_words(confirmed, offered),
    )


def places_left_in_words(left: int, capacity: int, in_pool: int | None = None) -> str:
    """12 of 60 places left, 5 of them in the free pool"""
    if left == 0:
        return ngettext("The one place is taken", "All %(capacity)d places are taken", capacity) % {
            "capacity": capacity
        }
    words = ngettext("%(left)d of %(capacity)d place left", "%(left)d of %(capacity)d places left", capacity) % {
        "left": left,
        "capacity": capacity,
    }
    if in_pool is None or in_pool == left:
        return words
    return gettext("%(places_left)s, %(in_pool)d of them in the free pool") % {
        "places_left": words,
        "in_pool": in_pool,
    }


def places_held_in_words(confirmed: int, offered: int) -> str:
    """45 confirmed, 3 offered"""
    if not offered:
        return gettext("%(confirmed)d confirmed") % {"confirmed": confirmed}
    return gettext("%(confirmed)d confirmed, %(offered)d offered") % {"confirmed": confirmed, "offered": offered}


# Forms ---------------------------------------------------------------------------------------------------------------


@register.filter
def control(field: BoundField) -> SafeString:
    """The control of a field; the plain ones without a template, because a form has many of them."""
    widget = field.field.widget
    if isinstance(widget, Input) and not isinstance(widget, FileInput | CheckboxInput):
        return _input(_parts_of(field))
    if type(widget) is RadioSelect:
        return _radios(_parts_of(field))
    if type(widget) is Select:
        return _select(_parts_of(field))
    return field.as_widget()


def _parts_of(field: BoundField) -> dict[str, Any]:
    widget = field.field.widget
    attributes = field.build_widget_attrs({"id": field.auto_id}, widget)
    parts: dict[str, Any] = widget.get_context(field.html_name, field.value(), attributes)["widget"]
    return parts


def _input(parts: dict[str, Any]) -> SafeString:
    value = "" if parts["value"] is None else format_html(' value="{}"', parts["value"])
    return format_html('<input type="{}" name="{}"{}{}>', parts["type"], parts["name"], value, flatatt(parts["attrs"]))


def _select(parts: dict[str, Any]) -> SafeString:
    groups = (
        (format_html('<optgroup label="{}">{}</optgroup>', name, _options(group)) if name else _options(group),)
        for name, group, _index in parts["optgroups"]
    )
    options = format_html_join("", "{}", groups)
    return format_html('<select name="{}"{}>{}</select>', parts["name"], flatatt(parts["attrs"]), options)


def _options(group: list[dict[str, Any]]) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((option["value"], flatatt(option["attrs"]), option["label"]) for option in group),
    )


def _radios(parts: dict[str, Any]) -> SafeString:
    options = (option for _name, group, _index in parts["optgroups"] for option in group)
    lines = format_html_join(
        "",
        '<div><label for="{}">{} {}</label></div>',
        ((option["attrs"]["id"], _input(option), option["label"]) for option in options),
    )
    return format_html('<div id="{}">{}</div>', parts["attrs"]["id"], lines)
