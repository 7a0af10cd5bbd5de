"""Text is normalised once, here, when it comes in."""

import unicodedata

from django.utils.translation import get_language


def normalised_email(email: str) -> str:
    """An e-mail address as it is stored and compared: NFKC, case folded, no space around it."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def masked_email(email: str) -> str:
    """The address as others see it: its first letter and where it is, z***@example.org."""
    name, at, host = email.rpartition("@")
    return f"{name[:1]}***{at}{host}" if at else ""


def sentences(*parts: str) -> str:
    """Whole sentences one after the other; Chinese ones stand without a space between them."""
    return ("" if get_language() == "zh-hans" else " ").join(part for part in parts if part)
