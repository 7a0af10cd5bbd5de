"""Nothing that can be typed, sent or put into an address makes a page crash."""

import re
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client

from tests.access.routes import PARAMETER, routes
from tests.access.world import two_programmes

ODD = {
    "nothing": "",
    "NUL": "a\x00b",
    "escape": "\x1b[2J",
    "line breaks": "a\r\nSet-Cookie: x=1",
    "half of a pair": "\\ud800",
    "right to left": "\u202eabc\u200b",
    "rare Han": "𠮷䶮·龑",
    "number out of range": "9" * 40,
    "below zero": "-1",
    "not a number": "NaN",
    "day that is none": "2025-02-30T25:61",
    "far away": "99999-12-31",
    "formula": "=1+1",
    "markup": "<script>alert(1)</script>",
    "template": "{{ 1 }}{% x %}%(x)s{0}",
    "long": "x" * 20_000,
    "list": "[1,2]",
    "language": "tlh",
}
WHO = ("public", "trainee", "identity_reader", "organiser", "nominator")
ONLY = {"nominator": "nominations/sessions/"}  # a door of their own; elsewhere it is as for the trainee


class Fields(HTMLParser):
    """The names of everything that a page's forms would send, and the values that are set already."""

    def __init__(self):
        super().__init__()
        self.names = {}

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in {"input", "select", "textarea", "button"} and given.get("name"):
            self.names.setdefault(given["name"], given.get("value") or "")


def fields_of(page):
    parser = Fields()
    parser.feed(page)
    parser.names.pop("csrfmiddlewaretoken", None)
    return parser.names


def answer_of(browser, method, path, data=None):
    """The answer; what the request did is undone."""
    with transaction.atomic():
        send = getattr(browser, method)
        response = send(path, data) if data is not None else send(path)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response


@pytest.fixture
def world(db, settings, tmp_path):
    settings.VAR = tmp_path
    return two_programmes()


@pytest.fixture(params=WHO)
def browser(world, request):
    made = world.browser(request.param)
    made.raise_request_exception = False
    made.routes = [route for route in routes() if ONLY.get(request.param, "") in route.pattern]
    return made


def every_path(world, browser):
    return [path for route in browser.routes if route.name != "account_logout" for _name, path in world.paths(route)]


def test_odd_values_in_every_field_of_every_form_break_nothing(world, browser):
    broken = []
    for path in every_path(world, browser):
        page = answer_of(browser, "get", path)
        if page.status_code != 200 or "html" not in page["content-type"]:
            continue
        names = fields_of(page.content.decode())
        for what, value in ODD.items():
            sent = dict.fromkeys(names, value)
            broken += [
                f"{method} {path} with {what}"
                for method, data in (("post", sent), ("get", sent))
                if answer_of(browser, method, path, data).status_code >= 500
            ]
    assert not broken, "\n".join(broken)


def test_one_odd_value_among_good_ones_breaks_nothing(world, browser):
    broken = []
    for path in every_path(world, browser):
        page = answer_of(browser, "get", path)
        if page.status_code != 200 or "html" not in page["content-type"]:
            continue
        names = fields_of(page.content.decode())
        for name in names:
            for what in ("NUL", "number out of range", "day that is none", "list"):
                sent = names | {name: ODD[what]}
                if answer_of(browser, "post", path, sent).status_code >= 500:
                    broken.append(f"{path}: {name} with {what}")
    assert not broken, "\n".join(broken)


# What queries of ours and of Django's admin are called.
QUERY = ("page", "p", "q", "o", "sorting", "columns", "states", "kind", "category", "month", "stage", "next", "term")


def test_odd_values_in_the_query_break_nothing(world, browser):
    broken = [
        f"{path} with {what}"
        for path in every_path(world, browser)
        for what in ("NUL", "number out of range", "below zero", "day that is none", "list", "template")
        if answer_of(browser, "get", path, dict.fromkeys(QUERY, ODD[what])).status_code >= 500
    ]
    assert not broken, "\n".join(broken)


def test_odd_values_in_the_address_break_nothing(world, browser):
    broken = []
    for route in browser.routes:
        if not route.parameters:
            continue
        for what in ("NUL", "line breaks", "rare Han", "number out of range", "below zero", "markup", "list"):
            path = "/" + PARAMETER.sub(quote(ODD[what], safe=""), route.pattern)
            broken += [
                f"{method} {route.name} with {what}"
                for method in ("get", "post")
                if answer_of(browser, method, path).status_code >= 500
            ]
    assert not broken, "\n".join(broken)


HEADERS = ("HTTP_ACCEPT_LANGUAGE", "HTTP_REFERER", "HTTP_COOKIE", "HTTP_X_FORWARDED_FOR", "HTTP_USER_AGENT")


def test_odd_headers_break_nothing(world):
    browser = Client(raise_request_exception=False)
    broken = [
        f"{header}: {value[:40]!r}"
        for header in HEADERS
        for value in [*ODD.values(), "zh-hans;q=x,*;q=9", "session=a\x00b; type=999"]
        # a server gives bytes as if they were Latin
        if browser.get("/", **{header: value.encode().decode("latin-1")}).status_code >= 500
    ]
    assert not broken, "\n".join(broken)


BODIES = (b"\xff\xfe\x00", b"a=%00&b=%ff%fe", b"--x\r\n", b"{" * 10_000, b"=&=&=")
KINDS = (
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=nonsense",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/json",
    "",
)


def test_an_odd_body_breaks_no_form(world):
    browser = world.browser("organiser")
    browser.raise_request_exception = False
    broken = []
    for path in ("/accounts/login/", "/accounts/", "/display/", "/sessions/this/enrol/", "/admin/training/venue/add/"):
        for kind in KINDS:
            for body in BODIES:
                with transaction.atomic():
                    if browser.generic("POST", path, body, content_type=kind).status_code >= 500:
                        broken.append(f"{path} with {kind} and {body[:20]!r}")
                    transaction.set_rollback(True)
    assert not broken, "\n".join(broken)


def test_no_page_shows_what_was_typed_as_markup(world, browser):
    mark = "<i>x</i>\"'onmouseover=1"
    for path in every_path(world, browser):
        page = answer_of(browser, "get", path)
        if page.status_code != 200 or "html" not in page["content-type"]:
            continue
        names = fields_of(page.content.decode())
        for method in ("post", "get"):
            answer = answer_of(browser, method, path, dict.fromkeys(names, mark))
            if "html" in answer.get("content-type", ""):
                assert not re.search(r"<i>x</i>", answer.content.decode()), f"{method} {path}"
