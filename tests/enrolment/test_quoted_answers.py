"""Letters that quote what a person answered: once an answer is erased, no letter says it any longer."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from tests import given
from training.catalogue.models import TrainingSession
from training.enrolment.applying import Application, change_answers
from training.enrolment.asked import questions_at
from training.enrolment.erasing import erase_answers, erase_answers_over_time
from training.enrolment.future_letters import keep_letters_in_step
from training.enrolment.mailing import LetterToMany, send_to_many
from training.enrolment.models import Erasure
from training.mail import keeping
from training.mail.models import Letter, LetterTemplate
from training.mail.sending import LEASE, send
from training.mail.wording import refuse_what_cannot_stand_there
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db

TEXT = "You wrote:\n{{ answers }}\nWrite to {{ contact }} if that is wrong."
BEFORE = "You wrote:\nEmployer: Forge\nArrival time and train or flight: G7349\nWrite to us if that is wrong."
AFTER = BEFORE.replace("G7349", "[erased]")


@pytest.fixture
def session():
    made = given.session(contact_name_en="us")
    given.asked(made, "employer", "arrival", required=False)
    return made


@pytest.fixture
def enrolment(session):
    return one_who_answered(session)


@pytest.fixture
def letter(session, enrolment):
    return told(session, enrolment)


def one_who_answered(session, **person):
    return given.enrolment(
        session, person=given.trainee("Wang", **person), answers={"employer": "Forge", "arrival": "G7349"}
    )


def told(session, enrolment, **texts):
    """The own letter to everybody that quotes the answers, as this person got it."""
    own = LetterToMany(session, ["confirmed"], **({"subject_en": "Your answers", "text_en": TEXT} | texts))
    send_to_many(own, purpose="", send_key=enrolment.send_key, by=given.user())
    return Letter.objects.get(about=enrolment.reference, template="enrolment_own")


def erase_the_arrival(enrolment):
    erase_answers(enrolment, {"arrival"}, because=Erasure.Because.WITHDRAWN, at=timezone.now())


def again(letter):
    return Letter.objects.get(pk=letter.pk)


def proof_of(letter):
    return (
        letter.subject,
        letter.to,
        letter.template,
        letter.message_id,
        letter.written_at,
        letter.sent_at,
        letter.state,
    )


def test_a_letter_that_was_sent_stays_as_proof_without_the_answer(session, letter):
    send(letter.pk)
    sent = again(letter)
    assert sent.text == BEFORE

    session.asked_fields.filter(code="arrival").update(keep_days=0)
    yesterday = timezone.localdate() - timedelta(days=1)
    TrainingSession.objects.filter(pk=session.pk).update(starts_on=yesterday, ends_on=yesterday)
    assert erase_answers_over_time(timezone.now()) == 1

    assert again(letter).text == AFTER
    assert "G7349" not in str(again(letter).quotes)
    assert proof_of(again(letter)) == proof_of(sent)


def test_it_reads_so_in_the_language_of_the_letter(session):
    enrolment = one_who_answered(session, language="zh-hans")
    letter = told(session, enrolment, subject_zh="您的信息", text_zh="{{ answers }}")
    assert "G7349" in letter.text

    erase_the_arrival(enrolment)

    assert again(letter).text.endswith("：[已删除]")


def test_a_letter_that_waits_leaves_without_it(letter, enrolment):
    erase_the_arrival(enrolment)

    assert send(letter.pk)

    assert [message.body for message in mail.outbox] == [AFTER]


def test_a_planned_reminder_loses_it_too(session, enrolment):
    given.nothing_by_the_calendar()
    given.trigger(session=session)
    LetterTemplate.objects.create(code="enrolment_start_reminder", subject_en="Soon", text_en=TEXT)
    keep_letters_in_step(session.pk)
    planned = Letter.objects.get(about=enrolment.reference, state="planned")
    assert planned.text == BEFORE

    erase_the_arrival(enrolment)
    keep_letters_in_step(session.pk)

    assert (again(planned).text, again(planned).state) == (AFTER, "planned")


def test_letters_to_others_stay(session, letter, enrolment):
    other = one_who_answered(session)
    theirs = told(session, other)

    erase_the_arrival(enrolment)

    assert "G7349" in again(theirs).text


def test_the_answer_goes_as_it_was_quoted_though_it_was_changed_since(session, letter, enrolment):
    asked = questions_at(session, "application")
    change_answers(enrolment, Application("Wang", {"employer": "Forge"}, asked=asked), by=enrolment.trainee.user)
    session.asked_fields.filter(code="arrival").update(keep_days=0)
    yesterday = timezone.localdate() - timedelta(days=1)
    TrainingSession.objects.filter(pk=session.pk).update(starts_on=yesterday, ends_on=yesterday)

    erase_answers_over_time(timezone.now())

    assert again(letter).text == AFTER


def test_a_copy_that_was_sent_again_loses_it_too(letter, enrolment):
    send(letter.pk)
    copied = keeping.send_again(letter, by=given.user())

    erase_the_arrival(enrolment)

    assert again(copied).text == AFTER


def test_of_a_letter_that_was_reworded_a_sentence_is_left_and_it_does_not_leave(letter, enrolment):
    keeping.hold(letter)
    keeping.reword(letter, subject="Your train", text="You come by the G7349, we hear.")

    erase_the_arrival(enrolment)

    left = again(letter)
    assert left.text.startswith("This letter quoted data that were erased on ")
    assert (left.subject, left.state) == ("Your train", "cancelled")


def test_of_a_letter_from_before_it_was_noted_a_sentence_is_left_where_it_may_quote_the_answer(letter, enrolment):
    send(letter.pk)
    Letter.objects.filter(about=enrolment.reference).update(quotes=None)
    other = Letter.objects.about(enrolment.reference).exclude(pk=letter.pk).get()

    erase_the_arrival(enrolment)

    assert again(letter).text.startswith("This letter quoted data that were erased on ")
    assert again(letter).state == "sent"
    assert again(other).text == other.text


def test_a_letter_in_a_workers_hands_counts_as_sent(letter, enrolment):
    Letter.objects.filter(pk=letter.pk).update(leased_until=timezone.now() + LEASE, quotes=None)

    erase_the_arrival(enrolment)

    assert (again(letter).state, "G7349" in again(letter).text) == ("waiting", False)


def test_a_subject_never_says_an_answer(session, enrolment):
    with pytest.raises(Refused, match="cannot say what somebody answered"):
        refuse_what_cannot_stand_there("enrolment_own", "subject_en", "You wrote {{ answers }}")

    assert told(session, enrolment, subject_en="You wrote {{ answers }}").subject == "You wrote"
