"""Writing to many: whom it is for, the count and an example, then sent."""

import time

import pytest
from django.urls import reverse

from accounts.roles import Role
from tests import given
from training.admin import letters_to_many
from training.enrolment import mailing
from training.enrolment.asked import questions_at
from training.enrolment.later_forms import Given, answer
from training.enrolment.models import Mailing
from training.mail.models import Letter, LetterTemplate

pytestmark = pytest.mark.django_db

WRITE, CHECK = reverse("admin:training_mailing_write"), reverse("admin:training_mailing_check")
WORDS = {"states": ["confirmed"], "subject_en": "News for {{ trainee }}", "text_en": "The bus leaves at eight."}


@pytest.fixture
def session():
    return given.session()


@pytest.fixture(autouse=True)
def organiser(client, session):
    made = given.organiser(session.programme)
    client.force_login(made)
    return made


def to_many():
    return Letter.objects.exclude(series="")


def signed_in_just_now(client, who):
    web_session = client.session
    web_session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    web_session["account_authentication_methods_user"] = str(who.pk)
    web_session.save()


def test_nothing_leaves_before_the_count_and_an_example_were_shown(client, session):
    given.confirmed_enrolment(session, person=given.trainee("Zhao Yun"))
    given.confirmed_enrolment(session, person=given.trainee("王敏", language="zh-hans"))

    shown = client.post(WRITE, WORDS | {"session": session.pk}, follow=True)

    assert shown.context["count"] == 2
    assert {said.subject for _person, said, _empty in shown.context["examples"]} == {
        "News for Zhao Yun",
        "News for 王敏",
    }
    assert not to_many().exists()


def test_it_is_sent_once_and_recorded(client, session):
    enrolment = given.confirmed_enrolment(session)
    client.post(WRITE, WORDS | {"session": session.pk})

    answer = client.post(CHECK, follow=True)
    again = client.post(CHECK)

    assert [str(message) for message in answer.context["messages"]] == ["The letter is on its way to 1 person."]
    assert again.url == WRITE
    assert list(to_many().values_list("about", flat=True)) == [enrolment.reference]
    assert "News for" in client.get("/admin/training/mailing/").content.decode()


@pytest.fixture
def two_people(client, session, monkeypatch):
    """As if two people were more than two hundred."""
    for module in (mailing, letters_to_many):
        monkeypatch.setattr(module, "MOST_WITHOUT_A_PURPOSE", 1)
    for _ in range(2):
        given.confirmed_enrolment(session)
    client.post(WRITE, WORDS | {"session": session.pk})


@pytest.mark.usefixtures("two_people")
def test_above_the_limit_it_takes_a_fresh_sign_in(client):
    answer = client.post(CHECK, {"purpose": "The bus leaves earlier"})

    assert answer.url.startswith(reverse("account_login"))
    assert not to_many().exists()


@pytest.mark.usefixtures("two_people")
def test_above_the_limit_it_takes_a_purpose_that_is_kept(client, organiser):
    signed_in_just_now(client, organiser)

    without = client.post(CHECK, {"purpose": " "})
    nothing_yet = to_many().count()
    client.post(CHECK, {"purpose": "The bus leaves earlier"})

    assert without.context["form"].errors == {"purpose": ["Say what the letter is for."]}
    assert nothing_yet == 0
    assert (to_many().count(), Mailing.objects.get().purpose) == (2, "The bus leaves earlier")


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"states": []}, {"states": ["Tick at least one state."]}),
        (
            {"text_en": ""},
            {"template": ["Choose a letter, or write subject and text in at least one language."]},
        ),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(client, session, fields, errors):
    answer = client.post(WRITE, WORDS | {"session": session.pk} | fields)

    assert answer.context["form"].errors == errors
    assert answer.context["form"]["subject_en"].value() == "News for {{ trainee }}"


