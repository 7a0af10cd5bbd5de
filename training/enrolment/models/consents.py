from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import TrainingSession
from training.enrolment.forms_querysets import AgreementQuerySet
from training.enrolment.models.enrolments import Enrolment
from training.enrolment.purposes import Purpose
from training.tools.bilingual import InReadersLanguage


class ConsentText(models.Model):
    """What is said before somebody agrees to a purpose. A new wording is a new version; old ones stay."""

    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    version = models.PositiveSmallIntegerField(_("version"))
    text_en = models.TextField(_("text (English)"), max_length=2000)
    text_zh = models.TextField(_("text (Chinese)"), max_length=1000)
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    text = InReadersLanguage("text")

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        ordering = ("purpose", "-version")
        constraints = [models.UniqueConstraint(fields=["purpose", "version"], name="one_text_per_version")]
        triggers = [pgtrigger.Protect(name="consent_texts_are_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.version}"


class AskedConsent(models.Model):
    """A purpose for which a session asks people's agreement."""

    session = models.ForeignKey(
        TrainingSession,
        verbose_name=_("training session"),
        on_delete=models.CASCADE,  # what was agreed to is kept by Agreement
        related_name="asked_consents",
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)

    class Meta:
        verbose_name = _("agreement that is asked")
        verbose_name_plural = _("agreements that are asked")
        constraints = [models.UniqueConstraint(fields=["session", "purpose"], name="one_consent_per_purpose")]

    def __str__(self) -> str:
        return self.get_purpose_display()


class Agreement(models.Model):
    """Somebody agreed to a text, or took it back. The newest one counts; the database lets nobody change any."""

    enrolment = models.ForeignKey(
        Enrolment, verbose_name=_("enrolment"), on_delete=models.PROTECT, related_name="agreements"
    )
    text = models.ForeignKey(ConsentText, verbose_name=_("text"), on_delete=models.PROTECT, related_name="agreements")
    is_given = models.BooleanField(_("agreed"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,  # an account that acted is closed, never deleted
        related_name="+",
    )

    objects: ClassVar = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ("-pk",)
        indexes = [models.Index(fields=["enrolment", "-id"], name="agreements_of_an_enrolment")]
        triggers = [pgtrigger.Protect(name="agreements_are_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.enrolment}: {self.text}"
