"""References that can be read out on the telephone, and tokens that only their owner knows."""

import secrets

# Crockford's base 32: no I, L, O and U, so nothing looks like a digit or spells a word.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 10  # 50 bits: a guess a second finds one of a million in 30 years


def public_reference() -> str:
    """Ten letters and digits for a page's address; they say nothing and cannot be guessed."""
    return "".join(secrets.choice(ALPHABET) for _ in range(REFERENCE_LENGTH))


def secret_token() -> str:
    """A text of 43 characters with 256 bits that nobody can guess, fit for an address."""
    return secrets.token_urlsafe(32)
