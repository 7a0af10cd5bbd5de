"""The models of who takes part, one module per thing a reader looks for."""

from training.enrolment.models.enrolments import Enrolment
from training.enrolment.models.events import EnrolmentEvent, Reveal
from training.enrolment.models.forms import AskedField, FormVersion
from training.enrolment.models.quotas import Overbooking, Quota
from training.enrolment.models.trainees import Trainee
from training.enrolment.models.triggers import LetterTrigger

__all__ = [
    "AskedField",
    "Enrolment",
    "EnrolmentEvent",
    "FormVersion",
    "LetterTrigger",
    "Overbooking",
    "Quota",
    "Reveal",
    "Trainee",
]
