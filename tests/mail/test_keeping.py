from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from tests import given
from training.mail import keeping, outbox
from training.mail.models import Letter
from training.mail.sending import send
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter():
    values = {"trainee": "Wang Min", "session": "First"}
    return outbox.write(
        to="wang@example.org", template="enrolment_applied", values=values, language="en", about="K7Q2K7Q2K7"
    )


def state_of(letter):
    letter.refresh_from_db()
    return letter.state


def test_a_letter_that_is_held_back_leaves_only_once_it_is_released(letter):
    keeping.hold(letter)
    assert not send(letter.pk)

    keeping.release(letter)

    assert send(letter.pk)
    assert [message.to for message in mail.outbox] == [["wang@example.org"]]


def test_a_held_letter_can_be_reworded_and_a_waiting_one_not(letter):
    with pytest.raises(Refused, match="“waiting to be sent”; that cannot be done"):
        keeping.reword(letter, subject="New", text="New")

    keeping.hold(letter)
    keeping.reword(letter, subject="A new\nsubject", text="A new text")

    letter.refresh_from_db()
    assert (letter.subject, letter.text) == ("A new subject", "A new text")


def test_a_cancelled_letter_never_leaves_unless_it_is_sent_after_all(letter):
    keeping.cancel(letter)
    assert not send(letter.pk)

    keeping.send_again(letter, by=given.user())

    assert state_of(letter) == "waiting"
    assert send(letter.pk)


def test_a_letter_that_was_sent_stays_as_proof_and_a_new_one_goes_out(letter):
    send(letter.pk)
    sender = given.user()

    copied = keeping.send_again(letter, by=sender)

    letter.refresh_from_db()
    assert letter.state == "sent"
    assert (copied.to, copied.text, copied.state, copied.written_by) == (letter.to, letter.text, "waiting", sender)
    assert copied.message_id != letter.message_id


def test_a_letter_in_a_workers_hands_is_left_alone(letter):
    Letter.objects.filter(pk=letter.pk).update(leased_until=timezone.now() + timedelta(minutes=5))

    with pytest.raises(Refused, match="being sent at this moment"):
        keeping.cancel(letter)

    assert state_of(letter) == "waiting"


def test_a_letter_with_a_secret_is_not_sent_a_second_time(letter):
    Letter.objects.filter(pk=letter.pk).update(is_secret=True, state="failed")

    with pytest.raises(Refused, match="a new one is sent on request"):
        keeping.send_again(letter, by=given.user())
