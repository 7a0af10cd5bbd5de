"""Every route, for everybody who may come, by GET and by POST: answered as decided, and never undecided.

The decisions are lines of `decisions.txt`: a route, a method, and who gets which answer:
`ok` (a page, or a redirect after a deed), `sign in`, 403, 404 or 405. A route without a line
fails, and so does a line without a route.
"""

from pathlib import Path

import pytest

from tests.access.routes import routes
from tests.access.walk import METHODS
from tests.access.world import CASES, EVERYBODY, WHO

FILE = Path(__file__).with_name("decisions.txt")
# Whoever holds nothing today, and nominators, who act for a body from outside.
OUTSIDERS = frozenset({"trainee", "other_trainee", "nominator", "other_nominator", "former_organiser"})
GROUPS = {
    "everybody": EVERYBODY,
    "signed_in": EVERYBODY - {"public"},
    "outsiders": OUTSIDERS,
    "insiders": EVERYBODY - OUTSIDERS - {"public"},
}


def decisions():
    """{(route, method): {who: answer}}"""
    decided = {}
    for line in FILE.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        route, methods, rest = line.split(maxsplit=2)
        for method in methods.split("/"):
            assert (route, method) not in decided, f"{route} {method} is decided twice"
            decided[route, method] = _answers(rest, line)
    return decided


def _answers(text, line):
    answers = {}
    for part in text.split("|"):
        expected, _, people = part.partition(":")
        for word in people.split():
            named = EVERYBODY - set(answers) if word == "rest" else set(GROUPS.get(word, {word}))
            assert named <= EVERYBODY, f"nobody is called {word}: {line}"
            assert not named & set(answers), f"{named & set(answers)} twice: {line}"
            answers |= dict.fromkeys(named, expected.strip())
    assert set(answers) == EVERYBODY, f"nothing is decided for {sorted(EVERYBODY - set(answers))}: {line}"
    return answers


def test_every_route_has_a_decision_and_every_decision_a_route():
    named = [route.name for route in routes()]
    assert len(named) == len(set(named)), "two routes share a name"

    further = [f"{route}[{case}]" for route, cases in CASES.items() for case in cases]
    needed = {(name, method) for name in named + further for method in METHODS}
    decided = set(decisions())
    assert needed - decided == set(), "routes without a decision"
    assert decided - needed == set(), "decisions without a route"


@pytest.mark.django_db
def test_everybody_gets_the_answer_that_was_decided(seen):
    decided = decisions()
    surprises = []

    for (name, method), answers in seen.answers.items():
        got = {who: answer.decision for who, answer in answers.items()}
        if got != decided.get((name, method)):
            surprises.append(f"{name} {method} {in_words(got)}")

    assert not surprises, "answered otherwise than decided:\n" + "\n".join(surprises)


def in_words(answers):
    """The line that would decide what was answered: the most frequent answer is the rest's."""
    people = {}
    for who in WHO:
        people.setdefault(answers[who], []).append(who)
    if len(people) == 1:
        return f"{next(iter(people))}: everybody"
    *few, (most, _) = sorted(people.items(), key=lambda pair: (len(pair[1]), pair[0] != "ok"))
    return " | ".join([f"{got}: {' '.join(who)}" for got, who in few] + [f"{most}: rest"])
