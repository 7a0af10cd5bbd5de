"""Where allauth asks us: how letters leave, how limits count, what errors say."""

import re
from collections.abc import Mapping
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import codes, letters, throttling
from accounts.freshness import signed_in_lately
from accounts.models import User
from accounts.throttling import TooManyTries, count_try, network_address, take_back
from training.tools.sealing import seal, unseal
from training.tools.text import normalised_email

WAYS_TO_SHOW_AGAIN = {
    "reauthenticate": _("With your password"),
    "mfa_reauthenticate": _("With your second factor"),
}
log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is switched off. Write to the organiser if you need it."),
        "duplicate_email": _("This is your address already."),
        "email_password_mismatch": _(
            "The e-mail address or the password is not right. You can also leave the password empty: "
            "we then send you a code."
        ),
        "email_taken": _("This address belongs to another account."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("This is not the code of our last letter. Look at the digits once more."),
        "incorrect_password": _("This is not your password."),
        "rate_limited": _("Please wait a minute before you ask for another letter."),
        "same_as_current": _("This is your address already."),
        "too_many_login_attempts": _("That was tried too often. Ask for a new code."),
    }

    def new_user(self, request: HttpRequest) -> User:
        return User(language=get_language() or "en")

    def clean_email(self, email: str) -> str:
        return normalised_email(email)

    def is_safe_url(self, url: str | None) -> bool:
        """Only pages of this very host may follow a sign-in."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def is_ajax(self, request: HttpRequest) -> bool:
        """No: pages answer with pages, and there is one way in less."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return network_address(request)

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, Any]) -> None:
        letters.write(template_prefix, email, context)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        shown = [step["method"] for step in get_authentication_records(request, user)]
        log.info("signed_in", account=user.pk, shown=shown)

    def logout(self, request: HttpRequest) -> None:
        log.info("signed_out", account=request.user.pk)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        log.warning("password_refused")  # whose, nobody needs to read in a log

    def generate_login_code(self) -> codes.Code:
        return codes.new_code()

    def generate_email_verification_code(self) -> codes.Code:
        return codes.new_code()

    def generate_password_reset_code(self) -> codes.Code:
        return codes.new_code()

    def get_reauthentication_methods(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method | {"description": WAYS_TO_SHOW_AGAIN[method["id"]]} for method in methods]

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Who has just signed in need not show the password a second time."""
        return not signed_in_lately(self.request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts the password before it is looked at, so that many at once are counted, too."""
        self._counted = [
            (throttling.WRONG_PASSWORDS_FROM_ONE_ADDRESS, network_address(request)),
            (throttling.WRONG_PASSWORDS_OF_ONE_ACCOUNT, normalised_email(credentials.get("email", ""))),
        ]
        try:
            for limit, who in self._counted:
                count_try(limit, who)
        except TooManyTries as refused:
            raise ValidationError(
                _("%(wait)s You can leave the password empty: we then send you a code.") % {"wait": refused},
                code="too_many_tries",
            ) from refused

    def _rollback_login_failed_rl_usage(self) -> None:
        for limit, who in self._counted:
            take_back(limit, who)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        throttling.forget(throttling.WRONG_PASSWORDS_OF_ONE_ACCOUNT, normalised_email(credentials["email"]))


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or it was used already. Wait for the next one."),
    }

    def get_totp_issuer(self) -> str:
        return "Cohort"

    def build_totp_svg(self, url: str) -> str:
        """The picture to scan, ready to stand in a page: without the XML line before it."""
        return re.sub(r"^<\?xml[^>]*\?>\s*", "", super().build_totp_svg(url))

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)
