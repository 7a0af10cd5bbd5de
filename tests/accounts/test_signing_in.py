"""Signing in through the door: with a code, with a password, and what a stranger learns."""

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from accounts.models import User
from accounts.opening import confirmed_addresses, open_account
from tests.accounts.letters import code_in_letter_to, letters_to

pytestmark = pytest.mark.django_db
PASSWORD = "a long walk by the lake"


def sign_in(client, email, password="", **more):
    return client.post(reverse("account_login"), {"login": email, "password": password} | more)


def is_signed_in(client):
    return "_auth_user_id" in client.session


@pytest.fixture
def li():
    return open_account("li@example.org", "Li Wen", PASSWORD, "en")


def test_the_right_password_signs_in(client, li):
    answer = sign_in(client, "li@example.org", PASSWORD)

    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(li.pk)


def test_an_address_in_other_letters_is_the_same_account(client, li):
    sign_in(client, "  Ｌi@Example.ORG ", PASSWORD)

    assert is_signed_in(client)


def test_a_wrong_password_says_so_and_keeps_the_address(client, li):
    answer = sign_in(client, "li@example.org", "not it at all")

    assert answer.status_code == 200
    assert "is not right" in answer.content.decode()
    assert 'value="li@example.org"' in answer.content.decode()
    assert not is_signed_in(client)


def test_an_empty_password_sends_a_code_that_signs_in(client, li):
    asked = sign_in(client, "li@example.org")
    assert asked.url == reverse("account_confirm_login_code")

    answer = client.post(asked.url, {"code": code_in_letter_to("li@example.org")})

    assert answer.status_code == 302
    assert is_signed_in(client)


def test_the_code_is_nowhere_in_the_web_session(client, li):
    sign_in(client, "li@example.org")
    code = code_in_letter_to("li@example.org")

    kept = str(dict(client.session.items()))
    assert code not in kept
    assert code.replace("-", "") not in kept


def test_a_password_that_the_browser_filled_in_does_not_hinder_asking_for_a_code(client, li):
    answer = sign_in(client, "li@example.org", "an old one", send_code="yes")

    assert answer.url == reverse("account_confirm_login_code")


def test_a_wrong_code_is_refused_and_the_right_one_still_counts(client, li):
    sign_in(client, "li@example.org")

    wrong = client.post(reverse("account_confirm_login_code"), {"code": "0000-0000"})
    assert wrong.status_code == 200
    assert "This is not the code" in wrong.content.decode()
    assert not is_signed_in(client)

    client.post(reverse("account_confirm_login_code"), {"code": code_in_letter_to("li@example.org")})
    assert is_signed_in(client)


def test_a_code_is_over_after_five_wrong_ones(client, li):
    sign_in(client, "li@example.org")
    for _ in range(5):
        client.post(reverse("account_confirm_login_code"), {"code": "0000-0000"})

    client.post(reverse("account_confirm_login_code"), {"code": code_in_letter_to("li@example.org")})

    assert not is_signed_in(client)


def test_a_code_signs_in_only_once(client, li):
    sign_in(client, "li@example.org")
    code = code_in_letter_to("li@example.org")
    client.post(reverse("account_confirm_login_code"), {"code": code})
    client.post(reverse("account_logout"))

    again = client.post(reverse("account_confirm_login_code"), {"code": code})

    assert again.url == reverse("account_request_login_code")
    assert not is_signed_in(client)


def test_a_code_of_another_browser_does_not_sign_in(client, li):
    sign_in(client, "li@example.org")
    code = code_in_letter_to("li@example.org")
    stranger = type(client)()
    sign_in(stranger, "li@example.org")

    stranger.post(reverse("account_confirm_login_code"), {"code": code})

    assert not is_signed_in(stranger)


def test_full_width_digits_from_a_chinese_keyboard_are_fine(client, li):
    sign_in(client, "li@example.org")
    digits = code_in_letter_to("li@example.org").replace("-", "")
    full_width = "".join(chr(ord("０") + int(digit)) for digit in digits)

    client.post(reverse("account_confirm_login_code"), {"code": f" {full_width} "})

    assert is_signed_in(client)


def test_another_letter_holds_another_code_and_the_old_one_is_void(client, li):
    sign_in(client, "li@example.org")
    first = code_in_letter_to("li@example.org")

    client.post(reverse("account_confirm_login_code"), {"action": "resend"})

    assert len(letters_to("li@example.org")) == 2
    client.post(reverse("account_confirm_login_code"), {"code": first})
    assert not is_signed_in(client)
    client.post(reverse("account_confirm_login_code"), {"code": code_in_letter_to("li@example.org")})
    assert is_signed_in(client)


def test_an_account_that_is_switched_off_cannot_sign_in(client, li):
    User.objects.filter(pk=li.pk).update(is_active=False)

    assert sign_in(client, "li@example.org", PASSWORD).url == reverse("account_inactive")
    assert not is_signed_in(client)
    sign_in(client, "li@example.org")
    assert [letter.template for letter in letters_to("li@example.org")] == ["account_unknown"]


# What a stranger learns


