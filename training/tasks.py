"""Gathers the background jobs of the floors for the worker; nothing else imports from here."""

from training.intake import tasks as intakes
from training.mail import tasks as letters
from training.management import clock
from training.rosters import tasks as rosters

__all__ = ["clock", "intakes", "letters", "rosters"]
