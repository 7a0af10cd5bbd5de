"""The later forms at the desk: who has answered, and answering for somebody."""

import pytest
from django.urls import reverse

from tests import given
from training.enrolment.asking import Option, ask_no_longer, change_field
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


def test_the_list_reads_answers_that_are_older_than_the_form(client, session):
    tour = given.own_field(session, "Which tour?", "choice", [("Mill", None), ("Forge", None)], stage="arrival")
    shirts = given.own_field(session, "How many shirts?", "number", stage="arrival")
    person = given.enrolment(session)
    client.force_login(given.staff(session))
    mill, forge = tour.options.all()
    client.post(address(session, person.reference), {tour.code: mill.value, shirts.code: "2"})

    change_field(tour, {}, [Option("Rolling mill", value=""), Option("Forge", value=forge.value)])
    ask_no_longer(shirts)

    page = client.get(address(session))
    assert [str(question.label) for question in page.context["questions"]] == ["Which tour?", "How many shirts?"]
    assert page.context["rows"] == [(person, ["Mill", "2"])]


@pytest.mark.parametrize("how_many", [1, 30])
def test_the_list_asks_the_same_questions_however_long(client, session, field, how_many, django_assert_num_queries):
    for _ in range(how_many):
        given.enrolment(session)
    client.force_login(given.staff(session))

    with django_assert_num_queries(10):
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
