"""One walk over every route, as everybody, by GET and by POST. The tests of this folder judge what it saw.

Ten thousand questions are asked once; what the answers decide, carry and show is noted as they come.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.cookies import SimpleCookie
from pathlib import Path

from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client, override_settings
from django.urls import reverse
from django.utils.translation import override
from structlog.testing import capture_logs

from tests.access.routes import routes
from tests.access.world import IDENTITY, MOBILE, WHO, two_programmes

OK, SIGN_IN = "ok", "sign in"
METHODS = ("GET", "POST")


@dataclass(frozen=True)
class Answer:
    """`decision` is `ok` for a page or a redirect after a deed, `sign in`, or the number of a refusal."""

    decision: str
    status: int
    headers: Mapping[str, str]
    holds_a_number: bool


@dataclass(frozen=True)
class Walk:
    """What everybody was answered, `answers[name, method][who]`, and all that was logged meanwhile."""

    answers: Mapping[tuple[str, str], Mapping[str, Answer]]
    log: str
    email: str


def walk(var: Path) -> Walk:
    """Walk through a world that is made for it and gone afterwards; its files go to `var`."""
    with override("en"), override_settings(SECOND_FACTOR_DEMANDED=True, VAR=var), undone():
        world = two_programmes()
        visitors = {who: visitor(world.browser(who)) for who in WHO}
        with logged() as lines:
            answers = {
                (name, method): {who: ask(method, path, world.said_at(path)) for who, ask in visitors.items()}
                for route in routes()
                for name, path in world.paths(route)
                for method in METHODS
            }
        return Walk(answers, str(lines), world.people["trainee"].email)


def visitor(browser: Client) -> Callable[[str, str, dict[str, object]], Answer]:
    """Asks in this browser; whatever a question did is undone."""

    def ask(method: str, path: str, said: dict[str, object]) -> Answer:
        response, content = _answer(browser, method, path, said)
        if _leads_to(response, "admin:login"):
            return at_the_admins_door()
        return Answer(_sorted(response), response.status_code, response.headers, holds_a_number(content))

    @cache
    def at_the_admins_door() -> Answer:
        """Says the same wherever in the admin somebody wanted to go."""
        return ask("GET", reverse("admin:login"), {"next": reverse("admin:index")})

    return ask


def _answer(browser: Client, method: str, path: str, said: dict[str, object]) -> tuple[HttpResponseBase, str]:
    cookies = browser.cookies.output(header="", sep=";")
    with undone():
        response = getattr(browser, method.lower())(path, said)
        content = b"".join(response.streaming_content) if response.streaming else response.content
    browser.cookies = SimpleCookie(cookies)
    return response, content.decode(errors="replace")


def _sorted(response: HttpResponseBase) -> str:
    if _leads_to(response, "account_login"):
        return SIGN_IN
    return OK if response.status_code < 400 else str(response.status_code)


def _leads_to(response: HttpResponseBase, door: str) -> bool:
    return response.status_code in {301, 302} and response.url.startswith(reverse(door))


def holds_a_number(text: str) -> bool:
    """Whether the trainee's identity number or phone stands there in full."""
    return IDENTITY in text or MOBILE in text or IDENTITY.lower() in text


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def logged() -> Iterator[list[object]]:
    """Every event and every record of the log, with all that they carry."""
    lines: list[object] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.__dict__)

    listening, root = Listening(logging.INFO), logging.getLogger()
    level = root.level
    root.addHandler(listening)
    root.setLevel(logging.INFO)
    try:
        with capture_logs() as events:
            yield lines
            lines += events
    finally:
        root.setLevel(level)
        root.removeHandler(listening)
