"""Enrolments that belong together: who replaced whom, who came from where, who is the same person."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from training.enrolment.models import Enrolment
from training.enrolment.querysets import EnrolmentQuerySet


class Kin(NamedTuple):
    """Another enrolment and what it is to the first one, in the reader's language."""

    relation: str
    enrolment: Enrolment


def with_whether_there_is_kin(enrolments: EnrolmentQuerySet) -> EnrolmentQuerySet:
    """For `kin_of`, which need not ask then about the many who have none."""
    others = Enrolment.objects.filter(
        Q(replaces=OuterRef("pk")) | Q(transferred_from=OuterRef("pk")) | Q(duplicate_of=OuterRef("pk"))
    )
    has_links = Q(replaces__isnull=False) | Q(transferred_from__isnull=False) | Q(duplicate_of__isnull=False)
    return enrolments.annotate(has_kin=has_links | Q(Exists(others)))


def kin_of(enrolment: Enrolment, *, among: EnrolmentQuerySet) -> list[Kin]:
    """The linked enrolments among those that the reader may see, with trainee and session loaded.

    One query, or none after `with_whether_there_is_kin` where there is none.
    """
    if not getattr(enrolment, "has_kin", True):
        return []
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
