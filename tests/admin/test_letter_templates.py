"""Wordings of programmes and letters of one's own, read with a real person in them."""

import pytest
from django.urls import reverse

from tests import given
from tests.admin.sheets import errors_of, sheet
from training.mail.models import Letter, LetterTemplate

pytestmark = pytest.mark.django_db

LIST = "/admin/training/lettertemplate/"


@pytest.fixture
def programme(client):
    made = given.programme()
    client.force_login(given.organiser(made))
    return made


def test_an_organiser_words_a_letter_for_the_own_programme_and_it_serves_there_alone(client, programme):
    page = f"{LIST}add/?code=enrolment_confirmed"
    words = {"programme": programme.pk, "subject_en": "Welcome, {{ trainee }}"}

    client.post(page, sheet(client.get(page)) | words)

    own = given.confirmed_enrolment(given.session(programme=programme))
    other = given.confirmed_enrolment()
    assert Letter.objects.get(about=own.reference).subject == f"Welcome, {own.trainee.name}"
    assert Letter.objects.get(about=other.reference).subject.startswith("You have a place")


@pytest.mark.parametrize("whose", ["the house's", "of another programme"])
def test_an_organiser_words_nothing_beyond_the_own_programmes(client, programme, whose):
    page = f"{LIST}add/?code=enrolment_confirmed"
    beyond = "" if whose == "the house's" else given.programme("Another").pk

    answer = client.post(page, sheet(client.get(page)) | {"programme": beyond})

    assert "programme" in errors_of(answer)
    assert not LetterTemplate.objects.exists()


def test_letters_about_accounts_are_not_an_organisers_to_word(client, programme):
    answer = client.post(f"{LIST}add/", {"code": "account_sign_in_code", "programme": programme.pk})

    assert "code" in errors_of(answer)
    assert "account_sign_in_code" not in client.get(LIST).content.decode()


def test_a_letter_of_ones_own_gets_a_name_of_its_own_and_can_be_chosen(client, programme):
    words = {"code": "enrolment_own", "programme": programme.pk, "title_en": "The bus"}
    words |= {"subject_en": "The bus, {{ trainee }}", "text_en": "At eight."}

    client.post(f"{LIST}add/", words)

    template = LetterTemplate.objects.get()
    assert template.code.startswith("enrolment_own_")
    assert "The bus" in client.get("/admin/training/lettertrigger/add/").content.decode()
    assert "The bus" in client.get("/admin/training/mailing/write/").content.decode()


def test_one_language_is_enough_and_half_of_one_is_not(client, programme):
    words = {"code": "enrolment_own", "programme": programme.pk, "title_zh": "班车", "subject_zh": "班车"}

    answer = client.post(f"{LIST}add/", words)

    assert errors_of(answer) == {
        "subject_en": ["Write subject and text in at least one language."],
        "text_zh": ["Write subject and text, or neither of them."],
    }
    client.post(f"{LIST}add/", words | {"text_zh": "八点发车。"})
    assert LetterTemplate.objects.get().title == "班车"


def test_the_preview_fills_the_letter_with_a_person_of_ones_own_sessions_in_both_languages(client, programme):
    session = given.session(programme=programme)
    given.confirmed_enrolment(session, person=given.trainee("Zhao Yun"))
    stranger = given.confirmed_enrolment()

    page = reverse("admin:training_lettertemplate_preview", args=["enrolment_confirmed"])
    shown = client.get(page, {"person": stranger.pk})

    assert [one.trainee.name for one in shown.context["people"]] == ["Zhao Yun"]
    english, chinese = (said for _language, said, _empty in shown.context["letters"])
    assert "Dear Zhao Yun," in english.text
    assert f"培训班：{session.title_zh}" in chinese.text


def test_the_preview_shows_what_is_typed_and_not_saved(client, programme):
    given.confirmed_enrolment(given.session(programme=programme), person=given.trainee("Zhao Yun"))
    page = reverse("admin:training_lettertemplate_preview", args=["enrolment_own"])

    shown = client.post(page, {"subject_en": "Hello {{ trainee }}", "text_en": "<b>{{ session }}</b>"})

    assert shown.context["letters"][0][1].subject == "Hello Zhao Yun"
    assert "&lt;b&gt;Session" in shown.content.decode()


def test_no_letter_about_an_account_is_previewed(client, programme):
    assert client.get(reverse("admin:training_lettertemplate_preview", args=["account_exists"])).status_code == 404
    assert client.get(reverse("admin:training_lettertemplate_preview", args=["enrolment_nothing"])).status_code == 404


def test_the_preview_begins_with_somebody_whom_the_letter_would_be_written_to(client, programme):
    session = given.session_by_organiser(programme=programme)
    given.offered_enrolment(session, person=given.trainee("Zhao Yun"))
    later = given.applied_enrolment(session, person=given.trainee("Li Wen"))
    page = reverse("admin:training_lettertemplate_preview", args=["enrolment_offered"])

    fitting, unfitting = client.get(page), client.get(page, {"person": later.pk})

    assert fitting.context["person"].trainee.name == "Zhao Yun"
    assert "nothing to put in place" not in fitting.content.decode()
    assert unfitting.context["person"] == later
    assert "For this person there is nothing to put in place of {{ deadline }}." in unfitting.content.decode()


def test_another_person_is_found_by_name(client, programme):
    session = given.session(programme=programme)
    wanted = given.confirmed_enrolment(session, person=given.trainee("Zhao Yun"))
    given.confirmed_enrolment(session, person=given.trainee("Li Wen"))
    page = reverse("admin:training_lettertemplate_preview", args=["enrolment_confirmed"])

    found, nobody = client.get(page, {"name": "Zhao"}), client.get(page, {"name": "Nobody"})

    assert found.context["people"] == [wanted]
    assert "Nobody of your sessions is found by this name." in nobody.content.decode()


def test_the_preview_says_the_place_in_line(client, programme):
    session = given.session(programme=programme, capacity=1)
    given.confirmed_enrolment(session)
    given.waiting_enrolment(session)

    shown = client.get(reverse("admin:training_lettertemplate_preview", args=["enrolment_waitlisted"]))

    assert shown.context["person"].state == "waitlisted"
    assert [empty for _language, _said, empty in shown.context["letters"]] == ["", ""]
