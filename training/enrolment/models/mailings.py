from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import Category, Organisation, TrainingSession
from training.enrolment.querysets import MailingQuerySet
from training.enrolment.questions import FormStage
from training.enrolment.states import State

MOST_WITHOUT_A_PURPOSE = 200  # people; whoever writes to more says what for and has just signed in


class Mailing(models.Model):
    """One letter that an organiser wrote to many: to whom, what, by whom, what for. Nobody can change it.

    The texts are kept as they were written, placeholders unfilled; the letters themselves stand in the outbox.
    """

    session = models.ForeignKey(
        TrainingSession, verbose_name=_("training session"), on_delete=models.PROTECT, related_name="mailings"
    )
    states = ArrayField(models.CharField(max_length=12, choices=State), verbose_name=_("people in these states"))
    body = models.ForeignKey(
        Organisation,
        verbose_name=_("recommending body"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    unanswered = models.CharField(
        _("only those who had not answered"), max_length=12, choices=FormStage, blank=True, default=""
    )
    template = models.SlugField(_("letter"), max_length=60, blank=True)
    subject_en = models.CharField(_("subject (English)"), max_length=200, blank=True)
    subject_zh = models.CharField(_("subject (Chinese)"), max_length=200, blank=True)
    text_en = models.TextField(_("text (English)"), blank=True)
    text_zh = models.TextField(_("text (Chinese)"), blank=True)
    purpose = models.CharField(_("purpose"), max_length=500, blank=True)
    people = models.PositiveIntegerField(_("people"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,  # an account that acted is closed, never deleted
        related_name="+",
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)
    send_key = models.UUIDField(unique=True, editable=False)

    objects: ClassVar = MailingQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter to many")
        verbose_name_plural = _("letters to many")
        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=["session", "-at"], name="mailings_of_a_session")]
        constraints = [
            models.CheckConstraint(
                name="a_letter_to_very_many_has_a_purpose",
                condition=Q(people__lte=MOST_WITHOUT_A_PURPOSE) | ~Q(purpose=""),
                violation_error_message=_("Say what the letter is for."),
            ),
        ]
        triggers = [pgtrigger.Protect(name="mailings_are_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.subject_zh or self.subject_en or self.template
