"""What a person holds now, read once per request: answers the questions of `accounts.roles`."""

from collections.abc import Collection
from functools import cached_property

from accounts.roles import STAFF_ROLES, Role
from training.catalogue.models import Grant, Organisation, Programme, TrainingSession
from training.catalogue.querysets import Visitor

Place = Programme | TrainingSession | Organisation


class Rights:
    """The grants of one person that are in force; one query however often it is asked.

    A grant reaches the place it names, a programme's grant also reaches its sessions, and a
    grant without a scope reaches everything.
    """

    def __init__(self, user: Visitor) -> None:
        self._user = user

    @cached_property
    def _grants(self) -> list[Grant]:
        if not self._user.is_authenticated:
            return []
        return list(Grant.objects.held_by(self._user))

    def reach(self, place: Place, roles: Collection[Role]) -> bool:
        return any(grant.role in roles and _reaches(grant, place) for grant in self._grants)

    def anywhere(self, roles: Collection[Role] = STAFF_ROLES) -> bool:
        """Whether one of these roles is held at all: decides which doors are shown."""
        return any(grant.role in roles for grant in self._grants)


def _reaches(grant: Grant, place: Place) -> bool:
    if grant.programme_id is None and grant.session_id is None and grant.organisation_id is None:
        return True
    if isinstance(place, TrainingSession):
        return place.pk == grant.session_id or place.programme_id == grant.programme_id
    if isinstance(place, Programme):
        return place.pk == grant.programme_id
    return place.pk == grant.organisation_id
