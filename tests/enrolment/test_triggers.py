"""Which letter a move asks for: triggers are rows, and the narrower goes before the wider."""

import pytest
from django.db import IntegrityError

from tests import given
from training.enrolment import lifecycle
from training.enrolment.delivered_triggers import delivered, enter_delivered_triggers
from training.enrolment.models import LetterTrigger
from training.enrolment.reasons import Reason
from training.mail.models import Letter, LetterTemplate

pytestmark = pytest.mark.django_db

CONFIRMED = {"event": "move", "to_state": "confirmed"}


def letters_to(enrolment):
    about = Letter.objects.about(enrolment.reference).order_by("pk")
    return list(about.values_list("template", "to"))


def test_the_delivered_triggers_come_with_the_tables_and_are_entered_once():
    assert set(LetterTrigger.objects.values_list("code", flat=True)) == {row["code"] for row in delivered()}
    assert enter_delivered_triggers() == 0


def test_a_delivered_trigger_that_people_switched_off_stays_off():
    LetterTrigger.objects.filter(code="confirmed").update(is_on=False)

    enter_delivered_triggers()

    assert letters_to(given.confirmed_enrolment()) == []


def test_each_move_writes_one_letter():
    enrolment = given.applied_enrolment()
    lifecycle.send_back(enrolment, by=given.user(), reason=given.A_REASON)

    to = enrolment.trainee.email
    assert letters_to(enrolment) == [("enrolment_applied", to), ("enrolment_returned", to)]


def test_the_narrower_trigger_replaces_the_wider_for_its_session_and_no_other():
    session = given.session()
    beside, elsewhere = given.session(programme=session.programme), given.session()
    given.trigger("enrolment_waitlisted", programme=session.programme, **CONFIRMED)
    given.trigger("enrolment_offered", session=session, **CONFIRMED)

    written = [letters_to(given.confirmed_enrolment(where)) for where in (session, beside, elsewhere)]

    assert [[template for template, _to in letters] for letters in written] == [
        ["enrolment_offered"],
        ["enrolment_waitlisted"],
        ["enrolment_confirmed"],
    ]


def test_a_trigger_that_is_switched_off_silences_the_wider_one():
    session = given.session()
    given.trigger("enrolment_confirmed", session=session, is_on=False, **CONFIRMED)

    person = given.trainee()
    enrolment = given.confirmed_enrolment(session, person=person)

    assert letters_to(enrolment) == []


def test_a_trigger_that_names_where_somebody_comes_from_goes_before_one_that_does_not():
    session = given.session_by_organiser()
    given.trigger("enrolment_lapsed", from_state="offered", **CONFIRMED)

    offered = given.offered_enrolment(session)
    lifecycle.confirm(offered, by=offered.trainee.user)

    assert letters_to(offered)[-1][0] == "enrolment_lapsed"


def test_one_move_writes_to_each_kind_of_reader_that_a_trigger_names():
    session = given.session(contact_email="desk@example.org")
    given.trigger("enrolment_applied", recipients="organisers", **CONFIRMED)

    enrolment = given.confirmed_enrolment(session)

    assert sorted(letters_to(enrolment)) == [
        ("enrolment_applied", "desk@example.org"),
        ("enrolment_confirmed", enrolment.trainee.email),
    ]


def test_without_a_contact_those_who_organise_the_session_read_it():
    session = given.session()
    one, other = given.organiser(session.programme), given.organiser(session=session)
    given.organiser(given.programme("Elsewhere"))
    given.trigger("session_enrolment_closed", recipients="organisers", **CONFIRMED)

    enrolment = given.confirmed_enrolment(session)

    assert {to for template, to in letters_to(enrolment) if template == "session_enrolment_closed"} == {
        one.email,
        other.email,
    }


def test_the_wording_of_the_programme_goes_before_that_of_the_house():
    session, elsewhere = given.session(), given.session()
    for programme, subject in ((None, "Of the house"), (session.programme, "Of the programme")):
        LetterTemplate.objects.create(
            code="enrolment_confirmed", programme=programme, subject_en=subject, text_en="See {{ link }}"
        )

    for where, subject in ((session, "Of the programme"), (elsewhere, "Of the house")):
        assert Letter.objects.get(about=given.confirmed_enrolment(where).reference).subject == subject


def test_a_trigger_whose_letter_is_gone_stops_no_deed_and_leaves_the_word_to_the_wider_one():
    session = given.session()
    given.trigger("enrolment_own_gone", event="move", to_state="confirmed", session=session)

    person = given.trainee()
    enrolment = given.confirmed_enrolment(session, person=person)

    assert letters_to(enrolment) == [("enrolment_confirmed", person.email)]


def test_a_letter_says_what_only_a_further_question_knows_when_its_wording_asks():
    session = given.session()
    LetterTemplate.objects.create(
        code="enrolment_confirmed", subject_en="{{ programme }}", text_en="{{ category }}, {{ closes }}, {{ reason }}"
    )

    enrolment = given.confirmed_enrolment(session, category=given.category(name_en="Casters"))

    letter = Letter.objects.get(about=enrolment.reference)
    assert letter.subject == session.programme.title_en
    assert letter.text.startswith("Casters, ")
    assert "{{" not in letter.text


def test_a_reason_is_read_in_the_language_of_the_reader():
    enrolment = given.applied_enrolment(person=given.trainee(language="zh-hans"))

    lifecycle.decline(enrolment, by=given.user(), reason=Reason("No room.", "名额已满。"))

    assert "原因：名额已满。" in Letter.objects.get(template="enrolment_declined").text


def test_what_a_move_writes_takes_one_question_for_triggers_and_wording(django_assert_num_queries):
    from training.enrolment.states import State
    from training.enrolment.triggers import letters_of_a_move

    session = given.session()
    with django_assert_num_queries(1):
        (asked,) = letters_of_a_move(session, State.APPLIED, State.CONFIRMED)
        assert asked.wording("en").subject.startswith("You have a place")


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"event": "move"}, "trigger_of_a_move_names_the_state"),
        ({"event": "date", "date": ""}, "trigger_of_a_date_names_it"),
        ({"event": "deadline", "hours": 0}, "trigger_of_a_deadline_says_how_long_before"),
        ({"days": 91}, "trigger_is_at_most_ninety_days_away"),
    ],
)
def test_the_database_refuses_a_trigger_that_says_too_little(fields, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        given.trigger(**fields)


def test_the_database_refuses_two_triggers_for_the_same_event_and_scope():
    given.trigger(days=5)

    with pytest.raises(IntegrityError, match="one_trigger_per_event_and_scope"):
        given.trigger("enrolment_confirmed", days=5)
