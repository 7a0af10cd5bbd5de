"""Mobile numbers: eleven digits on the mainland, +852, +853, +886 and others with their code."""

import re
import unicodedata

from django.utils.translation import gettext as _

from training.tools.refusals import Refused

_WRITTEN_BETWEEN_DIGITS = re.compile(r"[\s\-.()\u00b7\u2010-\u2015\u200b\u202a-\u202e\ufeff]+")
_MAINLAND = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
_LANDLINE = re.compile(r"(?:\+86)?0[1-9][0-9]{9,10}")
# Hong Kong and Macao have eight digits; Taiwan nine that begin with 9, often written with a 0.
_WITH_KNOWN_CODE = re.compile(r"\+(?:(852)([4-9][0-9]{7})|(853)(6[0-9]{7})|(886)0?(9[0-9]{8}))")
_OUR_NEIGHBOURS = ("+852", "+853", "+886", "+86")
_FOREIGN = re.compile(r"\+[1-9][0-9]{6,14}")  # ITU-T E.164: at most 15 digits


def normalised_mobile(raw: str) -> str:
    """A mobile number as it is stored: 13800001111, or +85291234567 from elsewhere.

    Refused when it is a landline, lacks its country code, or has too few or too many digits.
    """
    if len(raw) > 100:
        raise Refused(_("This is far too long for a mobile number."))
    number = _WRITTEN_BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", raw))
    if mainland := _MAINLAND.fullmatch(number):
        return mainland[1]
    if number.startswith("00"):
        number = "+" + number[2:]
    if known := _WITH_KNOWN_CODE.fullmatch(number):
        return "+" + "".join(part for part in known.groups() if part)
    if _FOREIGN.fullmatch(number) and not number.startswith(_OUR_NEIGHBOURS):
        return number
    raise Refused(_what_is_wrong(number))


def masked_mobile(number: str) -> str:
    """The number as others see it: 138****1111, +852****4567."""
    if number.startswith("+"):
        return number[:4] + "****" + number[-4:] if len(number) > 9 else number[:3] + "****" + number[-2:]
    return number[:3] + "****" + number[-4:] if len(number) > 7 else "*" * len(number)


def _what_is_wrong(number: str) -> str:
    if not re.fullmatch(r"\+?[0-9]+", number):
        return _("A mobile number has digits only, with a plus sign before a country code.")
    if _LANDLINE.fullmatch(number):
        return _("This is a landline number; enter a mobile number.")
    if number.startswith("+"):
        return _("The number does not fit its country code; check the digits.")
    return _("A mobile number has 11 digits and begins with 1; from elsewhere, begin with + and the country code.")
