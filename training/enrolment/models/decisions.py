from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from training.enrolment.models.enrolments import Enrolment
from training.enrolment.states import State
from training.tools.bilingual import InReadersLanguage


class DecisionQuerySet(models.QuerySet["Decision"]):
    def pending(self) -> "DecisionQuerySet":
        """Made, and neither published nor dropped."""
        return self.filter(published_at__isnull=True, dropped_at__isnull=True)


class Decision(models.Model):
    """What an organiser has decided about an enrolment; nobody learns of it until it is published.

    A decision is made once and never rewritten: another one takes its place and drops it. Once
    it is published or dropped the database lets nobody change it.
    """

    class To(models.TextChoices):
        OFFERED = State.OFFERED, _("offer a place")
        WAITLISTED = State.WAITLISTED, _("put on the waiting list")
        RETURNED = State.RETURNED, _("send back for correction")
        DECLINED = State.DECLINED, _("decline")

    enrolment = models.ForeignKey(
        Enrolment, verbose_name=_("enrolment"), on_delete=models.PROTECT, related_name="decisions"
    )
    to = models.CharField(_("decision"), max_length=12, choices=To)
    reason_en = models.CharField(_("reason (English)"), max_length=500, blank=True)
    reason_zh = models.CharField(_("reason (Chinese)"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.PROTECT,  # an account that acted is closed, never deleted
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        on_delete=models.PROTECT,  # an account that acted is closed, never deleted
        null=True,
        blank=True,
        related_name="+",
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dropped by"),
        on_delete=models.PROTECT,  # an account that acted is closed, never deleted
        null=True,
        blank=True,
        related_name="+",
    )
    dropped_at = models.DateTimeField(_("dropped"), null=True, blank=True)

    reason = InReadersLanguage("reason")
    objects: ClassVar = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("decided_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=Q(published_at__isnull=True, dropped_at__isnull=True),
                name="one_pending_decision_per_enrolment",
                violation_error_message=_("Somebody has decided on this enrolment already."),
            ),
            models.CheckConstraint(
                name="published_or_dropped_but_not_both",
                condition=Q(published_at__isnull=True) | Q(dropped_at__isnull=True),
            ),
            models.CheckConstraint(
                name="publishing_has_somebody_who_did_it",
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, published_by__isnull=False),
            ),
            models.CheckConstraint(
                name="declining_and_returning_have_a_reason",
                condition=~Q(to__in=["declined", "returned"]) | ~Q(reason_en="") | ~Q(reason_zh=""),
                violation_error_message=_("Give the reason in at least one language."),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="a_decision_is_not_rewritten",
                fields=["enrolment", "to", "reason_en", "reason_zh", "decided_by", "decided_at"],
            ),
            pgtrigger.Protect(
                name="published_decisions_are_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__published_at__isnull=False) | pgtrigger.Q(old__dropped_at__isnull=False),
            ),
            pgtrigger.Protect(name="decisions_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.get_to_display()
