"""Visitors: one that comes over the network, and one inside the process whose queries are counted.

A flow is a function that takes either of them and says in one word how it ended; "ok" is meant.
"""

from functools import cache
from urllib.parse import urljoin, urlsplit

import httpx
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.client import ClientHandler
from django.test.utils import CaptureQueriesContext

from tests.benchmarks.pages import Page

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
MOST_REDIRECTS = 5
NOT_QUERIES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE SAVEPOINT")


class Visitor:
    """Follows redirects as a browser does. `number` is the visitor's own; no two have the same."""

    def __init__(self, number):
        self.number = number

    def get(self, address):
        return self._follow(*self._asked("GET", address))

    def post(self, address, values):
        return self._follow(*self._asked("POST", address, values))

    def _follow(self, page, next_address):
        for _ in range(MOST_REDIRECTS):
            if not next_address:
                return page
            page, next_address = self._asked("GET", urljoin(page.address, next_address))
        raise RuntimeError(f"{page.address} leads on and on.")

    def _asked(self, method, address, values=None):
        """The page and, of a redirect, where it leads."""
        raise NotImplementedError


class NetworkVisitor(Visitor):
    """Comes over HTTP to a server on this machine; `web_session` is the key of one that is signed in."""

    def __init__(self, number, base, transport, web_session=None):
        super().__init__(number)
        if urlsplit(base).hostname not in LOOPBACK:
            raise RuntimeError(f"{base} is another machine.")
        cookies = {settings.SESSION_COOKIE_NAME: web_session} if web_session else {}
        self._client = httpx.Client(base_url=base, transport=transport, timeout=60, cookies=cookies, trust_env=False)
        self._base = base

    def _asked(self, method, address, values=None):
        answer = self._client.request(method, address, data=values, headers={"Referer": self._base + "/"})
        page = Page(answer.status_code, answer.text, str(answer.url.path))
        return page, answer.headers.get("Location", "") if answer.is_redirect else ""


@cache
def _the_product():
    """One for all visitors, as in a web process: middlewares are loaded once."""
    return ClientHandler(enforce_csrf_checks=True)


class CountedVisitor(Visitor):
    """Uses the product inside this process; `queries` are the statements of all its requests."""

    def __init__(self, number, web_session=None):
        super().__init__(number)
        self._client = Client(SERVER_NAME="127.0.0.1")
        self._client.handler = _the_product()
        if web_session:
            self._client.cookies[settings.SESSION_COOKIE_NAME] = web_session
        self.queries = []

    def _asked(self, method, address, values=None):
        ask = self._client.post if method == "POST" else self._client.get
        with CaptureQueriesContext(connection) as captured:
            answer = ask(address, values or {})
        self.queries += [one["sql"] for one in captured if not one["sql"].startswith(NOT_QUERIES)]
        text = b"".join(answer) if answer.streaming else answer.content
        page = Page(answer.status_code, text.decode(), urlsplit(address).path)
        return page, answer.headers.get("Location", "") if answer.status_code in (301, 302, 303) else ""
