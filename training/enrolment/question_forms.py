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

from accounts.models import User
from training.catalogue.models import Category
from training.enrolment.answer_files import is_ones_own, keep_file
from training.enrolment.answers import YES_NO, answer_in_words, file_in
from training.enrolment.consents import agreed_purposes, current_texts
from training.enrolment.models import ConsentText, Enrolment
from training.enrolment.questionnaires import Questionnaire, fits, values_of
from training.enrolment.questions import WITH_OPTIONS, Answer, Kind, Question, Words
from training.enrolment.trainees import NOTHING, Sealed
from training.tools.identity_numbers import IdentityKind, checked_identity_number, masked_identity_number
from training.tools.papers import LARGEST_BYTES
from training.tools.phones import masked_mobile, normalised_mobile
from training.tools.plain_cells import without_control_characters
from training.tools.refusals import Refused
from training.tools.sealing import SealBroken, unseal

SHORT_LIST = 3  # so many choices stand side by side, more go into a list to open
AGREE = "agree_"
CHOOSE = ("", gettext_lazy("Choose…"))

_NOTHING_GIVEN: dict[str, Any] = {"required": gettext_lazy("Fill this in.")}
_NOTHING_CHOSEN: dict[str, Any] = {"required": gettext_lazy("Choose one.")}
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_NUMBER = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
_QUANTITY = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
_FILE = forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"})
_PHONE = forms.TextInput(attrs={"type": "tel"})
_SEVERAL_LINES = forms.Textarea(attrs={"rows": 4})


def no_control_characters(text: str) -> None:
    if without_control_characters(text) != text:
        raise ValidationError(_("This holds invisible control characters. Type it instead of pasting it."))


class SealedField(forms.CharField):
    """A field that may be left empty while its value is kept; the form says when it is missing."""

    def validate(self, value: str) -> None:
        pass


