"""Identity numbers: resident numbers are checked in every part, other documents by their shape.

Resident numbers follow GB 11643-1999: six digits of area, eight of birth, three of order (odd
for a man, even for a woman) and a check character by ISO 7064 MOD 11-2. Only the province of
the area is checked, because the codes of abolished counties stay valid for life.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from training.tools.refusals import Refused

LENGTH = 18
LENGTH_UNTIL_1999 = 15
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"  # by the weighted sum modulo 11
OLDEST_BIRTH_YEAR = 1900

# The first two digits of GB/T 2260. Residence permits for people from Taiwan begin with 83.
_PROVINCE_DIGITS = """
    11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46
    50 51 52 53 54 61 62 63 64 65 71 81 82
"""
PROVINCE_DIGITS = frozenset(_PROVINCE_DIGITS.split())
TAIWAN_RESIDENCE_PERMIT, TAIWAN = "83", "71"

_BETWEEN_DIGITS = re.compile(r"[\s\-\u2010-\u2015\u200b\ufeff]+")


class Sex(TextChoices):
    MALE = "male", pgettext_lazy("sex", "male")
    FEMALE = "female", pgettext_lazy("sex", "female")


class IdentityKind(TextChoices):
    RESIDENT = "resident", gettext_lazy("Resident identity card or residence permit")
    TRAVEL_PERMIT = "travel_permit", gettext_lazy("Mainland travel permit")
    PASSPORT = "passport", gettext_lazy("Passport")
    PERMANENT_RESIDENCE = "permanent_residence", gettext_lazy("Foreign permanent resident card")
    OTHER = "other", gettext_lazy("Other document")


@dataclass(frozen=True, slots=True)
class ResidentNumber:
    """What a resident identity number tells; the province as its six digits, 330000."""

    number: str
    birth_date: date
    sex: Sex
    province_code: str


def checked_identity_number(kind: str, raw: str) -> str:
    """The number of a document as it is stored; Refused with what is wrong with it."""
    match IdentityKind(kind):
        case IdentityKind.RESIDENT:
            return checked_resident_number(raw).number
        case IdentityKind.PERMANENT_RESIDENCE:
            return _checked_permanent_residence_number(raw)
        case IdentityKind.TRAVEL_PERMIT:
            sentence = _("A travel permit has H or M and eight or ten digits, or eight digits for people from Taiwan.")
            return _checked_shape(raw, r"[HM]\d{8}(\d{2})?|\d{8}", sentence)
        case IdentityKind.PASSPORT:
            return _checked_shape(raw, r"[A-Z0-9]{5,20}", _("A passport number has 5 to 20 letters and digits."))
        case IdentityKind.OTHER:
            sentence = _("A document number has 3 to 40 letters and digits.")
            return _checked_shape(raw, r"[A-Z0-9/()第号字\u4e00-\u9fff]{3,40}", sentence)


def checked_resident_number(raw: str) -> ResidentNumber:
    """A resident identity number taken apart; Refused says which part of it is wrong."""
    number = _tidied(raw)
    _refuse_wrong_length(number)
    _refuse_wrong_characters(number)
    province_code = _province_code(number)
    birth_date = _birth_date(number)
    if number[-1] != check_character(number):
        raise Refused(
            _("The last character of the identity number does not fit the digits before it. Check each digit.")
        )
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return ResidentNumber(number, birth_date, sex, province_code)


def check_character(number: str) -> str:
    """The check character of the first 17 digits, by ISO 7064 MOD 11-2."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number[:17], strict=True))
    return CHECK_CHARACTERS[total % 11]


def masked_identity_number(number: str) -> str:
    """The number with its first three and last four characters in clear: 119***********0011."""
    if len(number) < 10:  # a short one would show more than it hides
        return "*" * max(len(number) - 2, 0) + number[-2:] if len(number) > 4 else "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def _tidied(raw: str) -> str:
    """Without the spaces and hyphens that people write between groups; full-width digits as digits."""
    if len(raw) > 200:
        raise Refused(_("This is far too long for an identity number."))
    return _BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", raw)).upper()


def _refuse_wrong_length(number: str) -> None:
    if len(number) == LENGTH_UNTIL_1999 and number.isdecimal():
        raise Refused(
            _("This is an old identity number of 15 digits. Enter the number of 18 characters on the present card.")
        )
    if len(number) != LENGTH:
        raise Refused(_("An identity number has 18 characters; this one has %(length)s.") % {"length": len(number)})


def _refuse_wrong_characters(number: str) -> None:
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise Refused(_("An identity number has 17 digits and then a digit or X; check the characters."))


def _province_code(number: str) -> str:
    digits = TAIWAN if number[:2] == TAIWAN_RESIDENCE_PERMIT else number[:2]
    if digits not in PROVINCE_DIGITS:
        raise Refused(
            _("The identity number begins with %(digits)s, and no province has this code.") % {"digits": digits}
        )
    return digits + "0000"


def _birth_date(number: str) -> date:
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    try:
        birth_date = date(year, month, day)
    except ValueError:
        birth_date = None
    if birth_date is None or birth_date.year < OLDEST_BIRTH_YEAR or birth_date > timezone.localdate():
        raise Refused(
            _("The birth date in the identity number, %(digits)s, is not a possible date.") % {"digits": number[6:14]}
        )
    return birth_date


def _checked_permanent_residence_number(raw: str) -> str:
    """The card of 2023 has 18 characters and begins with 9; the older one three letters and 12 digits."""
    number = _tidied(raw)
    if re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        return number
    if not re.fullmatch(r"9[0-9]{16}[0-9X]", number):
        raise Refused(
            _("A permanent resident card has 18 characters and begins with 9, or three letters and 12 digits.")
        )
    if number[-1] != check_character(number):
        raise Refused(_("The last character of the card number does not fit the digits before it. Check each digit."))
    return number


def _checked_shape(raw: str, shape: str, sentence: str) -> str:
    number = _tidied(raw)
    if not re.fullmatch(shape, number):
        raise Refused(sentence)
    return number
