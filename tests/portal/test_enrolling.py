import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import given
from training.enrolment.consents import ask_consents, write_text
from training.enrolment.models import Agreement, Enrolment, Trainee
from training.mail.models import Letter
from training.tools.identity_numbers import check_character
from training.tools.sealing import unseal

pytestmark = pytest.mark.django_db

NUMBER = "33010619900101123" + check_character("33010619900101123")
MOBILE = "13800001111"


def text_of(response):
    return response.content.decode()


def fields_of(response):
    """The hidden fields of the page's own form, as a browser would send them back."""
    inputs = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', text_of(response))
    return {name: value for name, value in inputs if name not in {"csrfmiddlewaretoken", "next"}}


def value_of(response, name):
    return re.search(rf'name="{name}" value="([^"]*)"', text_of(response))[1]


@pytest.fixture
def session():
    return given.session()


@pytest.fixture
def trainee(client):
    account = given.user(name="Wang Min")
    client.force_login(account)
    return account


def check(client, session, **typed):
    form = client.get(f"/sessions/{session.slug}/enrol/")
    return client.post(f"/sessions/{session.slug}/enrol/", fields_of(form) | {"name": "Wang Min"} | typed)


def send(client, session, checked):
    return client.post(f"/sessions/{session.slug}/enrol/send/", fields_of(checked))


class TestFromFormToResult:
    def test_what_is_typed_is_shown_once_more_before_it_is_sent(self, client, session, trainee):
        given.asked(session, "employer", "identity_number", "mobile", "lodging")

        checked = check(
            client, session, employer="Foundry No. 1", identity_kind="resident", identity_number=NUMBER,
            mobile=MOBILE, lodging="yes",
        )  # fmt: skip

        page = text_of(checked)
        assert "Foundry No. 1" in page
        assert "330***********" in page
        assert "138****1111" in page
        assert "<dd>Yes</dd>" in page
        assert not Enrolment.objects.exists()

    def test_sent_it_is_an_enrolment_with_a_page_a_letter_and_a_calendar_file(self, client, session, trainee):
        given.asked(session, "employer", "identity_number", "mobile")
        checked = check(
            client, session, employer="Foundry No. 1", identity_kind="resident", identity_number=NUMBER, mobile=MOBILE
        )

        answer = send(client, session, checked)

        enrolment = Enrolment.objects.get()
        assert answer.url == f"/my/enrolments/{enrolment.reference}/"
        assert enrolment.state == "confirmed"
        assert enrolment.answers == {"employer": "Foundry No. 1"}
        assert unseal(enrolment.identity_sealed) == NUMBER
        assert unseal(enrolment.mobile_sealed) == MOBILE
        assert enrolment.trainee.user == trainee
        assert Letter.objects.get(about=enrolment.reference).to == trainee.email
        page = text_of(client.get(answer.url))
        assert "You have a place." in page
        assert f"/sessions/{session.slug}/agenda.ics" in page

    def test_a_full_number_stands_on_no_page_once_it_is_right(self, client, session, trainee):
        given.asked(session, "employer", "identity_number", "mobile")

        with_a_mistake = check(client, session, identity_kind="resident", identity_number=NUMBER, mobile=MOBILE)
        repaired = client.post(
            f"/sessions/{session.slug}/enrol/",
            fields_of(with_a_mistake) | {"name": "Wang Min", "employer": "Foundry", "identity_kind": "resident"},
        )
        result = client.get(send(client, session, repaired).url)

        for response in (with_a_mistake, repaired, result):
            assert NUMBER not in text_of(response)
            assert MOBILE not in text_of(response)
        assert "Kept: 330***" in text_of(with_a_mistake)
        assert unseal(Enrolment.objects.get().identity_sealed) == NUMBER

    def test_pressed_twice_it_is_one_enrolment(self, client, session, trainee):
        checked = check(client, session)

        first, second = send(client, session, checked), send(client, session, checked)

        assert first.url == second.url
        assert Enrolment.objects.count() == 1
        assert Letter.objects.filter(about=Enrolment.objects.get().reference).count() == 1

    def test_change_something_leads_back_with_everything_typed(self, client, session, trainee):
        given.asked(session, "employer", "mobile")
        checked = check(client, session, employer="Foundry No. 1", mobile=MOBILE)

        form = client.post(f"/sessions/{session.slug}/enrol/", fields_of(checked) | {"change": "yes"})

        assert value_of(form, "employer") == "Foundry No. 1"
        assert "Kept: 138****1111" in text_of(form)

    def test_only_what_the_session_asks_is_asked(self, client, session, trainee):
        given.asked(session, "diet")

        page = text_of(client.get(f"/sessions/{session.slug}/enrol/"))

        assert 'name="diet"' in page
        assert 'name="identity_number"' not in page
        assert "For the kitchen only." in page

    def test_what_is_known_from_before_is_filled_in_and_numbers_stay_masked(self, client, trainee):
        earlier, later = given.session(), given.session()
        for session in (earlier, later):
            given.asked(session, "employer", "mobile")
        send(client, earlier, check(client, earlier, employer="Foundry No. 1", mobile=MOBILE))

        form = client.get(f"/sessions/{later.slug}/enrol/")
        send(client, later, check(client, later, employer="Foundry No. 1"))

        assert value_of(form, "employer") == "Foundry No. 1"
        assert "Kept: 138****1111" in text_of(form)
        assert unseal(Enrolment.objects.get(session=later).mobile_sealed) == MOBILE
        assert Trainee.objects.count() == 1

    def test_names_keep_every_character(self, client, session, trainee):
        name = "买买提·阿卜杜热西提·玉素甫江·𠮷田䶮"

        send(client, session, check(client, session, name=name))

        assert Enrolment.objects.get().trainee.name == name

    def test_a_category_of_the_programme_is_kept_with_the_enrolment(self, client, session, trainee):
        category = given.category()
        session.programme.categories.add(category)
        given.asked(session, "category")

        send(client, session, check(client, session, category=str(category.pk)))

        assert Enrolment.objects.get().category == category


