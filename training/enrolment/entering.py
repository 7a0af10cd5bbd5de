"""Entering an application for somebody who cannot: it counts like one that the person sent.

Guards one rule: nobody's record is taken over by knowing an address. Whoever is known from
other programmes enrols with an account of his or her own.
"""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ORGANISE
from training.catalogue.models import TrainingSession
from training.enrolment.applying import Application, apply
from training.enrolment.models import Enrolment, Trainee
from training.tools.refusals import Refused


def enter(
    session: TrainingSession, application: Application, *, email: str, language: str, send_key: UUID, by: User
) -> Enrolment:
    """Enrols a person in the name of the organiser `by`; a repeated sending returns the first enrolment.

    Without an address no letter goes out. Raises Refused when the person is enrolled already,
    is known from sessions of others, or enrolment is closed.
    """
    known = Trainee.objects.filter(email=email, is_nominee=False).first() if email else None
    if known is not None and not Trainee.objects.in_care_of(by, *ORGANISE).filter(pk=known.pk).exists():
        raise Refused(_("This person is known with this address already and enrols with an account."), field="email")
    enrolled = Enrolment.objects.open().filter(session=session, trainee=known).exclude(send_key=send_key)
    if known is not None and enrolled.exists():
        raise Refused(_("This person is enrolled in this session already."), field="email")
    return apply(session, application, trainee=known, email=email, language=language, send_key=send_key, by=by)
