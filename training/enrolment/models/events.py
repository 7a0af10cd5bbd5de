from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from training.enrolment.models.enrolments import Enrolment
from training.enrolment.querysets import EnrolmentEventQuerySet, RevealQuerySet
from training.enrolment.states import State


class EnrolmentEvent(models.Model):
    """A move of an enrolment: from, to, when, by whom and why. The database lets nobody change it."""

    enrolment = models.ForeignKey(
        Enrolment, verbose_name=_("enrolment"), on_delete=models.PROTECT, related_name="events"
    )
    from_state = models.CharField(pgettext_lazy("of a state", "from"), max_length=12, choices=State, blank=True)
    to_state = models.CharField(pgettext_lazy("of a state", "to"), max_length=12, choices=State)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,  # an account that acted is closed, never deleted
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty when a rule or the clock acted."),
    )
    reason_en = models.CharField(_("reason (English)"), max_length=500, blank=True)
    reason_zh = models.CharField(_("reason (Chinese)"), max_length=500, blank=True)

    objects: ClassVar = EnrolmentEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("at", "pk")
        indexes = [models.Index(fields=["enrolment", "at"], name="events_of_an_enrolment")]
        triggers = [pgtrigger.Protect(name="history_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"

    @property
    def reason(self) -> str:
        if get_language() == "zh-hans":
            return self.reason_zh or self.reason_en
        return self.reason_en or self.reason_zh


class Reveal(models.Model):
    """Somebody read one sealed value in full: who, when, why. The database lets nobody change it."""

    class Value(models.TextChoices):
        IDENTITY_NUMBER = "identity_number", _("identity number")
        MOBILE = "mobile", _("mobile phone")

    enrolment = models.ForeignKey(
        Enrolment, verbose_name=_("enrolment"), on_delete=models.PROTECT, related_name="reveals"
    )
    value = models.CharField(_("value"), max_length=20, choices=Value)
    purpose = models.CharField(_("purpose"), max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,  # an account that acted is closed, never deleted
        related_name="+",
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects: ClassVar = RevealQuerySet.as_manager()

    class Meta:
        verbose_name = _("number shown in full")
        verbose_name_plural = _("numbers shown in full")
        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=["-at"], name="reveals_newest_first")]
        constraints = [
            models.CheckConstraint(
                name="reveal_has_a_purpose",
                condition=~Q(purpose=""),
                violation_error_message=_("Say what you need the number for."),
            ),
        ]
        triggers = [pgtrigger.Protect(name="reveals_are_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.enrolment}: {self.get_value_display()}"
