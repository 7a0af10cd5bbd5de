"""What is sealed is read only with a key, and found only by its fingerprint."""

import time

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from training.tools.sealing import SealBroken, fingerprint, seal, unseal


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_what_was_sealed_is_unsealed_again(text):
    assert unseal(seal(text)) == text


def test_the_same_text_never_looks_the_same_twice():
    assert seal("119999190001010011") != seal("119999190001010011")
    assert "119999" not in seal("119999190001010011")


def test_a_new_key_in_front_seals_and_the_old_one_still_unseals(settings):
    settings.ENCRYPTION_KEYS = ["old key"]
    sealed_before, found_before = seal("text"), fingerprint("text", "mobile")

    settings.ENCRYPTION_KEYS = ["new key", "old key"]
    sealed_after = seal("text")

    assert unseal(sealed_before) == unseal(sealed_after) == "text"
    assert sealed_before.split(".")[1] != sealed_after.split(".")[1]
    assert fingerprint("text", "mobile") == found_before


def test_a_text_sealed_by_a_lost_key_is_not_readable(settings):
    settings.ENCRYPTION_KEYS = ["lost key"]
    sealed = seal("text")
    settings.ENCRYPTION_KEYS = ["another key"]

    with pytest.raises(SealBroken):
        unseal(sealed)


@pytest.mark.parametrize("position", [-1, -10, 20])
def test_a_changed_text_is_not_readable(position):
    sealed = seal("119999190001010011")
    other = "A" if sealed[position] != "A" else "B"
    changed = list(sealed)
    changed[position] = other

    with pytest.raises(SealBroken):
        unseal("".join(changed))


@pytest.mark.parametrize("garbage", ["clear text", "s1.00000000.abcd", "s1.", ".", "é.ü.ß"])
def test_what_was_never_sealed_is_not_readable(garbage):
    with pytest.raises(SealBroken):
        unseal(garbage)


def test_fingerprints_are_equal_for_equal_texts_of_one_purpose_only():
    assert fingerprint("13800001111", "mobile") == fingerprint("13800001111", "mobile")
    assert fingerprint("13800001111", "mobile") != fingerprint("13800001112", "mobile")
    assert fingerprint("13800001111", "mobile") != fingerprint("13800001111", "identity number")
    assert len(fingerprint("13800001111", "mobile")) == 64


def test_a_blank_text_stays_blank():
    assert seal("") == unseal("") == fingerprint("", "mobile") == ""


def test_a_blank_key_stops_sealing(settings):
    settings.ENCRYPTION_KEYS = [""]
    with pytest.raises(ImproperlyConfigured):
        seal("text")


def test_ten_thousand_are_unsealed_in_a_blink():
    sealed = [seal(f"11999919000101{number:04}") for number in range(10_000)]
    began = time.process_time()
    for text in sealed:
        unseal(text)
    assert time.process_time() - began < 0.3
