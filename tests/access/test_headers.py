"""What every answer carries: a strict policy, no frame, and for pages with people's data no cache."""

import pytest

from tests.access.asking import OK, SIGN_IN
from tests.access.routes import routes
from tests.access.test_decisions import decisions
from tests.access.world import two_programmes


@pytest.fixture
def world(db, settings, tmp_path):
    settings.VAR = tmp_path
    return two_programmes()


def answers_to(world):
    """(name, route's decision, answer) of every route to somebody who may see it."""
    decided = decisions()
    browsers = {}
    for route in routes():
        for name, path in world.paths(route):
            allowed = [who for who, answer in decided[name, "GET"].items() if answer == OK]
            if allowed:
                browser = browsers.setdefault(allowed[0], world.browser(allowed[0]))
                answer = browser.get(path, world.said_at(path))
                if answer.streaming:
                    b"".join(answer.streaming_content)  # closes the file
                yield name, decided[name, "GET"], answer


def test_every_answer_carries_the_policy_and_is_read_as_what_it_is(world):
    for name, _decision, answer in answers_to(world):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy, name
        assert "unsafe" not in policy, name
        assert "frame-ancestors 'none'" in policy, name
        assert answer.headers["x-content-type-options"] == "nosniff", name
        assert answer.headers["referrer-policy"] == "same-origin", name
        assert answer.headers["cross-origin-opener-policy"] == "same-origin", name


def test_what_is_not_for_everybody_stays_in_no_cache(world):
    kept = [
        name
        for name, decision, answer in answers_to(world)
        if decision["public"] == SIGN_IN
        and answer.status_code == 200
        and "javascript" not in answer["content-type"]  # Django's words for its scripts
        and not {"no-store", "private"} <= set(answer.headers.get("cache-control", "").replace(",", " ").split())
    ]
    assert not kept, kept
