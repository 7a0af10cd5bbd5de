"""Codes that go out by letter: eight digits, and only their keyed hash is kept."""

import re
import secrets
import unicodedata

from django.utils.crypto import constant_time_compare, salted_hmac

DIGITS = 8  # five tries of a hundred million


class Code(str):
    """The hash of a code, as it is kept in the web session; `as_written` lives for the letter only."""

    as_written: str


def new_code() -> Code:
    digits = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    code = Code(_hash(digits))
    code.as_written = f"{digits[:4]}-{digits[4:]}"
    return code


def is_right(entered: str, kept: str) -> bool:
    """Whether what was entered is the code kept; full-width digits, spaces and hyphens are fine."""
    digits = re.sub(r"[\s\-–—]", "", unicodedata.normalize("NFKC", entered))
    return bool(kept) and constant_time_compare(_hash(digits), kept)


def _hash(digits: str) -> str:
    return salted_hmac("accounts.codes", digits, algorithm="sha256").hexdigest()
