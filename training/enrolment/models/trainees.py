from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from training.enrolment.querysets import TraineeQuerySet


@pghistory.track(exclude=["identity_sealed", "mobile_sealed", "employer_pinyin"])
class Trainee(models.Model):
    """A person who takes part, with or without an account: one record across all sessions.

    The identity number and the mobile stand sealed; beside each stand its masked form, which
    pages show, and a keyed fingerprint, which finds equals.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.SET_NULL,  # the person stays on the roster when the account goes
        null=True,
        blank=True,
        related_name="trainee",
    )
    name = models.CharField(_("name"), max_length=100)
    name_search = models.CharField(max_length=120, editable=False, default="")
    name_pinyin = models.CharField(max_length=300, editable=False, default="")
    name_initials = models.CharField(max_length=120, editable=False, default="")
    email = models.EmailField(_("e-mail address"), blank=True)
    sex = models.CharField(_("sex"), max_length=10, blank=True, choices=(("male", _("male")), ("female", _("female"))))
    language = models.CharField(_("language of letters"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    employer = models.CharField(_("employer"), max_length=200, blank=True)
    employer_pinyin = models.CharField(max_length=300, editable=False, default="")
    identity_sealed = models.TextField(editable=False, blank=True, default="")
    identity_masked = models.CharField(_("identity number"), max_length=40, editable=False, blank=True, default="")
    identity_fingerprint = models.CharField(max_length=64, editable=False, blank=True, default="")
    mobile_sealed = models.TextField(editable=False, blank=True, default="")
    mobile_masked = models.CharField(_("mobile phone"), max_length=30, editable=False, blank=True, default="")
    mobile_last_digits = models.CharField(max_length=4, editable=False, blank=True, default="")
    mobile_fingerprint = models.CharField(max_length=64, editable=False, blank=True, default="")
    is_sample = models.BooleanField(_("sample"), default=False)
    is_nominee = models.BooleanField(
        _("nominated, not yet confirmed"),
        default=False,
        editable=False,
        help_text=_("As a body wrote it, until the person takes it over; never joined to what is known elsewhere."),
    )

    objects: ClassVar = TraineeQuerySet.as_manager()

    class Meta:
        verbose_name = _("trainee")
        verbose_name_plural = _("trainees")
        ordering = ("name_pinyin", "pk")
        indexes = [
            models.Index(fields=["name_pinyin"], name="trainees_by_pinyin"),
            models.Index(fields=["name_search"], name="trainees_by_name"),
            models.Index(fields=["email"], name="trainees_by_email"),
            models.Index(fields=["mobile_last_digits"], name="trainees_by_phone"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=~Q(email="") & Q(is_nominee=False),
                name="one_trainee_per_email",
                violation_error_message=_("There is a trainee with this e-mail address already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
