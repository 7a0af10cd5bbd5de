"""The form of an application: the name, and what the session asks (see `enrolment/question_forms.py`)."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from accounts.models import User
from training.enrolment.applying import Application
from training.enrolment.asked import Asked
from training.enrolment.models import Enrolment
from training.enrolment.question_forms import QuestionsForm
from training.enrolment.trainees import NOTHING, Sealed
from training.tools.names import LONGEST_NAME, normalised_name
from training.tools.refusals import Refused


class EnrolmentForm(QuestionsForm):
    """`asked` says what the session asks."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("As it stands in the identity document."),
        max_length=LONGEST_NAME * 10,
        error_messages={"required": gettext_lazy("Enter the name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    send_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        files: Any = None,
        *,
        asked: Asked,
        enrolment: Enrolment | None = None,
        on_record: Callable[[], Mapping[str, Sealed]] = dict,
        initial: dict[str, Any] | None = None,
        by: User | None = None,
    ) -> None:
        super().__init__(
            data,
            files,
            questionnaire=asked.questions,
            categories=asked.categories,
            enrolment=enrolment,
            on_record=on_record,
            initial={"send_key": uuid4()} | (initial or {}),
            by=by,
        )

    def clean_name(self) -> str:
        try:
            return normalised_name(self.cleaned_data["name"])
        except Refused as refused:
            raise ValidationError(str(refused)) from refused

    @property
    def key_of_this_sending(self) -> UUID:
        """The key of this sending; one that somebody has spoilt is made anew."""
        try:
            return UUID(self.cleaned_data["send_key"])
        except ValueError:
            return uuid4()

    def application(self) -> Application:
        """What was given, clean; the form must be valid."""
        cleaned = self.cleaned_data
        return Application(
            name=cleaned["name"],
            answers=self.answers(),
            category=self._categories.get(cleaned.get("category") or ""),
            identity=self._kept.get("identity_number", NOTHING),
            mobile=self._kept.get("mobile", NOTHING),
            asked=self.questions,
            agreed=self.agreements(),
        )

    def in_words(self) -> list[tuple[str, str]]:
        return [(str(self.fields["name"].label), str(self.cleaned_data["name"])), *super().in_words()]
