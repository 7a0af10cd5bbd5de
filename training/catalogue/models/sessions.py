from datetime import date, datetime
from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from training.catalogue.models.organisations import Province
from training.catalogue.models.programmes import Programme
from training.catalogue.models.venues import Venue
from training.catalogue.querysets import TrainingSessionQuerySet
from training.tools.bilingual import InReadersLanguage

PURSES = ("places_in_quotas", "places_from_pool", "places_overbooked")


@pghistory.track(exclude=["places_held", "places_confirmed", "people_waiting", "last_in_line", *PURSES])
class TrainingSession(models.Model):
    """One class of a programme: number, dates, place, places.

    The counters of places and people are kept by a trigger on the enrolments; no code writes
    them. They let the database itself refuse one place too many.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        CANCELLED = "cancelled", _("cancelled")

    class PlacesGiven(models.TextChoices):
        FIRST_COME = "first_come", _("first come, first served")
        BY_ORGANISER = "by_organiser", _("decided by the organiser")

    class LineOrder(models.TextChoices):
        ARRIVAL = "arrival", _("time of application")
        RANK = "rank", _("rank given by the body, then time of application")

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="sessions"
    )
    number = models.PositiveSmallIntegerField(_("number"), default=1, help_text=_("1 for the first session, 第一期."))
    title_en = models.CharField(_("title (English)"), max_length=200, blank=True)
    title_zh = models.CharField(_("title (Chinese)"), max_length=100, blank=True)
    slug = models.SlugField(
        _("address"), max_length=80, unique=True, help_text=_("The last part of the page's address.")
    )
    summary_en = models.TextField(_("summary (English)"), max_length=5000, blank=True)
    summary_zh = models.TextField(_("summary (Chinese)"), max_length=5000, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    cancelled_because = models.CharField(_("reason for cancelling"), max_length=500, blank=True)
    is_sample = models.BooleanField(_("sample"), default=False, help_text=_("Marked as a sample wherever it shows."))

    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True, help_text=_("Leave empty while it is unknown."))
    arrival_starts_at = models.DateTimeField(_("arrival from"), null=True, blank=True)
    arrival_ends_at = models.DateTimeField(_("arrival until"), null=True, blank=True)

    province = models.ForeignKey(
        Province, verbose_name=_("province"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    city_en = models.CharField(_("city (English)"), max_length=80, blank=True)
    city_zh = models.CharField(_("city (Chinese)"), max_length=40, blank=True)
    venue = models.ForeignKey(
        Venue, verbose_name=_("venue"), on_delete=models.PROTECT, null=True, blank=True, related_name="sessions"
    )
    practical_en = models.TextField(_("practical things (English)"), max_length=5000, blank=True)
    practical_zh = models.TextField(_("practical things (Chinese)"), max_length=5000, blank=True)
    contact_name_en = models.CharField(_("contact (English)"), max_length=100, blank=True)
    contact_name_zh = models.CharField(_("contact (Chinese)"), max_length=60, blank=True)
    contact_phone = models.CharField(_("contact's phone"), max_length=40, blank=True)
    contact_email = models.EmailField(_("contact's e-mail"), blank=True)

    capacity = models.PositiveIntegerField(
        _("places"), null=True, blank=True, help_text=_("Leave empty while it is unknown.")
    )
    places_given = models.CharField(
        _("how places are given"), max_length=20, choices=PlacesGiven, default=PlacesGiven.BY_ORGANISER
    )
    enrolment_opens_at = models.DateTimeField(_("enrolment opens"), null=True, blank=True)
    enrolment_closes_at = models.DateTimeField(_("enrolment closes"), null=True, blank=True)
    offer_hours = models.PositiveSmallIntegerField(
        _("hours to answer an offer"), default=48, help_text=_("An offer that is not answered in time lapses.")
    )

    pool_serves_bodies = models.BooleanField(
        _("bodies may use the free pool"),
        default=True,
        help_text=_("Once a body's own places are held, its people may take places that belong to no quota."),
    )
    line_moves = models.BooleanField(
        _("waiting list moves by itself"),
        default=False,
        help_text=_("A place that becomes free is offered to the next in line at once; always so with first come."),
    )
    line_order = models.CharField(
        _("order of the waiting list"), max_length=10, choices=LineOrder, default=LineOrder.ARRIVAL
    )
    newcomers_first = models.BooleanField(
        _("newcomers first"),
        default=False,
        help_text=_("Whoever attended an earlier session of the programme stands behind those who did not."),
    )
    nominations_close_at = models.DateTimeField(
        _("nominations close"), null=True, blank=True, help_text=_("Until then bodies send and change their lists.")
    )
    quotas_return_at = models.DateTimeField(
        _("unused places return"),
        null=True,
        blank=True,
        help_text=_("Places of a quota that nobody holds or is nominated for then go to the free pool."),
    )
    quotas_returned_at = models.DateTimeField(_("unused places returned"), null=True, blank=True, editable=False)
    substitution_until = models.DateTimeField(
        _("people may be replaced until"), null=True, blank=True, help_text=_("Until the first day when empty.")
    )

    days_lists_are_kept = models.PositiveSmallIntegerField(
        _("days that lists are kept"),
        default=180,
        help_text=_("So many days after the last day, the files with people that bodies sent are erased."),
    )

    places_held = models.PositiveIntegerField(_("places held"), default=0, editable=False)
    places_confirmed = models.PositiveIntegerField(_("places confirmed"), default=0, editable=False)
    people_waiting = models.PositiveIntegerField(_("people waiting"), default=0, editable=False)
    last_in_line = models.PositiveIntegerField(_("last number in line"), default=0, editable=False)

    places_in_quotas = models.PositiveIntegerField(_("places in quotas"), default=0, editable=False)
    places_from_pool = models.PositiveIntegerField(_("places held from the pool"), default=0, editable=False)
    places_overbooked = models.PositiveIntegerField(_("places overbooked"), default=0, editable=False)

    title = InReadersLanguage("title")
    summary = InReadersLanguage("summary")
    city = InReadersLanguage("city")
    practical = InReadersLanguage("practical")
    contact_name = InReadersLanguage("contact_name")

    objects: ClassVar = TrainingSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("training session")
        verbose_name_plural = _("training sessions")
        ordering = ("-starts_on", "pk")
        indexes = [models.Index(fields=["status", "starts_on"], name="sessions_by_start")]
        constraints = [
            models.CheckConstraint(
                name="session_has_a_title",
                condition=~Q(title_en="") | ~Q(title_zh=""),
                violation_error_message=_("Give the session's title in at least one language."),
            ),
            models.UniqueConstraint(
                fields=["programme", "number"],
                name="one_session_per_number",
                violation_error_message=_("The programme has a session with this number already."),
            ),
            models.CheckConstraint(
                name="session_ends_after_its_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day cannot be before the first day."),
            ),
            models.CheckConstraint(
                name="arrival_ends_after_it_starts",
                condition=Q(arrival_starts_at__isnull=True)
                | Q(arrival_ends_at__isnull=True)
                | Q(arrival_ends_at__gt=F("arrival_starts_at")),
                violation_error_message=_("Arrival must end after it starts."),
            ),
            models.CheckConstraint(
                name="enrolment_closes_after_it_opens",
                condition=Q(enrolment_opens_at__isnull=True)
                | Q(enrolment_closes_at__isnull=True)
                | Q(enrolment_closes_at__gt=F("enrolment_opens_at")),
                violation_error_message=_("Enrolment must close after it opens."),
            ),
            models.CheckConstraint(
                name="first_come_needs_a_number_of_places",
                condition=~Q(places_given="first_come")
                | Q(enrolment_opens_at__isnull=True)
                | Q(capacity__isnull=False),
                violation_error_message=_("Say how many places there are before enrolment by first come opens."),
            ),
            models.CheckConstraint(
                name="places_held_within_capacity",
                condition=Q(capacity__isnull=True) | Q(places_held__lte=F("capacity") + F("places_overbooked")),
                violation_error_message=_("More places are held than the session has."),
            ),
            models.CheckConstraint(
                name="pool_and_quotas_within_capacity",
                condition=Q(capacity__isnull=True)
                | Q(capacity__gte=F("places_from_pool") + F("places_in_quotas") - F("places_overbooked")),
                violation_error_message=_(
                    "The quotas and what is held of the free pool are more than the session has."
                ),
            ),
            models.CheckConstraint(
                name="offers_leave_time_to_answer",
                condition=Q(offer_hours__gte=1),
                violation_error_message=_("Give people at least one hour to answer an offer."),
            ),
        ]
        triggers = [
            # A page that was opened before somebody enrolled would write back what it had read.
            pgtrigger.Trigger(
                name="only_enrolments_count_places",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF pg_trigger_depth() = 1 THEN
                        NEW.places_held = OLD.places_held;
                        NEW.places_confirmed = OLD.places_confirmed;
                        NEW.people_waiting = OLD.people_waiting;
                        NEW.places_in_quotas = OLD.places_in_quotas;
                        NEW.places_from_pool = OLD.places_from_pool;
                        NEW.places_overbooked = OLD.places_overbooked;
                    END IF;
                    NEW.last_in_line = GREATEST(NEW.last_in_line, OLD.last_in_line);
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def is_first_come(self) -> bool:
        return self.places_given == self.PlacesGiven.FIRST_COME

    @property
    def line_moves_by_itself(self) -> bool:
        return self.is_first_come or self.line_moves

    @property
    def has_quotas(self) -> bool:
        return self.places_in_quotas > 0

    @property
    def places_in_all(self) -> int | None:
        """Those of the session and those it is overbooked by; None while the number is unknown."""
        return None if self.capacity is None else self.capacity + self.places_overbooked

    @property
    def places_in_pool(self) -> int | None:
        """Places that belong to no quota, held or not; None while the number of places is unknown."""
        return None if self.places_in_all is None else max(self.places_in_all - self.places_in_quotas, 0)

    @property
    def places_left(self) -> int | None:
        """Places that nobody holds; None while the number of places is unknown."""
        return None if self.places_in_all is None else max(self.places_in_all - self.places_held, 0)

    @property
    def pool_left(self) -> int | None:
        """Free places that belong to no quota; None while the number of places is unknown."""
        return None if self.places_in_pool is None else max(self.places_in_pool - self.places_from_pool, 0)

    @property
    def places_offered(self) -> int:
        return self.places_held - self.places_confirmed

    def is_over(self, today: date) -> bool:
        """Whether its last day has passed; one without a last day is over when its first day is."""
        return (self.ends_on or self.starts_on) < today

    def enrolment_is_open(self, at: datetime) -> bool:
        """Whether an application may be sent at `at`: published, not over, inside the enrolment window."""
        return (
            self.is_published
            and not self.is_over(timezone.localdate(at))
            and self.enrolment_opens_at is not None
            and self.enrolment_opens_at <= at
            and (self.enrolment_closes_at is None or at < self.enrolment_closes_at)
        )

    def enrolment_is_ahead(self, at: datetime) -> bool:
        return self.is_published and self.enrolment_opens_at is not None and at < self.enrolment_opens_at
