import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from training.catalogue.models.organisations import Organisation
from training.tools.bilingual import InReadersLanguage


@pghistory.track()
class Speaker(models.Model):
    """A person who speaks, teaches or presides: one record across all sessions, no account needed."""

    name_en = models.CharField(pgettext_lazy("of a person", "name (English)"), max_length=100, blank=True)
    name_zh = models.CharField(pgettext_lazy("of a person", "name (Chinese)"), max_length=100, blank=True)
    biography_en = models.TextField(_("biography (English)"), max_length=5000, blank=True)
    biography_zh = models.TextField(_("biography (Chinese)"), max_length=5000, blank=True)
    picture = models.ImageField(_("picture"), upload_to="speakers/", blank=True)
    is_sample = models.BooleanField(_("sample"), default=False)

    name = InReadersLanguage("name")
    biography = InReadersLanguage("biography")

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering = ("name_en", "pk")
        constraints = [
            models.CheckConstraint(
                name="speaker_has_a_name",
                condition=~models.Q(name_en="") | ~models.Q(name_zh=""),
                violation_error_message=_("Give the speaker's name in at least one language."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SpeakerPost(models.Model):
    """A post that a speaker holds. The order is protocol and is never sorted by the machine."""

    speaker = models.ForeignKey(
        Speaker,
        verbose_name=_("speaker"),
        on_delete=models.CASCADE,  # a post is a part of its person
        related_name="posts",
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    title_en = models.CharField(_("title (English)"), max_length=200, blank=True)
    title_zh = models.CharField(_("title (Chinese)"), max_length=100, blank=True)
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    title = InReadersLanguage("title")

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.title
