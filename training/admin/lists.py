"""A list with chips: each says what the list is narrowed to and takes that away when pressed."""

from dataclasses import dataclass
from typing import Any

from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR, ChangeList
from django.http import HttpRequest
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Chip:
    words: str
    without: str


class ListWithChips(ChangeList):
    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        """Without the columns that no list shows: sealed numbers and long texts stay in the database."""
        found = super().get_queryset(request, exclude_parameters)
        return found.defer(*getattr(self.model_admin, "not_in_lists", ()))

    @property
    def chips(self) -> list[Chip]:
        shown = [self._chip_of(spec) for spec in self.filter_specs]
        if self.query:
            words = _("found by “%(words)s”") % {"words": self.query}
            shown.append(Chip(words, self.get_query_string(remove=[SEARCH_VAR, PAGE_VAR])))
        return [chip for chip in shown if chip is not None]

    def _chip_of(self, spec: Any) -> Chip | None:
        parameters = spec.expected_parameters()
        if not any(name in self.params or name in self.filter_params for name in parameters):
            return None
        chosen = [str(choice["display"]) for choice in spec.choices(self) if choice["selected"]]
        words = _("%(filter)s: %(choice)s") % {"filter": spec.title, "choice": chosen[0] if chosen else "?"}
        return Chip(words, self.get_query_string(remove=[*parameters, PAGE_VAR]))
