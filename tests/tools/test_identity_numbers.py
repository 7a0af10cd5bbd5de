"""An identity number is taken apart, and a wrong one is told which part is wrong."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from training.tools.identity_numbers import (
    IdentityKind,
    ResidentNumber,
    Sex,
    check_character,
    checked_identity_number,
    checked_resident_number,
    masked_identity_number,
)
from training.tools.refusals import Refused


def refusal_of(raw, kind=IdentityKind.RESIDENT):
    with pytest.raises(Refused) as refused:
        checked_identity_number(kind, raw)
    return str(refused.value)


def test_the_safe_numbers_and_the_printed_one_pass():
    assert checked_resident_number("119999190001010011") == ResidentNumber(
        "119999190001010011", date(1900, 1, 1), Sex.MALE, "110000"
    )
    assert checked_resident_number("11999919000101002X").sex == Sex.FEMALE
    assert checked_resident_number("339999190001010012").province_code == "330000"
    assert checked_resident_number("370101190102039973").birth_date == date(1901, 2, 3)


@pytest.mark.parametrize(
    "written",
    [
        "11999919000101002x",
        " 119999 19000101 002X ",
        "119999-19000101-002X",
        "１１９９９９１９０００１０１００２Ｘ",
    ],
)
def test_a_number_written_with_gaps_small_or_wide_is_the_same_number(written):
    assert checked_resident_number(written).number == "11999919000101002X"


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        ("1199991900010100", "18 characters; this one has 16"),
        ("1199991900010100111", "18 characters; this one has 19"),
        ("119999000101001", "old identity number of 15 digits"),
        ("1199991900010X0011", "17 digits and then a digit or X"),
        ("1199991900010100٣1", "17 digits and then a digit or X"),
        ("119999190002300011", "19000230"),
        ("119999299901010011", "29990101"),
        ("119999189912310011", "18991231"),
        ("119999190001010012", "last character"),
        ("999999190001010011", "begins with 99"),
        ("3.3E+17", "18 characters"),
        ("", "18 characters"),
        ("1" * 1_000_000, "far too long"),
    ],
)
def test_a_wrong_number_is_told_which_part_is_wrong(raw, part):
    assert part in refusal_of(raw)


@given(
    st.sampled_from(["11", "33", "65", "71", "81"]),
    st.dates(date(1900, 1, 1), timezone.localdate() - timedelta(days=1)),
    st.integers(0, 999),
)
def test_every_well_made_number_passes_and_no_wrong_digit_does(province, born, order):
    body = f"{province}9999{born:%Y%m%d}{order:03}"
    number = body + check_character(body)

    taken_apart = checked_resident_number(number)
    assert (taken_apart.number, taken_apart.birth_date) == (number, born)
    assert taken_apart.province_code == province + "0000"

    other_check = "1" if number[-1] != "1" else "2"
    with pytest.raises(Refused):
        checked_resident_number(body + other_check)


def test_a_residence_permit_of_someone_from_taiwan_belongs_to_taiwan():
    body = "83000019900101001"
    assert checked_resident_number(body + check_character(body)).province_code == "710000"


@pytest.mark.parametrize(
    ("kind", "raw", "stored"),
    [
        (IdentityKind.TRAVEL_PERMIT, "h 12345678", "H12345678"),
        (IdentityKind.TRAVEL_PERMIT, "12345678", "12345678"),
        (IdentityKind.PASSPORT, "e12345678", "E12345678"),
        (IdentityKind.PERMANENT_RESIDENCE, "USA110000010001", "USA110000010001"),
        (IdentityKind.OTHER, "军字第123456号", "军字第123456号"),
    ],
)
def test_other_documents_are_stored_in_capitals_without_gaps(kind, raw, stored):
    assert checked_identity_number(kind, raw) == stored


@pytest.mark.parametrize("kind", [kind for kind in IdentityKind if kind != IdentityKind.RESIDENT])
@pytest.mark.parametrize("raw", ["", "A", "<script>", "12\x0034567", "A" * 150])
def test_what_no_document_bears_is_refused(kind, raw):
    assert refusal_of(raw, kind)


def test_a_permanent_resident_card_of_2023_has_its_check_character():
    body = "91115619900101001"
    good = body + check_character(body)
    assert checked_identity_number("permanent_residence", good) == good
    wrong = body + ("1" if good[-1] != "1" else "2")
    assert "does not fit" in refusal_of(wrong, IdentityKind.PERMANENT_RESIDENCE)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("119999190001010011", "119***********0011"),
        ("E12345678", "*******78"),
        ("H12345678", "*******78"),
        ("ABC", "***"),
        ("", ""),
    ],
)
def test_a_masked_number_keeps_its_first_three_and_last_four(number, masked):
    assert masked_identity_number(number) == masked
