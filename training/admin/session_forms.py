"""What a session asks, stage by stage: one calm page per form, and one page per field.

Everybody who may see the session reads them; only its organisers change them.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.roles import may_organise
from training.admin.elsewhere import address_of
from training.admin.guarded import GuardedForm, rights_of
from training.admin.moments import MomentField
from training.admin.session_links import links_of
from training.admin.stock import StockFormSet
from training.catalogue.models import TrainingSession
from training.enrolment.answers import YES_NO
from training.enrolment.asked import questions_at
from training.enrolment.asking import (
    Option,
    ask_no_longer,
    ask_own,
    ask_standard,
    change_field,
    copy_form,
    hanging_on,
    may_be_asked,
    may_hang_on,
    move_field,
)
from training.enrolment.consents import ask_consents
from training.enrolment.later_forms import has_later_form, set_times
from training.enrolment.models import AskedField
from training.enrolment.purposes import Purpose
from training.enrolment.question_forms import QuestionsForm
from training.enrolment.questions import STANDARD, WITH_OPTIONS, FormStage, OwnKind
from training.tools.refusals import Refused

if TYPE_CHECKING:
    from training.admin.sessions import TrainingSessionAdmin

MOST_OPTIONS = 100
MORE_ROWS = 5


def form_routes(page: "TrainingSessionAdmin") -> list[URLPattern]:
    """Addresses of the forms of a session; `<stage>` is one of the form's stages, else a 404."""
    views: tuple[tuple[str, str, Callable[..., HttpResponse]], ...] = (
        ("forms/<str:stage>/", "form", form_view),
        ("forms/<str:stage>/add/", "form_add", own_field_view),
        ("forms/<str:stage>/preview/", "form_preview", preview_view),
        ("forms/<str:stage>/<int:field>/", "form_field", field_view),
        ("forms/<str:stage>/<int:field>/remove/", "form_remove", remove_view),
    )
    return [
        path(
            f"<int:pk>/{route}",
            page.admin_site.admin_view(partial(view, page)),
            name=f"training_trainingsession_{name}",
        )
        for route, name, view in views
    ]


# The form ------------------------------------------------------------------------------------------------------------


def form_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int, stage: str) -> HttpResponse:
    """The fields in their order; adding, copying and moving them."""
    session, stage = _seen(page, request, pk, stage)
    if request.method == "POST":
        session = page.session_to_change(request, pk)
        try:
            times = _do(page, request, session, stage)
        except Refused as refused:
            messages.error(request, str(refused))
            times = None
        if times is None:
            return redirect("admin:training_trainingsession_form", pk, stage)
    else:
        times = _times_form(session, stage)
    asked = list(AskedField.objects.of(session).filter(stage=stage))
    codes = set(AskedField.objects.of(session).values_list("code", flat=True))
    conditions = dict(_conditions(may_hang_on(session, stage)))
    asked_for = set(session.asked_consents.values_list("purpose", flat=True))
    context = {
        **_context(page, request, session, stage),
        "title": say("Forms of “%(session)s”") % {"session": session},
        "fields": [(field, conditions.get(f"{field.shown_if_code}={field.shown_if_value}", "")) for field in asked],
        "standard": [question for code, question in may_be_asked(stage).items() if code not in codes],
        "sources": _sources(page, request, session),
        "times": times if stage != FormStage.APPLICATION else None,
        "consents": [(value, label, value in asked_for) for value, label in Purpose.choices],
        "who_answered": address_of("desk_form", session.slug, stage) if has_later_form(session, stage) else "",
    }
    return TemplateResponse(request, "admin/forms/form.html", context)


def _do(page: "TrainingSessionAdmin", request: HttpRequest, session: TrainingSession, stage: str) -> "TimesForm | None":
    """Does what the pressed button says; times with a mistake come back as they were typed."""
    deed, _colon, key = request.POST.get("deed", "").partition(":")
    match deed:
        case "add":
            ask_standard(session, stage, request.POST.get("code", ""))
        case "up" | "down":
            move_field(_field(session, stage, key), up=deed == "up")
        case "copy":
            source = _chosen(_sources(page, request, session), request.POST.get("source", ""))
            _say_how_many(request, copy_form(source, session, stage))
        case "consents":
            ask_consents(session, [one for one in request.POST.getlist("purpose") if one in Purpose.values])
            messages.success(request, say("The agreements that are asked are saved."))
        case "times":
            return _set_times(request, session, stage)
    return None


