import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import TrainingSession
from training.enrolment.questions import Code


class AskedField(models.Model):
    """A standard field that a session asks for, ticked by the organiser."""

    session = models.ForeignKey(
        TrainingSession,
        verbose_name=_("training session"),
        on_delete=models.CASCADE,  # what was asked and answered is kept by FormVersion
        related_name="asked_fields",
    )
    code = models.CharField(_("field"), max_length=30, choices=Code)
    is_required = models.BooleanField(_("required"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

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
        ]

    def __str__(self) -> str:
        return self.get_code_display()


class FormVersion(models.Model):
    """The questions of a session word for word, as they stood when somebody answered them."""

    session = models.ForeignKey(TrainingSession, on_delete=models.PROTECT, related_name="form_versions")
    questions = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("version of a form")
        verbose_name_plural = _("versions of forms")
        constraints = [models.UniqueConstraint(fields=["session", "fingerprint"], name="one_version_per_wording")]
        triggers = [pgtrigger.Protect(name="keep_what_was_asked", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.session} ({self.made_at:%Y-%m-%d})"