class TestAgreements:
    """What a session asks to agree to by itself, on the form of an application."""

    @pytest.fixture(autouse=True)
    def texts(self, session):
        ask_consents(session, ["contact_list", "photos"])
        write_text("contact_list", text_en="Your number is in the list.", text_zh="号码列入通讯录。")
        write_text("photos", text_en="You may be in the pictures.", text_zh="可能拍到您。")

    def test_each_is_asked_apart_and_none_is_ticked(self, client, session, trainee):
        page = text_of(client.get(f"/sessions/{session.slug}/enrol/"))

        assert "Your number is in the list." in page
        assert "You may be in the pictures." in page
        assert page.count('type="checkbox"') == 2
        assert "checked" not in page

    def test_what_is_ticked_is_read_once_more_and_kept_with_the_text_and_nothing_else_is(
        self, client, session, trainee
    ):
        checked = check(client, session, agree_photos="1")
        send(client, session, checked)

        assert "<dt>Photos and recordings</dt><dd>I agree.</dd>" in text_of(checked)
        assert "<dt>Contact list of the class</dt><dd>I do not agree.</dd>" in text_of(checked)
        [agreement] = Agreement.objects.filter(enrolment=Enrolment.objects.get())
        assert (agreement.text.purpose, agreement.text.version, agreement.is_given) == ("photos", 1, True)
        assert agreement.by == trainee

    def test_who_agrees_to_nothing_enrols_all_the_same(self, client, session, trainee):
        send(client, session, check(client, session))

        assert Enrolment.objects.get().state == "confirmed"
        assert not Agreement.objects.exists()

    def test_a_tick_does_not_count_for_new_words(self, client, session, trainee):
        checked = check(client, session, agree_photos="1")
        write_text("photos", text_en="The pictures go to the newspaper.", text_zh="照片将提供给报社。")

        answer = send(client, session, checked)

        assert "The text has changed meanwhile." in text_of(answer)
        assert "The pictures go to the newspaper." in text_of(answer)
        assert "checked" not in text_of(answer)
        assert not Enrolment.objects.exists()


