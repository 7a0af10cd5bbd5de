"""Making a programme: whoever makes it organises it, so that it is never without an organiser."""

from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from training.catalogue.models import Grant, Programme


@transaction.atomic
def found(programme: Programme, *, by: User) -> Programme:
    """Saves a new programme and lets `by` organise it, unless a wider grant of theirs reaches it already.

    The grant names nobody as its giver: it comes from this rule, and nobody grants to himself.
    """
    programme.save(force_insert=True)
    if not Programme.objects.in_care_of(by, Role.ORGANISER).filter(pk=programme.pk).exists():
        Grant.objects.create(user=by, role=Role.ORGANISER, programme=programme, granted_by=None)
    return programme
