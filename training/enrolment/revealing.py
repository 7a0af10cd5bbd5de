"""Showing one sealed value in full: with a purpose, and never without a record that stays.

One of the two ways on which a full number leaves its seal; the other is a roster. The door asks
for the right and for a fresh sign-in; this module writes the record before it unseals.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from training.enrolment.models import Enrolment, Reveal
from training.tools.refusals import Refused
from training.tools.sealing import unseal


def reveal(enrolment: Enrolment, value: Reveal.Value, *, purpose: str, by: User) -> str:
    """The value in full, once the record of who reads it and why is written.

    Raises Refused without a purpose, and when the enrolment does not hold the value.
    """
    sealed = enrolment.identity_sealed if value == Reveal.Value.IDENTITY_NUMBER else enrolment.mobile_sealed
    if not purpose.strip():
        raise Refused(_("Say what you need the number for."), field="purpose")
    if not sealed:
        raise Refused(_("This enrolment does not hold the number."), field="value")
    with transaction.atomic():
        Reveal.objects.create(enrolment=enrolment, value=value, purpose=purpose.strip(), by=by)
        return unseal(sealed)
