"""Triggers of letters in the admin: whose they are, and what a sheet keeps."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from tests import given
from tests.admin.sheets import errors_of, sheet
from training.enrolment.models import LetterTrigger
from training.mail.models import LetterTemplate

pytestmark = pytest.mark.django_db

LIST = "/admin/training/lettertrigger/"
REMINDER = {
    "event": "date", "date": "starts_on", "days": "7", "side": "before", "time_of_day": "8", "hours": "0",
    "recipients": "person", "states": ["confirmed"], "template": "enrolment_start_reminder", "is_on": "on",
}  # fmt: skip


def own():
    return LetterTrigger.objects.filter(code="")


def page_of(trigger):
    return reverse("admin:training_lettertrigger_change", args=[trigger.pk])


@pytest.fixture
def session(client):
    made = given.session()
    client.force_login(given.organiser(made.programme))
    return made


def test_an_organiser_sets_a_reminder_for_one_session(client, session):
    client.post(f"{LIST}add/", REMINDER | {"session": session.pk})

    made = own().get()
    assert (made.session, made.days, made.states, f"{made.time_of_day:%H:%M}") == (session, 7, ["confirmed"], "08:00")
    assert "7 days before: the first day, 08:00" in client.get(LIST).content.decode()


def test_what_belongs_to_another_event_is_not_kept(client, session):
    more = {"event": "move", "to_state": "confirmed", "session": session.pk, "template": "enrolment_confirmed"}

    client.post(f"{LIST}add/", REMINDER | more)

    made = own().get()
    assert (made.to_state, made.date, made.days, made.states) == ("confirmed", "", 0, [])


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"session": ""}, "programme"),
        ({"states": []}, "states"),
        ({"date": ""}, "date"),
        ({"recipients": "nominators"}, "template"),
        ({"event": "deadline"}, "hours"),
        ({"days": "91"}, "days"),
    ],
)
def test_a_trigger_that_says_too_little_comes_back_with_a_sentence_at_its_field(client, session, fields, field):
    answer = client.post(f"{LIST}add/", REMINDER | {"session": session.pk} | fields)

    assert field in errors_of(answer)
    assert not own().exists()


def own_letter(programme, code="nomination_own_bus", text="At eight."):
    return LetterTemplate.objects.create(
        code=code, programme=programme, title_en="The bus", subject_en="The bus", text_en=text
    )


def test_a_letter_of_another_programme_is_not_written_here(client, session):
    elsewhere = given.programme("Another")
    own_letter(elsewhere, "enrolment_own_bus")
    both = given.organiser(session.programme)
    given.grant(both, Role.ORGANISER, programme=elsewhere)
    client.force_login(both)

    answer = client.post(f"{LIST}add/", REMINDER | {"session": session.pk, "template": "enrolment_own_bus"})

    assert errors_of(answer) == {"template": ["This letter belongs to another programme; choose another."]}


def test_on_a_date_nobody_but_the_person_is_written_to_about_a_person(client, session):
    own_letter(session.programme, text="{{ trainee }} comes by bus to {{ session }}.")
    to_nominators = {"session": session.pk, "recipients": "nominators", "template": "nomination_own_bus"}

    answer = client.post(f"{LIST}add/", REMINDER | to_nominators)

    sentence = "On a date of the session this letter speaks of nobody; it cannot say trainee."
    assert errors_of(answer) == {"template": [sentence]}


def test_a_letter_that_a_trigger_writes_is_neither_deleted_nor_made_to_speak_of_a_person(client, session):
    letter = own_letter(session.programme)
    given.trigger("nomination_own_bus", recipients="nominators", session=session, states=[])
    page = reverse("admin:training_lettertemplate_change", args=[letter.pk])

    deleted = client.post(page.replace("/change/", "/delete/"), {"post": "yes"})
    changed = client.post(page, sheet(client.get(page)) | {"text_en": "{{ trainee }} comes."})

    assert deleted.status_code == 403
    assert list(errors_of(changed)) == ["text_en"]
    letter.refresh_from_db()
    assert letter.text_en == "At eight."


def test_a_letter_that_triggers_write_says_which_and_one_without_triggers_can_be_deleted(client, session):
    letter = own_letter(session.programme)
    page = reverse("admin:training_lettertemplate_change", args=[letter.pk])
    alone = client.get(page).content.decode()
    trigger = given.trigger("nomination_own_bus", recipients="nominators", session=session, states=[])

    written = client.get(page).content.decode()

    assert "delete-link" in alone
    assert "cannot be deleted" not in alone
    assert "delete-link" not in written
    assert "Triggers write this letter, so it cannot be deleted" in written
    assert f'<a href="{page_of(trigger)}">3 days before: the first day, 09:00</a> · {session}' in written


def test_a_second_trigger_for_the_same_event_is_refused(client, session):
    for _ in range(2):
        answer = client.post(f"{LIST}add/", REMINDER | {"session": session.pk})

    assert errors_of(answer) == {"event": ["There is a trigger for this already; change that one."]}


def test_the_houses_triggers_are_read_by_organisers_and_changed_by_the_platform(client, session):
    house = LetterTrigger.objects.get(code="confirmed")
    assert client.get(page_of(house)).status_code == 200
    assert client.post(page_of(house), {}).status_code == 403

    client.force_login(given.user(is_staff=True, is_superuser=True))
    values = sheet(client.get(page_of(house)))
    values.pop("is_on")
    client.post(page_of(house), values)

    house.refresh_from_db()
    assert not house.is_on
    assert client.post(page_of(house).replace("change", "delete"), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(("prefix", "on", "off"), [("", "yes", "no"), ("/zh-hans", "是", "否")])
def test_on_and_off_stand_in_words(client, session, prefix, on, off):
    given.trigger(session=session)
    given.trigger(session=session, days=5, is_on=False)

    page = client.get(prefix + LIST).content.decode()

    assert f'<td class="field-is_on">{on}</td>' in page
    assert f'<td class="field-is_on">{off}</td>' in page
    assert 'alt="True"' not in page
    assert 'alt="False"' not in page


def test_triggers_of_others_are_not_there(client, session):
    other = given.trigger(session=given.session())

    assert client.get(page_of(other)).status_code == 404


@pytest.mark.parametrize("how_many", [1, 30])
def test_the_list_takes_the_same_queries_for_one_and_for_thirty(client, session, how_many, django_assert_num_queries):
    LetterTrigger.objects.all().delete()
    for number in range(how_many):
        given.trigger(session=session, days=number)

    with django_assert_num_queries(5):
        client.get(LIST)


def test_a_form_that_is_due_is_a_deadline_like_any_other(client, session):
    more = {"event": "form", "form": "after_offer", "days": 2, "template": "enrolment_form_reminder"}

    client.post(f"{LIST}add/", REMINDER | more | {"session": session.pk})

    made = own().get()
    assert (made.form, made.days, made.date, made.states) == ("after_offer", 2, "", [])
    sentence = "2 days before the form “Travel, lodging and meals” is due, 08:00"
    assert sentence in client.get(LIST).content.decode()


def test_without_a_form_it_comes_back(client, session):
    more = {"event": "form", "form": "", "template": "enrolment_form_reminder"}

    answer = client.post(f"{LIST}add/", REMINDER | more | {"session": session.pk})

    assert "form" in answer.context["adminform"].form.errors
