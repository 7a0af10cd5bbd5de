"""What a person fills in: a form made from the questions of a session, the same at every door.

An identity number and a mobile that are right are never shown again in full: the form keeps
them sealed beside the field, shows them masked, and takes an empty field as "keep it". A
question whose condition is not met is not asked, whatever was sent for it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from training.catalogue.models import Category
from training.enrolment.answers import YES_NO, answer_in_words
from training.enrolment.questionnaires import Questionnaire, fits, values_of
from training.enrolment.questions import WITH_OPTIONS, Answer, Kind, Question, Words
from training.enrolment.trainees import NOTHING, Sealed
from training.tools.identity_numbers import IdentityKind, checked_identity_number, masked_identity_number
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
_QUANTITY = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
_PHONE = forms.TextInput(attrs={"type": "tel"})
_SEVERAL_LINES = forms.Textarea(attrs={"rows": 4})


def no_control_characters(text: str) -> None:
    if without_control_characters(text) != text:
        raise ValidationError(_("This holds invisible control characters. Type it instead of pasting it."))


class SealedField(forms.CharField):
    """A field that may be left empty while its value is kept; the form says when it is missing."""

    def validate(self, value: str) -> None:
        pass


class Heading(forms.Field):
    """Words between the questions; nothing is answered."""

    is_heading = True

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput)


class QuestionsForm(forms.Form):
    """`questionnaire` says what is asked; `answered` are the answers that are kept already, of all stages.

    `on_record` tells, if need be, what is known sealed of the person.
    """

    use_required_attribute = False  # the form says itself what is missing, in sentences

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        questionnaire: Questionnaire,
        categories: Sequence[Category] = (),
        answered: Mapping[str, Answer] | None = None,
        on_record: Callable[[], Mapping[str, Sealed]] = dict,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data.copy() if data is not None else None, initial=initial)
        self.questions = questionnaire
        self._ask_the_record = on_record
        self._kept: dict[str, Sealed] = {}
        self._categories = {str(category.pk): category for category in categories}
        self._answered = answered or {}
        for question in questionnaire:
            for name, field in self._fields_for(question):
                self.fields[name] = field
        for question in self._sealed_questions():
            if not self.data.get(question.code):
                self._say_what_is_kept(question.code, self._kept_before(question))

    # What is asked ------------------------------------------------------------------------------

    def _fields_for(self, question: Question) -> Iterator[tuple[str, forms.Field]]:
        if question.kind == Kind.IDENTITY_NUMBER:
            yield "identity_kind", forms.ChoiceField(label=_("Kind of document"), choices=IdentityKind.choices)
        field = self._field_for(question)
        field.label = str(question.label)
        field.purpose = question.purpose  # type: ignore[attr-defined]
        if question.shown_if:
            field.shown_if = question.shown_if  # type: ignore[attr-defined]
        if question.autocomplete:
            field.widget.attrs["autocomplete"] = question.autocomplete
        yield str(question.code), field
        if question.is_sealed:
            yield f"{question.code}_kept", forms.CharField(required=False, widget=forms.HiddenInput)

    def _field_for(self, question: Question) -> forms.Field:
        is_required = question.is_required
        match question.kind:
            case Kind.CHOICE | Kind.CHOICES | Kind.YES_NO | Kind.CATEGORY:
                make = _choices if question.kind == Kind.CHOICES else _choice
                return make(self._choices_of(question), is_required=is_required)
            case Kind.HEADING:
                return Heading()
            case Kind.NUMBER:
                return forms.DecimalField(
                    required=is_required,
                    max_digits=15,
                    decimal_places=4,
                    widget=_QUANTITY,
                    error_messages=_NOTHING_GIVEN,
                )
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

    def _choices_of(self, question: Question) -> Iterable[tuple[str, Words]]:
        if question.kind == Kind.CATEGORY:
            return [(key, category.name) for key, category in self._categories.items()]
        if question.kind == Kind.YES_NO:
            return YES_NO
        if not self.questions.left:
            return question.choices
        return [(value, self._with_what_is_left(question, value, words)) for value, words in question.choices]

    def _with_what_is_left(self, question: Question, value: str, words: Words) -> Words:
        left = self.questions.left.get((question.code, value))
        if left is None or value in self._chosen_before(question):
            return words
        if left == 0:
            return _("%(option)s (taken)") % {"option": words}
        return ngettext("%(option)s (%(left)d left)", "%(option)s (%(left)d left)", left) % {
            "option": words,
            "left": left,
        }

    def _chosen_before(self, question: Question) -> list[str]:
        return values_of(self._answered.get(question.code, []))

    def _sealed_questions(self) -> list[Question]:
        return [question for question in self.questions if question.is_sealed]

    # Checking -----------------------------------------------------------------------------------

    def clean(self) -> None:
        self._leave_out_what_is_not_asked()
        for question in self.questions:
            if question.is_sealed and question.code not in self.errors:
                self._check_sealed(question)
            elif self.questions.left and question.kind in WITH_OPTIONS:
                self._check_what_is_left(question)

    def _leave_out_what_is_not_asked(self) -> None:
        """In the order of the form: what hangs on a question that is not asked is not asked either."""
        if not self.questions.has_conditions:
            return
        given: dict[str, Answer] = dict(self._answered)
        for question in self.questions:
            code = question.code
            if fits(question.shown_if, given):
                given[code] = self._answer_to(question)
            else:
                given.pop(code, None)
                self.errors.pop(code, None)
                self.cleaned_data[code] = None

    def _check_what_is_left(self, question: Question) -> None:
        for value in values_of(self._answer_to(question)):
            left = self.questions.left.get((question.code, value))
            if left == 0 and value not in self._chosen_before(question):
                option = dict(question.choices)[value]
                sentence = _("As many as may have chosen “%(option)s” by now. Choose another one.")
                self.add_error(question.code, sentence % {"option": option})
                return

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

    def answers(self) -> dict[str, Answer]:
        """The answers as they are stored; the form must be valid."""
        answers = {question.code: self._answer_to(question) for question in self.questions if not question.is_sealed}
        kind = self.cleaned_data.get("identity_kind")
        if kind and kind != IdentityKind.RESIDENT:
            answers["identity_kind"] = kind
        return {str(code): answer for code, answer in answers.items() if answer}

    def _answer_to(self, question: Question) -> Answer:
        """What was given, clean; blank for nothing, and for what has a column of its own."""
        value = self.cleaned_data.get(question.code)
        if value in (None, "", []) or question.kind in (Kind.CATEGORY, Kind.HEADING):
            return ""
        match question.kind:
            case Kind.DATE:
                return str(value.isoformat())
            case Kind.NUMBER:
                return _plain_number(value)
            case Kind.CHOICES:
                return list(value)
            case _:
                return str(value)

    def as_sent(self) -> list[tuple[str, str]]:
        """Names and values of all fields, to be sent on as they are; sealed ones stay sealed."""
        sent = []
        for name, field in self.fields.items():
            if isinstance(field, forms.MultipleChoiceField):
                sent += [(name, str(value)) for value in self._list_of(name)]
            elif not isinstance(field, Heading):
                sent.append((name, str(self.data.get(name, ""))))
        return sent

    def _list_of(self, name: str) -> list[str]:
        return self.data.getlist(name) if isinstance(self.data, QueryDict) else []

    def in_words(self) -> list[tuple[str, str]]:
        """Every question with the answer as a person reads it, for a last look before sending."""
        answers = self.answers()
        return [
            (str(question.label), self._answer_in_words(question, answers))
            for question in self.questions
            if question.kind != Kind.HEADING and fits(question.shown_if, {**self._answered, **answers})
        ]

    def _answer_in_words(self, question: Question, answers: Mapping[str, Answer]) -> str:
        if question.is_sealed:
            return self._kept.get(question.code, NOTHING).masked
        if question.kind == Kind.CATEGORY:
            category = self._categories.get(self.cleaned_data.get("category") or "")
            return category.name if category else ""
        return answer_in_words(question, answers.get(question.code, ""))


def _plain_number(value: Decimal) -> str:
    """12.50 → 12.5, 100 → 100"""
    return f"{value.normalize():f}"


def _choice(choices: Iterable[tuple[str, Words]], *, is_required: bool) -> forms.ChoiceField:
    offered = [(value, capfirst(str(words))) for value, words in choices]
    if len(offered) > SHORT_LIST:
        return forms.ChoiceField(required=is_required, choices=[CHOOSE, *offered], error_messages=_NOTHING_CHOSEN)
    return forms.ChoiceField(
        required=is_required, choices=offered, widget=forms.RadioSelect, error_messages=_NOTHING_CHOSEN
    )


def _choices(choices: Iterable[tuple[str, Words]], *, is_required: bool) -> forms.MultipleChoiceField:
    offered = [(value, capfirst(str(words))) for value, words in choices]
    return forms.MultipleChoiceField(
        required=is_required,
        choices=offered,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
