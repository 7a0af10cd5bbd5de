"""The outbox and the wording of letters in the admin."""

import pytest
from django.urls import reverse

from tests import given
from tests.admin.sheets import errors_of, sheet
from training.enrolment.future_letters import keep_letters_in_step
from training.mail import keeping, outbox
from training.mail.models import Letter, LetterTemplate
from training.mail.wording import wording, wording_as_delivered

pytestmark = pytest.mark.django_db

LIST = "/admin/training/letter/"
TEMPLATES = "/admin/training/lettertemplate/"


def page_of(letter):
    return reverse("admin:training_letter_change", args=[letter.pk])


def letters_in(response):
    return list(response.context["cl"].result_list)


def account_letter():
    return outbox.write(
        to="li@example.org", template="account_sign_in_code", values={"code": "123456"}, language="en", secret=True
    )


@pytest.fixture
def platform(client):
    made = given.user(is_staff=True, is_superuser=True)
    client.force_login(made)
    return made


def test_an_organiser_sees_the_letters_about_his_people_with_masked_addresses(client):
    enrolment = given.applied_enrolment()
    given.applied_enrolment()
    client.force_login(given.organiser(enrolment.session.programme))

    shown = client.get(LIST)

    assert letters_in(shown) == [Letter.objects.get(about=enrolment.reference)]
    assert enrolment.trainee.email not in shown.content.decode()


def test_each_letter_says_whom_it_is_about_and_is_found_by_that(client):
    enrolment = given.applied_enrolment(person=given.trainee("张明"))
    given.applied_enrolment(enrolment.session, person=given.trainee("李四"))
    client.force_login(given.organiser(enrolment.session.programme))

    page = client.get(LIST, {"q": "张明"})

    assert [letter.person for letter in letters_in(page)] == ["张明"]
    assert ">张明</td>" in page.content.decode()


def test_the_letters_of_others_are_not_there(client):
    letter = Letter.objects.get(about=given.applied_enrolment().reference)
    client.force_login(given.organiser(given.programme("Other")))

    opened = client.get(page_of(letter))
    client.post(LIST, {"action": "cancel", "_selected_action": [letter.pk]})

    assert opened.status_code == 404
    letter.refresh_from_db()
    assert letter.state == "waiting"


@pytest.mark.parametrize(
    ("before", "action", "after", "sentence"),
    [
        ([], "hold", "held", "1 letter is held back."),
        ([keeping.hold], "release", "waiting", "1 letter is on its way."),
        ([keeping.hold], "cancel", "cancelled", "1 letter is cancelled."),
        ([keeping.cancel], "send_again", "waiting", "1 letter is on its way."),
        (
            [],
            "release",
            "waiting",
            "1 letter stays as it is: This letter is “waiting to be sent”; that cannot be done with it.",
        ),
    ],
)
def test_letters_are_held_released_cancelled_and_sent_again(client, before, action, after, sentence):
    enrolment = given.applied_enrolment()
    letter = Letter.objects.get()
    for deed in before:
        deed(letter)
    client.force_login(given.organiser(enrolment.session.programme))

    answer = client.post(LIST, {"action": action, "_selected_action": [letter.pk]}, follow=True)

    assert [str(message) for message in answer.context["messages"]] == [sentence]
    letter.refresh_from_db()
    assert letter.state == after


def test_a_letter_is_edited_while_it_is_held_and_at_no_other_time(client):
    enrolment = given.applied_enrolment()
    letter = Letter.objects.get()
    client.force_login(given.organiser(enrolment.session.programme))

    refused = client.post(page_of(letter), {"subject": "Mine", "text": "Mine"})
    keeping.hold(letter)
    client.post(page_of(letter), sheet(client.get(page_of(letter))) | {"subject": "Mine", "text": "My text"})

    assert refused.status_code == 403
    letter.refresh_from_db()
    assert (letter.subject, letter.text, letter.state) == ("Mine", "My text", "held")


