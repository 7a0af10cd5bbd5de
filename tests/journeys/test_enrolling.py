"""A trainee enrols from nothing, withdraws, and the next in line gets the place."""

import re

import pytest
from django.utils.translation import gettext, override
from playwright.sync_api import expect

from tests import given
from tests.accounts.letters import code_in_letter_to
from training.enrolment.models import Enrolment
from training.mail.models import Letter

pytestmark = pytest.mark.django_db(transaction=True)

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])
RIGHT_NUMBER, WRONG_NUMBER = "119999190001010011", "119999190001010012"
NAME = "阿卜杜热依木江·阿卜杜克热木江·麦麦提明"


def prefix_of(language):
    return "" if language == "en" else "/zh-hans"


def a_class_with_one_place(**fields):
    session = given.session(capacity=1, **fields)
    given.asked(session, "employer", "identity_number", "mobile")
    return session


def press(page):
    page.locator("main form button.button:not(.second)").first.click()
    page.wait_for_load_state()


def enter_with_a_code(page, email):
    """Opens an account by the code of a letter, on the way to where one was going."""
    page.locator("main a[href*='signup']").click()
    page.locator("[name=email]").fill(email)
    press(page)
    page.locator("[name=code]").fill(code_in_letter_to(email))
    press(page)


def fill_in(page, number):
    page.locator("[name=name]").fill(NAME)
    page.locator("[name=employer]").fill("Forge (sample)")
    page.locator("[name=identity_number]").fill(number)
    page.locator("[name=mobile]").fill("138 0013 8000")


def begin(page, session, language):
    page.goto(f"{prefix_of(language)}/sessions/{session.slug}/")
    page.locator(f"main a[href$='/sessions/{session.slug}/enrol/']").first.click()


def templates_about(enrolment):
    return list(Letter.objects.about(enrolment.reference).order_by("pk").values_list("template", flat=True))


@LANGUAGES
def test_a_trainee_enrols_from_nothing_withdraws_and_the_next_in_line_gets_the_place(page, new_page, language):
    session = a_class_with_one_place()

    begin(page, session, language)
    if page.locator("[name=login]").count() == 0:  # the form may be read first; sending it needs an account
        press(page)
    enter_with_a_code(page, "new@example.org")
    if not page.url.endswith("/enrol/"):
        begin(page, session, language)

    fill_in(page, WRONG_NUMBER)
    press(page)
    field = page.locator("[name=identity_number]")
    assert field.get_attribute("aria-invalid") == "true"
    assert page.locator("[name=name]").input_value() == NAME
    assert page.locator("[name=employer]").input_value() == "Forge (sample)"
    field.fill(RIGHT_NUMBER)
    press(page)

    checked = page.locator("main").inner_text()
    assert NAME in checked
    assert "119***********0011" in checked
    assert RIGHT_NUMBER not in page.content()
    press(page)

    mine = Enrolment.objects.get()
    assert mine.state == "confirmed"
    assert page.url.endswith(f"/my/enrolments/{mine.reference}/")
    with override(language):
        assert gettext("You have a place.") in page.locator("main").inner_text()
    assert templates_about(mine) == ["enrolment_confirmed"]
    with page.expect_download() as taken:
        page.locator("main a[href$='agenda.ics']").first.click()
    assert taken.value.path().read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")

    waiting = given.waiting_enrolment(session)
    page.locator("main a[href$='/withdraw/']").click()
    page.locator("main form button.danger").click()
    page.wait_for_load_state()

    waiting.refresh_from_db()
    mine.refresh_from_db()
    assert (mine.state, waiting.state) == ("withdrawn", "offered")
    assert templates_about(waiting) == ["enrolment_waitlisted", "enrolment_offered"]

    other = new_page(user=waiting.trainee.user)
    other.goto(f"{prefix_of(language)}/my/enrolments/{waiting.reference}/")
    other.locator("form[action$='/accept/'] button").click()
    other.wait_for_load_state()

    waiting.refresh_from_db()
    assert waiting.state == "confirmed"


@LANGUAGES
def test_enrolling_works_without_script(new_page, language):
    session, newcomer = a_class_with_one_place(), given.user(language=language)
    page = new_page(user=newcomer, java_script_enabled=False)

    begin(page, session, language)
    fill_in(page, RIGHT_NUMBER)
    press(page)
    press(page)

    assert Enrolment.objects.get().state == "confirmed"


def test_a_double_click_on_send_is_one_enrolment(new_page):
    session, newcomer = a_class_with_one_place(), given.user()
    page = new_page(user=newcomer)
    begin(page, session, "en")
    fill_in(page, RIGHT_NUMBER)
    press(page)

    page.locator("main form button.button:not(.second)").first.dblclick()
    expect(page).to_have_url(re.compile(r"/my/enrolments/\w+/$"))  # the second click cuts the first answer off

    enrolment = Enrolment.objects.get()
    assert templates_about(enrolment) == ["enrolment_confirmed"]
