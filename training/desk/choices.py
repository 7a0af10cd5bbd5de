"""What staff choose above a roster: whom it shows, in which order, with which columns.

Everything stands in the page's address, so that a roster can be kept as a bookmark and every
button works without script.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import Category, TrainingSession
from training.enrolment.asked import as_lists_read, questionnaires_at
from training.enrolment.questions import TITLES_OF_FORMS
from training.rosters.columns import Column, columns_with
from training.rosters.recipes import BUILT_IN, DEFAULT, BuiltInRecipe, Recipe, columns_to_begin_with
from training.rosters.sortings import SORTINGS, STATES_IN_ORDER

UP, DOWN = "up", "down"


def _states() -> list[tuple[str, str]]:
    """Those who hold a place first, those who have left last."""
    return [(state.value, str(state.label)) for state in STATES_IN_ORDER]


class RosterChoices(forms.Form):
    """Search, states, category and sorting. What is not understood counts as not chosen."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "data-search": ""}),
        help_text=_("Part of a name, pinyin initials, or the last digits of the phone"),
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[(sorting.code, sorting.label) for sorting in SORTINGS.values()],
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    state = forms.MultipleChoiceField(
        label=_("State"), required=False, choices=_states, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, query: QueryDict, session: TrainingSession) -> None:
        super().__init__(_with_defaults(query), auto_id="roster_%s")
        categories = Category.objects.filter(programmes=session.programme_id)
        self._categories = [(category.code, category.name) for category in categories]
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [("", _("all")), *self._categories]
        self.kind = query.get("kind", "")
        if self.kind not in BUILT_IN:
            self.kind = DEFAULT.kind
        asked = questionnaires_at(session)
        self.available = columns_with(as_lists_read(session, asked).values())
        self.later_forms = [(stage, str(title)) for stage, title in TITLES_OF_FORMS.items() if asked[stage]]
        self._asked_columns = query.getlist("columns")
        self._move = query.get("move", "")

    @property
    def columns_were_moved(self) -> bool:
        return bool(self._move)

    def recipe(self) -> Recipe:
        """The recipe that was chosen, its columns already moved."""
        self.is_valid()  # what is wrong is said at its field and left out here
        chosen = self.cleaned_data
        return Recipe(
            columns=self._columns(),
            states=tuple(chosen.get("state") or DEFAULT.states),
            kind=self.kind,
            sorting=chosen.get("sort") or DEFAULT.sorting,
            category=chosen.get("category") or "",
            words=chosen.get("q") or "",
        )

    def _columns(self) -> tuple[str, ...]:
        asked = tuple(dict.fromkeys(code for code in self._asked_columns if code in self.available))
        code, _colon, direction = self._move.partition(":")
        return moved(asked or columns_to_begin_with(self.kind, self.available), code, direction)

    def chips(self, recipe: Recipe) -> list[tuple[str, str]]:
        """What narrows the list, each with the address of the list without it."""
        chips = []
        if recipe.words:
            chips.append((f"“{recipe.words}”", address_of(replace(recipe, words=""))))
        if recipe.category:
            name = dict(self._categories)[recipe.category]
            chips.append((name, address_of(replace(recipe, category=""))))
        return chips


def moved(columns: Sequence[str], code: str, direction: str) -> tuple[str, ...]:
    """The columns with one of them a place further up or down; at the edge it stays."""
    order = list(columns)
    if code in order and direction in (UP, DOWN):
        at = order.index(code)
        to = max(at - 1, 0) if direction == UP else min(at + 1, len(order) - 1)
        order.insert(to, order.pop(at))
    return tuple(order)


def address_of(recipe: Recipe) -> str:
    """The recipe as the query of an address; what is as usual stays away."""
    query = QueryDict(mutable=True)
    if recipe.words:
        query["q"] = recipe.words
    if recipe.states != DEFAULT.states:
        query.setlist("state", list(recipe.states))
    if recipe.category:
        query["category"] = recipe.category
    if recipe.sorting != DEFAULT.sorting:
        query["sort"] = recipe.sorting
    if recipe.kind != DEFAULT.kind:
        query["kind"] = recipe.kind
    if recipe.columns != BUILT_IN[recipe.kind].columns:
        query.setlist("columns", list(recipe.columns))
    return query.urlencode()


def beginnings(recipe: Recipe) -> list[tuple[BuiltInRecipe, str]]:
    """Each built-in roster with its address, for the same people."""
    return [(one, address_of(replace(recipe, kind=one.code, columns=one.columns))) for one in BUILT_IN.values()]


def left_out(chosen: Iterable[str], available: Mapping[str, Column]) -> list[Column]:
    """The columns that are not on the roster, in their usual order."""
    taken = set(chosen)
    return [column for code, column in available.items() if code not in taken]


def _with_defaults(query: QueryDict) -> dict[str, Any]:
    """What the form shows when nothing was chosen: the states of those who hold a place."""
    return {
        "q": query.get("q", ""),
        "sort": query.get("sort", "") or DEFAULT.sorting,
        "category": query.get("category", ""),
        "state": query.getlist("state") or list(DEFAULT.states),
    }
