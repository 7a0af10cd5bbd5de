import json
from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import Organisation, TrainingSession
from training.enrolment.models import Enrolment
from training.intake.findings import Level
from training.intake.querysets import IntakeQuerySet, IntakeRowQuerySet
from training.tools.bilingual import InReadersLanguage
from training.tools.sealing import seal, unseal
from training.tools.tokens import public_reference


@pghistory.track(exclude=["people_read"])
class Intake(models.Model):
    """Lists that somebody sent together for a session: read, looked at, taken, perhaps taken back.

    `body` is the recommending body; an organiser may leave it open where the lists name it. What
    a nominator sent stays with the body, what an organiser sent with the organisers.
    """

    class State(models.TextChoices):
        READING = "reading", _("being read")
        READY = "ready", _("to be looked at")
        TAKING = "taking", _("being taken")
        TAKEN = "taken", _("taken")
        UNDONE = "undone", _("taken back")

    reference = models.CharField(_("reference"), max_length=20, unique=True, default=public_reference, editable=False)
    session = models.ForeignKey(
        TrainingSession, verbose_name=_("training session"), on_delete=models.PROTECT, related_name="intakes"
    )
    body = models.ForeignKey(
        Organisation,
        verbose_name=_("recommending body"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty where the lists name it row by row."),
    )
    is_organisers = models.BooleanField(_("sent by an organiser"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,  # an account that acted is closed, never deleted
        related_name="+",
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    send_key = models.UUIDField(
        _("key of the sending"), unique=True, help_text=_("A form that is sent twice makes one intake.")
    )
    sent_at = models.DateTimeField(_("sent"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.READING)
    takes_all_or_nothing = models.BooleanField(_("all or nothing"), default=False)
    not_taken_because_en = models.CharField(max_length=500, blank=True, editable=False)
    not_taken_because_zh = models.CharField(max_length=500, blank=True, editable=False)
    keep_until = models.DateTimeField(_("kept until"))
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    not_taken_because = InReadersLanguage("not_taken_because")

    objects: ClassVar = IntakeQuerySet.as_manager()

    class Meta:
        verbose_name = _("intake")
        verbose_name_plural = _("intakes")
        ordering = ("-sent_at", "-pk")
        indexes = [
            models.Index(fields=["session", "body", "-sent_at"], name="intakes_of_a_session"),
            models.Index(fields=["keep_until"], condition=Q(erased_at__isnull=True), name="intakes_by_age"),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_nominator_sends_for_one_body",
                condition=Q(is_organisers=True) | Q(body__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_at_work(self) -> bool:
        """Whether the worker has it: the page looks again by itself."""
        return self.state in (self.State.READING, self.State.TAKING)

    @property
    def can_be_changed(self) -> bool:
        return self.state == self.State.READY and self.erased_at is None


class IntakeFile(models.Model):
    """One file as it came, and what was found in it.

    `tables` holds, for each list in the file, where it stands and what its columns mean; see
    `lists_of_file.py`. The file itself lies sealed off in a private folder under `stored_as`.
    """

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="files")
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("file"), max_length=200)
    stored_as = models.CharField(max_length=60, blank=True)
    byte_count = models.PositiveBigIntegerField(_("bytes"))
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    is_read = models.BooleanField(_("read"), default=False)
    refused_because_en = models.CharField(max_length=500, blank=True)
    refused_because_zh = models.CharField(max_length=500, blank=True)
    tables = models.JSONField(default=list, blank=True)

    refused_because = InReadersLanguage("refused_because")

    class Meta:
        verbose_name = _("file of an intake")
        verbose_name_plural = _("files of intakes")
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["intake", "position"], name="one_file_per_position")]

    def __str__(self) -> str:
        return self.name


class IntakeRow(models.Model):
    """One row of a list. All that it says rests sealed, because it may hold numbers of people.

    The fingerprints find the same person in other rows and elsewhere; `content` holds the cells as
    they came, what was corrected, and what the reading came to. `counted` tells of nobody: see `counting.py`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("not taken yet")
        TAKEN = "taken", _("taken")
        LEFT_OUT = "left_out", _("left out")

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="rows")
    file = models.ForeignKey(IntakeFile, on_delete=models.PROTECT, related_name="rows")
    table = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(_("row"))
    sealed = models.TextField(editable=False, blank=True, default="")
    counted = models.JSONField(editable=False, null=True)
    level = models.CharField(_("state of the row"), max_length=10, choices=Level, default=Level.RED)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    identity_fingerprint = models.CharField(max_length=64, editable=False, blank=True, default="")
    mobile_fingerprint = models.CharField(max_length=64, editable=False, blank=True, default="")
    person_fingerprint = models.CharField(max_length=64, editable=False, blank=True, default="")
    enrolment = models.OneToOneField(
        Enrolment, verbose_name=_("enrolment"), on_delete=models.PROTECT, null=True, related_name="intake_row"
    )
    updates = models.ForeignKey(
        Enrolment,
        verbose_name=_("updated enrolment"),
        on_delete=models.PROTECT,
        null=True,
        related_name="updated_by_rows",
        help_text=_("Somebody who stood on the body's list already, and whom this row has changed."),
    )
    sealed_before = models.TextField(editable=False, blank=True, default="")

    objects: ClassVar = IntakeRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of an intake")
        verbose_name_plural = _("rows of intakes")
        constraints = [
            models.UniqueConstraint(fields=["file", "table", "number"], name="one_row_per_number"),
            models.CheckConstraint(
                name="what_is_taken_is_an_enrolment",
                condition=~Q(state="taken") | Q(enrolment__isnull=False) | Q(updates__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["intake", "level"], name="rows_by_level")]

    def __str__(self) -> str:
        return f"{self.file} {self.number}"

    @property
    def content(self) -> dict[str, Any]:
        made: dict[str, Any] = json.loads(unseal(self.sealed)) if self.sealed else {}
        return made

    @content.setter
    def content(self, content: dict[str, Any]) -> None:
        self.sealed = seal(json.dumps(content, ensure_ascii=False))


class IntakeDeed(models.Model):
    """What somebody did to lists that were sent: who, when, where. The database lets nobody change it.

    It says what a correction was about and never what was typed, so it may stay when the list is erased.
    """

    class What(models.TextChoices):
        COLUMNS = "columns", _("said what columns mean")
        CORRECTED = "corrected", _("corrected")
        LEFT_OUT = "left_out", _("left out")
        BROUGHT_BACK = "brought_back", _("brought back")
        UPDATES = "updates", _("updates who is on the list")
        ANOTHER = "another", _("is another person")
        TAKEN = "taken", _("took the good rows")
        ALL_TAKEN = "all_taken", _("took all or nothing")
        TAKEN_BACK = "taken_back", _("took the whole list back")

    intake = models.ForeignKey(Intake, verbose_name=_("intake"), on_delete=models.PROTECT, related_name="deeds")
    what = models.CharField(_("what"), max_length=20, choices=What)
    place = models.CharField(_("where"), max_length=250, blank=True, help_text=_("The file, and the row in it."))
    about = models.JSONField(_("about"), default=list, blank=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,  # an account that acted is closed, never deleted
        related_name="+",
    )

    class Meta:
        verbose_name = _("deed on an intake")
        verbose_name_plural = _("deeds on intakes")
        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=["intake", "-at"], name="deeds_on_an_intake")]
        triggers = [pgtrigger.Protect(name="record_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.place}".strip()


class ColumnMemory(models.Model):
    """What a title of a column meant in the lists of a body when a person last said so."""

    body = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,  # without the body nobody sends with these titles
        null=True,
        related_name="+",
    )
    heading = models.CharField(max_length=100)
    meaning = models.CharField(max_length=60, blank=True)
    said_at = models.DateTimeField()

    class Meta:
        verbose_name = _("meaning of a column")
        verbose_name_plural = _("meanings of columns")
        constraints = [
            models.UniqueConstraint(fields=["body", "heading"], name="one_meaning_per_title", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.heading} = {self.meaning}"