class TestBadInput:
    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("name", "", "Enter the name."),
            ("name", "Wang\x07Min", "invisible control characters"),
            ("name", "Wang\x00Min", "Null characters are not allowed."),
            ("name", "王" * 101, "A name has at most 100 characters here."),
            ("employer", "", "Fill this in."),
            ("employer", "x" * 201, "at most 200 characters"),
            ("employer", "Foundry\x1b[31m", "invisible control characters"),
            ("identity_number", "330106199001011230", "The last character of the identity number does not fit"),
            ("identity_number", "990106199001011234", "province"),
            ("identity_number", "", "Fill this in."),
            ("identity_kind", "library card", "Select a valid choice."),
            ("mobile", "0571-88880000", "landline"),
            ("lodging", "perhaps", "Select a valid choice."),
        ],
    )
    def test_a_mistake_gets_a_sentence_at_its_field_and_nothing_is_sent(
        self, client, session, trainee, field, value, sentence
    ):
        given.asked(session, "employer", "identity_number", "mobile", "lodging")
        right = {
            "employer": "Foundry", "identity_kind": "resident", "identity_number": NUMBER, "mobile": MOBILE,
            "lodging": "no",
        }  # fmt: skip

        page = check(client, session, **(right | {field: value}))

        assert page.status_code == 200
        error = re.search(rf'id="id_{field}_error">(.*?)</div>', text_of(page), re.DOTALL)[1]
        assert sentence in error
        assert 'class="wrongs"' in text_of(page)
        assert not Enrolment.objects.exists()

    def test_ten_megabytes_in_a_field_get_their_sentence(self, client, session, trainee):
        given.asked(session, "employer")

        page = check(client, session, employer="x" * 10_000_000)

        assert page.status_code == 200
        assert "at most 200 characters" in text_of(page)

    def test_a_sealed_value_that_is_not_ours_counts_as_nothing(self, client, session, trainee):
        given.asked(session, "mobile")

        page = check(client, session, mobile="", mobile_kept="s1.deadbeef.forged")

        assert "Fill this in." in text_of(page)

    def test_a_spoilt_key_of_sending_does_not_stop_anybody(self, client, session, trainee):
        checked = check(client, session, send_key="not-a-key")

        assert send(client, session, checked).status_code == 302
        assert Enrolment.objects.count() == 1

    def test_a_session_that_closed_meanwhile_says_so_and_keeps_what_was_typed(self, client, session, trainee):
        given.asked(session, "employer")
        checked = check(client, session, employer="Foundry No. 1")
        type(session).objects.update(enrolment_closes_at=timezone.now() - timedelta(minutes=1))

        page = send(client, session, checked)

        assert page.status_code == 200
        assert "Enrolment in this session is closed." in text_of(page)
        assert value_of(page, "employer") == "Foundry No. 1"
        assert not Enrolment.objects.exists()

    def test_a_session_that_filled_up_meanwhile_gives_a_place_in_line(self, client, trainee):
        session = given.session(capacity=1)
        checked = check(client, session)
        given.confirmed_enrolment(session)

        answer = send(client, session, checked)

        assert "You are first in line." in text_of(client.get(answer.url))

    def test_somebody_who_is_enrolled_is_led_to_the_enrolment(self, client, session, trainee):
        first = send(client, session, check(client, session))

        again = client.get(f"/sessions/{session.slug}/enrol/")

        assert again.url == first.url

    def test_the_number_of_somebody_else_in_this_session_is_refused_at_the_field(self, client, session, trainee):
        given.asked(session, "identity_number")
        given.enrolment(session, identity=given.identity(NUMBER))

        page = send(client, session, check(client, session, identity_kind="resident", identity_number=NUMBER))

        assert "in an enrolment of this session already" in text_of(page)
        assert 'id="id_identity_number_error"' in text_of(page)

    def test_a_session_that_is_closed_has_no_form(self, client, trainee):
        session = given.session(enrolment_closes_at=timezone.now() - timedelta(minutes=1))

        page = text_of(client.get(f"/sessions/{session.slug}/enrol/"))

        assert "This session takes no applications now." in page
        assert "<textarea" not in page

    def test_a_session_that_is_over_takes_nobody_though_its_enrolment_never_closed(self, client, session, trainee):
        checked = check(client, session)
        yesterday = timezone.localdate() - timedelta(days=1)
        type(session).objects.update(starts_on=yesterday, ends_on=yesterday, enrolment_closes_at=None)

        page = send(client, session, checked)

        assert "Enrolment in this session is closed." in text_of(page)
        assert not Enrolment.objects.exists()

    def test_a_draft_has_no_form(self, client, trainee):
        session = given.session(status="draft")

        assert client.get(f"/sessions/{session.slug}/enrol/").status_code == 404
        assert client.post(f"/sessions/{session.slug}/enrol/send/", {"name": "X"}).status_code == 404

    def test_the_last_press_is_a_press_not_a_link(self, client, session, trainee):
        assert client.get(f"/sessions/{session.slug}/enrol/send/").status_code == 405


