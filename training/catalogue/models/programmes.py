from typing import ClassVar

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from training.catalogue.models.organisations import Organisation
from training.catalogue.querysets import ProgrammeQuerySet
from training.tools.bilingual import InReadersLanguage


class Category(models.Model):
    """A kind of talent that programmes serve, under its official name."""

    code = models.SlugField(_("code"), unique=True)
    name_en = models.CharField(_("name (English)"), max_length=120)
    name_zh = models.CharField(_("name (Chinese)"), max_length=60, blank=True)
    official_order = models.PositiveSmallIntegerField(_("official order"), default=100)

    name = InReadersLanguage("name")

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("official_order", "pk")

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Programme(models.Model):
    """What is run again and again, with its aims."""

    title_en = models.CharField(_("title (English)"), max_length=200, blank=True)
    title_zh = models.CharField(_("title (Chinese)"), max_length=100, blank=True)
    summary_en = models.TextField(_("summary (English)"), max_length=5000, blank=True)
    summary_zh = models.TextField(_("summary (Chinese)"), max_length=5000, blank=True)
    organiser = models.ForeignKey(
        Organisation, verbose_name=_("organiser"), on_delete=models.PROTECT, related_name="programmes"
    )
    categories = models.ManyToManyField(
        Category, verbose_name=_("categories of talent"), related_name="programmes", blank=True
    )
    needs_four_eyes = models.BooleanField(
        _("four eyes"),
        default=False,
        help_text=_("Decisions on applications are published by somebody else than whoever made them."),
    )
    is_sample = models.BooleanField(_("sample"), default=False, help_text=_("Marked as a sample wherever it shows."))

    title = InReadersLanguage("title")
    summary = InReadersLanguage("summary")

    objects: ClassVar = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ("title_en", "pk")
        constraints = [
            models.CheckConstraint(
                name="programme_has_a_title",
                condition=~models.Q(title_en="") | ~models.Q(title_zh=""),
                violation_error_message=_("Give the programme's title in at least one language."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Aim(models.Model):
    """One aim of a programme; the order is the organiser's."""

    programme = models.ForeignKey(
        Programme,
        verbose_name=_("programme"),
        on_delete=models.CASCADE,  # an aim is a part of its programme
        related_name="aims",
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    text_en = models.CharField(_("aim (English)"), max_length=500, blank=True)
    text_zh = models.CharField(_("aim (Chinese)"), max_length=300, blank=True)

    text = InReadersLanguage("text")

    class Meta:
        verbose_name = _("aim")
        verbose_name_plural = _("aims")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.text
