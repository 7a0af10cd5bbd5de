"""A session's agenda as rows of one table: read from the page, checked together, saved as one deed."""

from collections.abc import Iterator, Sequence
from copy import copy
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.forms.renderers import get_default_renderer
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from training.admin.moments import ClockField, DayInput
from training.admin.quick_select import QuickSelect
from training.admin.stock import StockFormSet
from training.agenda.models import AgendaItem
from training.agenda.scheduling import Clash, Planned, clashes_among, what_does_not_fit, what_is_in_the_way
from training.catalogue.models import Room, Speaker, TrainingSession
from training.catalogue.querysets import Visitor

LONGEST_LIST_OF_DAYS = 31  # a longer session gets a field for dates instead
MOST_ROWS = 300
WRITTEN = frozenset({"starts", "ends", "title_en", "title_zh", "room", "speakers"})


def moment_on(day: date | None, clock: time | None) -> datetime | None:
    """The time of day on that day, where the training is; nothing while one of them is unknown."""
    return timezone.make_aware(datetime.combine(day, clock)) if day and clock else None


def clock_of(moment: datetime | None) -> time | None:
    return timezone.localtime(moment).time() if moment else None


class Surroundings:
    """What all rows of a session choose from, read once."""

    def __init__(self, session: TrainingSession, items: Sequence[AgendaItem], site: AdminSite) -> None:
        self.session = session
        self.site = site
        self.items = {item.pk: item for item in items}

    @cached_property
    def rooms(self) -> dict[str, Room]:
        """The rooms of the session's venue and those in use already; all rooms while the venue is unknown."""
        rooms = Room.objects.select_related("venue")
        if self.session.venue_id is not None:
            used = [item.room_id for item in self.items.values() if item.room_id is not None]
            rooms = rooms.filter(venue=self.session.venue_id) | rooms.filter(pk__in=used)
        return {str(room.pk): room for room in rooms}

    @cached_property
    def room_choices(self) -> list[tuple[str, str]]:
        own = self.session.venue_id
        named = [(key, room.name if room.venue_id == own else str(room)) for key, room in self.rooms.items()]
        return [("", say("to be announced")), *named]

    @cached_property
    def speakers(self) -> dict[str, Speaker]:
        return {str(speaker.pk): speaker for speaker in Speaker.objects.all()}

    @cached_property
    def days(self) -> list[date]:
        """The session's days from arrival on, and days on which something stands already; none when unknown."""
        session = self.session
        first = session.starts_on
        if session.arrival_starts_at is not None:
            first = min(first, timezone.localtime(session.arrival_starts_at).date())
        last = session.ends_on or first
        if session.ends_on is None or (last - first).days > LONGEST_LIST_OF_DAYS:
            return []
        regular = {first + timedelta(days=count) for count in range((last - first).days + 1)}
        return sorted(regular | {item.day for item in self.items.values()})

    @cached_property
    def day_choices(self) -> list[tuple[str, str]]:
        return [(day.isoformat(), date_format(day, "MONTH_DAY_FORMAT")) for day in self.days]


