"""Fixtures for tests in a real Chromium, which fail on every complaint of the browser.

`page` is one tab; `new_page(language=…, user=…)` opens further ones, each with cookies of its
own. `accessibility_violations(page)` asks axe. `language` is "en" unless a test sets it:

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
"""

import os
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import sync_playwright

from tests.chromium import chromium

LOCALES = {"en": "en-GB", "zh-hans": "zh-CN"}
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FLAGS = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def journeys_last(items):
    """Playwright's loop stays in the thread, and tests with a loop of their own must come before it."""
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def browser():
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Django takes playwright's loop for our own
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def language():
    return "en"


@pytest.fixture
def complaints():
    """What the browser complained about; a test that provokes a complaint removes it."""
    return []


@pytest.fixture
def new_page(browser, live_server, settings, language, complaints):
    """Opens a tab of a new visitor, or of a user who is signed in."""
    settings.BASE_URL = live_server.url
    contexts = []

    def open_page(language=language, user=None, **options):
        options = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"} | options
        context = browser.new_context(base_url=live_server.url, locale=LOCALES[language], **options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        if user is not None:
            context.add_cookies([session_cookie(user, live_server.url)])
        page = context.new_page()
        listen(page, complaints)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(new_page):
    return new_page()


@pytest.fixture
def accessibility_violations():
    """A function that lists what axe finds on a page against WCAG 2.2 AA: rule, help, places."""

    def ask(page):
        page.evaluate(AXE)
        found = page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", WCAG)
        return [
            f"{violation['id']}: {violation['help']} – {', '.join(str(node['target']) for node in violation['nodes'])}"
            for violation in found["violations"]
        ]

    return ask


SPILLING = """() => [...document.querySelectorAll('body *')].filter(one => {
  const inside = one.closest('.results, .table-frame, [style*="overflow"]')
  return one.getBoundingClientRect().right > window.innerWidth + 1 && !inside
}).slice(0, 3).map(one => one.outerHTML.slice(0, 120))"""


def spills(page):
    """What sticks out of the page in its largest type, by the width of the window: 1280 and 390 points."""
    usual, wide = page.viewport_size, {}
    page.evaluate("document.documentElement.dataset.type = '150'")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": usual["height"]})
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wide[width] = page.evaluate(SPILLING)
    page.set_viewport_size(usual)
    return wide


def listen(page, complaints):
    def on_console(message):
        is_the_page_itself = message.location.get("url") == page.url  # a 404 that the test asked for
        breaks_policy = "Content Security Policy" in message.text
        if breaks_policy or (message.type == "error" and not is_the_page_itself):
            complaints.append(message.text)

    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.append(str(error)))


def session_cookie(user, url):
    client = Client()
    client.force_login(user)
    return {
        "name": django_settings.SESSION_COOKIE_NAME,
        "value": client.cookies[django_settings.SESSION_COOKIE_NAME].value,
        "url": url,
        "httpOnly": True,
    }
