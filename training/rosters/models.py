from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import TrainingSession
from training.rosters.querysets import RosterExportQuerySet, RosterOrderQuerySet
from training.rosters.recipes import Recipe
from training.tools.tokens import public_reference


class Format(models.TextChoices):
    XLSX = "xlsx", _("Workbook (XLSX), laid out for A4")
    CSV = "csv", _("Table for other programs (CSV)")
    PRINT = "print", _("Page to print")


class WhatWasTaken(models.Model):
    """Who took which list of which session, in what form, and why."""

    session = models.ForeignKey(
        TrainingSession, verbose_name=_("training session"), on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,  # an account that acted is closed, never deleted
        related_name="+",
    )
    purpose = models.CharField(_("purpose"), max_length=500)
    recipe = models.JSONField(
        _("columns, people and order"),
        help_text=_("The columns in their order, the filters and the sorting."),
    )
    format = models.CharField(_("format"), max_length=10, choices=Format)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    is_full = models.BooleanField(_("numbers in full"), default=False)

    class Meta:
        abstract = True

    @property
    def made_by_recipe(self) -> Recipe:
        return Recipe.from_record(self.recipe)


class RosterOrder(WhatWasTaken):
    """A file that is asked for, being made, or lies ready until it is erased a day later."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be made")
        MAKING = "making", _("being made")
        READY = "ready", _("ready")
        REFUSED = "refused", _("refused")

    reference = models.CharField(_("reference"), max_length=20, unique=True, default=public_reference)
    send_key = models.UUIDField(
        _("key of the sending"), unique=True, help_text=_("A form that is sent twice makes one roster.")
    )
    asked_at = models.DateTimeField(_("asked"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    file_name = models.CharField(_("file"), max_length=80, blank=True)
    rows_made = models.PositiveIntegerField(_("rows made"), default=0)
    rows_in_all = models.PositiveIntegerField(_("rows in all"), default=0)
    refused_because = models.CharField(_("refused because"), max_length=300, blank=True)

    objects: ClassVar = RosterOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order of a roster")
        verbose_name_plural = _("orders of rosters")
        ordering = ("-asked_at", "-pk")
        indexes = [models.Index(fields=["asked_at"], name="rosters_by_age")]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def is_refused(self) -> bool:
        return self.state == self.State.REFUSED


class RosterExport(WhatWasTaken):
    """The record that a roster left the house. The database lets nobody change or delete it."""

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    made_at = models.DateTimeField(_("made"))
    row_count = models.PositiveIntegerField(_("people"))
    byte_count = models.PositiveBigIntegerField(_("bytes"))
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)

    objects: ClassVar = RosterExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("roster taken")
        verbose_name_plural = _("rosters taken")
        ordering = ("-made_at", "-pk")
        indexes = [models.Index(fields=["session", "-made_at"], name="rosters_of_a_session")]
        triggers = [pgtrigger.Protect(name="record_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.reference
