from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import Category, TrainingSession
from training.enrolment.models.enrolments import Enrolment
from training.tools.bilingual import InReadersLanguage

HIGHEST_SCORE = 5


class Note(models.Model):
    """What an organiser remarks on an enrolment, for organisers alone. The database lets nobody change it."""

    enrolment = models.ForeignKey(
        Enrolment, verbose_name=_("enrolment"), on_delete=models.PROTECT, related_name="notes"
    )
    text = models.CharField(_("note"), max_length=2000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,  # an account that acted is closed, never deleted
        related_name="+",
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("at", "pk")
        constraints = [models.CheckConstraint(name="a_note_says_something", condition=~Q(text=""))]
        triggers = [pgtrigger.Protect(name="notes_are_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.text[:60]


class Criterion(models.Model):
    """Something that reviewers of a session score from 0 to 5."""

    session = models.ForeignKey(
        TrainingSession, verbose_name=_("training session"), on_delete=models.PROTECT, related_name="criteria"
    )
    name_en = models.CharField(_("criterion (English)"), max_length=120, blank=True)
    name_zh = models.CharField(_("criterion (Chinese)"), max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    name = InReadersLanguage("name")

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(
                name="criterion_has_a_name",
                condition=~Q(name_en="") | ~Q(name_zh=""),
                violation_error_message=_("Name the criterion in at least one language."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Score(models.Model):
    """What one reviewer gives one person on one criterion; each reviewer has one, and may change it."""

    enrolment = models.ForeignKey(
        Enrolment, verbose_name=_("enrolment"), on_delete=models.PROTECT, related_name="scores"
    )
    criterion = models.ForeignKey(
        Criterion, verbose_name=_("criterion"), on_delete=models.PROTECT, related_name="scores"
    )
    points = models.PositiveSmallIntegerField(_("points"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,  # an account that acted is closed, never deleted
        related_name="+",
    )
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "criterion", "by"], name="one_score_per_reviewer"),
            models.CheckConstraint(
                name="a_score_is_at_most_five",
                condition=Q(points__lte=HIGHEST_SCORE),
                violation_error_message=_("Give 0 to 5 points."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.points)


@pghistory.track()
class Check(models.Model):
    """A condition that the organiser lets Cohort look at for a session. It finds and never decides.

    `allowed` holds codes: levels of titles, or kinds of employers. `at_least` and `at_most` are
    years of age; `at_most` alone is the months within which somebody took part before.
    """

    class Kind(models.TextChoices):
        TITLE_LEVEL = "title_level", _("professional title or skill level")
        EMPLOYER_KIND = "employer_kind", _("kind of employer")
        OWN = "own", _("own condition, looked at by people")
        ONE_CATEGORY = "one_category", _("one category per person in the programme")
        ATTENDED = "attended", _("took part within the last months")
        AGE = "age", _("age on the first day")
        MISSING = "missing", _("required answers are missing")
        DUPLICATE = "duplicate", _("the same person twice")

    session = models.ForeignKey(
        TrainingSession,
        verbose_name=_("training session"),
        on_delete=models.CASCADE,  # a setting of the session; what it found is found again at any time
        related_name="checks",
    )
    kind = models.CharField(_("condition"), max_length=20, choices=Kind)
    category = models.ForeignKey(
        Category,
        verbose_name=_("category"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty for everybody."),
    )
    allowed = models.JSONField(_("one of"), default=list, blank=True)
    at_least = models.PositiveSmallIntegerField(_("at least"), null=True, blank=True)
    at_most = models.PositiveSmallIntegerField(_("at most"), null=True, blank=True)
    sentence_en = models.CharField(_("condition (English)"), max_length=300, blank=True)
    sentence_zh = models.CharField(_("condition (Chinese)"), max_length=150, blank=True)

    sentence = InReadersLanguage("sentence")
    objects: ClassVar = models.Manager()

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["session", "kind", "category"],
                condition=~Q(kind="own"),
                nulls_distinct=False,
                name="one_check_per_kind_and_category",
                violation_error_message=_("This condition is looked at already."),
            ),
            models.CheckConstraint(
                name="attended_within_some_months",
                condition=~Q(kind="attended") | Q(at_most__isnull=False, at_most__gte=1),
                violation_error_message=_("Say within how many months."),
            ),
            models.CheckConstraint(
                name="an_age_has_a_limit",
                condition=~Q(kind="age") | Q(at_least__isnull=False) | Q(at_most__isnull=False),
                violation_error_message=_("Give the lowest age, the highest one, or both."),
            ),
            models.CheckConstraint(
                name="limits_are_in_order",
                condition=Q(at_least__isnull=True) | Q(at_most__isnull=True) | Q(at_least__lte=F("at_most")),
                violation_error_message=_("The lowest number is above the highest one."),
            ),
            models.CheckConstraint(
                name="an_own_condition_is_written_down",
                condition=~Q(kind="own") | ~Q(sentence_en="") | ~Q(sentence_zh=""),
                violation_error_message=_("Write the condition down in at least one language."),
            ),
            models.CheckConstraint(
                name="a_choice_has_something_to_choose",
                condition=~Q(kind__in=["title_level", "employer_kind"]) | ~Q(allowed=[]),
                violation_error_message=_("Choose what is allowed."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
