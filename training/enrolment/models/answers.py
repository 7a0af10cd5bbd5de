import uuid
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from training.enrolment.forms_querysets import AnswerFileQuerySet
from training.enrolment.models.enrolments import Enrolment
from training.enrolment.models.forms import AskedOption, FormVersion
from training.enrolment.options import COUNT_CHOICES
from training.enrolment.questions import FormStage


class AnsweredForm(models.Model):
    """The form of a later stage as somebody answered it; the answers themselves stand on the enrolment."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="answered_forms")
    stage = models.CharField(_("stage"), max_length=12, choices=FormStage)
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("answered"))
    changed_at = models.DateTimeField(_("changed"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,  # an account that acted is closed, never deleted
        related_name="+",
    )

    class Meta:
        verbose_name = _("answered form")
        verbose_name_plural = _("answered forms")
        constraints = [models.UniqueConstraint(fields=["enrolment", "stage"], name="one_answer_per_form")]

    def __str__(self) -> str:
        return f"{self.enrolment}: {self.get_stage_display()}"


class Choice(models.Model):
    """Somebody has chosen an option that not everybody may choose."""

    option = models.ForeignKey(
        AskedOption,
        on_delete=models.CASCADE,  # a limit that is taken away needs no counting
        related_name="choices",
    )
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="choices")

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        constraints = [models.UniqueConstraint(fields=["enrolment", "option"], name="one_choice_per_option")]
        triggers = [COUNT_CHOICES]

    def __str__(self) -> str:
        return f"{self.enrolment}: {self.option}"


class AnswerFile(models.Model):
    """A file given as an answer. It lies outside what the web server hands out, under its key and nothing else.

    Without an enrolment it was chosen in a form that is not sent yet; such a one is erased after a day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(
        Enrolment, verbose_name=_("enrolment"), on_delete=models.PROTECT, null=True, related_name="answer_files"
    )
    code = models.CharField(_("field"), max_length=30)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10)
    byte_count = models.PositiveIntegerField(_("bytes"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,  # an account that acted is closed, never deleted
        related_name="+",
    )
    kept_at = models.DateTimeField(_("kept"), auto_now_add=True)

    objects: ClassVar = AnswerFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of an answer")
        verbose_name_plural = _("files of answers")
        indexes = [models.Index(fields=["kept_at"], condition=Q(enrolment=None), name="files_of_forms_not_sent")]

    def __str__(self) -> str:
        return self.name


class Erasure(models.Model):
    """Answers were erased: which ones and why, not what they were. The database lets nobody change it."""

    class Because(models.TextChoices):
        TIME = "time", _("the time to keep them was over")
        WITHDRAWN = "withdrawn", _("the agreement was taken back")

    enrolment = models.ForeignKey(
        Enrolment, verbose_name=_("enrolment"), on_delete=models.PROTECT, related_name="erasures"
    )
    codes = models.JSONField(_("fields"))
    because = models.CharField(_("because"), max_length=10, choices=Because)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ("-at", "-pk")
        triggers = [pgtrigger.Protect(name="erasures_are_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.enrolment}: {self.get_because_display()}"
