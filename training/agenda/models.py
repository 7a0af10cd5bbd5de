import uuid
from typing import ClassVar

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.constraints import Deferrable
from django.utils.translation import gettext_lazy as _

from training.agenda.querysets import AgendaItemQuerySet
from training.catalogue.models import Room, Speaker, TrainingSession
from training.tools.bilingual import InReadersLanguage


class TimeRange(Func):
    """`tstzrange(start, end)`: from the first moment up to, not including, the last."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


def only(identity: str) -> Func:
    """A range that holds one key: lets a gist constraint compare keys without btree_gist."""
    return Func(F(identity), F(identity), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


@pghistory.track(exclude=["occupies"])
class AgendaItem(models.Model):
    """Something that happens in a session on a day. Its times and its room may be unknown.

    `occupies` is the time in which the item takes its room and its speakers; it is empty, and
    clashes with nothing, for a draft and while one of the times is unknown.
    """

    class Kind(models.TextChoices):
        CEREMONY = "ceremony", _("ceremony")
        LECTURE = "lecture", _("lecture")
        SITE_VISIT = "site_visit", _("site visit")
        DISCUSSION = "discussion", _("discussion")
        EXAM = "exam", _("exam")
        SELF_STUDY = "self_study", _("self-study")
        BREAK = "break", _("break")
        MEAL = "meal", _("meal")

    session = models.ForeignKey(
        TrainingSession, verbose_name=_("training session"), on_delete=models.PROTECT, related_name="agenda_items"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.LECTURE)
    title_en = models.CharField(_("title (English)"), max_length=200, blank=True)
    title_zh = models.CharField(_("title (Chinese)"), max_length=100, blank=True)
    description_en = models.TextField(_("description (English)"), max_length=5000, blank=True)
    description_zh = models.TextField(_("description (Chinese)"), max_length=5000, blank=True)
    day = models.DateField(_("day"))
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Orders the items of a day whose time is unknown.")
    )
    room = models.ForeignKey(
        Room, verbose_name=_("room"), on_delete=models.PROTECT, null=True, blank=True, related_name="agenda_items"
    )
    speakers = models.ManyToManyField(
        Speaker, verbose_name=_("speakers"), through="ItemSpeaker", related_name="agenda_items"
    )
    is_published = models.BooleanField(_("published"), default=True)
    uid = models.UUIDField(_("calendar UID"), default=uuid.uuid4, unique=True, editable=False)
    revision = models.PositiveIntegerField(_("calendar sequence"), default=0, editable=False)
    occupies = models.GeneratedField(
        expression=Case(
            When(
                Q(is_published=True, starts_at__isnull=False, ends_at__isnull=False),
                then=TimeRange("starts_at", "ends_at", RangeBoundary()),
            ),
            default=Value("empty", output_field=DateTimeRangeField()),
            output_field=DateTimeRangeField(),
        ),
        output_field=DateTimeRangeField(),
        db_persist=True,
    )

    title = InReadersLanguage("title")
    description = InReadersLanguage("description")

    objects: ClassVar = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ("day", F("starts_at").asc(nulls_last=True), "position", "pk")
        indexes = [models.Index(fields=["session", "day", "starts_at"], name="agenda_of_a_session")]
        constraints = [
            models.CheckConstraint(
                name="item_has_a_title",
                condition=~Q(title_en="") | ~Q(title_zh=""),
                violation_error_message=_("Give the item's title in at least one language."),
            ),
            models.CheckConstraint(
                name="item_ends_after_its_start",
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("An item must end after it starts."),
            ),
            models.CheckConstraint(
                name="item_with_an_end_has_a_start",
                condition=Q(ends_at__isnull=True) | Q(starts_at__isnull=False),
                violation_error_message=_("An item that has an end needs a start."),
            ),
            ExclusionConstraint(
                name="one_item_in_a_room_at_once",
                expressions=[(only("room"), RangeOperators.OVERLAPS), ("occupies", RangeOperators.OVERLAPS)],
                condition=Q(room__isnull=False, is_published=True),
                deferrable=Deferrable.DEFERRED,
                violation_error_message=_("Another item is in this room at this time."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="count_revisions",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    NEW.revision = OLD.revision;
                    IF (NEW.title_en, NEW.title_zh, NEW.description_en, NEW.description_zh, NEW.day,
                        NEW.starts_at, NEW.ends_at, NEW.room_id, NEW.is_published)
                       IS DISTINCT FROM
                       (OLD.title_en, OLD.title_zh, OLD.description_en, OLD.description_zh, OLD.day,
                        OLD.starts_at, OLD.ends_at, OLD.room_id, OLD.is_published)
                    THEN NEW.revision = OLD.revision + 1;
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.title


class KeyPoint(models.Model):
    """A point of an item in its order: one of the calls of a speech, one subject of a lecture."""

    item = models.ForeignKey(
        AgendaItem,
        verbose_name=_("agenda item"),
        on_delete=models.CASCADE,  # a point is a part of its item
        related_name="key_points",
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    heading_en = models.CharField(_("heading (English)"), max_length=200, blank=True)
    heading_zh = models.CharField(_("heading (Chinese)"), max_length=100, blank=True)
    text_en = models.TextField(_("text (English)"), max_length=2000, blank=True)
    text_zh = models.TextField(_("text (Chinese)"), max_length=1000, blank=True)

    heading = InReadersLanguage("heading")
    text = InReadersLanguage("text")

    class Meta:
        verbose_name = _("key point")
        verbose_name_plural = _("key points")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.heading or self.text


class ItemSpeaker(models.Model):
    """A speaker's part in an item. The order is the organiser's.

    `occupies` is a copy of the item's: a composite foreign key with ON UPDATE CASCADE keeps it
    equal (see the migration), so that the database can refuse one speaker in two places.
    """

    item = models.ForeignKey(
        AgendaItem,
        verbose_name=_("agenda item"),
        on_delete=models.CASCADE,  # a part belongs to its item
        related_name="parts",
    )
    speaker = models.ForeignKey(Speaker, verbose_name=_("speaker"), on_delete=models.PROTECT, related_name="parts")
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    part_en = models.CharField(_("part (English)"), max_length=120, blank=True)
    part_zh = models.CharField(_("part (Chinese)"), max_length=60, blank=True)
    occupies = DateTimeRangeField(editable=False, default="empty")

    part = InReadersLanguage("part")

    class Meta:
        verbose_name = _("part of a speaker")
        verbose_name_plural = _("parts of speakers")
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["item", "speaker"],
                name="one_part_per_speaker_and_item",
                violation_error_message=_("This speaker has a part in this item already."),
            ),
            ExclusionConstraint(
                name="one_place_at_once_for_a_speaker",
                expressions=[(only("speaker"), RangeOperators.OVERLAPS), ("occupies", RangeOperators.OVERLAPS)],
                deferrable=Deferrable.DEFERRED,
                violation_error_message=_("This speaker is somewhere else at this time."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="copy_the_time_of_the_item",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="SELECT occupies INTO NEW.occupies FROM training_agendaitem WHERE id = NEW.item_id; RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return str(self.speaker)
