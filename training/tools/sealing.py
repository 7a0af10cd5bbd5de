"""Identity numbers and phones rest sealed: who holds the database alone cannot read them.

AES-256-GCM under keys derived by HKDF from settings.ENCRYPTION_KEYS. The first key seals, all
of them unseal: a new key is put in front, the old one goes when everything is sealed anew.
Fingerprints allow search for equality and must not change when a key is put in front, so the
last key makes them.
"""

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = "s1"
NONCE_BYTES = 12  # what NIST SP 800-38D recommends for GCM
KEY_BYTES = 32


class SealBroken(ValueError):  # noqa: N818 - what happened, in a word
    """The text was not sealed by any of our keys, or was changed since."""


def seal(text: str) -> str:
    """Encrypts a text; the same text never looks the same twice. A blank text stays blank."""
    if not text:
        return ""
    prefix, cipher = _sealing_cipher(tuple(settings.ENCRYPTION_KEYS))
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + cipher.encrypt(nonce, text.encode(), prefix.encode())
    return prefix + urlsafe_b64encode(sealed).decode()


def unseal(sealed: str) -> str:
    """The text that was sealed; SealBroken when the key is unknown or the text was changed."""
    if not sealed:
        return ""
    prefix, _, body = sealed.rpartition(".")
    prefix += "."
    cipher = _ciphers(tuple(settings.ENCRYPTION_KEYS)).get(prefix)
    if cipher is None:
        raise SealBroken("No key of ours sealed this.")
    try:
        raw = urlsafe_b64decode(body)
        return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], prefix.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise SealBroken("The sealed text was changed.") from error


def fingerprint(text: str, purpose: str) -> str:
    """A keyed hash, 64 characters, equal for equal texts of one purpose; blank for a blank text."""
    if not text:
        return ""
    key = _fingerprint_key(settings.ENCRYPTION_KEYS[-1], purpose)
    return hmac.new(key, text.encode(), sha256).hexdigest()


def _sealing_cipher(secrets: tuple[str, ...]) -> tuple[str, AESGCM]:
    return next(iter(_ciphers(secrets).items()))


@lru_cache(maxsize=4)
def _ciphers(secrets: tuple[str, ...]) -> dict[str, AESGCM]:
    """The ciphers by the prefix of what they sealed, in the order of the settings."""
    if not secrets or not all(secrets):
        raise ImproperlyConfigured("TRAINING_ENCRYPTION_KEYS needs at least one key and no blank one.")
    return {
        f"{VERSION}.{_derived(secret, 'name of the key', 4).hex()}.": AESGCM(_derived(secret, "sealing"))
        for secret in secrets
    }


@lru_cache(maxsize=32)
def _fingerprint_key(secret: str, purpose: str) -> bytes:
    return _derived(secret, f"fingerprint of {purpose}")


def _derived(secret: str, purpose: str, length: int = KEY_BYTES) -> bytes:
    info = f"cohort {VERSION} {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(secret.encode())
