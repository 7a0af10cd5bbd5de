"""Mobile numbers are stored in one form, whatever way they were written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.tools.phones import masked_mobile, normalised_mobile
from training.tools.refusals import Refused


@pytest.mark.parametrize(
    "written",
    [
        "13800001111",
        "138 0000 1111",
        "138-0000-1111",
        "+86 138 0000 1111",
        "+8613800001111",
        "8613800001111",
        "008613800001111",
        "（+86）138·0000·1111",
        "１３８００００１１１１",
        "\u202d13800001111\u202c",
    ],
)
def test_a_mainland_number_is_eleven_digits(written):
    assert normalised_mobile(written) == "13800001111"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("+852 9123 4567", "+85291234567"),
        ("00852 91234567", "+85291234567"),
        ("+853 6612 3456", "+85366123456"),
        ("+886 0912 345 678", "+886912345678"),
        ("+886 912 345 678", "+886912345678"),
        ("+49 (151) 1234-5678", "+4915112345678"),
        ("+1 212 555 0100", "+12125550100"),
    ],
)
def test_a_number_from_elsewhere_keeps_its_country_code(written, stored):
    assert normalised_mobile(written) == stored


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("0571-87654321", "landline"),
        ("12800001111", "11 digits"),
        ("1380000111", "11 digits"),
        ("91234567", "country code"),
        ("+852 1234", "country code"),
        ("+86 571 8765 4321", "country code"),
        ("138OOOO1111", "digits only"),
        ("138\x000001111", "digits only"),
        ("", "digits only"),
        ("1" * 1_000_000, "far too long"),
    ],
)
def test_a_wrong_number_is_told_what_is_wrong(raw, why):
    with pytest.raises(Refused, match=why):
        normalised_mobile(raw)


@given(st.text(max_size=120))
def test_any_text_is_a_number_or_refused(raw):
    try:
        number = normalised_mobile(raw)
    except Refused:
        return
    assert normalised_mobile(number) == number
    assert number not in masked_mobile(number)


@pytest.mark.parametrize(
    ("number", "masked"),
    [("13800001111", "138****1111"), ("+85291234567", "+852****4567"), ("+4912345", "+49****45"), ("", "")],
)
def test_a_masked_number_keeps_its_ends(number, masked):
    assert masked_mobile(number) == masked
