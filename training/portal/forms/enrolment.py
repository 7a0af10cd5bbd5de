"""The form of a session: the name, and what the organiser ticked from the standard fields.

An identity number and a mobile that are right are never shown again in full: the form keeps
them sealed beside the field, shows them masked, and takes an empty field as "keep it".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from training.enrolment.answers import YES_NO, answer_in_words
from training.enrolment.applying import Application
from training.enrolment.asked import Asked
from training.enrolment.questions import STANDARD, Kind, Question
from training.enrolment.trainees import NOTHING, Sealed
from training.tools.identity_numbers import IdentityKind, checked_identity_number, masked_identity_number
from training.tools.names import LONGEST_NAME, normalised_name
from training.tools.phones import masked_mobile, normalised_mobile
from training.tools.plain_cells import without_control_characters
from training.tools.refusals import Refused
from training.tools.sealing import SealBroken, unseal

SHORT_LIST = 3  # so many choices stand side by side, more go into a list to open
CHOOSE = ("", gettext_lazy("Choose…"))

_NOTHING_GIVEN: dict[str, Any] = {"required": gettext_lazy("Fill this in.")}
_NOTHING_CHOSEN: dict[str, Any] = {"required": gettext_lazy("Choose one.")}
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_NUMBER = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
_PHONE = forms.TextInput(attrs={"type": "tel"})
_SEVERAL_LINES = forms.Textarea(attrs={"rows": 4})


def no_control_characters(text: str) -> None:
    if without_control_characters(text) != text:
        raise ValidationError(_("This holds invisible control characters. Type it instead of pasting it."))


class SealedField(forms.CharField):
    """A field that may be left empty while its value is kept; the form says when it is missing."""

    def validate(self, value: str) -> None:
        pass


class EnrolmentForm(forms.Form):
    """`asked` says what the session asks; `on_record` tells, if need be, what is known sealed of the person."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("As it stands in your identity document."),
        max_length=LONGEST_NAME * 10,
        error_messages={"required": gettext_lazy("Enter the name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    send_key = forms.CharField(required=False, widget=forms.HiddenInput)
    use_required_attribute = False  # the form says itself what is missing, in sentences

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        asked: Asked,
        on_record: Callable[[], Mapping[str, Sealed]] = dict,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data.copy() if data is not None else None, initial={"send_key": uuid4()} | (initial or {}))
        self._ask_the_record = on_record
        self._kept: dict[str, Sealed] = {}
        self._asked = asked
        self._categories = {str(category.pk): category for category in asked.categories}
        self.questions = [(STANDARD[code], is_required) for code, is_required in asked.questions]
        for question, is_required in self.questions:
            for name, field in self._fields_for(question, is_required=is_required):
                self.fields[name] = field
        for question in self._sealed_questions():
            if not self.data.get(question.code):
                self._say_what_is_kept(question.code, self._kept_before(question))

    # What is asked ------------------------------------------------------------------------------

    def _fields_for(self, question: Question, *, is_required: bool) -> Iterator[tuple[str, forms.Field]]:
        if question.kind == Kind.IDENTITY_NUMBER:
            yield "identity_kind", forms.ChoiceField(label=_("Kind of document"), choices=IdentityKind.choices)
        field = self._field_for(question, is_required=is_required)
        field.label = str(question.label)
        field.purpose = question.purpose  # type: ignore[attr-defined]
        if question.autocomplete:
            field.widget.attrs["autocomplete"] = question.autocomplete
        yield str(question.code), field
        if question.is_sealed:
            yield f"{question.code}_kept", forms.CharField(required=False, widget=forms.HiddenInput)

    def _field_for(self, question: Question, *, is_required: bool) -> forms.Field:
        match question.kind:
            case Kind.CHOICE | Kind.YES_NO | Kind.CATEGORY:
                return _choice(self._choices_of(question), is_required=is_required)
            case Kind.DATE:
                return forms.DateField(required=is_required, widget=_DAY, error_messages=_NOTHING_GIVEN)
            case Kind.IDENTITY_NUMBER | Kind.MOBILE:
                widget = _NUMBER if question.kind == Kind.IDENTITY_NUMBER else _PHONE
                return SealedField(required=is_required, widget=widget, error_messages=_NOTHING_GIVEN)
            case _:
                return forms.CharField(
                    required=is_required,
                    max_length=question.max_length,
                    widget=_SEVERAL_LINES if question.kind == Kind.TEXT else forms.TextInput,
                    validators=[no_control_characters],
                    error_messages=_NOTHING_GIVEN,
                )

    def _choices_of(self, question: Question) -> Iterable[tuple[str, str | Promise]]:
        if question.kind == Kind.CATEGORY:
            return [(key, category.name) for key, category in self._categories.items()]
        return YES_NO if question.kind == Kind.YES_NO else question.choices

    def _sealed_questions(self) -> list[Question]:
        return [question for question, _is_required in self.questions if question.is_sealed]

    # Checking -----------------------------------------------------------------------------------

    def clean_name(self) -> str:
        try:
            return normalised_name(self.cleaned_data["name"])
        except Refused as refused:
            raise ValidationError(str(refused)) from refused

    def clean(self) -> None:
        for question in self._sealed_questions():
            if question.code not in self.errors:
                self._check_sealed(question)

    def _check_sealed(self, question: Question) -> None:
        code = str(question.code)
        typed = self.cleaned_data.get(code, "")
        try:
            found = self._sealed(question, typed) if typed else self._kept_before(question)
        except Refused as refused:
            self.add_error(code, ValidationError(str(refused)))
            return
        self._put_away(code, found)
        if not found.sealed and self.fields[code].required:
            self.add_error(code, self.fields[code].error_messages["required"])
        self._kept[code] = found

    def _sealed(self, question: Question, typed: str) -> Sealed:
        if question.kind == Kind.MOBILE:
            number = normalised_mobile(typed)
            return Sealed.of(number, masked_mobile(number), "mobile")
        number = checked_identity_number(self._identity_kind(), typed)
        return Sealed.of(number, masked_identity_number(number), "identity")

    def _identity_kind(self) -> str:
        kind = self.data.get("identity_kind")
        known = kind in IdentityKind.values  # an unknown one has a sentence of its own
        return str(kind if known else IdentityKind.RESIDENT)

    def _kept_before(self, question: Question) -> Sealed:
        """What this form or the person's record has kept, else nothing."""
        return self._kept_in_the_form(question) or self._on_record.get(question.code, NOTHING)

    @cached_property
    def _on_record(self) -> Mapping[str, Sealed]:
        return self._ask_the_record()

    def _kept_in_the_form(self, question: Question) -> Sealed | None:
        """What an earlier sending of this form has put away; a value that we did not seal counts as nothing."""
        token = self.data.get(f"{question.code}_kept", "") or self.initial.get(f"{question.code}_kept", "")
        try:
            number = unseal(token)
            return self._sealed(question, number) if number else None
        except (SealBroken, Refused, ValueError):
            return None

    def _put_away(self, code: str, found: Sealed) -> None:
        """The field is shown empty from now on; its value goes on sealed beside it."""
        assert isinstance(self.data, QueryDict)  # noqa: S101 - only a form that was sent is checked
        self.data[code] = ""
        self.data[f"{code}_kept"] = found.sealed
        self._say_what_is_kept(code, found)

    def _say_what_is_kept(self, code: str, found: Sealed) -> None:
        if found.sealed:
            self[code].help_text = _("Kept: %(masked)s. Leave this empty to keep it.") % {"masked": found.masked}

    # What came out ------------------------------------------------------------------------------

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
            answers=self._answers(),
            category=self._categories.get(cleaned.get("category", "")),
            identity=self._kept.get("identity_number", NOTHING),
            mobile=self._kept.get("mobile", NOTHING),
            asked=self._asked.questions,
        )

    def _answers(self) -> dict[str, str]:
        answers = {}
        for question, _is_required in self.questions:
            value = self.cleaned_data.get(question.code)
            if question.is_sealed or question.kind == Kind.CATEGORY or not value:
                continue
            answers[str(question.code)] = value.isoformat() if question.kind == Kind.DATE else str(value)
        kind = self.cleaned_data.get("identity_kind")
        if kind and kind != IdentityKind.RESIDENT:
            answers["identity_kind"] = kind
        return answers

    def as_sent(self) -> list[tuple[str, str]]:
        """Names and values of all fields, to be sent on as they are; sealed ones stay sealed."""
        return [(name, str(self.data.get(name, ""))) for name in self.fields]

    def in_words(self) -> list[tuple[str, str]]:
        """Every question with the answer as a person reads it, for a last look before sending."""
        answers = self._answers()
        category = self._categories.get(self.cleaned_data.get("category", ""))
        words = [(str(self.fields["name"].label), str(self.cleaned_data["name"]))]
        for question, _is_required in self.questions:
            if question.is_sealed:
                answer = self._kept.get(str(question.code), NOTHING).masked
            elif question.kind == Kind.CATEGORY:
                answer = category.name if category else ""
            else:
                answer = answer_in_words(question, answers.get(str(question.code), ""))
            words.append((str(question.label), answer))
        return words


def _choice(choices: Iterable[tuple[str, str | Promise]], *, is_required: bool) -> forms.ChoiceField:
    offered = [(value, capfirst(str(words))) for value, words in choices]
    if len(offered) > SHORT_LIST:
        return forms.ChoiceField(required=is_required, choices=[CHOOSE, *offered], error_messages=_NOTHING_CHOSEN)
    return forms.ChoiceField(
        required=is_required, choices=offered, widget=forms.RadioSelect, error_messages=_NOTHING_CHOSEN
    )
