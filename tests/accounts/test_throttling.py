"""Limits: who is kept out, for how long, and who is not."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import throttling
from accounts.models import Attempts
from accounts.opening import open_account
from accounts.throttling import Limit, TooManyTries, count_try, network_address
from tests.accounts.letters import code_in_letter_to, letters_to

pytestmark = pytest.mark.django_db
PASSWORD = "a long walk by the lake"
THREE = Limit("three in ten minutes", 3, 10)


def sign_in(client, email, password="", address="192.0.2.1", **more):
    return client.post(reverse("account_login"), {"login": email, "password": password} | more, REMOTE_ADDR=address)


def is_signed_in(client):
    return "_auth_user_id" in client.session


@pytest.fixture
def li():
    return open_account("li@example.org", "Li Wen", PASSWORD, "en")


def test_as_many_tries_pass_as_the_limit_says_and_no_more():
    for _ in range(3):
        count_try(THREE, "somebody")

    with pytest.raises(TooManyTries) as refused:
        count_try(THREE, "somebody")

    assert str(refused.value) == "That was tried too often. Please wait 10 minutes and try again."
    count_try(THREE, "somebody else")


def test_when_the_minutes_are_over_the_count_begins_again():
    now = timezone.now()
    for _ in range(4):
        with suppress(TooManyTries):
            count_try(THREE, "somebody", now)

    count_try(THREE, "somebody", now + timedelta(minutes=10))


def test_trying_on_does_not_lengthen_the_wait():
    now = timezone.now()
    for _ in range(3):
        count_try(THREE, "somebody", now)

    with pytest.raises(TooManyTries) as refused:
        count_try(THREE, "somebody", now + timedelta(minutes=9, seconds=30))

    assert "wait 1 minute " in str(refused.value)


def test_what_is_over_is_forgotten_and_nobody_can_be_read_from_the_rest():
    now = timezone.now()
    count_try(THREE, "li@example.org", now)
    count_try(THREE, "wang@example.org", now - timedelta(hours=1))

    assert throttling.forget_what_is_over(now) == 1

    assert "li@example.org" not in str(Attempts.objects.values_list().get())


# Passwords


def test_after_five_wrong_passwords_the_right_one_is_refused_too_and_the_page_says_for_how_long(client, li):
    for _ in range(5):
        sign_in(client, "li@example.org", "not it at all")

    answer = sign_in(client, "li@example.org", PASSWORD)

    assert answer.status_code == 429
    assert "Please wait 30 minutes" in answer.content.decode()
    assert 'value="li@example.org"' in answer.content.decode()
    assert not is_signed_in(client)


def test_whoever_is_kept_out_by_guessing_still_signs_in_with_a_code(client, li):
    for number in range(5):
        sign_in(type(client)(), "li@example.org", "not it at all", address=f"198.51.100.{number}")

    asked = sign_in(client, "li@example.org")
    client.post(asked.url, {"code": code_in_letter_to("li@example.org")})

    assert is_signed_in(client)


def test_a_stranger_who_asks_for_codes_cannot_use_up_the_letters_of_somebody_else(client, li):
    for _ in range(8):
        sign_in(type(client)(), "li@example.org", address="198.51.100.1")
    assert len(letters_to("li@example.org")) == 5

    sign_in(client, "li@example.org", address="192.0.2.1")

    assert len(letters_to("li@example.org")) == 6


def test_right_passwords_do_not_count(client, li):
    for _ in range(8):
        sign_in(type(client)(), "li@example.org", PASSWORD)

    sign_in(client, "li@example.org", PASSWORD)

    assert is_signed_in(client)


def test_an_unknown_address_meets_the_same_limit_as_a_known_one(client):
    answers = [sign_in(client, "no@example.org", "not it at all").status_code for _ in range(6)]

    assert answers == [200] * 5 + [429]


def test_one_network_address_is_limited_over_many_accounts_and_another_is_not(client, li):
    for number in range(60):
        sign_in(client, f"person{number}@example.org", "not it at all", address="198.51.100.1")

    assert sign_in(client, "li@example.org", PASSWORD, address="198.51.100.1").status_code == 429
    sign_in(client, "li@example.org", PASSWORD, address="198.51.100.2")
    assert is_signed_in(client)


def test_a_new_password_by_letter_ends_the_wait(client, li):
    for _ in range(5):
        sign_in(client, "li@example.org", "not it at all")

    code_page = client.post(reverse("account_reset_password"), {"email": "li@example.org"}).url
    new_page = client.post(code_page, {"code": code_in_letter_to("li@example.org")}).url
    client.post(new_page, {"password1": "two herons on the shore"})
    sign_in(client, "li@example.org", "two herons on the shore")

    assert is_signed_in(client)


# Letters and codes


def test_letters_asked_for_again_are_limited_and_the_page_says_so(client, li):
    for _ in range(5):
        sign_in(type(client)(), "li@example.org")

    answer = sign_in(client, "li@example.org")

    assert answer.status_code == 429
    assert "Please wait 15 minutes" in answer.content.decode()
    assert len(letters_to("li@example.org")) == 5


def test_another_letter_counts_as_a_letter(client, li):
    for _ in range(4):
        sign_in(type(client)(), "li@example.org")
    asked = sign_in(client, "li@example.org")

    page = client.post(asked.url, {"action": "resend"}, follow=True, REMOTE_ADDR="192.0.2.1")

    assert "Please wait" in page.content.decode()
    assert len(letters_to("li@example.org")) == 5


@pytest.mark.parametrize("page", ["account_signup", "account_reset_password"])
def test_the_other_pages_that_write_letters_have_the_same_limit(client, page):
    answers = [type(client)().post(reverse(page), {"email": "no@example.org"}).status_code for _ in range(6)]

    assert answers[-1] == 429
    assert len(letters_to("no@example.org")) == 5


def test_a_code_bears_five_tries_even_from_a_copy_of_the_web_session(client, li):
    asked = sign_in(client, "li@example.org")
    kept = client.session["account_login"]
    for _ in range(5):
        client.post(asked.url, {"code": "0000-0000"})
        session = client.session
        session["account_login"] = kept
        session.save()

    answer = client.post(asked.url, {"code": code_in_letter_to("li@example.org")})

    assert answer.status_code == 429
    assert not is_signed_in(client)


# Where somebody comes from


@pytest.mark.parametrize(
    ("trusted", "forwarded", "seen"),
    [
        (0, "203.0.113.7", "192.0.2.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "forged, 203.0.113.7", "203.0.113.7"),
        (2, "forged, 203.0.113.7, 192.0.2.9", "203.0.113.7"),
        (2, "203.0.113.7", "203.0.113.7"),
        (1, "", "192.0.2.1"),
        (1, "not an address", "unknown"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "::ffff:203.0.113.7", "203.0.113.7"),
    ],
)
def test_the_address_is_the_first_that_no_trusted_proxy_vouches_for(rf, settings, trusted, forwarded, seen):
    settings.TRUSTED_PROXIES = trusted

    assert network_address(rf.get("/", REMOTE_ADDR="192.0.2.1", headers={"x-forwarded-for": forwarded})) == seen