class TimesForm(forms.Form):
    opens_at = MomentField(label=_("Opens"), required=False)
    closes_at = MomentField(label=_("To be answered until"), required=False)


def _times_form(session: TrainingSession, stage: str, data: Any = None) -> TimesForm:
    window = session.form_windows.filter(stage=stage).first()
    known = {"opens_at": window.opens_at, "closes_at": window.closes_at} if window else {}
    return TimesForm(data, initial=known, label_suffix="")


def _set_times(request: HttpRequest, session: TrainingSession, stage: str) -> TimesForm | None:
    form = _times_form(session, stage, request.POST)
    if form.is_valid():
        try:
            set_times(session, stage, form.cleaned_data["opens_at"], form.cleaned_data["closes_at"])
        except Refused as refused:
            form.add_error("closes_at", str(refused))
        else:
            messages.success(request, say("The times of this form are saved."))
            return None
    return form


def _say_how_many(request: HttpRequest, count: int) -> None:
    if not count:
        messages.info(request, say("There was nothing to copy that is not asked already."))
        return
    sentence = ngettext("%(count)d field was copied.", "%(count)d fields were copied.", count)
    messages.success(request, sentence % {"count": count})


def _sources(page: "TrainingSessionAdmin", request: HttpRequest, session: TrainingSession) -> list[TrainingSession]:
    """Sessions that the visitor organises and that ask something."""
    mine = page.choices_for(request).exclude(pk=session.pk).filter(asked_fields__isnull=False)
    return list(mine.distinct().order_by("-starts_on", "pk")[:50])


def _chosen(sources: Sequence[TrainingSession], key: str) -> TrainingSession:
    found = next((source for source in sources if str(source.pk) == key), None)
    if found is None:
        raise Refused(say("Choose a session to copy from."))
    return found


def preview_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int, stage: str) -> HttpResponse:
    """The form as people see it; nothing can be sent."""
    session, stage = _seen(page, request, pk, stage)
    if request.method == "POST":
        return redirect(request.path)
    questions = questions_at(session, stage)
    context = {
        **_context(page, request, session, stage),
        "title": say("Preview of the form"),
        "form": QuestionsForm(questionnaire=questions, categories=list(session.programme.categories.all())),
        "has_conditions": questions.has_conditions,
    }
    return TemplateResponse(request, "admin/forms/preview.html", context)


# A field -------------------------------------------------------------------------------------------------------------


