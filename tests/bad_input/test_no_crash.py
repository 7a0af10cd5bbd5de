"""Nothing that can be typed, sent or put into an address makes a page crash."""

import re
from collections import defaultdict
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import quote, unquote, urljoin

import pytest
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

from tests.access.routes import PARAMETER, routes
from tests.access.walk import undone
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
# Whoever goes deepest comes first: a form that looks the same to somebody else is not tried again.
WHO = ("organiser", "identity_reader", "nominator", "trainee", "public")
ONLY = {"nominator": "nominations/sessions/"}  # a door of their own; elsewhere it is as for the trainee


class Forms(HTMLParser):
    """The forms of a page: for each way out of it (method, address), the names and the values that are set already."""

    def __init__(self, page, path):
        super().__init__()
        self.path, self.ids, self.here = path, {}, None
        self.sent = defaultdict(dict)
        self.feed(page)
        for names in self.sent.values():
            names.pop("csrfmiddlewaretoken", None)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form":
            self.here = (said.get("method", "get").lower(), self.address(said.get("action")))
            self.ids[said.get("id", "")] = self.here
        elif tag in {"input", "select", "textarea", "button"}:
            form = self.ids[said["form"]] if "form" in said else self.here
            if form and said.get("name"):
                self.sent[form].setdefault(said["name"], said.get("value") or "")
            if form and said.get("formaction"):
                self.sent[form[0], self.address(said["formaction"])] = self.sent[form]

    def handle_endtag(self, tag):
        if tag == "form":
            self.here = None

    def address(self, action):
        return urljoin(self.path, action or "").partition("?")[0]


def answer_of(browser, method, path, data=None):
    """The answer; what the request did is undone, and whoever was signed in still is."""
    cookies = browser.cookies.output(header="", sep=";")
    with undone():
        send = getattr(browser, method)
        response = send(path, data) if data is not None else send(path)
        if response.streaming:
            b"".join(response.streaming_content)
    browser.cookies = SimpleCookie(cookies)
    return response


@pytest.fixture
def world(db, settings, tmp_path):
    settings.VAR = tmp_path
    return two_programmes()


@pytest.fixture
def browsers(world):
    browsers = {who: world.browser(who) for who in WHO}
    for browser in browsers.values():
        browser.raise_request_exception = False
    return browsers


def open_to(world, who, browser):
    """(route, path, page) of everything that this person is let into: who is turned away has typed in vain."""
    for route in routes():
        if ONLY.get(who, "") in route.pattern:
            for _name, path in world.paths(route):
                page = answer_of(browser, "get", path)
                if page.status_code not in {301, 302, 403, 404}:
                    yield route, path, page


def forms(world, browsers):
    """(who, address, method, names with values) of all that somebody can send, to each route the same only once."""
    seen = set()
    for who, browser in browsers.items():
        for _route, path, page in open_to(world, who, browser):
            if page.status_code == 200 and "html" in page["content-type"]:
                for (method, address), names in Forms(page.content.decode(), path).sent.items():
                    form = (resolve(unquote(address)).route, method, frozenset(names))
                    if form not in seen:
                        seen.add(form)
                        yield who, address, method, names


def test_odd_values_in_every_field_of_every_form_break_nothing(world, browsers):
    broken = [
        f"{method} {path} by {who} with {what}"
        for who, path, method, names in forms(world, browsers)
        for what, value in ODD.items()
        if answer_of(browsers[who], method, path, dict.fromkeys(names, value)).status_code >= 500
    ]
    assert not broken, "\n".join(broken)


def test_one_odd_value_among_good_ones_breaks_nothing(world, browsers):
    broken = [
        f"{path} by {who}: {name} with {what}"
        for who, path, method, names in forms(world, browsers)
        for name in one_of_each_row(names)
        for what in ("NUL", "number out of range", "day that is none", "list")
        if answer_of(browsers[who], method, path, names | {name: ODD[what]}).status_code >= 500
    ]
    assert not broken, "\n".join(broken)


def one_of_each_row(names):
    """Of names that differ in the number of their row only, the first one."""
    return {re.sub(r"-(\d+|__prefix__)-", "-#-", name): name for name in reversed(names)}.values()


# What queries of ours and of Django's admin are called.
QUERY = ("page", "p", "q", "o", "sorting", "columns", "states", "kind", "category", "month", "stage", "next", "term")


def test_odd_values_in_the_query_break_nothing(world, browsers):
    deepest = {}
    for who, browser in browsers.items():
        for route, path, _page in open_to(world, who, browser):
            deepest.setdefault(route, (who, path))
    broken = [
        f"{path} by {who} with {what}"
        for who, path in deepest.values()
        for what in ("NUL", "number out of range", "below zero", "day that is none", "list", "template")
        if answer_of(browsers[who], "get", path, dict.fromkeys(QUERY, ODD[what])).status_code >= 500
    ]
    assert not broken, "\n".join(broken)


def test_odd_values_in_the_address_break_nothing(world, browsers):
    broken = []
    for route in (route for route in routes() if route.parameters):
        for what in ("NUL", "line breaks", "rare Han", "number out of range", "below zero", "markup", "list"):
            path = "/" + PARAMETER.sub(quote(ODD[what], safe=""), route.pattern)
            broken += [
                f"{method} {route.name} by {who} with {what}"
                for who in (("organiser", "nominator", "public") if leads_somewhere(path) else ("public",))
                for method in ("get", "post")
                if answer_of(browsers[who], method, path).status_code >= 500
            ]
    assert not broken, "\n".join(broken)


def leads_somewhere(path):
    """Whether any route takes this address; otherwise it is lost before anybody asks who comes."""
    try:
        return bool(resolve(unquote(path)))
    except Resolver404:
        return False


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


def test_no_page_shows_what_was_typed_as_markup(world, browsers):
    mark = "<i>x</i>\"'onmouseover=1"
    for who, path, method, names in forms(world, browsers):
        answer = answer_of(browsers[who], method, path, dict.fromkeys(names, mark))
        if "html" in answer.get("content-type", ""):
            assert not re.search(r"<i>x</i>", answer.content.decode()), f"{method} {path}"
