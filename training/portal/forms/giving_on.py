"""Giving places of a quota on to organisations under the body: a number beside each, and a line for one more."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import Organisation
from training.catalogue.named import organisation_called
from training.enrolment.models import Quota

MOST = 9999


class GivingOnForm(forms.Form):
    """For one quota; `parts` are what was given on already."""

    name = forms.CharField(
        label=_("Another organisation"),
        help_text=_("Its full or short name, as the organiser keeps it."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    places = forms.IntegerField(
        label=_("Places"),
        required=False,
        min_value=0,
        max_value=MOST,
        error_messages={"invalid": _("Enter a whole number."), "min_value": _("Enter a whole number.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 5}),
    )
    use_required_attribute = False

    def __init__(self, data: QueryDict | None = None, *, quota: Quota, parts: Iterable[Quota]) -> None:
        super().__init__(data, prefix=f"quota-{quota.pk}")
        self.quota = quota
        self._parts = list(parts)
        self._named: Organisation | None = None
        for part in self._parts:
            self.fields[f"part-{part.body_id}"] = forms.IntegerField(
                label=part.body.name,
                min_value=0,
                max_value=MOST,
                initial=part.places,
                error_messages={
                    "required": _("Enter a whole number."),
                    "invalid": _("Enter a whole number."),
                    "min_value": _("Enter a whole number."),
                },
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 5}),
            )
        self.order_fields([*(name for name in self.fields if name.startswith("part-")), "name", "places"])

    def clean_name(self) -> str:
        typed: str = self.cleaned_data["name"].strip()
        if typed:
            self._named = organisation_called(typed)
            if self._named is None:
                raise ValidationError(say("No organisation has exactly this name. Ask the organiser to enter it."))
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self._named is not None and cleaned.get("places") is None and "places" not in self.errors:
            self.add_error("places", say("Enter how many places it gets."))
        if cleaned.get("places") and not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", say("Enter which organisation gets them."))
        return cleaned

    def wished(self) -> dict[int, int]:
        """Places by organisation, of those whom the form names."""
        wished = {part.body_id: self.cleaned_data[f"part-{part.body_id}"] for part in self._parts}
        if self._named is not None:
            wished[self._named.pk] = self.cleaned_data["places"]
        return wished
