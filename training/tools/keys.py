"""Primary keys as they come from outside."""

LONGEST_KEY = 18  # digits of the largest key that the database knows


def key_or_none(text: str | None) -> int | None:
    """A primary key as it stands in an address or a form; anything else counts as nothing."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY else None
