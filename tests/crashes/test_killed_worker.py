"""The letter worker is killed again and again while letters leave.

`python -m tests.benchmarks letters` kills it sixty times while six hundred leave.
"""

import functools
import threading

import pytest

from tests.crashes.storm import rage
from tests.races.at_once import at_once
from training.mail import outbox, sending
from training.mail.models import Letter

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 4


def test_no_letter_is_lost_and_none_leaves_more_than_twice_when_the_worker_is_killed():
    outcome = rage(letters=48, kills=8)

    assert (outcome.lost, outcome.under_another_name, outcome.still_waiting) == (0, 0, 0)
    assert outcome.most_often <= 2
    assert outcome.twice <= outcome.kills


def test_control_without_the_lease_letters_are_lost():
    outcome = rage(letters=24, kills=6, options=("--without-lease",))

    assert outcome.lost > 0


class Counting:
    """A mail server that waits until everybody who looked at the letter is there, and counts."""

    def __init__(self, people):
        self.everybody_is_there, self.sent = threading.Barrier(people), []

    def message(self, letter):
        self.everybody_is_there.wait(30)
        self.sent.append(letter.message_id)
        return self

    def send(self):
        return 1


def a_letter():
    values = {"trainee": "王敏", "session": "Forging"}
    return outbox.write(to="wang@example.org", template="enrolment_confirmed", values=values, language="en")


def test_workers_that_take_one_letter_at_the_same_moment_send_it_once(monkeypatch):
    server, letter = Counting(1), a_letter()
    monkeypatch.setattr(sending, "_message", server.message)

    results = at_once([functools.partial(sending.send, letter.pk)] * AT_ONCE)

    assert sorted(results) == [False, False, False, True]
    assert server.sent == [letter.message_id]


def test_control_without_the_lease_workers_send_one_letter_as_often_as_there_are_workers(monkeypatch):
    server, letter = Counting(AT_ONCE), a_letter()
    monkeypatch.setattr(sending, "_message", server.message)
    monkeypatch.setattr(sending, "_lease", lambda letter_id: Letter.objects.waiting().get(pk=letter_id))

    at_once([functools.partial(sending.send, letter.pk)] * AT_ONCE)

    assert server.sent == [letter.message_id] * AT_ONCE
