"""Giving somebody a role, and ending it: never to oneself, and only what one may give."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role, may_grant
from training.catalogue.models import Grant
from training.catalogue.rights import Place, Rights
from training.tools.refusals import Refused


def roles_to_give(by: User) -> Collection[Role]:
    """What `by` may give at all; the place decides once more."""
    return STAFF_ROLES if by.is_superuser else {Role.SESSION_STAFF}


@transaction.atomic
def give(grant: Grant, *, by: User) -> Grant:
    """Saves a new grant in the name of `by`, and opens the doors of the staff to its holder.

    Raises Refused when `by` may not give this role for this place, or is the holder.
    """
    if grant.user_id == by.pk:
        raise Refused(_("Nobody can grant a role to himself or herself."), field="email")
    if not by.is_superuser:
        _refuse_what_is_not_theirs(grant, by)
    grant.granted_by = by
    grant.save(force_insert=True)
    if grant.role in STAFF_ROLES and not grant.user.is_staff:
        grant.user.is_staff = True
        grant.user.save(update_fields=["is_staff"])
    return grant


def end(grant: Grant, *, at: datetime | None = None) -> None:
    """Ends a grant at that moment, now unless said; one that has not begun ends as it begins."""
    moment = at or timezone.now()
    if moment <= grant.valid_from:
        grant.delete()
        return
    grant.valid_until = moment
    grant.save(update_fields=["valid_until"])


def _refuse_what_is_not_theirs(grant: Grant, by: User) -> None:
    place: Place | None = grant.session or grant.programme or grant.organisation
    if place is None or not may_grant(Rights(by), Role(grant.role), place):
        raise Refused(
            _("You can make people staff of your programmes and sessions; other roles are granted by the platform."),
            field="role",
        )
