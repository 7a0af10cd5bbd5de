"""Enrolments that belong together: who replaced whom, who came from where, who is the same person."""

from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from training.enrolment.models import Enrolment
from training.enrolment.querysets import EnrolmentQuerySet


class Kin(NamedTuple):
    """Another enrolment and what it is to the first one, in the reader's language."""

    relation: str
    enrolment: Enrolment


def kin_of(enrolment: Enrolment, *, among: EnrolmentQuerySet) -> list[Kin]:
    """The linked enrolments among those that the reader may see, with trainee and session loaded; one query."""
    linked = Q(pk__in=[enrolment.replaces_id, enrolment.transferred_from_id, enrolment.duplicate_of_id])
    linked |= Q(replaces=enrolment) | Q(transferred_from=enrolment) | Q(duplicate_of=enrolment)
    others = among.filter(linked).select_related("trainee", "session").order_by("pk")
    return [Kin(_relation(enrolment, other), other) for other in others]


def _relation(enrolment: Enrolment, other: Enrolment) -> str:
    if other.pk == enrolment.replaces_id:
        return _("Replaces")
    if other.replaces_id == enrolment.pk:
        return _("Replaced by")
    if other.pk == enrolment.transferred_from_id:
        return _("Transferred from")
    if other.transferred_from_id == enrolment.pk:
        return _("Transferred to")
    return _("Has the same identity number")
