"""The proposal by the rule: plain figures in, a line with its reason for each person out."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from training.enrolment.allocating import Applicant, Places, Rule, fingerprint, propose
from training.enrolment.reasons import Reason

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANHUI, HENAN = 1, 2
PLAIN = Rule()
A_RESERVE = "A reserve comes after everybody else."


def person(key, **fields):
    return Applicant(key=key, applied_at=fields.pop("applied_at", NINE + timedelta(minutes=key)), **fields)


def places(pool=0, **quotas):
    named = {"anhui": (ANHUI, "Anhui"), "henan": (HENAN, "Henan")}
    own = {named[name][0]: Places(Reason(named[name][1], named[name][1]), free) for name, free in quotas.items()}
    return {**own, None: Places(Reason("free pool", "机动名额"), pool)}


def proposed(people, given, rule=PLAIN):
    return {line.key: line.to for line in propose(people, given, rule)}


def test_places_go_by_the_time_of_application_and_the_others_wait():
    people = [person(3), person(1), person(2)]

    assert proposed(people, places(pool=2)) == {1: "offered", 2: "offered", 3: "waitlisted"}


def test_a_body_uses_its_quota_first_then_the_pool():
    people = [person(key, purses=(ANHUI, None)) for key in (1, 2, 3)] + [person(4)]

    lines = propose(people, places(pool=1, anhui=2), PLAIN)

    assert [(line.key, line.to, line.purse) for line in lines] == [
        (1, "offered", ANHUI),
        (2, "offered", ANHUI),
        (3, "offered", None),
        (4, "waitlisted", None),
    ]


def test_a_body_without_the_right_to_the_pool_leaves_it_to_the_others():
    people = [person(1, purses=(ANHUI,)), person(2, purses=(ANHUI,)), person(3)]

    assert proposed(people, places(pool=5, anhui=1)) == {1: "offered", 2: "waitlisted", 3: "offered"}


def test_the_rank_decides_before_the_time_where_the_rule_says_so():
    people = [person(1, rank=2), person(2, rank=1), person(3)]

    assert proposed(people, places(pool=1), Rule(by_rank=True)) == {2: "offered", 1: "waitlisted", 3: "waitlisted"}
    assert proposed(people, places(pool=1))[1] == "offered"


def test_reserves_come_last_and_wait_while_lists_are_open():
    people = [person(1, is_reserve=True), person(2)]

    assert proposed(people, places(pool=1)) == {2: "offered", 1: "waitlisted"}
    assert proposed(people, places(pool=2), Rule(reserves_wait=True)) == {2: "offered", 1: None}


def test_newcomers_come_first_where_the_rule_says_so():
    people = [person(1, attended_before=True), person(2)]

    assert proposed(people, places(pool=1), Rule(newcomers_first=True)) == {2: "offered", 1: "waitlisted"}
    assert proposed(people, places(pool=1)) == {1: "offered", 2: "waitlisted"}


def test_whoever_waits_already_comes_before_new_applications_and_stays_where_he_is():
    people = [person(1), person(2, line_number=7), person(3, line_number=8)]

    assert proposed(people, places(pool=1)) == {2: "offered", 3: None, 1: "waitlisted"}


def test_what_is_decided_counts_first_and_stays():
    people = [person(1), person(2, decided="offered"), person(3, decided="declined")]

    lines = {line.key: line for line in propose(people, places(pool=1), PLAIN)}

    assert {key: (line.to, line.is_decided) for key, line in lines.items()} == {
        1: ("waitlisted", False),
        2: ("offered", True),
        3: ("declined", True),
    }


def test_a_duplicate_gets_no_proposal():
    assert proposed([person(1, is_duplicate=True), person(2)], places(pool=2)) == {1: None, 2: "offered"}


def test_each_reason_is_a_sentence_in_both_languages():
    people = [person(1, purses=(ANHUI, None)), person(2, purses=(ANHUI, None)), person(3, is_reserve=True)]

    reasons = [line.reason for line in propose(people, places(pool=1, anhui=1), PLAIN)]

    assert [reason.en for reason in reasons] == [
        "Number 1 for the free places of Anhui: 1.",
        "The places of Anhui go to people before; number 1 for the free places of the free pool: 1.",
        f"All free places of the free pool (1) go to people before; number 1 of those who wait. {A_RESERVE}",
    ]
    assert reasons[0].zh == "Anhui有空余名额1个，本人排第1位。"


def test_everybody_gets_a_place_while_the_number_is_unknown():
    assert proposed([person(1), person(2)], places(pool=None)) == {1: "offered", 2: "offered"}


@st.composite
def classes(draw):
    """Some people with equal and different figures, places, and a rule."""
    purses = st.sampled_from([(None,), (ANHUI,), (ANHUI, None), (HENAN, None), ()])
    people = [
        Applicant(
            key=key,
            applied_at=NINE + timedelta(minutes=draw(st.integers(0, 3))),
            purses=draw(purses),
            rank=draw(st.none() | st.integers(1, 3)),
            is_reserve=draw(st.booleans()),
            attended_before=draw(st.booleans()),
            line_number=draw(st.none() | st.integers(1, 4)),
            decided=draw(st.sampled_from(["", "", "", "offered", "declined"])),
        )
        for key in range(1, draw(st.integers(1, 14)) + 1)
    ]
    free = places(pool=draw(st.integers(0, 5)), anhui=draw(st.integers(0, 3)), henan=draw(st.integers(0, 3)))
    return people, free, Rule(by_rank=draw(st.booleans()), newcomers_first=draw(st.booleans()))


@settings(max_examples=60, deadline=None)
@examples(classes(), st.randoms(use_true_random=False))
def test_the_same_figures_in_any_order_give_the_same_proposal_within_the_places(made, chance):
    people, free, rule = made
    shuffled = list(people)
    chance.shuffle(shuffled)

    lines = propose(people, free, rule)

    assert propose(shuffled, dict(reversed(free.items())), rule) == lines
    assert fingerprint(shuffled, free, rule) == fingerprint(people, free, rule)
    assert sorted(line.key for line in lines) == [one.key for one in people]
    with_a_place = [line for line in lines if line.to == "offered" and not line.is_decided]
    own_purses = {one.key: one.purses for one in people}
    assert all(line.purse in own_purses[line.key] for line in with_a_place)
    for purse, given in free.items():
        assert sum(line.purse == purse for line in with_a_place) <= given.free


@settings(max_examples=40, deadline=None)
@examples(classes())
def test_nobody_waits_while_a_place_that_he_may_take_is_left(made):
    people, free, rule = made
    lines = {line.key: line for line in propose(people, free, rule)}
    undecided = [one for one in people if not one.decided]
    taken = dict.fromkeys(free, 0)
    for one in people:
        line = lines[one.key]
        if line.to == "offered" and "no place" not in line.reason.en:
            taken[line.purse] += 1

    for one in undecided:
        if lines[one.key].to != "offered":
            assert all(taken[purse] >= free[purse].free for purse in one.purses)


@pytest.mark.parametrize("change", ["person", "places", "rule"])
def test_the_fingerprint_changes_with_whatever_is_looked_at(change):
    people, free = [person(1), person(2)], places(pool=1)
    before = fingerprint(people, free, PLAIN)

    after = {
        "person": lambda: fingerprint([person(1), person(2, rank=1)], free, PLAIN),
        "places": lambda: fingerprint(people, places(pool=2), PLAIN),
        "rule": lambda: fingerprint(people, free, Rule(by_rank=True)),
    }[change]()

    assert after != before


def test_ties_are_broken_by_the_key():
    people = [Applicant(key=key, applied_at=NINE) for key in range(29, 0, -1)]

    lines = propose(people, places(pool=3), PLAIN)

    assert [line.key for line in lines] == list(range(1, 30))


def test_where_nothing_is_free_the_reason_does_not_speak_of_people_before():
    people = [person(1), person(2, purses=(ANHUI,)), person(3, purses=(ANHUI, None))]

    lines = propose(people, places(pool=0, anhui=0), PLAIN)

    assert [line.reason.en for line in lines] == [
        "No place of the free pool is free; number 1 of those who wait.",
        "No place of Anhui is free; number 2 of those who wait.",
        "No place of Anhui or of the free pool is free; number 3 of those who wait.",
    ]
