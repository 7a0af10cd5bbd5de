from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from tests import given
from training.enrolment import later_forms
from training.enrolment.applying import Application, change_answers
from training.enrolment.asked import questions_at
from training.enrolment.later_forms import Given, answer, later_forms_of, with_later_forms
from training.enrolment.models import AnsweredForm, Enrolment
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db


def midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))


def forms_of(enrolment):
    return later_forms_of(with_later_forms(Enrolment.objects.all()).get(pk=enrolment.pk))


def answered(enrolment, answers, stage="after_offer", **fields):
    asked = questions_at(enrolment.session, stage)
    return answer(enrolment, stage, Given(asked, answers), by=enrolment.trainee.user, **fields)


@pytest.fixture
def session():
    made = given.session()
    given.asked(made, "employer")
    return made


def test_a_session_without_later_forms_has_none_and_asks_nothing(session, django_assert_num_queries):
    enrolment = with_later_forms(Enrolment.objects.select_related("session")).get(
        pk=given.enrolment(session, answers={}).pk
    )

    with django_assert_num_queries(0):
        assert later_forms_of(enrolment) == []


def test_the_form_after_the_offer_is_open_until_the_session_begins_unless_a_deadline_is_set(session):
    given.own_field(session, "When do you arrive?", stage="after_offer")
    enrolment = given.enrolment(session)

    [form] = forms_of(enrolment)
    assert form.closes_at == midnight(session.starts_on)
    assert form.is_open(timezone.now())

    deadline = timezone.now() + timedelta(days=3)
    later_forms.set_times(session, "after_offer", None, deadline)
    [form] = forms_of(enrolment)
    assert form.closes_at == deadline


def test_the_form_on_arrival_opens_on_the_day_of_arrival(session):
    given.own_field(session, "Which train?", stage="arrival")
    enrolment = given.enrolment(session)

    [form] = forms_of(enrolment)

    assert (form.opens_at, form.closes_at) == (
        midnight(session.starts_on),
        midnight(session.ends_on + timedelta(days=1)),
    )
    with pytest.raises(Refused, match="not open yet"):
        answered(enrolment, {}, "arrival")


def test_answers_stand_beside_those_of_the_application_word_for_word_and_can_be_changed(session):
    field = given.own_field(session, "When do you arrive?", stage="after_offer")
    enrolment = given.enrolment(session, answers={"employer": "Forge"})

    first = answered(enrolment, {field.code: "at noon"})
    second = answered(enrolment, {field.code: "at one"})

    enrolment.refresh_from_db()
    assert enrolment.answers == {"employer": "Forge", field.code: "at one"}
    assert first.pk == second.pk
    [form] = forms_of(enrolment)
    assert form.answers_of(enrolment) == [("When do you arrive?", "at one")]
    assert form.answered_at == second.changed_at


def test_a_corrected_application_leaves_the_later_answers(session):
    field = given.own_field(session, "When do you arrive?", stage="after_offer")
    enrolment = given.enrolment(session, answers={"employer": "Forge"})
    answered(enrolment, {field.code: "at noon"})

    new = Application("Wang Min", {"employer": "Mill"}, asked=questions_at(session, "application"))
    change_answers(enrolment, new, by=enrolment.trainee.user)

    enrolment.refresh_from_db()
    assert enrolment.answers == {"employer": "Mill", field.code: "at noon"}


def test_only_those_with_a_place_answer():
    session = given.session(capacity=1)
    field = given.own_field(session, "When do you arrive?", stage="after_offer")
    given.confirmed_enrolment(session)
    waiting = given.waiting_enrolment(session)

    with pytest.raises(Refused, match="for those who hold a place"):
        answered(waiting, {field.code: "at noon"})
    assert not AnsweredForm.objects.exists()


def test_after_the_deadline_only_the_desk_answers(session):
    field = given.own_field(session, "When do you arrive?", stage="after_offer")
    enrolment = given.enrolment(session)
    later_forms.set_times(session, "after_offer", None, timezone.now() - timedelta(minutes=1))

    with pytest.raises(Refused, match="time to answer is over"):
        answered(enrolment, {field.code: "late"})
    answered(enrolment, {field.code: "by phone"}, at_the_desk=True)

    enrolment.refresh_from_db()
    assert enrolment.answers[field.code] == "by phone"


def test_a_condition_may_hang_on_an_answer_of_the_application(session):
    given.asked(session, "lodging")
    given.own_field(session, "Late arrival?", stage="after_offer", shown_if_code="lodging", shown_if_value="yes")
    enrolment = given.enrolment(session, answers={"lodging": "no"})

    answered(enrolment, {})

    [form] = forms_of(enrolment)
    assert form.answers_of(enrolment) == []


def test_those_who_have_not_answered_come_first(session):
    field = given.own_field(session, "When do you arrive?", stage="after_offer")
    first, second, third = (given.enrolment(session) for _ in range(3))
    answered(second, {field.code: "at noon"})

    people = later_forms.unanswered_first(Enrolment.objects.filter(session=session), "after_offer")

    assert list(people)[-1] == second
    assert set(later_forms.not_answered(Enrolment.objects.filter(session=session), "after_offer")) == {first, third}
