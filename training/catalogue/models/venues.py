import pghistory
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from training.catalogue.models.organisations import Province
from training.tools.bilingual import InReadersLanguage


@pghistory.track()
class Venue(models.Model):
    """A place with rooms; one venue serves many sessions."""

    name_en = models.CharField(_("name (English)"), max_length=200, blank=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100, blank=True)
    province = models.ForeignKey(
        Province, verbose_name=_("province"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    city_en = models.CharField(_("city (English)"), max_length=80, blank=True)
    city_zh = models.CharField(_("city (Chinese)"), max_length=40, blank=True)
    address_en = models.CharField(_("address (English)"), max_length=300, blank=True)
    address_zh = models.CharField(_("address (Chinese)"), max_length=150, blank=True)
    directions_en = models.TextField(_("how to get there (English)"), max_length=3000, blank=True)
    directions_zh = models.TextField(_("how to get there (Chinese)"), max_length=3000, blank=True)
    is_sample = models.BooleanField(_("sample"), default=False)

    name = InReadersLanguage("name")
    city = InReadersLanguage("city")
    address = InReadersLanguage("address")
    directions = InReadersLanguage("directions")

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ("name_en", "pk")
        constraints = [
            models.CheckConstraint(
                name="venue_has_a_name",
                condition=~models.Q(name_en="") | ~models.Q(name_zh=""),
                violation_error_message=_("Give the venue's name in at least one language."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Room(models.Model):
    """A room of a venue. Its capacity and its step-free access may be unknown."""

    class Layout(models.TextChoices):
        UNKNOWN = "", _("to be announced")
        CLASSROOM = "classroom", _("rows with tables")
        THEATRE = "theatre", _("rows of chairs")
        ISLANDS = "islands", _("group tables")
        U_SHAPE = "u_shape", _("U-shape")
        BOARDROOM = "boardroom", _("one long table")
        WORKSHOP = "workshop", _("workshop floor")
        DINING = "dining", _("dining hall")

    venue = models.ForeignKey(
        Venue,
        verbose_name=_("venue"),
        on_delete=models.CASCADE,  # a room is a part of its venue; one that is used is protected by the agenda
        related_name="rooms",
    )
    name_en = models.CharField(_("name (English)"), max_length=120, blank=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=60, blank=True)
    capacity = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    layout = models.CharField(_("layout"), max_length=20, choices=Layout, blank=True, default=Layout.UNKNOWN)
    is_step_free = models.BooleanField(_("step-free access"), null=True, blank=True)

    name = InReadersLanguage("name")

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ("venue", "name_en", "pk")
        constraints = [
            models.CheckConstraint(
                name="room_has_a_name",
                condition=~models.Q(name_en="") | ~models.Q(name_zh=""),
                violation_error_message=_("Give the room's name in at least one language."),
            ),
            models.CheckConstraint(
                name="room_seats_somebody",
                condition=models.Q(capacity__isnull=True) | models.Q(capacity__gt=0),
                violation_error_message=_("A room has at least one seat; leave the number empty when it is unknown."),
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(room)s (%(venue)s)") % {"room": self.name, "venue": self.venue}