class SpeakersInput(AutocompleteSelectMultiple):
    """Speakers found by typing; the chosen ones come from what was read once for all rows."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(AgendaItem._meta.get_field("speakers"), around.site)
        self.around = around

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        chosen = [key for key in (str(one) for one in value or ()) if key in self.around.speakers]
        options = [
            self.create_option(name, key, self.around.speakers[key].name, selected=True, index=place)
            for place, key in enumerate(chosen)
        ]
        return [(None, options, 0)]


class RowForm(forms.Form):
    """One item in one row. Its long texts and the words of each part stand on the item's own page."""

    day = forms.DateField(label=_("Day"), widget=DayInput)
    starts = ClockField(label=_("Starts"), required=False)
    ends = ClockField(label=_("Ends"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=AgendaItem.Kind.choices, widget=QuickSelect)
    title_en = forms.CharField(label=_("Title (English)"), max_length=200, required=False)
    title_zh = forms.CharField(label=_("Title (Chinese)"), max_length=100, required=False)
    room = forms.ChoiceField(label=_("Room"), required=False, widget=QuickSelect)
    speakers = forms.MultipleChoiceField(label=_("Speakers"), required=False)
    is_published = forms.BooleanField(label=_("Published"), required=False)

    def __init__(self, *args: Any, around: Surroundings, item: AgendaItem | None, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.around = around
        self.item = item
        if around.day_choices:
            self.fields["day"].widget = QuickSelect(choices=around.day_choices)
        room: Any = self.fields["room"]
        room.choices = around.room_choices
        speakers: Any = self.fields["speakers"]
        speakers.widget = SpeakersInput(around)
        speakers.choices = list(around.speakers.items())
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = str(field.label)
            if name.startswith("title_"):
                field.widget.attrs["placeholder"] = str(field.label)

    def has_changed(self) -> bool:
        """A blank row counts once somebody wrote into it; the day that it stands under is not writing."""
        changed = set(self.changed_data)
        return bool(changed if self.item is not None else changed & WRITTEN)

    @property
    def id_name(self) -> str:
        return self.add_prefix("id")

    @property
    def revision_name(self) -> str:
        return self.add_prefix("revision")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.item is not None and self.has_changed() and self._was_changed_by_somebody_else():
            raise forms.ValidationError(
                say("Somebody else changed “%(item)s” meanwhile. Save again to write your row over it.")
                % {"item": self.item}
            )
        return cleaned

    def _was_changed_by_somebody_else(self) -> bool:
        seen = self.data.get(self.revision_name, "")
        return self.item is not None and seen.isdecimal() and int(seen) != self.item.revision

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What has to be put right: the name of the field, blank for the whole row, and the sentence."""
        labels = {name: str(field.label) for name, field in self.fields.items()}
        return [(labels.get(name, ""), str(one)) for name, several in self.errors.items() for one in several]

    @property
    def is_removed(self) -> bool:
        return bool(self.cleaned_data.get("DELETE"))

    @property
    def planned(self) -> Planned:
        """The item as the row says; the one that was read stays as it is."""
        given = self.cleaned_data
        item = copy(self.item) if self.item is not None else AgendaItem(session=self.around.session)
        item.day = given["day"]
        item.starts_at = moment_on(item.day, given["starts"])
        item.ends_at = moment_on(item.day, given["ends"])
        item.kind = given["kind"]
        item.title_en, item.title_zh = given["title_en"], given["title_zh"]
        item.room = self.around.rooms.get(given["room"])
        item.is_published = given["is_published"]
        return Planned(item, [self.around.speakers[key] for key in given["speakers"]])

    def show(self, clash: Clash) -> None:
        self.add_error(clash.field if clash.field in self.fields else None, clash.sentence)


class AgendaRows(StockFormSet[RowForm]):
    """The rows of one session: existing items first, then blank ones, one for each day."""

    form = RowForm
    can_delete = can_delete_extra = validate_max = True
    can_order = validate_min = False
    min_num = 0
    max_num = absolute_max = MOST_ROWS
    renderer = get_default_renderer()

    def __init__(self, data: Any, *, around: Surroundings, reader: Visitor) -> None:
        self.around = around
        self.reader = reader
        self.in_order = list(around.items.values())
        self.blank_days = around.days or [around.session.starts_on]
        self.extra = len(self.blank_days)
        super().__init__(data, initial=[initial_of(item) for item in self.in_order], prefix="items")

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        item = None if index is None else self._item_at(index)
        more: dict[str, Any] = {"around": self.around, "item": item}
        if item is not None:
            more["initial"] = initial_of(item)
        else:
            more["initial"] = {"day": self._day_of_blank(index), "is_published": True, "kind": AgendaItem.Kind.LECTURE}
        return more

    def _item_at(self, index: int) -> AgendaItem | None:
        """The row names its item; a row of somebody else's session names none of ours."""
        if self.is_bound:
            key = self.data.get(f"{self.prefix}-{index}-id", "")
            return self.around.items.get(int(key)) if key.isdecimal() and len(key) < 19 else None
        return self.in_order[index] if index < len(self.in_order) else None

    def _day_of_blank(self, index: int | None) -> date:
        place = 0 if index is None or self.is_bound else index - len(self.in_order)
        return self.blank_days[min(max(place, 0), len(self.blank_days) - 1)]

    def rows_in_use(self) -> Iterator[RowForm]:
        """Rows that hold or make an item and stay; blank ones and those to be removed are left out."""
        for row in self.forms:
            if (row.item is not None or row.has_changed()) and not row.is_removed:
                yield row

    def clean(self) -> None:
        """Checks all rows together; each sentence goes to the cell of the row that it is about."""
        if any(self.errors):
            return
        plan = [(row, row.planned) for row in self.rows_in_use()]
        for row, planned in plan:
            if row.has_changed():
                self._check_alone(row, planned)
        row_of = {id(planned): row for row, planned in plan}
        for planned, clash in clashes_among([planned for _row, planned in plan]):
            row_of[id(planned)].show(clash)

    def _check_alone(self, row: RowForm, planned: Planned) -> None:
        """The row by itself, and against items that are not on this page."""
        item, speakers = planned.item, planned.speakers
        for clash in what_does_not_fit(item, self.around.session):
            row.show(clash)
        for clash in what_is_in_the_way(item, speakers, apart_from=set(self.around.items), reader=self.reader):
            row.show(clash)

    @property
    def changed(self) -> list[Planned]:
        return [row.planned for row in self.rows_in_use() if row.has_changed()]

    @property
    def removed(self) -> list[AgendaItem]:
        return [row.item for row in self.forms if row.item is not None and row.is_removed]

    def by_day(self) -> list[tuple[date | None, list[RowForm]]]:
        """The rows under the day that they are shown with; what is newly moved stays where it was read."""
        days: dict[date, list[RowForm]] = {day: [] for day in self.around.days}
        for row in self.forms:
            day = row.item.day if row.item is not None else self._day_typed(row)
            days.setdefault(day, []).append(row)
        return sorted(days.items())

    def _day_typed(self, row: RowForm) -> date:
        typed = str(row["day"].value() or "")
        try:
            return date.fromisoformat(typed)
        except ValueError:
            return self.blank_days[0]


def initial_of(item: AgendaItem) -> dict[str, Any]:
    return {
        "day": item.day,
        "starts": clock_of(item.starts_at),
        "ends": clock_of(item.ends_at),
        "kind": item.kind,
        "title_en": item.title_en,
        "title_zh": item.title_zh,
        "room": str(item.room_id) if item.room_id else "",
        "speakers": [str(part.speaker_id) for part in item.parts.all()],
        "is_published": item.is_published,
    }
