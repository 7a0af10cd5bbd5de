"""The models of who takes part, one module per thing a reader looks for."""

from training.enrolment.models.answers import AnsweredForm, AnswerFile, Choice, Erasure
from training.enrolment.models.consents import Agreement, AskedConsent, ConsentText
from training.enrolment.models.decisions import Decision
from training.enrolment.models.enrolments import Enrolment
from training.enrolment.models.events import EnrolmentEvent, Reveal
from training.enrolment.models.forms import AskedField, AskedOption, FormVersion, FormWindow
from training.enrolment.models.mailings import Mailing
from training.enrolment.models.quotas import Overbooking, Quota
from training.enrolment.models.reviews import Check, Criterion, Note, Score
from training.enrolment.models.trainees import Trainee
from training.enrolment.models.triggers import LetterTrigger

__all__ = [
    "Agreement",
    "AnswerFile",
    "AnsweredForm",
    "AskedConsent",
    "AskedField",
    "AskedOption",
    "Check",
    "Choice",
    "ConsentText",
    "Criterion",
    "Decision",
    "Enrolment",
    "EnrolmentEvent",
    "Erasure",
    "FormVersion",
    "FormWindow",
    "LetterTrigger",
    "Mailing",
    "Note",
    "Overbooking",
    "Quota",
    "Reveal",
    "Score",
    "Trainee",
]