class TestAcrossTheSignIn:
    def test_a_stranger_signs_in_first_and_comes_back_to_the_form(self, client, session):
        answer = client.get(f"/sessions/{session.slug}/enrol/")

        assert answer.status_code == 302
        assert answer.url == f"/accounts/login/?next=/sessions/{session.slug}/enrol/"

    def test_what_was_typed_while_the_sign_in_ran_out_waits_in_the_form(self, client, session, trainee):
        given.asked(session, "employer", "mobile")
        form = client.get(f"/sessions/{session.slug}/enrol/")
        client.logout()

        answer = client.post(
            f"/sessions/{session.slug}/enrol/",
            fields_of(form) | {"name": "Wang Min", "employer": "Foundry No. 1", "mobile": MOBILE},
        )
        kept = str(dict(client.session))
        client.force_login(trainee)
        again = client.get(f"/sessions/{session.slug}/enrol/")

        assert answer.url == f"/accounts/login/?next=/sessions/{session.slug}/enrol/"
        assert "Foundry" not in kept
        assert MOBILE not in kept
        assert "What you typed before is still here." in text_of(again)
        assert value_of(again, "employer") == "Foundry No. 1"
        assert "Kept: 138****1111" in text_of(again)

    def test_a_last_press_after_the_sign_in_ran_out_loses_nothing(self, client, session, trainee):
        given.asked(session, "employer", "mobile")
        checked = check(client, session, employer="Foundry No. 1", mobile=MOBILE)
        client.logout()

        send(client, session, checked)
        client.force_login(trainee)
        again = client.get(f"/sessions/{session.slug}/enrol/")
        checked_again = client.post(
            f"/sessions/{session.slug}/enrol/",
            fields_of(again) | {"name": value_of(again, "name"), "employer": value_of(again, "employer")},
        )
        send(client, session, checked_again)

        enrolment = Enrolment.objects.get()
        assert enrolment.answers == {"employer": "Foundry No. 1"}
        assert unseal(enrolment.mobile_sealed) == MOBILE

    @pytest.mark.parametrize("address", ["enrol/", "enrol/send/"])
    def test_a_form_from_before_a_sign_in_in_another_window_comes_back_as_typed(self, session, address):
        given.asked(session, "employer", "mobile")
        account = given.user()
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(account)
        typed = {"name": "Wang Min", "employer": "Foundry No. 1", "mobile": MOBILE, "csrfmiddlewaretoken": "x" * 64}

        answer = browser.post(f"/sessions/{session.slug}/{address}", typed, headers={"origin": "http://testserver"})
        page = browser.get(answer.url)

        assert answer.url == f"/sessions/{session.slug}/enrol/"
        assert value_of(page, "employer") == "Foundry No. 1"
        assert "Kept: 138****1111" in text_of(page)
        assert not Enrolment.objects.exists()

    @pytest.mark.parametrize("headers", [{}, {"origin": "https://evil.example"}, {"origin": "null"}])
    def test_a_form_from_elsewhere_is_neither_taken_nor_kept(self, session, headers):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(given.user())

        answer = browser.post(f"/sessions/{session.slug}/enrol/", {"name": "Mallory"}, headers=headers)

        assert answer.status_code == 403
        assert "Mallory" not in text_of(browser.get(f"/sessions/{session.slug}/enrol/"))

    def test_what_was_kept_for_one_session_does_not_appear_in_another(self, client, session, trainee):
        client.logout()
        client.post(f"/sessions/{session.slug}/enrol/", {"name": "Typed Name"})
        client.force_login(trainee)

        page = client.get(f"/sessions/{given.session().slug}/enrol/")

        assert "Typed Name" not in text_of(page)
        assert "Typed Name" in text_of(client.get(f"/sessions/{session.slug}/enrol/"))

    def test_the_record_an_organiser_made_is_claimed_with_the_confirmed_address(self, client, session):
        from training.enrolment.trainees import enter_trainee

        record = enter_trainee(name="Wang Min", email="min@example.org", language="en")
        account = given.user("min@example.org")
        client.force_login(account)

        send(client, session, check(client, session))

        assert Enrolment.objects.get().trainee == record
        record.refresh_from_db()
        assert record.user == account