class KeptFileField(forms.FileField):
    """The same for a file: one that was chosen before is kept beside it."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """What was chosen now and nothing else: what is kept is an answer, never a file."""
        return super().clean(data)

    def validate(self, value: Any) -> None:
        pass


class Heading(forms.Field):
    """Words between the questions; nothing is answered."""

    is_heading = True

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput)


class Tick(forms.CheckboxInput):
    """Ticked for the very text beside it: a tick that was made at an older one counts as none."""

    def __init__(self, version: int) -> None:
        super().__init__(check_test=lambda value: value is True or str(value) == str(version))
        self.version = str(version)

    def format_value(self, value: Any) -> str:
        return self.version

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return data.get(name) == self.version


class QuestionsForm(forms.Form):
    """`questionnaire` says what is asked, `enrolment` what is answered and agreed already, at any stage.

    `on_record` tells, if need be, what is known sealed of the person; `by` is who may keep files.
    Nobody agrees for somebody else: what needs an agreement that is not there is not asked then.
    """

    agrees = True
    use_required_attribute = False  # the form says itself what is missing, in sentences

    def __init__(
        self,
        data: QueryDict | None = None,
        files: Any = None,
        *,
        questionnaire: Questionnaire,
        categories: Sequence[Category] = (),
        enrolment: Enrolment | None = None,
        on_record: Callable[[], Mapping[str, Sealed]] = dict,
        initial: dict[str, Any] | None = None,
        by: User | None = None,
    ) -> None:
        super().__init__(
            data.copy() if data is not None else None, files if data is not None else None, initial=initial
        )
        self.questions = questionnaire
        self._ask_the_record = on_record
        self._kept: dict[str, Sealed] = {}
        self._categories = {str(category.pk): category for category in categories}
        self._enrolment, self._by = enrolment, by
        self._answered: Mapping[str, Answer] = enrolment.answers if enrolment else {}
        self._agreed_before = agreed_purposes(enrolment) if enrolment and questionnaire.purposes else set()
        to_ask = questionnaire.purposes if self.agrees else ()
        self._texts = current_texts(to_ask) if to_ask else {}
        for question in questionnaire:
            if not question.consent or question.consent in self._agreed_before.union(self._texts):
                for name, field in self._fields_for(question):
                    self.fields[name] = field
        for question in self._sealed_questions():
            if not self.data.get(question.code):
                self._say_what_is_kept(question.code, self._kept_before(question))

    def ask_to_agree(self, purposes: Iterable[str]) -> None:
        """Asks at the end for agreements that belong to no question; whoever leaves them goes on."""
        wished = set(purposes) - self._agreed_before - set(self._texts)
        for purpose, text in current_texts(wished).items():
            self._texts[purpose] = text
            self.fields[f"{AGREE}{purpose}"] = _agreement(text)

    # What is asked ------------------------------------------------------------------------------

    def _fields_for(self, question: Question) -> Iterator[tuple[str, forms.Field]]:
        agreement = f"{AGREE}{question.consent}"
        if question.consent and question.consent not in self._agreed_before and agreement not in self.fields:
            yield agreement, _agreement(self._texts[question.consent])
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
        if question.kind == Kind.FILE:
            kept = str(self._answered.get(question.code, ""))
            field.help_text = _what_is_kept(self.data.get(f"{question.code}_kept", "") or kept)
            yield f"{question.code}_kept", forms.CharField(required=False, widget=forms.HiddenInput, initial=kept)

    def _field_for(self, question: Question) -> forms.Field:
        is_required = question.is_required
        match question.kind:
            case Kind.CHOICE | Kind.CHOICES | Kind.YES_NO | Kind.CATEGORY:
                make = _choices if question.kind == Kind.CHOICES else _choice
                return make(self._choices_of(question), is_required=is_required)
            case Kind.NUMBER | Kind.DATE | Kind.FILE | Kind.HEADING:
                return _FIELDS[question.kind](question)
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
        self._check_the_texts()
        for question in self.questions:
            if question.is_sealed and question.code not in self.errors:
                self._check_sealed(question)
            elif question.kind == Kind.FILE and question.code not in self.errors:
                self._check_file(question)
            elif self.questions.left and question.kind in WITH_OPTIONS:
                self._check_what_is_left(question)

    def _check_the_texts(self) -> None:
        """Somebody who ticked another text than the one that stands now reads that one first."""
        for purpose in self._texts:
            name = f"{AGREE}{purpose}"
            if self.data.get(name) and not self.cleaned_data.get(name):
                self.add_error(name, _("The text has changed meanwhile. Read it once more before you agree."))

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

    def _check_file(self, question: Question) -> None:
        """A new file is kept at once, so that nobody chooses it twice; else the one that was chosen before counts."""
        code, chosen = question.code, self.cleaned_data.get(question.code)
        if code not in self.fields or not fits(question.shown_if, {**self._answered, **self.answers()}):
            return
        answer = self.data.get(f"{code}_kept", "")
        try:
            if chosen:
                answer = self._keep(code, chosen)
            elif not is_ones_own(code, answer, by=self._by, enrolment=self._enrolment):
                answer = ""
        except Refused as refused:
            self.add_error(code, str(refused))
            answer = ""
        if not answer and self.fields[code].required and code not in self.errors:
            self.add_error(code, _("Choose a file."))
        self.cleaned_data[code] = answer
        self.data[f"{code}_kept"] = answer  # type: ignore[index]
        self[code].help_text = _what_is_kept(answer)

    def _keep(self, code: str, chosen: Any) -> str:
        if self._by is None:
            raise Refused(_("Sign in before you choose a file."))
        return keep_file(code, chosen, name=chosen.name, size=chosen.size, by=self._by)

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
        if question.consent and not self._is_agreed(question.consent):
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

    def agreements(self) -> list[ConsentText]:
        """The texts to which the person has just agreed."""
        return [text for purpose, text in self._texts.items() if self.cleaned_data.get(f"{AGREE}{purpose}")]

    def left_out(self) -> list[str]:
        """The questions that were answered without the agreement that they need; nothing of that is kept."""
        return [
            str(question.label)
            for question in self.questions
            if question.consent and not self._is_agreed(question.consent) and self.cleaned_data.get(question.code)
        ]

    def _is_agreed(self, purpose: str) -> bool:
        return purpose in self._agreed_before or bool(self.cleaned_data.get(f"{AGREE}{purpose}"))

    def as_sent(self) -> list[tuple[str, str]]:
        """Names and values of all fields, to be sent on as they are; sealed ones stay sealed."""
        sent = []
        for name, field in self.fields.items():
            if isinstance(field, forms.MultipleChoiceField):
                sent += [(name, str(value)) for value in self._list_of(name)]
            elif isinstance(field, forms.BooleanField):
                sent += [(name, str(self.data[name]))] if self.cleaned_data.get(name) else []
            elif not isinstance(field, Heading | forms.FileField):
                sent.append((name, str(self.data.get(name, ""))))
        return sent

    def _list_of(self, name: str) -> list[str]:
        return self.data.getlist(name) if isinstance(self.data, QueryDict) else []

    def in_words(self) -> list[tuple[str, str]]:
        """Every question with the answer as a person reads it, then what is agreed to, for a last look."""
        answers = self.answers()
        questions = [
            (str(question.label), self._answer_in_words(question, answers))
            for question in self.questions
            if question.kind != Kind.HEADING and fits(question.shown_if, {**self._answered, **answers})
        ]
        return questions + [
            (capfirst(text.get_purpose_display()), _("I agree.") if self._is_agreed(purpose) else _("I do not agree."))
            for purpose, text in self._texts.items()
        ]

    def _answer_in_words(self, question: Question, answers: Mapping[str, Answer]) -> str:
        if question.is_sealed:
            return self._kept.get(question.code, NOTHING).masked
        if question.kind == Kind.CATEGORY:
            category = self._categories.get(self.cleaned_data.get("category") or "")
            return category.name if category else ""
        return answer_in_words(question, answers.get(question.code, ""))


def _number(question: Question) -> forms.Field:
    return forms.DecimalField(
        required=question.is_required, max_digits=15, decimal_places=4, widget=_QUANTITY, error_messages=_NOTHING_GIVEN
    )


def _day(question: Question) -> forms.Field:
    return forms.DateField(required=question.is_required, widget=_DAY, error_messages=_NOTHING_GIVEN)


def _file(question: Question) -> forms.Field:
    return KeptFileField(required=question.is_required, widget=_FILE)


_FIELDS: Mapping[str, Callable[[Question], forms.Field]] = {
    Kind.NUMBER: _number,
    Kind.DATE: _day,
    Kind.FILE: _file,
    Kind.HEADING: lambda _question: Heading(),
}


def _agreement(text: ConsentText) -> forms.BooleanField:
    """Never ticked before; whoever leaves it is not asked again and goes on."""
    label = _("I agree: %(purpose)s") % {"purpose": text.get_purpose_display()}
    return forms.BooleanField(label=label, required=False, help_text=text.text, widget=Tick(text.version))


def _what_is_kept(answer: str) -> str:
    limits = _("PDF, JPEG or PNG, at most %(most)d MB.") % {"most": LARGEST_BYTES // 1024**2}
    if not answer:
        return limits
    kept = _("Kept: %(name)s. Choose another one to put it in its place.") % {"name": file_in(answer)[1]}
    return f"{kept} {limits}"


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


class FormForSomebody(QuestionsForm):
    """Filled in for another person, who alone can agree to anything."""

    agrees = False