def test_a_wrong_password_gets_the_same_answer_for_a_known_and_an_unknown_address(client, li):
    known = sign_in(client, "li@example.org", "not it at all").content.decode()
    unknown = sign_in(client, "no@example.org", "not it at all").content.decode()

    assert without_token(known.replace("li@example.org", "X")) == without_token(unknown.replace("no@example.org", "X"))


def test_asking_for_a_code_gets_the_same_answer_for_a_known_and_an_unknown_address(client, li):
    pages = []
    for email in ("li@example.org", "no@example.org"):
        browser = type(client)()
        answer = sign_in(browser, email)
        page = browser.get(answer.url).content.decode()
        wrong = browser.post(answer.url, {"code": "0000-0000"}).content.decode()
        pages.append((answer.url, without_token(page.replace(email, "X")), without_token(wrong.replace(email, "X"))))

    assert pages[0] == pages[1]
    assert [letter.template for letter in letters_to("no@example.org")] == ["account_unknown"]


def test_signing_up_gets_the_same_answer_for_a_known_and_an_unknown_address(client, li):
    pages = []
    for email in ("li@example.org", "new@example.org"):
        browser = type(client)()
        answer = browser.post(reverse("account_signup"), {"email": email})
        page = browser.get(answer.url).content.decode()
        wrong = browser.post(answer.url, {"code": "0000-0000"}).content.decode()
        pages.append((answer.url, without_token(page.replace(email, "X")), without_token(wrong.replace(email, "X"))))

    assert pages[0] == pages[1]
    assert [letter.template for letter in letters_to("li@example.org")] == ["account_exists"]
    assert User.objects.filter(email="li@example.org").count() == 1


def test_a_forgotten_password_gets_the_same_answer_for_a_known_and_an_unknown_address(client, li):
    pages = []
    for email in ("li@example.org", "no@example.org"):
        browser = type(client)()
        answer = browser.post(reverse("account_reset_password"), {"email": email})
        page = browser.get(answer.url).content.decode()
        pages.append((answer.url, without_token(page.replace(email, "X"))))

    assert pages[0] == pages[1]


def without_token(page):
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


# Where a sign-in leads


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "http:///evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "/\\evil.example",
        "\x00//evil.example",
        "https://sub.localhost/",
    ],
)
def test_next_to_another_host_is_refused(client, li, elsewhere):
    answer = sign_in(client, "li@example.org", PASSWORD, next=elsewhere)

    assert answer.url == "/"


def test_next_to_another_host_is_refused_after_a_code_and_at_signing_out(client, li):
    asked = sign_in(client, "li@example.org", next="https://evil.example/")
    answer = client.post(asked.url, {"code": code_in_letter_to("li@example.org"), "next": "https://evil.example/"})
    assert answer.url == "/"

    assert client.post(reverse("account_logout"), {"next": "https://evil.example/"}).url == "/"


def test_next_to_a_page_of_ours_is_followed(client, li):
    assert sign_in(client, "li@example.org", PASSWORD, next="/sessions/hangzhou-2025/enrol/").url == (
        "/sessions/hangzhou-2025/enrol/"
    )


def test_the_page_speaks_chinese_under_its_address(client, li):
    answer = client.post("/zh-hans/accounts/login/", {"login": "li@example.org", "password": ""})

    assert answer.url == "/zh-hans/accounts/login/code/confirm/"
    assert letters_to("li@example.org")[0].language == "zh-hans"


# Signing up


def test_an_address_and_its_code_open_an_account(client):
    answer = client.post(reverse("account_signup"), {"email": "New@Example.org"})
    assert confirmed_addresses(User.objects.get(email="new@example.org")) == set()

    client.post(answer.url, {"code": code_in_letter_to("new@example.org")})

    opened = User.objects.get(email="new@example.org")
    assert is_signed_in(client)
    assert confirmed_addresses(opened) == {"new@example.org"}
    assert not opened.has_usable_password()


def test_an_address_that_was_never_confirmed_signs_in_with_a_code_of_its_own(client):
    type(client)().post(reverse("account_signup"), {"email": "new@example.org"})

    sign_in(client, "new@example.org")
    client.post(reverse("account_confirm_login_code"), {"code": code_in_letter_to("new@example.org")})

    assert is_signed_in(client)
    assert confirmed_addresses(User.objects.get()) == {"new@example.org"}


# Accounts that are opened for somebody


def test_an_account_opened_twice_is_one(db):
    first = open_account("Li@Example.org", "Li Wen", PASSWORD, "en")
    second = open_account("li@example.org", "Another", "another password", "zh-hans")

    assert first == second
    assert second.check_password(PASSWORD)
    assert confirmed_addresses(second) == {"li@example.org"}
    assert EmailAddress.objects.count() == 1


# The demo


def test_the_demo_shows_its_people_and_one_press_signs_in(client, settings):
    settings.DEMO = True
    open_account("staff@example.org", "Chen Mo", "cohort-demo", "en")

    page = client.get(reverse("account_login")).content.decode()

    assert all(person in page for person in ("organiser@example.org", "staff@example.org", "trainee@example.org"))
    sign_in(client, "staff@example.org", "cohort-demo")
    assert is_signed_in(client)


def test_outside_the_demo_nobody_of_the_demo_is_shown(client):
    assert "cohort-demo" not in client.get(reverse("account_login")).content.decode()
