"""The standard fields as rows of one table: whether a session asks each of them and insists on it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from training.enrolment.questions import STANDARD


class AskedFieldsTable(forms.Widget):
    template_name = "admin/widgets/asked_fields.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        wished: Mapping[str, bool] = value or {}
        context["rows"] = [
            {
                "question": question,
                "asked": f"{name}-{code}-asked",
                "required": f"{name}-{code}-required",
                "is_asked": code in wished,
                "is_required": wished.get(code, False),
            }
            for code, question in STANDARD.items()
        ]
        return context

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """With the site's templates; Django's renderer of forms knows only those of the apps."""
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, bool]:
        """Ticking “required” asks the field, too: nobody means a field that must be answered but is not shown."""
        return {
            str(code): f"{name}-{code}-required" in data
            for code in STANDARD
            if f"{name}-{code}-asked" in data or f"{name}-{code}-required" in data
        }

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return False


class AskedFieldsField(forms.Field):
    """Codes of the fields that are asked, each with whether it is required."""

    widget = AskedFieldsTable

    def __init__(self) -> None:
        super().__init__(
            required=False,
            label=_("Fields of the form"),
            help_text=_("Name and e-mail address are always asked. Ask nothing that you do not need."),
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or {}) != (data or {})
