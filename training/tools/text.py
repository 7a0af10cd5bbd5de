"""Text is normalised once, here, when it comes in."""

import unicodedata


def normalised_email(email: str) -> str:
    """An e-mail address as it is stored and compared: NFKC, case folded, no space around it."""
    return unicodedata.normalize("NFKC", email).strip().casefold()
