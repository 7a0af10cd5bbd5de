"""A person as a body enters him or her: what the session asks, and what only a nomination has.

Guards one rule: a body need not know everything. What the session asks of the person is checked
where it is given, and asked of the person when he or she takes over.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import Category
from training.enrolment.asked import Asked
from training.enrolment.models import Enrolment
from training.enrolment.nominating import Nominee
from training.enrolment.question_forms import no_control_characters
from training.enrolment.questions import STANDARD, Code
from training.enrolment.trainees import Sealed
from training.portal.forms.enrolment import EnrolmentForm
from training.tools.text import normalised_email

FIRST = ("name", "email", "category", "employer", "is_reserve")


class NomineeForm(EnrolmentForm):
    """`categories` are those for which the body has places; they are asked even where the session does not ask."""

    agrees = False

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_(
            "The letter that asks the person to confirm goes there. Without one, you tell the person yourself."
        ),
        required=False,
        max_length=254,
        error_messages={"invalid": _("Enter a whole e-mail address, such as li.wen@example.org.")},
    )
    language = forms.ChoiceField(label=_("Language of letters"), choices=settings.LANGUAGES, initial="zh-hans")
    is_reserve = forms.BooleanField(
        label=_("Reserve: comes in when somebody else does not"), required=False, initial=False
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        asked: Asked,
        categories: Iterable[Category] = (),
        enrolment: Enrolment | None = None,
        on_record: Callable[[], Mapping[str, Sealed]] = dict,
        initial: dict[str, Any] | None = None,
        is_substitute: bool = False,
    ) -> None:
        super().__init__(data, asked=asked, enrolment=enrolment, on_record=on_record, initial=initial)
        self._of_the_quotas = {str(category.pk): category for category in categories}
        for name, field in list(self.fields.items()):
            if isinstance(field, forms.FileField):
                del self.fields[name]  # the person gives it
            field.required = False
            field.widget.attrs["autocomplete"] = "off"  # what a browser remembers is the nominator's own
        self.fields["name"].required = True
        self.fields["name"].help_text = _("As it stands in the person's identity document.")
        self._ask_for_the_category()
        if Code.EMPLOYER not in self.fields:
            self.fields[Code.EMPLOYER] = forms.CharField(
                label=str(STANDARD[Code.EMPLOYER].label),
                required=False,
                max_length=STANDARD[Code.EMPLOYER].max_length,
                validators=[no_control_characters],
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
        if is_substitute:
            del self.fields["is_reserve"]
        self.order_fields([name for name in FIRST if name in self.fields])

    def _ask_for_the_category(self) -> None:
        if Code.CATEGORY not in self.fields and self._of_the_quotas:
            self.fields[Code.CATEGORY] = forms.ChoiceField(
                label=str(STANDARD[Code.CATEGORY].label),
                choices=[("", _("Choose…")), *((key, one.name) for key, one in self._of_the_quotas.items())],
            )
        if Code.CATEGORY in self.fields:
            self.fields[Code.CATEGORY].required = bool(self._of_the_quotas)
            self.fields[Code.CATEGORY].error_messages["required"] = _("Choose one.")

    def clean_email(self) -> str:
        return normalised_email(self.cleaned_data["email"])

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or "zh-hans"

    def nominee(self) -> Nominee:
        """What was entered, clean; the form must be valid."""
        application, cleaned = self.application(), self.cleaned_data
        answers = dict(application.answers)
        if employer := cleaned.get(Code.EMPLOYER):
            answers[str(Code.EMPLOYER)] = employer
        category = application.category or self._of_the_quotas.get(cleaned.get(Code.CATEGORY) or "")
        return Nominee(
            name=application.name,
            email=cleaned["email"],
            language=cleaned["language"],
            category=category,
            answers=answers,
            identity=application.identity,
            mobile=application.mobile,
            is_reserve=cleaned.get("is_reserve", False),
        )


class SubstituteForm(NomineeForm):
    """The successor, and why the place passes on; both readers find the reason in their histories."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Stands in the history of both people."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[no_control_characters],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, is_substitute=True)
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])


def refuse_at_the_field(form: forms.Form, field: str | None, sentence: str) -> None:
    """Puts the sentence of a refusal at the field that it names, else above the form."""
    form.add_error(field if field in form.fields else None, ValidationError(sentence))
