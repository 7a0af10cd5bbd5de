"""The later forms at the desk: who has answered, and answering for somebody."""

import pytest
from django.urls import reverse

from tests import given
from training.enrolment.models import AnsweredForm

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return given.session(capacity=100)


@pytest.fixture
def field(session):
    return given.own_field(session, "Which train?", stage="arrival")


def address(session, *more):
    return "/".join([f"/desk/sessions/{session.slug}/forms/arrival", *more, ""])


def test_staff_see_who_has_not_answered_and_answer_for_them_before_the_day(client, session, field):
    person = given.enrolment(session)
    staff = given.staff(session)
    client.force_login(staff)
    assert "1 person has not answered yet." in client.get(address(session)).content.decode()

    answer = client.post(address(session, person.reference), {field.code: "G7349"})

    assert answer.url == address(session)
    page = client.get(address(session)).content.decode()
    assert "Everybody has answered." in page
    assert "G7349" in page
    assert AnsweredForm.objects.get().by == staff


@pytest.mark.parametrize("how_many", [1, 30])
def test_the_list_asks_the_same_questions_however_long(client, session, field, how_many, django_assert_num_queries):
    for _ in range(how_many):
        given.enrolment(session)
    client.force_login(given.staff(session))

    with django_assert_num_queries(9):
        client.get(address(session))


def test_somebody_without_a_place_is_not_answered_for(client, session, field):
    person = given.withdrawn_enrolment(session)
    client.force_login(given.staff(session))

    page = client.post(address(session, person.reference), {field.code: "G7349"})

    assert "This form is for those who hold a place." in page.content.decode()
    assert not AnsweredForm.objects.exists()


def test_the_organiser_reads_later_answers_agreements_and_erasures_at_the_enrolment(client, session, field):
    person = given.enrolment(session)
    client.force_login(given.staff(session))
    client.post(address(session, person.reference), {field.code: "G7349"})
    client.force_login(given.organiser(session.programme))

    page = client.get(reverse("admin:training_enrolment_change", args=[person.pk])).content.decode()

    assert "<dt>Which train?</dt><dd>G7349</dd>" in page
