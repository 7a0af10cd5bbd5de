"""Writing to many: the letter and whom it is for; then how many that are, and one of them as an example; then sent.

Guards one rule: nothing leaves before somebody has seen the count, and above 200 people it takes a
purpose and a fresh sign-in. What was typed waits in the web session while that is shown.
"""

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.freshness import ask_again, signed_in_lately
from accounts.models import User
from accounts.roles import ORGANISE, READ_LOG
from training.admin.guarded import GuardedAdmin, acting, rights_of
from training.admin.letter_templates import left_empty_in_words, letters_to_choose, placeholders_in_words
from training.catalogue.models import Category, Organisation, TrainingSession
from training.enrolment.later_forms import has_later_form
from training.enrolment.mailing import LetterToMany, filled_for, left_empty_for, people_meant, send_to_many
from training.enrolment.models import Enrolment, Mailing
from training.enrolment.models.mailings import MOST_WITHOUT_A_PURPOSE
from training.enrolment.questions import TITLES_OF_FORMS
from training.enrolment.states import State
from training.mail.wording import COLUMNS, Wording, has_wording, refuse_what_cannot_stand_there
from training.tools.dates import short_moment_in_words
from training.tools.keys import key_or_none
from training.tools.refusals import Refused

PEOPLE_TO_CHOOSE = 200  # in the list of whose letter to look at
KEPT = "letter to many"  # in the web session, between writing and sending
OWN_WORDS = "enrolment_own"  # the kind whose placeholders own words may use