class FieldForm(GuardedForm[AskedField]):
    """What can be said about a field; of a standard one, its words are given."""

    shown_if = forms.ChoiceField(
        label=_("Asked only if"),
        required=False,
        help_text=_("An answer that comes before this field. Without it, everybody is asked."),
    )

    fields_of_constraints = {"an_own_field_has_words": "label_en", "no_agreement_is_required": "is_required"}
    of_own = ("kind", "label_en", "label_zh", "purpose_en", "purpose_zh")

    class Meta:
        model = AskedField
        fields = (
            "kind",
            "label_en",
            "label_zh",
            "purpose_en",
            "purpose_zh",
            "is_required",
            "shown_if",
            "keep_days",
            "consent",
        )

    def __init__(self, *args: Any, conditions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: AskedField = self.instance
        shown_if: Any = self.fields["shown_if"]
        shown_if.choices = [("", say("always")), *conditions]
        if field.shown_if_code:
            self.initial["shown_if"] = f"{field.shown_if_code}={field.shown_if_value}"
        if field.pk and field.code in STANDARD:
            self._leave_out(*self.of_own)
        elif field.pk:
            self._leave_out("kind")
        else:
            self.fields["kind"].required = True
            self.fields["is_required"].help_text = say("A section heading asks nothing, so it is never required.")
            self.initial["is_required"] = False

        if field.kind == OwnKind.HEADING:
            self._leave_out("is_required", "keep_days", "consent")

    def _leave_out(self, *names: str) -> None:
        for name in names:
            del self.fields[name]

    def words(self) -> dict[str, Any]:
        """What was said, by the names of the columns."""
        given = {name: self.cleaned_data[name] for name in self.fields if name not in ("kind", "shown_if")}
        given["shown_if_code"], _equals, given["shown_if_value"] = self.cleaned_data["shown_if"].partition("=")
        return given


class OptionForm(forms.Form):
    value = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    label_en = forms.CharField(label=_("Option (English)"), required=False, max_length=200)
    label_zh = forms.CharField(label=_("Option (Chinese)"), required=False, max_length=100)
    capacity = forms.IntegerField(label=_("How many may choose it"), required=False, min_value=0, max_value=1_000_000)


class RowsOfOptions(StockFormSet[OptionForm]):
    def add_fields(self, form: OptionForm, index: int | None) -> None:
        """The title of a column is the name of each of its fields."""
        super().add_fields(form, index)
        for name, field in form.fields.items():
            field.widget.attrs["aria-label"] = say("Remove") if name == "DELETE" else str(field.label or "")


OptionRows = forms.formset_factory(
    OptionForm,
    formset=RowsOfOptions,
    extra=3,
    max_num=MOST_OPTIONS,
    validate_max=True,
    absolute_max=MOST_OPTIONS + 10,
    can_delete=True,
)


def own_field_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int, stage: str) -> HttpResponse:
    """An own field is written: its kind, its words, its options."""
    session, stage = _changed(page, request, pk, stage)
    form, rows = _field_form(request, AskedField(session=session, stage=stage), session, stage)
    if not _wants_more_rows(request) and form.is_valid() and rows.is_valid():
        kind = OwnKind(form.cleaned_data["kind"])
        options = _options(rows)
        if _has_its_options(form, kind, options):
            field = ask_own(session, stage, kind, form.words(), options)
            messages.success(request, say("“%(field)s” is asked now.") % {"field": field.label})
            return redirect("admin:training_trainingsession_form", pk, stage)
    title = say("Add an own field")
    return _field_page(page, request, session, stage, {"title": title, "form": form, "rows": rows})


def field_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int, stage: str, field: int) -> HttpResponse:
    """A field is changed; what was answered keeps the question as it was."""
    session, stage = _changed(page, request, pk, stage)
    asked = _field(session, stage, str(field))
    form, rows = _field_form(request, asked, session, stage)
    label, has_options = asked.label, asked.kind in WITH_OPTIONS
    if not _wants_more_rows(request) and form.is_valid() and (not has_options or rows.is_valid()):
        options = _options(rows) if has_options else None
        if options is None or _has_its_options(form, OwnKind(asked.kind), options):
            try:
                change_field(asked, form.words(), options)
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, say("“%(thing)s” is saved.") % {"thing": asked.label})
                return redirect("admin:training_trainingsession_form", pk, stage)
    more = {"title": label, "form": form, "rows": rows if has_options else None, "field": asked}
    return _field_page(page, request, session, stage, more)


def remove_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int, stage: str, field: int) -> HttpResponse:
    """Asks before a field is taken out of the form."""
    session, stage = _changed(page, request, pk, stage)
    asked = _field(session, stage, str(field))
    if request.method == "POST":
        try:
            ask_no_longer(asked)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, say("“%(field)s” is no longer asked.") % {"field": asked.label})
        return redirect("admin:training_trainingsession_form", pk, stage)
    title = say("Ask “%(field)s” no longer?") % {"field": asked.label}
    more = {"title": title, "form": forms.Form(), "hanging": hanging_on(asked)}
    return _field_page(page, request, session, stage, more, template="admin/forms/remove.html")


