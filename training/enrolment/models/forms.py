from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import TrainingSession
from training.enrolment.forms_querysets import AskedFieldQuerySet
from training.enrolment.options import ONLY_CHOICES_COUNT
from training.enrolment.purposes import Purpose
from training.enrolment.questions import STANDARD, FormStage, OwnKind
from training.tools.bilingual import InReadersLanguage, text_of_pair


class AskedField(models.Model):
    """A field that a session asks at one stage: one of the standard set, or one of its own.

    A standard one has its words from `questions.STANDARD`; an own one brings kind, words and
    options with it. `shown_if_code` and `shown_if_value` name another field and the answer that
    makes this one be asked; without them it is always asked.
    """

    session = models.ForeignKey(
        TrainingSession,
        verbose_name=_("training session"),
        on_delete=models.CASCADE,  # what was asked and answered is kept by FormVersion
        related_name="asked_fields",
    )
    stage = models.CharField(_("stage"), max_length=12, choices=FormStage, default=FormStage.APPLICATION)
    code = models.CharField(_("field"), max_length=30)
    is_required = models.BooleanField(_("required"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    kind = models.CharField(_("kind"), max_length=12, choices=OwnKind, blank=True)
    label_en = models.CharField(_("question (English)"), max_length=200, blank=True)
    label_zh = models.CharField(_("question (Chinese)"), max_length=100, blank=True)
    purpose_en = models.CharField(_("purpose (English)"), max_length=300, blank=True)
    purpose_zh = models.CharField(_("purpose (Chinese)"), max_length=150, blank=True)
    shown_if_code = models.CharField(_("asked only if this field"), max_length=30, blank=True)
    shown_if_value = models.CharField(_("was answered so"), max_length=40, blank=True)
    keep_days = models.PositiveSmallIntegerField(
        _("days to keep"),
        null=True,
        blank=True,
        help_text=_("So many days after the session's end the answers are erased. Empty: as long as the enrolment."),
    )
    consent = models.CharField(
        _("only with the agreement to"),
        max_length=20,
        choices=Purpose,
        blank=True,
        help_text=_("Without this agreement the answer is not kept; so it can never be required."),
    )

    objects: ClassVar = AskedFieldQuerySet.as_manager()

    class Meta:
        verbose_name = _("field that is asked")
        verbose_name_plural = _("fields that are asked")
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "code"],
                name="one_question_per_field",
                violation_error_message=_("This field is asked already."),
            ),
            models.CheckConstraint(
                name="an_own_field_has_words",
                condition=Q(kind="") | ~Q(label_en="") | ~Q(label_zh=""),
                violation_error_message=_("Write the question in at least one language."),
            ),
            models.CheckConstraint(
                name="no_agreement_is_required",
                condition=Q(consent="") | Q(is_required=False),
                violation_error_message=_("What needs an agreement cannot be required."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        if self.code in STANDARD:
            return str(STANDARD[self.code].label)
        return text_of_pair({"en": self.label_en, "zh": self.label_zh})


class AskedOption(models.Model):
    """One answer that an own field offers. With a capacity, only so many may choose it (see `options.py`)."""

    field = models.ForeignKey(
        AskedField,
        verbose_name=_("field"),
        on_delete=models.CASCADE,  # what was asked and answered is kept by FormVersion
        related_name="options",
    )
    value = models.CharField(max_length=40)
    label_en = models.CharField(_("option (English)"), max_length=200, blank=True)
    label_zh = models.CharField(_("option (Chinese)"), max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(default=1)
    capacity = models.PositiveIntegerField(_("how many may choose it"), null=True, blank=True)
    chosen = models.PositiveIntegerField(_("chosen by"), default=0, editable=False)

    label = InReadersLanguage("label")

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(fields=["field", "value"], name="one_option_per_value"),
            models.CheckConstraint(
                name="an_option_has_words",
                condition=~Q(label_en="") | ~Q(label_zh=""),
                violation_error_message=_("Write the option in at least one language."),
            ),
            models.CheckConstraint(
                name="chosen_by_no_more_than_may",
                condition=Q(capacity__isnull=True) | Q(chosen__lte=F("capacity")),
                violation_error_message=_("More people have chosen this option than may."),
            ),
        ]
        triggers = [ONLY_CHOICES_COUNT]

    def __str__(self) -> str:
        return self.label

    @property
    def left(self) -> int | None:
        """How many may still choose it; None without a limit."""
        return None if self.capacity is None else max(self.capacity - self.chosen, 0)


class FormVersion(models.Model):
    """The questions of a session word for word, as they stood when somebody answered them."""

    session = models.ForeignKey(TrainingSession, on_delete=models.PROTECT, related_name="form_versions")
    stage = models.CharField(_("stage"), max_length=12, choices=FormStage, default=FormStage.APPLICATION)
    questions = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("version of a form")
        verbose_name_plural = _("versions of forms")
        constraints = [
            models.UniqueConstraint(fields=["session", "stage", "fingerprint"], name="one_version_per_wording")
        ]
        triggers = [pgtrigger.Protect(name="keep_what_was_asked", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.session} ({self.made_at:%Y-%m-%d})"


class FormWindow(models.Model):
    """From when until when the form of a later stage is answered.

    Without a row, or without an end, the form after the offer is open until the session begins
    and that of the arrival until it ends; arrival opens by itself on the day of arrival.
    """

    session = models.ForeignKey(
        TrainingSession, verbose_name=_("training session"), on_delete=models.CASCADE, related_name="form_windows"
    )
    stage = models.CharField(_("stage"), max_length=12, choices=FormStage)
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("to be answered until"), null=True, blank=True)

    class Meta:
        verbose_name = _("time of a form")
        verbose_name_plural = _("times of forms")
        constraints = [
            models.UniqueConstraint(fields=["session", "stage"], name="one_window_per_form"),
            models.CheckConstraint(
                name="a_form_closes_after_it_opens",
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                violation_error_message=_("The form must close after it opens."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session}: {self.get_stage_display()}"
