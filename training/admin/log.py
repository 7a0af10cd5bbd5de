"""The log for organisers and auditors: moves of enrolments, rosters taken, and what changed where."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.roles import READ_LOG
from training.admin.chips import chip
from training.admin.guarded import GuardedAdmin, acting, rights_of
from training.admin.history import Change, told
from training.agenda.models import AgendaItem
from training.catalogue.models import Grant, Organisation, Programme, Room, Speaker, TrainingSession, Venue
from training.enrolment.models import EnrolmentEvent
from training.rosters.models import RosterExport
from training.tools.dates import short_moment_in_words

NEWEST = 100


class LogAdmin(GuardedAdmin[Any]):
    """Rows that nobody writes by hand."""

    seen_by = READ_LOG
    edited_by = frozenset()
    list_display_links = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MoveAdmin(LogAdmin):
    """Every move of an enrolment, by reference and without the person's name."""

    list_display = ("at_shown", "enrolment", "from_shown", "to_shown", "by", "reason_shown")
    list_filter = ("to_state",)
    list_select_related = ("enrolment", "by")
    search_fields = ("enrolment__reference",)
    ordering = ("-pk",)
    not_in_lists = ("enrolment__answers", "enrolment__identity_sealed", "enrolment__mobile_sealed")

    def get_queryset(self, request: HttpRequest) -> QuerySet[EnrolmentEvent]:
        mine: QuerySet[EnrolmentEvent] = EnrolmentEvent.objects.visible_to(request.user)
        return mine

    @admin.display(description=_("at"), ordering="at")
    def at_shown(self, event: EnrolmentEvent) -> str:
        return short_moment_in_words(event.at)

    @admin.display(description=pgettext_lazy("of a state", "from"))
    def from_shown(self, event: EnrolmentEvent) -> str:
        return event.get_from_state_display()

    @admin.display(description=pgettext_lazy("of a state", "to"))
    def to_shown(self, event: EnrolmentEvent) -> SafeString:
        return chip(event.to_state, event.get_to_state_display())

    @admin.display(description=_("Reason"))
    def reason_shown(self, event: EnrolmentEvent) -> str:
        return event.reason


class RosterExportAdmin(LogAdmin):
    """The rosters that left the house."""

    list_display = ("made_shown", "by", "session", "format", "row_count", "is_full", "purpose", "sha256_shown")
    list_filter = ("format", "is_full")
    list_select_related = ("session", "by")
    search_fields = ("purpose", "by__email", "by__name", "reference", "sha256")
    ordering = ("-made_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RosterExport]:
        mine: QuerySet[RosterExport] = RosterExport.objects.visible_to(request.user)
        return mine

    @admin.display(description=_("made"), ordering="made_at")
    def made_shown(self, record: RosterExport) -> str:
        return short_moment_in_words(record.made_at)

    @admin.display(description=_("SHA-256"))
    def sha256_shown(self, record: RosterExport) -> str:
        return record.sha256[:12]


@dataclass(frozen=True)
class ChangeSomewhere:
    """A change with the thing that it happened to."""

    thing: str
    change: Change

    @property
    def at(self) -> Any:
        return self.change.at

    @property
    def by(self) -> str:
        return self.change.by

    @property
    def what(self) -> str:
        return self.change.what

    @property
    def differences(self) -> Any:
        return self.change.differences


def changes_view(site: admin.AdminSite, request: HttpRequest) -> HttpResponse:
    """The newest changes of everything that the visitor may read the log of."""
    if not rights_of(request).anywhere(READ_LOG):
        raise PermissionDenied
    changes = sorted(_changes_for(acting(request)), key=lambda one: one.at, reverse=True)[:NEWEST]
    context = {**site.each_context(request), "title": say("What changed"), "changes": changes}
    return TemplateResponse(request, "admin/log.html", context)


def _changes_for(user: User) -> list[ChangeSomewhere]:
    sessions = TrainingSession.objects.in_care_of(user, *READ_LOG).values("pk")
    programmes = Programme.objects.in_care_of(user, *READ_LOG).values("pk")
    everything = Q()
    scopes: tuple[tuple[type[models.Model], Q], ...] = (
        (Programme, Q(pgh_obj__in=programmes)),
        (TrainingSession, Q(pgh_obj__in=sessions)),
        (AgendaItem, Q(session__in=sessions)),
        (Grant, Q(programme__in=programmes) | Q(session__in=sessions)),
        (Venue, everything),
        (Room, everything),
        (Speaker, everything),
        (Organisation, everything),
    )
    return [change for model, scope in scopes for change in newest_changes(model, scope)]


def newest_changes(
    model: type[models.Model], scope: Q, named: Callable[[Any], str] | None = None
) -> list[ChangeSomewhere]:
    """The newest events of one kind; the one before each is found in the same query.

    `named` says what the event is about; its kind and title unless given.
    """
    events: Any = next(one.related_model for one in model._meta.related_objects if one.name == "changes")
    earlier = events.objects.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"))
    with_earlier = events.objects.filter(scope).annotate(
        before=Subquery(earlier.order_by("-pgh_id").values("pgh_id")[:1])
    )
    newest = list(with_earlier.select_related("pgh_context").order_by("-pgh_id")[:NEWEST])
    known = events.objects.in_bulk({event.before for event in newest if event.before})
    kind = str(model._meta.verbose_name)
    changes = told(newest, [known.get(event.before) for event in newest])
    thing = named or partial(_named, kind)
    return [ChangeSomewhere(thing(event), change) for event, change in zip(newest, changes, strict=True)]


def _named(kind: str, event: Any) -> str:
    for name in ("title_en", "title_zh", "name_en", "name_zh"):
        if getattr(event, name, ""):
            return say("%(kind)s “%(name)s”") % {"kind": kind, "name": getattr(event, name)}
    return kind