def _field_form(request: HttpRequest, field: AskedField, session: TrainingSession, stage: str) -> tuple[FieldForm, Any]:
    data = request.POST if request.method == "POST" else None
    conditions = _conditions(may_hang_on(session, stage, field if field.pk else None))
    present = [
        {"value": one.value, "label_en": one.label_en, "label_zh": one.label_zh, "capacity": one.capacity}
        for one in (field.options.all() if field.pk else ())
    ]
    rows = OptionRows(_with_more_rows(data) if _wants_more_rows(request) else data, initial=present, prefix="options")
    return FieldForm(data, instance=field, conditions=conditions), rows


def _wants_more_rows(request: HttpRequest) -> bool:
    """Whether the button was pressed that only adds empty rows for options; nothing is saved then."""
    return request.method == "POST" and "more" in request.POST


def _with_more_rows(data: Any) -> Any:
    """What was typed, with a few more rows, up to as many as a field may offer."""
    grown, total = data.copy(), data.get("options-TOTAL_FORMS", "")
    if total.isdecimal() and len(total) <= len(str(MOST_OPTIONS)):
        grown["options-TOTAL_FORMS"] = str(min(int(total) + MORE_ROWS, MOST_OPTIONS))
    return grown


def _options(rows: Any) -> list[Option]:
    """The options that have words, in the order of the rows."""
    return [
        Option(row["label_en"], row["label_zh"], row["capacity"], row["value"])
        for row in rows.cleaned_data
        if row and not row.get("DELETE") and (row["label_en"] or row["label_zh"])
    ]


def _has_its_options(form: FieldForm, kind: OwnKind, options: list[Option]) -> bool:
    if str(kind) in WITH_OPTIONS and len(options) < 2:
        form.add_error(None, say("Write at least two options to choose from."))
        return False
    return True


def _conditions(fields: Sequence[AskedField]) -> list[tuple[str, str]]:
    """Every answer on which a field can hang: its code and value, and both in words."""
    return [
        (
            f"{field.code}={value}",
            say("“%(question)s” is “%(answer)s”") % {"question": field.label, "answer": capfirst(str(words))},
        )
        for field in fields
        for value, words in _answers_of(field)
    ]


def _answers_of(field: AskedField) -> list[tuple[str, Any]]:
    standard = STANDARD.get(field.code)
    kind = standard.kind if standard else field.kind
    if kind == OwnKind.YES_NO:
        return list(YES_NO)
    return list(standard.choices) if standard else [(one.value, one.label) for one in field.options.all()]


# What all pages share ------------------------------------------------------------------------------------------------


def _seen(page: "TrainingSessionAdmin", request: HttpRequest, pk: int, stage: str) -> tuple[TrainingSession, str]:
    if stage not in FormStage.values:
        raise Http404
    return get_object_or_404(page.get_queryset(request).select_related("programme"), pk=pk), stage


def _changed(page: "TrainingSessionAdmin", request: HttpRequest, pk: int, stage: str) -> tuple[TrainingSession, str]:
    if stage not in FormStage.values:
        raise Http404
    return page.session_to_change(request, pk), stage


def _field(session: TrainingSession, stage: str, key: str) -> AskedField:
    """A field of this form, whoever names it."""
    if not key.isascii() or not key.isdecimal() or len(key) > 18:
        raise Http404
    field: AskedField = get_object_or_404(AskedField.objects.of(session).filter(stage=stage), pk=key)
    return field


def _field_page(
    page: "TrainingSessionAdmin",
    request: HttpRequest,
    session: TrainingSession,
    stage: str,
    more: dict[str, Any],
    *,
    template: str = "admin/forms/field.html",
) -> HttpResponse:
    back = reverse("admin:training_trainingsession_form", args=[session.pk, stage])
    context = {**_context(page, request, session, stage), "back": back, **more}
    return TemplateResponse(request, template, context)


def _context(
    page: "TrainingSessionAdmin", request: HttpRequest, session: TrainingSession, stage: str
) -> dict[str, Any]:
    return {
        **page.admin_site.each_context(request),
        "session": session,
        "stage": stage,
        "stage_name": FormStage(stage).label,
        "stages": FormStage.choices,
        "links": links_of(session),
        "may_organise": may_organise(rights_of(request), session),
        "opts": page.opts,
    }
