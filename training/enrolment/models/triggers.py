from datetime import time
from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from training.catalogue.models import Programme, TrainingSession
from training.enrolment.querysets import LetterTriggerQuerySet
from training.enrolment.questions import FormStage
from training.enrolment.states import State

EVENT = (
    "event",
    "to_state",
    "from_state",
    "date",
    "form",
    "side",
    "days",
    "hours",
)
LONGEST_BEFORE_OR_AFTER = 90  # days; the clock looks at sessions until that long after their end


@pghistory.track()
class LetterTrigger(models.Model):
    """When a letter is written, to whom, and with which wording.

    Without a scope it is the house's; one of a programme goes before it, one of a session before
    both, also one that is switched off. The delivered ones stand in `fixtures/letter_triggers.json`.
    """

    class Event(models.TextChoices):
        MOVE = "move", _("somebody comes into a state")
        TRANSFER = "transfer", _("somebody is transferred to another session")
        DATE = "date", _("days before or after a date of the session")
        DEADLINE = "deadline", _("hours before an offer lapses")
        FORM = "form", _("days before a form is due, to those who have not answered it")

    class Date(models.TextChoices):
        STARTS_ON = "starts_on", _("the first day")
        ENDS_ON = "ends_on", _("the last day")
        ARRIVAL = "arrival_starts_at", _("arrival")
        ENROLMENT_OPENS = "enrolment_opens_at", _("enrolment opens")
        ENROLMENT_CLOSES = "enrolment_closes_at", _("enrolment closes")
        NOMINATIONS_CLOSE = "nominations_close_at", _("nominations close")
        SUBSTITUTION_UNTIL = "substitution_until", _("the last day to replace somebody")

    class Side(models.TextChoices):
        BEFORE = "before", pgettext_lazy("of days", "before")
        AFTER = "after", pgettext_lazy("of days", "after")

    class Recipients(models.TextChoices):
        PERSON = "person", _("the person")
        NOMINATORS = "nominators", _("the nominators of the body")
        ORGANISERS = "organisers", _("the organisers")

    code = models.CharField(max_length=60, blank=True, default="", editable=False)
    event = models.CharField(_("when"), max_length=10, choices=Event)
    to_state = models.CharField(_("into the state"), max_length=12, choices=State, blank=True)
    from_state = models.CharField(
        _("from the state"), max_length=12, choices=State, blank=True, help_text=_("Leave empty for any state.")
    )
    date = models.CharField(_("date of the session"), max_length=20, choices=Date, blank=True)
    form = models.CharField(
        _("form"),
        max_length=12,
        choices=[(stage.value, stage.label) for stage in FormStage if stage != FormStage.APPLICATION],
        blank=True,
        default="",
    )
    days = models.PositiveSmallIntegerField(
        _("days"), default=0, validators=[MaxValueValidator(LONGEST_BEFORE_OR_AFTER)]
    )
    side = models.CharField(_("before or after"), max_length=6, choices=Side, default=Side.BEFORE)
    time_of_day = models.TimeField(_("time of day"), default=time(9))
    hours = models.PositiveSmallIntegerField(_("hours before the deadline"), default=0)
    recipients = models.CharField(_("to"), max_length=12, choices=Recipients, default=Recipients.PERSON)
    states = ArrayField(
        models.CharField(max_length=12, choices=State),
        verbose_name=_("people in these states"),
        default=list,
        blank=True,
    )
    is_for_latecomers = models.BooleanField(
        _("also for those who come later"),
        default=False,
        help_text=_("Who comes into these states after the letter was due gets it at once, until the date itself."),
    )
    template = models.SlugField(_("letter"), max_length=60)
    programme = models.ForeignKey(
        Programme,
        verbose_name=_("programme"),
        on_delete=models.CASCADE,  # a rule of its programme; the letters that it wrote stay
        null=True,
        blank=True,
        related_name="letter_triggers",
    )
    session = models.ForeignKey(
        TrainingSession,
        verbose_name=_("training session"),
        on_delete=models.CASCADE,  # a rule of its session; the letters that it wrote stay
        null=True,
        blank=True,
        related_name="letter_triggers",
    )
    is_on = models.BooleanField(
        _("switched on"), default=True, help_text=_("Switched off here, it also silences the wider one.")
    )
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar = LetterTriggerQuerySet.as_manager()

    class Meta:
        verbose_name = _("trigger of letters")
        verbose_name_plural = _("triggers of letters")
        ordering = ("event", "to_state", "date", "pk")
        indexes = [models.Index(fields=["event", "to_state"], name="triggers_of_a_move")]
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="one_trigger_per_code"),
            models.CheckConstraint(
                name="trigger_has_one_scope",
                condition=Q(programme__isnull=True) | Q(session__isnull=True),
                violation_error_message=_("Choose a programme or one session, not both."),
            ),
            models.CheckConstraint(
                name="trigger_of_a_move_names_the_state",
                condition=(Q(event="move") & ~Q(to_state="")) | (~Q(event="move") & Q(to_state="", from_state="")),
                violation_error_message=_("Say which state somebody comes into; other letters name none."),
            ),
            models.CheckConstraint(
                name="trigger_of_a_date_names_it",
                condition=(Q(event="date") & ~Q(date="")) | (~Q(event="date") & Q(date="")),
                violation_error_message=_("Say which date of the session is meant; other letters name none."),
            ),
            models.CheckConstraint(
                name="trigger_of_a_form_names_it",
                condition=(Q(event="form") & ~Q(form="")) | (~Q(event="form") & Q(form="")),
                violation_error_message=_("Say which form is meant; other letters name none."),
            ),
            models.CheckConstraint(
                name="trigger_of_a_deadline_says_how_long_before",
                condition=~Q(event="deadline") | Q(hours__gte=1),
                violation_error_message=_("Say how many hours before the deadline, at least one."),
            ),
            models.CheckConstraint(
                name="trigger_is_at_most_ninety_days_away",
                condition=Q(days__lte=LONGEST_BEFORE_OR_AFTER),
                violation_error_message=_("At most ninety days before or after."),
            ),
            models.UniqueConstraint(
                fields=[
                    "event",
                    "to_state",
                    "from_state",
                    "date",
                    "form",
                    "side",
                    "days",
                    "hours",
                    "recipients",
                    "programme",
                    "session",
                ],
                name="one_trigger_per_event_and_scope",
                nulls_distinct=False,
                violation_error_message=_("There is a trigger for this already; change that one."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_event_display())
