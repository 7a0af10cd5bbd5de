"""The models of the catalogue, one module per thing a reader looks for."""

from training.catalogue.models.grants import Grant
from training.catalogue.models.invitations import NominatorInvitation
from training.catalogue.models.organisations import Organisation, Province
from training.catalogue.models.programmes import Aim, Category, Programme
from training.catalogue.models.sessions import TrainingSession
from training.catalogue.models.speakers import Speaker, SpeakerPost
from training.catalogue.models.venues import Room, Venue

__all__ = [
    "Aim",
    "Category",
    "Grant",
    "NominatorInvitation",
    "Organisation",
    "Programme",
    "Province",
    "Room",
    "Speaker",
    "SpeakerPost",
    "TrainingSession",
    "Venue",
]
