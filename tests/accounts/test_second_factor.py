"""Staff enter their doors with a second factor outside the demo; a code counts once."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import caches
from django.urls import reverse

from accounts.opening import open_account
from accounts.second_factor import is_door_of_the_staff
from tests.accounts.letters import code_in_letter_to, letters_to

pytestmark = pytest.mark.django_db
PASSWORD = "a long walk by the lake"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_of_the_app(secret=SECRET, step=0):
    now = list(yield_hotp_counters_from_time())[1]
    return format_hotp_value(hotp_value(secret, now + step))


def sign_in(client):
    return client.post(reverse("account_login"), {"login": "chen@example.org", "password": PASSWORD})


def is_signed_in(client):
    return "_auth_user_id" in client.session


@pytest.fixture(autouse=True)
def outside_the_demo(settings):
    settings.SECOND_FACTOR_DEMANDED = True


@pytest.fixture
def chen():
    return open_account("chen@example.org", "Chen Mo", PASSWORD, "en")


@pytest.fixture
def chens_app(chen):
    TOTP.activate(chen, SECRET)


@pytest.mark.parametrize(
    "path", ["/admin/", "/desk/", "/zh-hans/admin/", "/zh-hans/desk/sessions/x/roster/", "/desk/anything/at/all/"]
)
@pytest.mark.parametrize("deed", ["get", "post"])
def test_on_a_password_alone_nobody_passes_the_staffs_doors(client, chen, path, deed):
    sign_in(client)

    answer = getattr(client, deed)(path)

    assert answer.status_code == 403
    assert "/accounts/second-factor/on/" in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/sessions/", "/my/enrolments/", "/administration/", "/accounts/", "/zh-hans/"])
def test_the_other_pages_ask_for_no_second_factor(path):
    assert not is_door_of_the_staff(path)


def test_in_the_demo_no_second_factor_is_asked_for(client, chen, settings):
    settings.SECOND_FACTOR_DEMANDED = False
    sign_in(client)

    assert "second factor" not in client.get("/desk/").content.decode()


def test_who_has_an_app_is_asked_for_its_code_at_sign_in(client, chens_app):
    answer = sign_in(client)

    assert answer.url == reverse("mfa_authenticate")
    assert not is_signed_in(client)

    client.post(answer.url, {"code": code_of_the_app()})
    assert is_signed_in(client)
    assert "Staff enter with a second factor" not in client.get("/desk/").content.decode()


def test_a_letter_does_not_replace_the_second_factor(client, chens_app):
    asked = client.post(reverse("account_login"), {"login": "chen@example.org", "password": ""})
    answer = client.post(asked.url, {"code": code_in_letter_to("chen@example.org")})

    assert answer.url == reverse("mfa_authenticate")
    assert not is_signed_in(client)


def test_a_new_password_by_letter_does_not_replace_the_second_factor(client, chens_app):
    asked = client.post(reverse("account_reset_password"), {"email": "chen@example.org"})
    new = client.post(asked.url, {"code": code_in_letter_to("chen@example.org")})
    client.post(new.url, {"password1": "two herons on the shore"})
    answer = client.post(reverse("account_login"), {"login": "chen@example.org", "password": "two herons on the shore"})

    assert answer.url == reverse("mfa_authenticate")


def test_a_code_of_the_app_counts_once_in_all_processes_together(client, chens_app):
    code = code_of_the_app()
    client.post(sign_in(client).url, {"code": code})
    other = type(client)()
    caches["default"].clear()  # another process remembers nothing of this one

    other.post(sign_in(other).url, {"code": f"{code[:3]} {code[3:]}"})

    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_a_wrong_code_is_refused_and_ten_of_them_end_it_for_a_while(client, chens_app):
    page = sign_in(client).url
    answers = [client.post(page, {"code": "000000"}) for _ in range(11)]

    assert "This code is not right" in answers[0].content.decode()
    assert answers[-1].status_code == 429
    assert client.post(page, {"code": code_of_the_app()}).status_code == 429
    assert not is_signed_in(client)


def test_setting_it_up_shows_a_picture_without_inline_style_and_gives_recovery_codes(client, chen):
    sign_in(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
    assert "<svg" in page
    assert "style=" not in page
    assert "data:" not in page

    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of_the_app(secret)}, follow=True)

    codes = re.findall(r"<code>(\d{8})</code>", answer.content.decode())
    assert len(codes) == 10
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))
    assert "Staff enter with a second factor" not in client.get("/desk/").content.decode()


def test_a_web_session_from_before_asks_for_a_code_at_the_door(client, chen):
    sign_in(client)
    TOTP.activate(chen, SECRET)

    refused = client.get("/desk/")
    assert refused.status_code == 403
    assert f"{reverse('mfa_reauthenticate')}?next=/desk/" in refused.content.decode()

    answer = client.post(f"{reverse('mfa_reauthenticate')}?next=/desk/", {"code": code_of_the_app()})
    assert answer.url == "/desk/"
    assert "Staff enter with a second factor" not in client.get("/desk/").content.decode()


def test_a_recovery_code_signs_in_once(client, chen):
    sign_in(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
    shown = client.post(reverse("mfa_activate_totp"), {"code": code_of_the_app(secret)}, follow=True)
    recovery = re.findall(r"<code>(\d{8})</code>", shown.content.decode())[0]
    first, second = type(client)(), type(client)()

    first.post(sign_in(first).url, {"code": recovery})
    second.post(sign_in(second).url, {"code": recovery})

    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_switching_it_on_and_off_is_told_by_letter(client, chen, django_capture_on_commit_callbacks):
    sign_in(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code_of_the_app(secret)})

    client.post(reverse("mfa_deactivate_totp"))

    assert [letter.template for letter in letters_to("chen@example.org")] == [
        "account_second_factor_on",
        "account_second_factor_off",
    ]
    assert not Authenticator.objects.exists()
