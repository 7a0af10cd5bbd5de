import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from training.tools.bilingual import InReadersLanguage


class Province(models.Model):
    """A province-level division; the order of the codes is the official order (GB/T 2260)."""

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    name_en = models.CharField(_("name (English)"), max_length=60)
    name_zh = models.CharField(_("name (Chinese)"), max_length=30)
    short_name_zh = models.CharField(_("short name (Chinese)"), max_length=6)

    name = InReadersLanguage("name")

    class Meta:
        verbose_name = _("province")
        verbose_name_plural = _("provinces")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Organisation(models.Model):
    """A ministry, a recommending body, an employer, a host: whoever acts with a name."""

    class Kind(models.TextChoices):
        MINISTRY = "ministry", _("ministry")
        PROVINCIAL_DEPARTMENT = "provincial_department", _("provincial department")
        CENTRAL_ENTERPRISE = "central_enterprise", _("central enterprise")
        ENTERPRISE = "enterprise", _("enterprise")
        INSTITUTE = "institute", _("university or research institute")
        ASSOCIATION = "association", _("association")
        HOST = "host", _("training centre")
        OTHER = "other", _("other")

    kind = models.CharField(_("kind"), max_length=30, choices=Kind, default=Kind.OTHER)
    name_en = models.CharField(_("full name (English)"), max_length=200, blank=True)
    name_zh = models.CharField(_("full name (Chinese)"), max_length=100, blank=True)
    short_name_en = models.CharField(_("short name (English)"), max_length=60, blank=True)
    short_name_zh = models.CharField(_("short name (Chinese)"), max_length=30, blank=True)
    province = models.ForeignKey(
        Province, verbose_name=_("province"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    official_order = models.PositiveIntegerField(
        _("official order"), default=1000, help_text=_("Lists of bodies follow this number, the lowest first.")
    )
    is_recommending_body = models.BooleanField(
        _("recommending body"), default=False, help_text=_("It may nominate people within a quota.")
    )
    is_sample = models.BooleanField(_("sample"), default=False)

    name = InReadersLanguage("name")
    short_name = InReadersLanguage("short_name")

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("official_order", "pk")
        constraints = [
            models.CheckConstraint(
                name="organisation_has_a_name",
                condition=~models.Q(name_en="") | ~models.Q(name_zh=""),
                violation_error_message=_("Give the organisation's full name in at least one language."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
