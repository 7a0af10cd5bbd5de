from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import Category, Organisation, TrainingSession
from training.enrolment.places import COUNT_OVERBOOKED, COUNT_QUOTAS, QUOTA_COUNTERS_ARE_KEPT
from training.enrolment.querysets import QuotaQuerySet


@pghistory.track(exclude=["places_held", "places_given_on"])
class Quota(models.Model):
    """Places of a session for the people of one body, of one category or of any.

    A quota with a `parent` is a part that a body has given on to one of its organisations. The
    counters are kept by triggers; no code writes them. At every quota the places that are held
    from it and those that were given on stay within its own.
    """

    session = models.ForeignKey(
        TrainingSession, verbose_name=_("training session"), on_delete=models.PROTECT, related_name="quotas"
    )
    body = models.ForeignKey(
        Organisation, verbose_name=_("recommending body"), on_delete=models.PROTECT, related_name="quotas"
    )
    category = models.ForeignKey(
        Category,
        verbose_name=_("category"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="quotas",
        help_text=_("Empty for places of any category."),
    )
    parent = models.ForeignKey(
        "self", verbose_name=_("part of"), on_delete=models.PROTECT, null=True, blank=True, related_name="parts"
    )
    places = models.PositiveIntegerField(_("places"), default=0)
    places_returned = models.PositiveIntegerField(
        _("places returned to the pool"), default=0, editable=False, help_text=_("Were not used in time.")
    )
    places_held = models.PositiveIntegerField(_("places held"), default=0, editable=False)
    places_given_on = models.PositiveIntegerField(_("places given on"), default=0, editable=False)

    objects: ClassVar = QuotaQuerySet.as_manager()

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        ordering = ("body__official_order", "body_id", "category__official_order", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "parent", "body", "category"],
                nulls_distinct=False,
                name="one_quota_per_body_and_category",
                violation_error_message=_("This body has a quota for this category already."),
            ),
            models.CheckConstraint(
                name="quota_covers_what_is_held_and_given_on",
                condition=Q(places__gte=F("places_held") + F("places_given_on")),
                violation_error_message=_("More places of this quota are held or given on than it has."),
            ),
        ]
        triggers = [
            COUNT_QUOTAS,
            QUOTA_COUNTERS_ARE_KEPT,
            pgtrigger.ReadOnly(name="quota_stays_whose_it_is", fields=["session", "body", "category", "parent"]),
        ]

    def __str__(self) -> str:
        return f"{self.body} · {self.category}" if self.category_id else str(self.body)

    @property
    def places_left(self) -> int:
        """Places that nobody holds and that were not given on."""
        return max(self.places - self.places_held - self.places_given_on, 0)


class Overbooking(models.Model):
    """More people than places, on purpose: how many, why and by whom. The database lets nobody change it."""

    session = models.ForeignKey(
        TrainingSession, verbose_name=_("training session"), on_delete=models.PROTECT, related_name="overbookings"
    )
    places = models.IntegerField(_("places more"), help_text=_("Below zero where places are taken back."))
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,  # an account that acted is closed, never deleted
        related_name="+",
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("overbooking")
        verbose_name_plural = _("overbookings")
        ordering = ("-at", "-pk")
        constraints = [
            models.CheckConstraint(
                name="overbooking_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Say why more people are taken than there are places."),
            ),
            models.CheckConstraint(name="overbooking_changes_something", condition=~Q(places=0)),
        ]
        triggers = [
            COUNT_OVERBOOKED,
            pgtrigger.Protect(name="overbookings_are_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.session}: {self.places:+d}"
