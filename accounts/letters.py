"""The letters about an account, and what allauth calls them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from accounts.codes import Code
from training.mail import outbox

# What allauth asks to send, and which wording of ours answers.
WORDINGS = {
    "account/email/login_code": "account_sign_in_code",
    "account/email/unknown_account": "account_unknown",
    "account/email/account_already_exists": "account_exists",
    "account/email/email_confirmation_signup": "account_confirm_address",
    "account/email/email_confirmation": "account_confirm_address",
    "account/email/email_changed": "account_address_changed",
    "account/email/password_reset_code": "account_password_code",
    "account/email/password_reset": "account_password_changed",
    "account/email/password_changed": "account_password_changed",
    "account/email/password_set": "account_password_changed",
    "mfa/email/totp_activated": "account_second_factor_on",
    "mfa/email/totp_deactivated": "account_second_factor_off",
    "mfa/email/recovery_codes_generated": "account_recovery_codes",
}

WHERE_TO_GO = {"account/email/unknown_account": "account_signup"}


def write(asked: str, to: str, context: Mapping[str, Any]) -> None:
    """Puts one letter into the outbox, in the language that the person reads just now.

    `asked` is allauth's name of the letter; a letter with a code is secret and loses its text
    once it is sent.
    """
    code = context.get("code")
    outbox.write(
        to=to,
        template=WORDINGS[asked],
        values={
            "code": code.as_written if isinstance(code, Code) else "",
            "email": context.get("to_email", to),
            "link": settings.BASE_URL + reverse(WHERE_TO_GO.get(asked, "account_login")),
            "site": urlsplit(settings.BASE_URL).netloc,
        },
        language=get_language() or settings.LANGUAGE_CODE,
        secret=isinstance(code, Code),
    )
