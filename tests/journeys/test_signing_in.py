"""A newcomer opens an account and signs in again; staff set up a second factor and pass the desk's door."""

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from accounts.opening import open_account
from accounts.roles import Role
from tests import given
from tests.accounts.letters import code_in_letter_to

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a long walk by the lake"
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])


def prefix_of(language):
    return "" if language == "en" else "/zh-hans"


def send(page):
    page.locator("main form button.button").first.click()
    page.wait_for_load_state()


def enter_code(page, email):
    page.locator("[name=code]").fill(code_in_letter_to(email))
    send(page)


@LANGUAGES
def test_a_newcomer_opens_an_account_with_a_code_and_comes_back_to_where_they_were(page, language):
    session = given.session()
    there = f"{prefix_of(language)}/sessions/{session.slug}/"
    page.goto(there)
    page.locator(".person-nav a[href*='login']").click()
    page.locator("main a[href*='signup']").click()

    page.locator("[name=email]").fill("New@example.org")
    send(page)
    enter_code(page, "new@example.org")

    assert page.url.endswith(there)
    assert page.locator(".person-nav form").count() == 1


@LANGUAGES
def test_whoever_leaves_the_password_empty_signs_in_with_a_code_by_keyboard_alone(page, language):
    open_account("li@example.org", "Li Wen", PASSWORD, language)
    page.goto(f"{prefix_of(language)}/accounts/login/")

    page.locator("[name=login]").fill("li@example.org")
    page.keyboard.press("Enter")
    page.wait_for_url("**/login/code/confirm/")
    page.keyboard.type("0000-0000")  # the field has the focus already
    page.keyboard.press("Enter")
    page.locator(".wrong").wait_for()
    page.locator("[name=code]").fill(code_in_letter_to("li@example.org"))
    page.keyboard.press("Enter")

    page.locator(".person-nav form").wait_for()


@LANGUAGES
def test_staff_set_up_a_second_factor_and_pass_the_door(page, settings, language):
    settings.SECOND_FACTOR_DEMANDED = True
    chen = open_account("chen@example.org", "Chen Mo", PASSWORD, language)
    given.grant(chen, Role.SESSION_STAFF, session=given.session())
    prefix = prefix_of(language)
    page.goto(f"{prefix}/accounts/login/?next={prefix}/desk/")
    page.locator("[name=login]").fill("chen@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    send(page)

    page.locator("main a.button").click()
    secret = re.search(r"[A-Z2-7]{32}", page.locator(".instructions code").inner_text())[0]
    now = list(yield_hotp_counters_from_time())[1]
    page.locator("[name=code]").fill(format_hotp_value(hotp_value(secret, now)))
    send(page)
    assert page.locator(".recovery-codes code").count() == 10
    page.goto(f"{prefix}/desk/")

    page.locator("h3 a").first.wait_for()


def test_one_press_signs_in_a_person_of_the_demo(page, settings):
    settings.DEMO = True
    open_account("staff@example.org", "Chen Mo", "cohort-demo", "en")
    page.goto("/accounts/login/")

    page.get_by_role("button", name="staff@example.org").click()

    page.locator(".person-nav form").wait_for()


PAGES = [
    "login/",
    "signup/",
    "password/forgotten/",
    "",
    "address/",
    "password/",
    "second-factor/",
    "second-factor/on/",
    "logout/",
]


@LANGUAGES
def test_every_page_of_an_account_is_for_everybody(new_page, accessibility_violations, language):
    open_account("li@example.org", "Li Wen", PASSWORD, language)
    prefix = f"{prefix_of(language)}/accounts/"
    page = new_page(viewport={"width": 320, "height": 640})
    found = {}
    for address in PAGES:
        if address == "":
            page.goto(f"{prefix}login/")
            page.locator("[name=login]").fill("li@example.org")
            page.locator("[name=password]").fill(PASSWORD)
            send(page)
        page.goto(prefix + address)
        width = page.evaluate("document.documentElement.scrollWidth")
        found[address] = accessibility_violations(page) + (["wider than 320"] if width > 320 else [])

    assert not any(found.values()), found


def test_all_of_it_works_without_script(browser, live_server):
    open_account("li@example.org", "Li Wen", PASSWORD, "en")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill("li@example.org")
    page.get_by_role("button", name="Send me a code").click()
    page.locator("[name=code]").fill(code_in_letter_to("li@example.org"))
    page.get_by_role("button", name="Go on").click()

    assert page.locator(".person-nav form").count() == 1
    context.close()
