"""Credit codes of enterprises, 统一社会信用代码: 18 characters with a check character (GB 32100-2015)."""

import re
import unicodedata

from django.utils.translation import gettext as _

from training.tools.refusals import Refused

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V and Z
LENGTH = 18


def checked_credit_code(raw: str) -> str:
    """The code as it is stored; Refused with what is wrong with it."""
    code = re.sub(r"[\s\-]+", "", unicodedata.normalize("NFKC", raw)).upper()
    if len(code) != LENGTH:
        raise Refused(_("A credit code has 18 characters; this one has %(length)d.") % {"length": len(code)})
    if not set(code) <= set(ALPHABET):
        raise Refused(_("A credit code has digits and capital letters without I, O, S, V and Z."))
    if code[-1] != check_character(code):
        raise Refused(_("The last character of the credit code does not fit those before it. Check each of them."))
    return code


def check_character(code: str) -> str:
    """The check character of the first 17, by weights of 3 to the power of the place modulo 31."""
    total = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(code[:17]))
    return ALPHABET[-total % 31]