def test_a_letter_in_the_outbox_takes_no_placeholder(client):
    enrolment = given.applied_enrolment()
    letter = Letter.objects.get()
    keeping.hold(letter)
    client.force_login(given.organiser(enrolment.session.programme))

    answer = client.post(page_of(letter), sheet(client.get(page_of(letter))) | {"text": "Dear {{ trainee }}"})

    sentence = "This letter is for one person and filled already; write the words themselves."
    assert errors_of(answer) == {"text": [sentence]}


def test_a_planned_letter_is_reworded_and_sent_now(client):
    given.nothing_by_the_calendar()
    given.trigger()
    enrolment = given.confirmed_enrolment()
    keep_letters_in_step(enrolment.session_id)
    letter = Letter.objects.get(state="planned")
    client.force_login(given.organiser(enrolment.session.programme))

    client.post(page_of(letter), sheet(client.get(page_of(letter))) | {"text": "My text"})
    answer = client.post(LIST, {"action": "send_now", "_selected_action": [letter.pk]}, follow=True)

    assert [str(message) for message in answer.context["messages"]][-1] == "1 letter is on its way."
    letter.refresh_from_db()
    assert (letter.text, letter.is_reworded, letter.state) == ("My text", True, "waiting")


def test_the_outbox_of_one_session_holds_letters_about_its_people_and_about_itself(client):
    programme = given.programme()
    session, beside = given.session(programme=programme), given.session(programme=programme)
    about_person = Letter.objects.get(about=given.confirmed_enrolment(session).reference)
    given.confirmed_enrolment(beside)
    about_session = outbox.write(
        to="desk@example.org", template="session_enrolment_closed", values={}, language="en",
        about=f"session-{session.pk}",
    )  # fmt: skip
    client.force_login(given.organiser(programme))

    assert len(letters_in(client.get(LIST))) == 3
    assert letters_in(client.get(f"{LIST}?session={session.pk}")) == [about_session, about_person]


def test_whoever_runs_the_platform_sees_letters_about_accounts_only_and_no_secret(client, platform):
    given.applied_enrolment()
    code = account_letter()

    listed, opened = client.get(LIST), client.get(page_of(code))

    assert letters_in(listed) == [code]
    assert "123456" not in opened.content.decode()
    assert "what it says is not shown" in opened.content.decode()


@pytest.mark.usefixtures("platform")
def test_a_wording_begins_with_the_delivered_one_and_serves_once_saved(client):
    page = f"{TEMPLATES}add/?code=enrolment_offered"
    begun = sheet(client.get(page))

    client.post(page, begun | {"subject_en": "A place for {{ trainee }}"})

    assert begun["text_zh"] == wording_as_delivered("enrolment_offered", "zh-hans").text
    assert wording("enrolment_offered", "en").subject == "A place for {{ trainee }}"


@pytest.mark.usefixtures("platform")
def test_a_placeholder_that_the_letter_does_not_have_is_named(client):
    page = f"{TEMPLATES}add/?code=enrolment_offered"

    answer = client.post(page, sheet(client.get(page)) | {"text_zh": "您好 {{ traine }}"})

    sentence = errors_of(answer)["text_zh"][0]
    assert sentence.startswith("This letter has no placeholder traine. It has: ")
    assert not LetterTemplate.objects.exists()


def test_an_organiser_reads_what_the_house_says_and_does_not_change_it(client):
    template = LetterTemplate.objects.create(code="enrolment_offered", subject_en="Place", text_en="Text")
    client.force_login(given.organiser(given.programme()))

    page = reverse("admin:training_lettertemplate_change", args=[template.pk])

    assert client.get(page).status_code == 200
    assert client.post(page, {"subject_en": "Mine"}).status_code == 403


@pytest.mark.parametrize("how_many", [1, 30])
def test_the_list_takes_the_same_queries_for_one_and_for_thirty(client, how_many, django_assert_num_queries):
    session = given.session_by_organiser()
    for _ in range(how_many):
        given.applied_enrolment(session)
    client.force_login(given.organiser(session.programme))

    with django_assert_num_queries(6):
        client.get(LIST)
