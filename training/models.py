"""Gathers the models of the floors for Django; nothing else imports from here."""

from training.agenda.models import AgendaItem, ItemSpeaker, KeyPoint
from training.catalogue.models import (
    Aim,
    Category,
    Grant,
    Organisation,
    Programme,
    Province,
    Room,
    Speaker,
    SpeakerPost,
    TrainingSession,
    Venue,
)
from training.enrolment.models import (
    AskedField,
    Enrolment,
    EnrolmentEvent,
    FormVersion,
    LetterTrigger,
    Overbooking,
    Quota,
    Reveal,
    Trainee,
)
from training.intake.models import ColumnMemory, Intake, IntakeFile, IntakeRow
from training.mail.models import Letter, LetterTemplate
from training.rosters.models import RosterExport, RosterOrder

__all__ = [
    "AgendaItem",
    "Aim",
    "AskedField",
    "Category",
    "ColumnMemory",
    "Enrolment",
    "EnrolmentEvent",
    "FormVersion",
    "Grant",
    "Intake",
    "IntakeFile",
    "IntakeRow",
    "ItemSpeaker",
    "KeyPoint",
    "Letter",
    "LetterTemplate",
    "LetterTrigger",
    "Organisation",
    "Overbooking",
    "Programme",
    "Province",
    "Quota",
    "Reveal",
    "Room",
    "RosterExport",
    "RosterOrder",
    "Speaker",
    "SpeakerPost",
    "Trainee",
    "TrainingSession",
    "Venue",
]
