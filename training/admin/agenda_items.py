"""One item of an agenda with all that it has: texts, key points, speakers with their part."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from accounts.roles import SEE_DRAFTS
from training.admin.agenda_rows import clock_of, moment_on
from training.admin.guarded import GuardedAdmin, GuardedForm, PartFormSet, PartInline
from training.admin.moments import ClockField
from training.agenda.models import AgendaItem, ItemSpeaker, KeyPoint
from training.agenda.scheduling import Clash, what_does_not_fit, what_is_in_the_way
from training.catalogue.models import TrainingSession
from training.catalogue.querysets import Visitor
from training.catalogue.rights import Place
from training.tools.dates import clock, short_day_in_words


class ItemForm(GuardedForm[AgendaItem]):
    """The times are entered as times of the item's day, where the training is."""

    starts = ClockField(label=_("starts"), required=False)
    ends = ClockField(label=_("ends"), required=False)

    fields_of_constraints = {
        "item_has_a_title": "title_en",
        "item_ends_after_its_start": "ends",
        "item_with_an_end_has_a_start": "starts",
    }
    reader: Visitor | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["starts"] = clock_of(self.instance.starts_at)
            self.initial["ends"] = clock_of(self.instance.ends_at)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if cleaned.get("day"):
            self.instance.starts_at = moment_on(cleaned["day"], cleaned.get("starts"))
            self.instance.ends_at = moment_on(cleaned["day"], cleaned.get("ends"))
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's hook: the instance has the new values after it
        if not self.errors and hasattr(self.instance, "session"):
            for clash in what_does_not_fit(self.instance, self.instance.session):
                self.show(clash)
            for clash in what_is_in_the_way(self.instance, reader=self.reader):
                self.show(clash)

    def _get_validation_exclusions(self) -> set[str]:
        """What clashes is said by `what_is_in_the_way`, with the name of the item that is there."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded | {"occupies"}

    def show(self, clash: Clash) -> None:
        self.add_error(clash.field if clash.field in self.fields else None, clash.sentence)


class SpeakersFormSet(PartFormSet):
    """The speakers of the item; says which other item one of them is in at that time."""

    reader: Visitor | None = None

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        for form in self.forms:
            speaker = form.cleaned_data.get("speaker")
            if speaker is None or form.cleaned_data.get("DELETE"):
                continue
            for clash in what_is_in_the_way(self.instance, [speaker], reader=self.reader):
                if clash.field == "speakers":
                    form.add_error("speaker", clash.sentence)


class KeyPointInline(PartInline[KeyPoint]):
    model = KeyPoint
    fields = ("position", "heading_en", "heading_zh", "text_en", "text_zh")


class SpeakerInline(PartInline[ItemSpeaker]):
    model = ItemSpeaker
    formset = SpeakersFormSet
    fields = ("position", "speaker", "part_en", "part_zh")
    autocomplete_fields = ("speaker",)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.reader = request.user
        return formset


class SessionFilter(admin.SimpleListFilter):
    """Only the sessions that the visitor cares for."""

    title = _("training session")
    parameter_name = "session"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(one.pk), one.title) for one in TrainingSession.objects.in_care_of(request.user, *SEE_DRAFTS)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        wished = self.value() or ""
        return queryset.filter(session=int(wished)) if wished.isdecimal() and len(wished) < 19 else queryset


class TimeFilter(admin.SimpleListFilter):
    title = _("time")
    parameter_name = "time"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("to be announced")), ("known", _("known"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "open":
            return queryset.filter(starts_at__isnull=True)
        return queryset.filter(starts_at__isnull=False) if self.value() == "known" else queryset


class AgendaItemAdmin(GuardedAdmin[AgendaItem]):
    seen_by = SEE_DRAFTS
    form = ItemForm
    inlines = (SpeakerInline, KeyPointInline)
    fieldsets = (
        (None, {"fields": ("session", ("title_en", "title_zh"), ("description_en", "description_zh"))}),
        (_("When and where"), {"fields": (("day", "starts", "ends"), ("kind", "room"), ("position", "is_published"))}),
    )
    list_display = ("title_shown", "session", "day_shown", "times_shown", "kind", "room_shown", "is_published")
    list_filter = (SessionFilter, TimeFilter, "kind", "is_published")
    list_select_related = ("session", "room")
    search_fields = ("title_en", "title_zh", "speakers__name_en", "speakers__name_zh")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgendaItem]:
        mine = TrainingSession.objects.in_care_of(request.user, *SEE_DRAFTS)
        return super().get_queryset(request).filter(session__in=mine)

    def place_of(self, thing: AgendaItem) -> Place:
        return thing.session

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """An item stays in its session."""
        return ("session",) if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.reader = request.user
        return form

    def save_model(self, request: HttpRequest, obj: AgendaItem, form: Any, change: bool) -> None:
        """The moments follow from the day and the two times, which are no columns."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        own = {field.name for field in obj._meta.concrete_fields}
        obj.save(update_fields=own.intersection(form.changed_data) | {"starts_at", "ends_at"})

    # For those who look and do not change: the form's fields of these names are no columns.

    @admin.display(description=_("starts"))
    def starts(self, item: AgendaItem) -> str:
        return clock(item.starts_at) if item.starts_at else say("to be announced")

    @admin.display(description=_("ends"))
    def ends(self, item: AgendaItem) -> str:
        return clock(item.ends_at) if item.ends_at else say("to be announced")

    @admin.display(description=_("title"), ordering="title_en")
    def title_shown(self, item: AgendaItem) -> str:
        return item.title

    @admin.display(description=_("day"), ordering="day")
    def day_shown(self, item: AgendaItem) -> str:
        return short_day_in_words(item.day)

    @admin.display(description=_("time"), ordering="starts_at", empty_value="–")
    def times_shown(self, item: AgendaItem) -> str | None:
        return "–".join(clock(moment) for moment in (item.starts_at, item.ends_at) if moment) or None

    @admin.display(description=_("room"), ordering="room__name_en", empty_value="–")
    def room_shown(self, item: AgendaItem) -> str | SafeString | None:
        return item.room.name if item.room else None
