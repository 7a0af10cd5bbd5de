import uuid
from datetime import datetime
from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import Category, TrainingSession
from training.enrolment.places import COUNT_PLACES
from training.enrolment.querysets import EnrolmentEventQuerySet, EnrolmentQuerySet, RevealQuerySet, TraineeQuerySet
from training.enrolment.questions import Code
from training.enrolment.states import HOLDING_A_PLACE, OPEN, State
from training.tools.tokens import public_reference


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

    objects: ClassVar = TraineeQuerySet.as_manager()

    class Meta:
        verbose_name = _("trainee")
        verbose_name_plural = _("trainees")
        ordering = ("name_pinyin", "pk")
        indexes = [
            models.Index(fields=["name_pinyin"], name="trainees_by_pinyin"),
            models.Index(fields=["email"], name="trainees_by_email"),
            models.Index(fields=["mobile_last_digits"], name="trainees_by_phone"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=~Q(email=""),
                name="one_trainee_per_email",
                violation_error_message=_("There is a trainee with this e-mail address already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


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


@pghistory.track(
    pghistory.UpdateEvent("answers_changed", condition=pghistory.AnyChange("answers", "category")),
    exclude=["identity_sealed", "mobile_sealed"],
    model_name="EnrolmentChange",
)
class Enrolment(models.Model):
    """A trainee's place, or wish for one, in a session.

    `answers` holds what this session asked and got, by the code of the question, without the
    sealed values, which have columns of their own. `line_number` orders the waiting list.
    """

    reference = models.CharField(_("reference"), max_length=20, unique=True, default=public_reference, editable=False)
    session = models.ForeignKey(
        TrainingSession, verbose_name=_("training session"), on_delete=models.PROTECT, related_name="enrolments"
    )
    trainee = models.ForeignKey(Trainee, verbose_name=_("trainee"), on_delete=models.PROTECT, related_name="enrolments")
    category = models.ForeignKey(
        Category,
        verbose_name=_("category"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enrolments",
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.APPLIED)
    state_since = models.DateTimeField(_("in this state since"))
    applied_at = models.DateTimeField(_("applied"))
    offer_expires_at = models.DateTimeField(_("offer open until"), null=True, blank=True)
    line_number = models.PositiveIntegerField(_("number in line"), null=True, blank=True)
    form_version = models.ForeignKey(
        FormVersion, verbose_name=_("form"), on_delete=models.PROTECT, null=True, related_name="enrolments"
    )
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    identity_sealed = models.TextField(editable=False, blank=True, default="")
    identity_masked = models.CharField(_("identity number"), max_length=40, editable=False, blank=True, default="")
    identity_fingerprint = models.CharField(max_length=64, editable=False, blank=True, default="")
    mobile_sealed = models.TextField(editable=False, blank=True, default="")
    mobile_masked = models.CharField(_("mobile phone"), max_length=30, editable=False, blank=True, default="")
    send_key = models.UUIDField(
        _("key of the sending"),
        unique=True,
        default=uuid.uuid4,
        editable=False,
        help_text=_("A form that is sent twice carries one key and makes one enrolment."),
    )

    objects: ClassVar = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ("-applied_at", "-pk")
        indexes = [
            models.Index(fields=["session", "state"], name="enrolments_by_state"),
            models.Index(
                fields=["session", "line_number"], condition=Q(state="waitlisted"), name="waiting_list_in_order"
            ),
            models.Index(fields=["offer_expires_at"], condition=Q(state="offered"), name="offers_by_deadline"),
            models.Index(fields=["-applied_at", "-id"], name="newest_enrolments"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "trainee"],
                condition=Q(state__in=sorted(OPEN)),
                name="one_open_enrolment_per_person",
                violation_error_message=_("This person is enrolled in this session already."),
            ),
            models.UniqueConstraint(
                fields=["session", "identity_fingerprint"],
                condition=Q(state__in=sorted(OPEN)) & ~Q(identity_fingerprint=""),
                name="one_open_enrolment_per_identity_number",
                violation_error_message=_("Somebody with this identity number is enrolled in this session already."),
            ),
            models.UniqueConstraint(
                fields=["session", "line_number"],
                condition=Q(state="waitlisted"),
                name="one_person_per_place_in_line",
            ),
            models.CheckConstraint(
                name="waiting_means_a_number_in_line",
                condition=~Q(state="waitlisted") | Q(line_number__isnull=False),
            ),
            models.CheckConstraint(
                name="an_offer_has_a_deadline",
                condition=~Q(state="offered") | Q(offer_expires_at__isnull=False),
            ),
        ]
        triggers = [COUNT_PLACES]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def holds_a_place(self) -> bool:
        return self.state in HOLDING_A_PLACE

    @property
    def questions(self) -> list[dict[str, Any]]:
        """What was asked, as it was asked (see `questions.as_asked`)."""
        return self.form_version.questions if self.form_version else []

    def offer_is_over(self, at: datetime) -> bool:
        return self.state == State.OFFERED and self.offer_expires_at is not None and self.offer_expires_at <= at


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