class LetterToManyForm(forms.Form):
    """Whom it is for, and a letter that exists or own words."""

    session: Any = forms.ModelChoiceField(label=_("Training session"), queryset=None)
    states = forms.MultipleChoiceField(
        label=_("People in these states"),
        choices=[(value, label) for value, label in State.choices if value != State.DRAFT],
        initial=[State.CONFIRMED.value],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one state.")},
    )
    body: Any = forms.ModelChoiceField(
        label=_("Only those nominated by"), queryset=None, required=False, empty_label=_("everybody")
    )
    category = forms.ModelChoiceField(
        label=_("Only this category"), queryset=Category.objects.all(), required=False, empty_label=_("every category")
    )
    unanswered = forms.ChoiceField(
        label=_("Only those who have not answered"),
        choices=[("", _("whether they have answered or not")), *TITLES_OF_FORMS.items()],
        required=False,
    )
    template = forms.ChoiceField(label=_("Letter"), required=False)
    subject_en = forms.CharField(label=_("Subject (English)"), max_length=200, required=False)
    text_en = forms.CharField(
        label=_("Text (English)"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 12})
    )
    subject_zh = forms.CharField(label=_("Subject (Chinese)"), max_length=200, required=False)
    text_zh = forms.CharField(
        label=_("Text (Chinese)"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 12})
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        mine = TrainingSession.objects.in_care_of(by, *ORGANISE)
        session, body, template = self._fields_with_choices()
        session.queryset = mine.order_by("-starts_on", "pk")
        body.queryset = Organisation.objects.filter(pk__in=_bodies(by)).order_by("name_en")
        template.choices = [("", say("the words below")), *letters_to_choose(by, "enrolment")]
        self.fields["text_en"].help_text = say("Placeholders of this letter: %(names)s") % {
            "names": placeholders_in_words(OWN_WORDS)
        }

    def _fields_with_choices(self) -> tuple[Any, Any, Any]:
        return self.fields["session"], self.fields["body"], self.fields["template"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._look_at_the_form(cleaned.get("unanswered", ""), cleaned.get("session"))
        if cleaned.get("template"):
            self._look_at_the_programme(cleaned["template"], cleaned.get("session"))
            return cleaned | dict.fromkeys(COLUMNS, "")
        for name in COLUMNS:
            try:
                refuse_what_cannot_stand_there(OWN_WORDS, name, cleaned.get(name) or "")
            except Refused as refused:
                self.add_error(name, str(refused))
        pairs = [(cleaned.get(f"subject_{code}"), cleaned.get(f"text_{code}")) for code in ("en", "zh")]
        if not any(all(pair) for pair in pairs):
            self.add_error("template", say("Choose a letter, or write subject and text in at least one language."))
        return cleaned

    def _look_at_the_form(self, stage: str, session: TrainingSession | None) -> None:
        if stage and session is not None and not has_later_form(session, stage):
            self.add_error("unanswered", say("This session does not ask that form."))

    def _look_at_the_programme(self, template: str, session: TrainingSession | None) -> None:
        if session is not None and not has_wording(template, session.programme_id):
            self.add_error("template", say("This letter belongs to another programme; choose another."))

    @property
    def letter(self) -> LetterToMany:
        return LetterToMany(**self.cleaned_data)


def _bodies(by: User) -> Any:
    return Enrolment.objects.in_care_of(by, *ORGANISE).exclude(body=None).values("body")


class SendingForm(forms.Form):
    """Only asks what the letter is for where that is needed."""

    purpose = forms.CharField(
        label=_("What is this letter for?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Your name, the time and this sentence are kept and cannot be erased."),
        error_messages={"required": _("Say what the letter is for.")},
    )

    def __init__(self, *args: Any, is_big: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        if not is_big:
            del self.fields["purpose"]


class MailingAdmin(GuardedAdmin[Mailing]):
    """The record of letters to many: to read, for organisers and auditors."""

    seen_by = ORGANISE | READ_LOG
    edited_by = frozenset()
    change_list_template = "admin/letters/to_many_list.html"
    list_display = ("subject_shown", "session", "people", "by", "at_shown", "purpose")
    list_select_related = ("session", "by")
    search_fields = ("subject_en", "subject_zh", "purpose")
    ordering = ("-at", "-pk")
    fields = (
        ("session", "people"), "states", ("body", "category"), "unanswered", "template", ("subject_en", "subject_zh"),
        ("text_en", "text_zh"), "purpose", ("by", "at_shown"),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mailing]:
        mine: QuerySet[Mailing] = Mailing.objects.visible_to(request.user)
        return mine

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("at_shown",)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        more = {"may_write": rights_of(request).anywhere(ORGANISE)}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        write, check = (self.admin_site.admin_view(partial(view, self)) for view in (write_view, check_view))
        return [
            path("write/", write, name="training_mailing_write"),
            path("write/check/", check, name="training_mailing_check"),
            *super().get_urls(),
        ]

    @admin.display(description=_("letter"))
    def subject_shown(self, mailing: Mailing) -> str:
        return str(mailing)

    @admin.display(description=_("at"), ordering="at")
    def at_shown(self, mailing: Mailing) -> str:
        return short_moment_in_words(mailing.at)


def write_view(page: MailingAdmin, request: HttpRequest) -> HttpResponse:
    """The letter and whom it is for; nothing leaves from here."""
    if not rights_of(request).anywhere(ORGANISE):
        raise PermissionDenied
    kept = request.session.get(KEPT, {}).get("typed", {})
    initial = {"states": [State.CONFIRMED.value], **kept}
    if request.GET.get("session"):  # the page was opened from one session, whatever was written before
        initial["session"] = request.GET["session"]
    form = LetterToManyForm(request.POST if request.method == "POST" else None, by=acting(request), initial=initial)
    if form.is_valid():
        typed = {name: form.data.get(name, "") for name in form.fields if name != "states"}
        typed["states"] = form.cleaned_data["states"]
        request.session[KEPT] = {"typed": typed, "send_key": str(uuid4())}
        return redirect("admin:training_mailing_check")
    context = {
        **page.admin_site.each_context(request),
        "title": say("Write to many"),
        "form": form,
        "back": reverse("admin:training_mailing_changelist"),
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/letters/write.html", context)


def check_view(page: MailingAdmin, request: HttpRequest) -> HttpResponse:
    """How many people that are, and one letter as it will be read; from here it is sent."""
    if not rights_of(request).anywhere(ORGANISE):
        raise PermissionDenied
    kept = request.session.get(KEPT)
    written = LetterToManyForm(kept["typed"], by=acting(request)) if kept else None
    if kept is None or written is None or not written.is_valid():
        return redirect("admin:training_mailing_write")
    letter = written.letter
    people = people_meant(letter)
    count = people.count()
    is_big = count > MOST_WITHOUT_A_PURPOSE
    if is_big and not signed_in_lately(request):
        return ask_again(request)  # type: ignore[return-value]
    form = SendingForm(request.POST if request.method == "POST" else None, is_big=is_big)
    if form.is_valid():
        purpose = form.cleaned_data.get("purpose", "")
        try:
            mailing = send_to_many(letter, purpose=purpose, send_key=UUID(kept["send_key"]), by=acting(request))
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            del request.session[KEPT]
            messages.success(request, _sent_in_words(mailing))
            return redirect("admin:training_mailing_changelist")
    context = {
        **page.admin_site.each_context(request),
        "title": say("Read it once more before it is sent"),
        "letter": letter,
        "count": count,
        "not_answered": TITLES_OF_FORMS.get(letter.unanswered, ""),
        "states": [State(state).label for state in letter.states],
        "examples": [_as_read(letter, person) for person in _examples(request, people)],
        "recipients": people[:PEOPLE_TO_CHOOSE] if count > 1 else (),
        "person": key_or_none(request.GET.get("person")),
        "form": form,
        "back": reverse("admin:training_mailing_write"),
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/letters/check.html", context)


def _as_read(letter: LetterToMany, person: Enrolment) -> tuple[Enrolment, Wording, str]:
    """The person, the letter, and what stays empty in it."""
    return person, filled_for(letter, person), left_empty_in_words(left_empty_for(letter, person))


def _examples(request: HttpRequest, people: "QuerySet[Enrolment]") -> list[Enrolment]:
    """Whoever was chosen among those who get it, else one of each language."""
    key = key_or_none(request.GET.get("person"))
    chosen = people.filter(pk=key).first() if key else None
    return [chosen] if chosen else _one_of_each_language(people)


def _one_of_each_language(people: "QuerySet[Enrolment]") -> list[Enrolment]:
    """The first person of each language of letters: two letters at most."""
    found = (people.filter(trainee__language=language).first() for language in ("zh-hans", "en"))
    return [person for person in found if person is not None]


def _sent_in_words(mailing: Mailing) -> str:
    sentence = ngettext(
        "The letter is on its way to %(people)d person.",
        "The letter is on its way to %(people)d people.",
        mailing.people,
    )
    return sentence % {"people": mailing.people}
