"""Every page of our own opens in a browser without a complaint and without a barrier.

The pages come from the addresses there are and from the written decisions who may open them, so
a new page is walked over without being named here. Django's own pages of the admin have a walk
of their own.
"""

import re
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.access.routes import routes
from tests.access.test_decisions import decisions
from tests.access.world import two_programmes
from tests.browser import spills

pytestmark = pytest.mark.django_db(transaction=True)

# Whoever sees most of a page opens it.
MOST_LIKELY = ("organiser", "nominator", "trainee", "identity_reader", "exporter", "superuser", "auditor", "public")
STOCK = re.compile(r"^admin:(training|accounts)_[a-z]+_(changelist|add|change|history|delete)$")
TALL = {"width": 1280, "height": 2400}  # so that what sticks to the edge covers nothing
LEFT_OUT = {"account_logout": "signs the visitor out", "admin:jsi18n": "is a script"}


def pages(world):
    """(who, path) of every page that somebody may open and that is neither a file nor a way to another page."""
    decided = decisions()
    for route in routes():
        if STOCK.match(route.name) or route.name in LEFT_OUT:
            continue
        for name, path in world.paths(route):
            answers = decided.get((name, "GET"), {})
            who = next((one for one in MOST_LIKELY if answers.get(one) == "ok"), None)
            said = urlencode(world.said_at(path))
            address = f"{path}?{said}" if said else path
            if who and is_a_page(world, who, address):
                yield who, address


def is_a_page(world, who, path):
    browser = Client()
    if who != "public":
        browser.force_login(world.people[who])
    answer = browser.get(path)
    answer.close()
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html") and not answer.streaming


def test_no_page_of_ours_breaks_complains_or_bars_anybody(new_page, accessibility_violations, settings, tmp_path):
    settings.VAR = tmp_path
    world = two_programmes()
    tabs = {}
    barriers, too_wide = {}, {}

    found = sorted(pages(world))
    for who, path in found:
        if who not in tabs:
            tabs[who] = new_page(user=world.people.get(who), viewport=TALL)
        assert tabs[who].goto(path).status == 200, path
        if violations := accessibility_violations(tabs[who]):
            barriers[path] = violations
        if widths := spills(tabs[who]):
            too_wide[path] = widths

    assert not too_wide
    assert not barriers, "\n".join(f"{path}: {violations}" for path, violations in barriers.items())
    assert len(found) > 50
