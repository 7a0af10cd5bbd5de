"""Role names, and one question per right: who may do what with a session.

Guards the matrix of rights. A role says what someone may do, a grant says where and until
when; grants live in the catalogue and answer `reach()`. Rights never add up across places,
and seeing full identity numbers and exporting are rights of their own that no other role brings.
"""

from collections.abc import Collection
from typing import Protocol, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ORGANISER = "organiser", _("Organiser")
    SESSION_STAFF = "session_staff", _("Session staff")
    EXPORTER = "exporter", _("Exporter")
    IDENTITY_READER = "identity_reader", _("Reader of identity numbers")
    AUDITOR = "auditor", _("Auditor")
    NOMINATOR = "nominator", _("Nominator")


# Whoever holds one of these enters desk or admin and needs a second factor outside the demo. A
# nominator acts for a body from outside and has a door in the portal.
STAFF_ROLES = frozenset(Role) - {Role.NOMINATOR}

# The rows of the matrix that need a role. Querysets (`visible_to`) read the same sets.
SEE_DRAFTS = frozenset({Role.ORGANISER, Role.SESSION_STAFF})
SEE_ROSTER = frozenset({Role.ORGANISER, Role.SESSION_STAFF, Role.EXPORTER})
ORGANISE = frozenset({Role.ORGANISER})
EXPORT = frozenset({Role.EXPORTER})
READ_IDENTITY = frozenset({Role.IDENTITY_READER})
NOMINATE = frozenset({Role.NOMINATOR})
READ_LOG = frozenset({Role.ORGANISER, Role.AUDITOR})

Place = TypeVar("Place", contravariant=True)  # noqa: PLC0105 - a place is what it is called


class Grants(Protocol[Place]):
    """What someone holds at one moment; `place` is a programme, session or organisation."""

    def reach(self, place: Place, roles: Collection[Role]) -> bool:
        """Whether one of these roles is held for this place, or for what it belongs to."""
        ...


def may_see_roster(held: Grants[Place], place: Place) -> bool:
    """Names, organisations and masked numbers of a session's people."""
    return held.reach(place, SEE_ROSTER)


def may_organise(held: Grants[Place], place: Place) -> bool:
    """Change dates, places and agenda; offer, decline, return; write letters."""
    return held.reach(place, ORGANISE)


def may_export(held: Grants[Place], place: Place) -> bool:
    """Take a roster out of the house, masked; with a purpose and a fresh sign-in."""
    return held.reach(place, EXPORT)


def may_read_identity(held: Grants[Place], place: Place) -> bool:
    """See one full identity number or phone; with a purpose and a fresh sign-in.

    The right alone shows nothing: it adds to a role that sees the person.
    """
    return may_see_roster(held, place) and held.reach(place, READ_IDENTITY)


def may_export_identity(held: Grants[Place], place: Place) -> bool:
    """Take full identity numbers out of the house: both rights, neither brings the other."""
    return may_export(held, place) and held.reach(place, READ_IDENTITY)


def may_grant(held: Grants[Place], role: Role, place: Place) -> bool:
    """Make somebody staff of one's own programme or session; other roles are the platform's to give."""
    return role == Role.SESSION_STAFF and may_organise(held, place)
