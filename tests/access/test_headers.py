"""What every answer carries: a strict policy, no frame, and for pages with people's data no cache."""

import pytest

from tests.access.walk import OK, SIGN_IN

pytestmark = pytest.mark.django_db


def shown(seen):
    """(name, answer) of every page that somebody may open."""
    for (name, method), answers in seen.answers.items():
        yield from ((name, answer) for answer in answers.values() if method == "GET" and answer.decision == OK)


def test_every_answer_carries_the_policy_and_is_read_as_what_it_is(seen):
    for name, answer in shown(seen):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy, name
        assert "unsafe" not in policy, name
        assert "frame-ancestors 'none'" in policy, name
        assert answer.headers["x-content-type-options"] == "nosniff", name
        assert answer.headers["referrer-policy"] == "same-origin", name
        assert answer.headers["cross-origin-opener-policy"] == "same-origin", name


def test_what_is_not_for_everybody_stays_in_no_cache(seen):
    kept = {
        name
        for name, answer in shown(seen)
        if seen.answers[name, "GET"]["public"].decision == SIGN_IN
        and answer.status == 200
        and "javascript" not in answer.headers["content-type"]  # Django's words for its scripts
        and not {"no-store", "private"} <= set(answer.headers.get("cache-control", "").replace(",", " ").split())
    }
    assert not kept, kept
