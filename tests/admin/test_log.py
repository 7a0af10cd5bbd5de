"""What the admin tells of the past: history of one thing, what changed, moves, rosters, reveals."""

import pghistory
import pytest
from django.urls import reverse

from accounts.roles import Role
from tests import given
from training.catalogue.models import Speaker, TrainingSession
from training.enrolment.models import EnrolmentEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    made = given.user(is_staff=True)
    given.grant(made, Role.AUDITOR)
    client.force_login(made)
    return made


def test_the_history_of_a_session_tells_who_changed_what_from_what_to_what(client):
    session = given.session(city_en="Hangzhou")
    organiser = given.organiser(session.programme)
    with pghistory.context(user=organiser.pk):
        TrainingSession.objects.filter(pk=session.pk).update(city_en="Ningbo")
    client.force_login(organiser)

    shown = client.get(reverse("admin:training_trainingsession_history", args=[session.pk]))

    changed, made = shown.context["changes"]
    assert (changed.by, changed.what, made.what) == (organiser.name, "changed", "made")
    assert [(one.label, one.before, one.after) for one in changed.differences] == [
        ("city (English)", "Hangzhou", "Ningbo")
    ]


def test_the_history_of_others_is_not_there(client):
    session = given.session()
    client.force_login(given.organiser(given.programme("Other")))

    assert client.get(reverse("admin:training_trainingsession_history", args=[session.pk])).status_code == 404


def test_an_auditor_reads_what_changed_and_the_moves_without_names(client, auditor):
    speaker = given.speaker("Before")
    Speaker.objects.filter(pk=speaker.pk).update(name_en="After")
    enrolment = given.applied_enrolment(person=given.trainee("Somebody"))

    changes, moves = client.get("/admin/changes/"), client.get("/admin/training/enrolmentevent/")

    newest = next(one for one in changes.context["changes"] if one.thing == "speaker “After”")
    assert [(one.before, one.after) for one in newest.differences] == [("Before", "After")]
    assert enrolment.reference in moves.content.decode()
    assert "Somebody" not in moves.content.decode()


def test_the_log_of_other_programmes_is_not_told(client):
    mine, theirs = given.session(title_en="Mine"), given.session(title_en="Theirs")
    given.applied_enrolment(given.session_by_organiser(programme=theirs.programme))
    client.force_login(given.organiser(mine.programme))

    changes = client.get("/admin/changes/").content.decode()
    moves = client.get("/admin/training/enrolmentevent/").context["cl"].result_list

    assert "Mine" in changes
    assert "Theirs" not in changes
    assert list(moves) == []


def test_session_staff_do_not_read_the_log(client):
    session = given.session()
    client.force_login(given.staff(session))

    assert client.get("/admin/changes/").status_code == 403
    assert client.get("/admin/training/reveal/").status_code == 403


@pytest.mark.usefixtures("auditor")
@pytest.mark.parametrize("how_many", [1, 30])
def test_what_changed_takes_the_same_queries_for_one_and_for_thirty(client, how_many, django_assert_num_queries):
    session = given.session()
    for number in range(how_many):
        given.item(session, title_en=f"Item {number}")
    TrainingSession.objects.update(city_en="Ningbo")

    with django_assert_num_queries(15):
        client.get("/admin/changes/")


@pytest.mark.usefixtures("auditor")
def test_nobody_changes_the_log(client):
    given.applied_enrolment()
    event = EnrolmentEvent.objects.get()

    pages = [
        reverse("admin:training_enrolmentevent_change", args=[event.pk]),
        reverse("admin:training_enrolmentevent_delete", args=[event.pk]),
    ]
    assert [client.post(page, {"post": "yes"}).status_code for page in pages] == [403, 403]
