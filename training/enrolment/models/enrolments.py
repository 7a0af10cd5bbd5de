import uuid
from datetime import datetime
from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import Category, Organisation, TrainingSession
from training.enrolment.models.forms import FormVersion
from training.enrolment.models.quotas import Quota
from training.enrolment.models.trainees import Trainee
from training.enrolment.options import FREE_CHOICES
from training.enrolment.places import COUNT_PLACES
from training.enrolment.querysets import EnrolmentQuerySet
from training.enrolment.states import HOLDING_A_PLACE, OPEN, State
from training.tools.tokens import public_reference


@pghistory.track(
    pghistory.UpdateEvent(  # what stood there until then: the first change has nothing else before it
        "answers_before", row=pghistory.Old, condition=pghistory.AnyChange("answers", "category")
    ),
    pghistory.UpdateEvent("answers_changed", condition=pghistory.AnyChange("answers", "category")),
    pghistory.UpdateEvent("came_noted", condition=pghistory.AnyChange("came")),
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
    body = models.ForeignKey(
        Organisation,
        verbose_name=_("recommending body"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="nominations",
        help_text=_("Empty for somebody who applied alone."),
    )
    rank = models.PositiveIntegerField(
        _("rank"), null=True, blank=True, help_text=_("In the order of the recommending body, 1 first.")
    )
    is_reserve = models.BooleanField(_("reserve"), default=False)
    nominated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("nominated by"),
        on_delete=models.PROTECT,  # an account that acted is closed, never deleted
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    taken_over_at = models.DateTimeField(
        _("confirmed by the person"), null=True, blank=True, editable=False, help_text=_("Only for nominations.")
    )
    quota = models.ForeignKey(
        Quota,
        verbose_name=_("quota"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enrolments",
        help_text=_("Where the place comes from; empty for the free pool."),
    )
    replaces = models.OneToOneField(
        "self", verbose_name=_("replaces"), on_delete=models.PROTECT, null=True, blank=True, related_name="successor"
    )
    transferred_from = models.OneToOneField(
        "self",
        verbose_name=_("transferred from"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="transferred_to",
    )
    duplicate_of = models.ForeignKey(
        "self",
        verbose_name=_("the same person as"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="duplicates",
        help_text=_("Somebody with this identity number takes part already; the organiser decides which one counts."),
    )
    came = models.BooleanField(
        _("came"), null=True, blank=True, help_text=_("Whether the person attended; empty while nobody has said.")
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
                fields=["session", "is_reserve", "line_number"],
                condition=Q(state="waitlisted"),
                name="waiting_list_in_order",
            ),
            models.Index(fields=["session", "body", "rank"], name="nominations_by_rank"),
            models.Index(fields=["offer_expires_at"], condition=Q(state="offered"), name="offers_by_deadline"),
            models.Index(fields=["-applied_at", "-id"], name="newest_enrolments"),
            models.Index(fields=["identity_fingerprint"], name="enrolments_by_identity"),  # the person elsewhere
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
                condition=Q(state__in=sorted(OPEN), duplicate_of__isnull=True) & ~Q(identity_fingerprint=""),
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
            models.CheckConstraint(
                name="a_duplicate_holds_no_place",
                condition=~Q(state__in=sorted(HOLDING_A_PLACE)) | Q(duplicate_of__isnull=True),
                violation_error_message=_("This person takes part already. Decide first which of the two counts."),
            ),
            models.CheckConstraint(
                name="only_a_body_makes_drafts",
                condition=~Q(state="draft") | Q(body__isnull=False),
            ),
        ]
        triggers = [COUNT_PLACES, FREE_CHOICES]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def holds_a_place(self) -> bool:
        return self.state in HOLDING_A_PLACE

    @property
    def is_taken_over(self) -> bool:
        """Whether the person acts for himself or herself: applied alone, or confirmed the nomination."""
        return self.body_id is None or self.taken_over_at is not None

    @property
    def questions(self) -> list[dict[str, Any]]:
        """What was asked, as it was asked (see `questions.as_asked`)."""
        return self.form_version.questions if self.form_version else []

    def offer_is_over(self, at: datetime) -> bool:
        return self.state == State.OFFERED and self.offer_expires_at is not None and self.offer_expires_at <= at
