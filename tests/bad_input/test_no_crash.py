"""Nothing that can be typed, sent or put into an address makes a page crash."""

import itertools
import re
from collections import defaultdict
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import quote, unquote, urljoin

import pytest
from django.test import Client, override_settings
from django.urls import Resolver404, resolve
from django.utils.translation import override

from tests.access.routes import PARAMETER, routes
from tests.access.walk import undone
from tests.access.world import two_programmes

pytestmark = pytest.mark.django_db

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
WORDS = ["escape", "half of a pair", "right to left", "rare Han", "formula", "markup", "template", "list", "language"]
# Whoever goes deepest comes first: a form that looks the same to somebody else is not tried again.
WHO = ("organiser", "identity_reader", "nominator", "trainee", "public")
ONLY = {"nominator": "nominations/sessions/"}  # a door of their own; elsewhere it is as for the trainee


@dataclass
class Field:
    """`kind` is the input's type or the tag, `value` what is set already."""

    kind: str
    value: str


class Forms(HTMLParser):
    """The forms of a page: for each way out of it (method, address), the fields by their names."""

    def __init__(self, page, path):
        super().__init__()
        self.path, self.ids, self.here = path, {}, None
        self.sent = defaultdict(dict)
        self.feed(page)
        for fields in self.sent.values():
            fields.pop("csrfmiddlewaretoken", None)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form":
            self.here = (said.get("method", "get").lower(), self.address(said.get("action")))
            self.ids[said.get("id", "")] = self.here
        elif tag in {"input", "select", "textarea", "button"}:
            form = self.ids[said["form"]] if "form" in said else self.here
            if form and said.get("name"):
                field = Field(said.get("type", "text") if tag == "input" else tag, said.get("value") or "")
                self.sent[form].setdefault(said["name"], field)
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


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """One world for all that is typed here: no question leaves a trace in it."""
    with django_db_blocker.unblock(), override("en"), override_settings(VAR=tmp_path_factory.mktemp("var")), undone():
        yield two_programmes()


@pytest.fixture(scope="module")
def browsers(world):
    browsers = {who: world.browser(who) for who in WHO}
    for browser in browsers.values():
        browser.raise_request_exception = False
    return browsers


@pytest.fixture(scope="module")
def open_doors(world, browsers):
    """(who, route, path, page) of everything that each of these people is let into."""
    return [(who, *opened) for who, browser in browsers.items() for opened in open_to(world, who, browser)]


def open_to(world, who, browser):
    """(route, path, page) of everything that this person is let into: who is turned away has typed in vain."""
    for route in routes():
        if ONLY.get(who, "") in route.pattern:
            for _name, path in world.paths(route):
                page = answer_of(browser, "get", path)
                if page.status_code not in {301, 302, 403, 404}:
                    yield route, path, page


@pytest.fixture(scope="module")
def forms(open_doors):
    """(who, address, method, fields) of all that somebody can send, to each route the same only once."""
    found = {}
    for who, _route, path, page in open_doors:
        if page.status_code == 200 and "html" in page["content-type"]:
            for (method, address), fields in Forms(page.content.decode(), path).sent.items():
                form = (resolve(unquote(address)).route, method, frozenset(fields))
                found.setdefault(form, (who, address, method, fields))
    return list(found.values())


def test_odd_values_in_every_field_of_every_form_break_nothing(browsers, forms):
    broken = [
        f"{method} {address} by {who} with {what}"
        for who, address, method, fields in forms
        for what, sent in everywhere_odd(fields)
        if answer_of(browsers[who], method, address, sent).status_code >= 500
    ]
    assert not broken, "\n".join(broken)


def everywhere_odd(names):
    """What to send: the same value in all fields; of the odd words, which are no number, day or key, one in each."""
    for what in sorted(ODD.keys() - set(WORDS)):
        yield what, dict.fromkeys(names, ODD[what])
    for turn in range(0, len(WORDS), 3):
        words = itertools.cycle(WORDS[turn:] + WORDS[:turn])
        yield f"words from “{WORDS[turn]}” on", {name: ODD[next(words)] for name in names}


def test_one_odd_value_among_good_ones_breaks_nothing(browsers, forms):
    broken = [
        f"{address} by {who}: {name} with {what}"
        for who, address, method, fields, name in each_field(forms)
        for what in DEEPEST.get(fields[name].kind, ("NUL", "number out of range"))
        if answer_of(browsers[who], method, address, with_one(fields, name, ODD[what])).status_code >= 500
    ]
    assert not broken, "\n".join(broken)


def each_field(forms):
    """Of fields that differ in the number of their row only, and of what can be added and changed, the first one.

    How many rows there are has its own test.
    """
    seen = set()
    for who, address, method, fields in forms:
        thing = re.sub(r"/(add|\d+/change)/$", "/", address)
        for name in fields:
            field = (thing, method, re.sub(r"-(\d+|__prefix__)-", "-#-", name))
            if field not in seen and not name.endswith("_FORMS"):
                seen.add(field)
                yield who, address, method, fields, name


# What reaches deepest in a field of this kind; in what points to other things, a NUL and a number.
DEEPEST = dict.fromkeys(("number", "date", "time", "datetime-local"), ("number out of range", "day that is none"))
DEEPEST |= dict.fromkeys(("text", "textarea", "search", "email", "tel", "url", "password"), ("NUL",))


def with_one(fields, name, odd):
    return {one: field.value for one, field in fields.items()} | {name: odd}


# What queries of ours and of Django's admin are called.
QUERY = ("page", "p", "q", "o", "sorting", "columns", "states", "kind", "category", "month", "stage", "next", "term")


def test_odd_values_in_the_query_break_nothing(browsers, open_doors):
    deepest = {route: (who, path) for who, route, path, _page in reversed(open_doors)}
    broken = [
        f"{path} by {who} with {what}"
        for who, path in deepest.values()
        for what in ("NUL", "number out of range", "below zero", "day that is none", "list", "template")
        if answer_of(browsers[who], "get", path, dict.fromkeys(QUERY, ODD[what])).status_code >= 500
    ]
    assert not broken, "\n".join(broken)


def test_odd_values_in_the_address_break_nothing(browsers):
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


def test_an_odd_body_breaks_no_form(browsers):
    browser, broken = browsers["organiser"], []
    for path in ("/accounts/login/", "/accounts/", "/display/", "/sessions/this/enrol/", "/admin/training/venue/add/"):
        for kind in KINDS:
            for body in BODIES:
                with undone():
                    if browser.generic("POST", path, body, content_type=kind).status_code >= 500:
                        broken.append(f"{path} with {kind} and {body[:20]!r}")
    assert not broken, "\n".join(broken)


def test_no_page_shows_what_was_typed_as_markup(browsers, forms):
    mark = "<i>x</i>\"'onmouseover=1"
    for who, address, method, fields in forms:
        answer = answer_of(browsers[who], method, address, dict.fromkeys(fields, mark))
        if "html" in answer.get("content-type", ""):
            assert not re.search(r"<i>x</i>", answer.content.decode()), f"{method} {address}"
