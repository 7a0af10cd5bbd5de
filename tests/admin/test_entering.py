"""An organiser enters an application for somebody without an account."""

import uuid

import pytest
from django.urls import reverse

from tests import given
from training.enrolment.models import Enrolment, Trainee
from training.mail.models import Letter

pytestmark = pytest.mark.django_db

PAGE = "/admin/training/enrolment/enter/"
NUMBER = "11010519491231002X"


@pytest.fixture
def session():
    return given.session_by_organiser()


@pytest.fixture
def organiser(client, session):
    made = given.organiser(session.programme)
    client.force_login(made)
    return made


def form(session, **values):
    return {"session": session.pk, "name": "王敏", "language": "zh-hans", "send_key": uuid.uuid4(), **values}


def test_an_application_that_is_entered_counts_like_one_that_was_sent(client, session, organiser):
    answer = client.post(
        PAGE,
        form(session, email="Wang@Example.org", employer="Great Steel", identity_number=NUMBER, mobile="138 0000 1111"),
    )

    enrolment = Enrolment.objects.get()
    assert answer.url == reverse("admin:training_enrolment_change", args=[enrolment.pk])
    assert (enrolment.state, enrolment.trainee.name, enrolment.trainee.user) == ("applied", "王敏", None)
    assert (enrolment.answers, enrolment.mobile_masked) == ({"employer": "Great Steel"}, "138****1111")
    assert NUMBER not in str(enrolment.__dict__)
    assert enrolment.events.get().by == organiser
    assert Letter.objects.get().to == "wang@example.org"


@pytest.mark.usefixtures("organiser")
def test_somebody_without_an_address_is_entered_without_a_letter(client, session):
    client.post(PAGE, form(session))

    assert Enrolment.objects.get().trainee.email == ""
    assert not Letter.objects.exists()


@pytest.mark.usefixtures("organiser")
def test_a_repeated_sending_is_one_enrolment(client, session):
    sent = form(session)

    client.post(PAGE, sent)
    client.post(PAGE, sent)

    assert Enrolment.objects.count() == 1


@pytest.mark.usefixtures("organiser")
def test_a_person_of_other_programmes_is_not_taken_over(client, session):
    theirs = given.enrolment(given.session(), given.trainee("Before")).trainee

    answer = client.post(PAGE, form(session, email=theirs.email, name="After"))

    sentence = "This person is known with this address already and enrols with an account."
    assert answer.context["form"].errors == {"email": [sentence]}
    theirs.refresh_from_db()
    assert theirs.name == "Before"


@pytest.mark.usefixtures("organiser")
def test_who_is_enrolled_already_is_not_entered_twice(client, session):
    person = given.enrolment(session).trainee

    answer = client.post(PAGE, form(session, email=person.email))

    assert answer.context["form"].errors == {"email": ["This person is enrolled in this session already."]}


@pytest.mark.usefixtures("organiser")
@pytest.mark.parametrize(
    ("field", "wrong"),
    [("identity_number", "110105194912310021"), ("mobile", "12345"), ("name", "a\x07b"), ("email", "x@")],
)
def test_what_is_wrong_is_said_at_its_field(client, session, field, wrong):
    answer = client.post(PAGE, form(session, **{field: wrong}))

    assert list(answer.context["form"].errors) == [field]
    assert not Trainee.objects.exists()


@pytest.mark.usefixtures("organiser")
def test_only_open_sessions_of_ones_own_can_be_chosen(client, session):
    foreign, closed = given.session(), given.session(programme=session.programme, status="draft")

    answers = [client.post(PAGE, form(other)) for other in (foreign, closed)]

    assert [list(answer.context["form"].errors) for answer in answers] == [["session"], ["session"]]


def test_session_staff_enter_nobody(client, session):
    client.force_login(given.staff(session))

    assert client.get(PAGE).status_code == 403