def test_a_placeholder_that_does_not_exist_is_named(client, session):
    answer = client.post(WRITE, WORDS | {"session": session.pk, "text_en": "{{ identity_number }}"})

    assert answer.context["form"].errors["text_en"][0].startswith("This letter has no placeholder identity_number.")


def test_a_letter_of_another_programme_is_not_sent_here(client, session, organiser):
    elsewhere = given.programme("Another")
    given.grant(organiser, Role.ORGANISER, programme=elsewhere)
    words = {"title_en": "The bus", "subject_en": "The bus", "text_en": "At eight."}
    LetterTemplate.objects.create(code="enrolment_own_bus", programme=elsewhere, **words)

    answer = client.post(WRITE, WORDS | {"session": session.pk, "template": "enrolment_own_bus"})

    sentence = "This letter belongs to another programme; choose another."
    assert answer.context["form"].errors == {"template": [sentence]}


def test_sessions_of_others_cannot_be_written_to(client, session):
    answer = client.post(WRITE, WORDS | {"session": given.session().pk})

    assert "session" in answer.context["form"].errors


def test_what_was_typed_is_still_there_on_the_way_back(client, session):
    given.confirmed_enrolment(session)
    client.post(WRITE, WORDS | {"session": session.pk})

    form = client.get(WRITE).context["form"]

    assert (form["subject_en"].value(), form["states"].value()) == ("News for {{ trainee }}", ["confirmed"])


def test_opened_from_another_session_it_writes_to_that_one(client, session, organiser):
    other = given.session(programme=session.programme)
    given.confirmed_enrolment(session)
    client.post(WRITE, WORDS | {"session": session.pk})

    page = client.get(WRITE, {"session": other.pk}).context["form"]

    assert (page["session"].value(), page["subject_en"].value()) == (str(other.pk), "News for {{ trainee }}")


def test_those_who_have_not_answered_a_form_can_be_chosen_and_are_told_until_when(client, session):
    given.own_field(session, "Which train?", stage="after_offer")
    answered, open_ = given.confirmed_enrolment(session), given.confirmed_enrolment(session)
    asked = questions_at(session, "after_offer")
    answer(answered, "after_offer", Given(asked, {asked.questions[0].code: "G7"}), by=answered.trainee.user)
    letter = {"states": ["confirmed"], "template": "enrolment_form_reminder", "unanswered": "after_offer"}

    shown = client.post(WRITE, letter | {"session": session.pk}, follow=True)
    client.post(CHECK)

    assert "have not answered “Travel, lodging and meals”" in shown.content.decode()
    assert [letter.about for letter in to_many()] == [open_.reference]
    assert "{{" not in to_many().get().text
    assert "Please fill it in by  (" not in to_many().get().text
    assert Mailing.objects.get().unanswered == "after_offer"


def test_a_form_that_the_session_does_not_ask_cannot_be_chosen(client, session):
    answer = client.post(WRITE, WORDS | {"session": session.pk, "unanswered": "arrival"})

    assert answer.context["form"].errors == {"unanswered": ["This session does not ask that form."]}


def test_another_recipient_can_be_looked_at_and_what_stays_empty_is_said(client, session):
    given.confirmed_enrolment(session, person=given.trainee("Li Wen"))
    other = given.confirmed_enrolment(session, person=given.trainee("Zhao Yun"))
    stranger = given.confirmed_enrolment()
    words = {"subject_en": "{{ trainee }} of {{ body }}"}
    client.post(WRITE, WORDS | words | {"session": session.pk})

    shown, unknown = client.get(CHECK, {"person": other.pk}), client.get(CHECK, {"person": stranger.pk})

    [(person, said, empty)] = shown.context["examples"]
    assert (person, said.subject) == (other, "Zhao Yun of")
    assert empty == "For this person there is nothing to put in place of {{ body }}."
    assert empty in shown.content.decode()
    assert [one.trainee.name for one, _said, _empty in unknown.context["examples"]] == ["Li Wen"]
    assert not to_many().exists()
