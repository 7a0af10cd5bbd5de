"""Which sessions to show: by programme, category, place, month and stage, from what there is."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import Category, Programme
from training.catalogue.querysets import TrainingSessionQuerySet
from training.tools.dates import month_in_words

STAGES = (
    ("open", _("Open for enrolment")),
    ("coming", _("To come")),
    ("past", _("Over")),
)


class SessionFilter(forms.Form):
    """Every field is optional; a choice that does not exist is said so at the field."""

    programme = forms.ChoiceField(label=_("Programme"), required=False)
    category = forms.ChoiceField(label=_("For whom"), required=False)
    place = forms.ChoiceField(label=_("Place"), required=False)
    month = forms.ChoiceField(label=_("Month"), required=False)
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=[("", _("All")), *STAGES])

    def __init__(self, chosen: Any, sessions: TrainingSessionQuerySet) -> None:
        super().__init__(chosen, auto_id="filter_%s")
        self._sessions = sessions
        self._offer("programme", [(str(one.pk), one.title) for one in _programmes_of(sessions)])
        self._offer("category", [(one.code, one.name) for one in _categories_of(sessions)])
        self._offer("place", _places_of(sessions))
        self._offer("month", _months_of(sessions))

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - all fields of this form are
        field.choices = [("", _("All")), *choices]

    def found(self, at: datetime) -> TrainingSessionQuerySet:
        """The sessions that fit what was chosen; a choice that was refused does not narrow."""
        self.is_valid()
        chosen = self.cleaned_data
        found = self._sessions
        if programme := chosen.get("programme"):
            found = found.filter(programme=programme)
        if category := chosen.get("category"):
            found = found.filter(programme__categories__code=category)
        if place := chosen.get("place"):
            found = found.filter(Q(city_en=place) | Q(city_en="", city_zh=place))
        if month := chosen.get("month"):
            first = date.fromisoformat(f"{month}-01")
            found = found.filter(starts_on__year=first.year, starts_on__month=first.month)
        return _at_stage(found, chosen.get("stage", ""), at)

    def chosen_words(self) -> list[tuple[str, str, str]]:
        """What narrows the list, as (field name, its label, the choice in words)."""
        words = []
        for name, value in self.cleaned_data.items():
            field = self.fields[name]
            if value and isinstance(field, forms.ChoiceField):
                words.append((name, str(field.label), str(dict(field.choices)[value])))  # type: ignore[arg-type]
        return words


def _at_stage(sessions: TrainingSessionQuerySet, stage: str, at: datetime) -> TrainingSessionQuerySet:
    today = timezone.localtime(at).date()
    match stage:
        case "open":
            return sessions.open_for_enrolment(at).not_over(today)
        case "coming":
            return sessions.filter(starts_on__gt=today)
        case "past":
            return sessions.over(today)
        case _:
            return sessions


def _programmes_of(sessions: TrainingSessionQuerySet) -> list[Programme]:
    return list(Programme.objects.filter(sessions__in=sessions).distinct())


def _categories_of(sessions: TrainingSessionQuerySet) -> list[Category]:
    return list(Category.objects.filter(programmes__sessions__in=sessions).distinct())


def _places_of(sessions: TrainingSessionQuerySet) -> list[tuple[str, str]]:
    pairs = sessions.order_by("city_en", "city_zh").values_list("city_en", "city_zh").distinct()
    is_chinese = get_language() == "zh-hans"
    return [
        (english or chinese, (chinese or english) if is_chinese else (english or chinese))
        for english, chinese in pairs
        if english or chinese
    ]


def _months_of(sessions: TrainingSessionQuerySet) -> list[tuple[str, str]]:
    months = sessions.dates("starts_on", "month", order="DESC")
    return [(f"{month:%Y-%m}", month_in_words(month)) for month in months]
