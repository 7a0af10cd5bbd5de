from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.roles import ORGANISE, SEE_DRAFTS, may_organise
from training.admin.agendas import agenda_view
from training.admin.asked_fields import AskedFieldsField
from training.admin.boards import board_urls
from training.admin.chips import chip
from training.admin.filling import filling
from training.admin.guarded import GuardedAdmin, GuardedForm, acting, rights_of
from training.admin.intakes import intake_urls
from training.admin.quota_deeds import quota_routes
from training.admin.session_forms import form_routes
from training.admin.session_links import links_of, links_shown
from training.catalogue.models import Programme, TrainingSession
from training.catalogue.publishing import publish
from training.catalogue.rights import Place
from training.enrolment.asking import ask, asked_by, refuse_to_leave_out
from training.enrolment.planning import cancel_session, offer_what_became_free, refuse_fewer_places_than_held, take_back
from training.enrolment.proposing import rule_in_sentences
from training.enrolment.questions import STANDARD
from training.tools.dates import days_in_words
from training.tools.refusals import Refused

WHAT_FREES_PLACES = frozenset({"capacity", "places_given", "pool_serves_bodies", "line_moves"})


class TrainingSessionForm(GuardedForm[TrainingSession]):
    asked = AskedFieldsField()

    fields_of_constraints = {
        "session_has_a_title": "title_en",
        "one_session_per_number": "number",
        "session_ends_after_its_start": "ends_on",
        "arrival_ends_after_it_starts": "arrival_ends_at",
        "enrolment_closes_after_it_opens": "enrolment_closes_at",
        "first_come_needs_a_number_of_places": "capacity",
        "places_held_within_capacity": "capacity",
        "pool_and_quotas_within_capacity": "capacity",
        "offers_leave_time_to_answer": "offer_hours",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "asked" in self.fields:
            self.initial["asked"] = asked_by(self.instance)
        if "slug" in self.fields:
            self.fields["slug"].error_messages["unique"] = say("Another session has this address. Choose another one.")

    def clean_capacity(self) -> int | None:
        capacity: int | None = self.cleaned_data["capacity"]
        if self.instance.pk:
            try:
                refuse_fewer_places_than_held(self.instance, capacity)
            except Refused as refused:
                raise forms.ValidationError(str(refused)) from refused
        return capacity

    def clean_asked(self) -> dict[str, bool]:
        asked: dict[str, bool] = self.cleaned_data["asked"]
        if self.instance.pk:
            try:
                refuse_to_leave_out(self.instance, asked)
            except Refused as refused:
                raise forms.ValidationError(str(refused)) from refused
        return asked

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        opens_at, starts_on = cleaned.get("enrolment_opens_at"), cleaned.get("starts_on")
        last_day = cleaned.get("ends_on") or starts_on
        if opens_at and last_day and timezone.localtime(opens_at).date() > last_day:
            self.add_error("enrolment_opens_at", say("Enrolment would open after the session is over."))
        arrives_at = cleaned.get("arrival_starts_at")
        if arrives_at and last_day and timezone.localtime(arrives_at).date() > last_day:
            self.add_error("arrival_starts_at", say("People would arrive after the session is over."))
        close_at, return_at = cleaned.get("nominations_close_at"), cleaned.get("quotas_return_at")
        if close_at and return_at and return_at < close_at:
            self.add_error("quotas_return_at", say("Places would return while bodies may still nominate for them."))
        return cleaned


class StatusFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(value), label) for value, label in TrainingSession.Status.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[TrainingSession]) -> QuerySet[TrainingSession]:
        return queryset.filter(status=self.value()) if self.value() else queryset


class WhenFilter(admin.SimpleListFilter):
    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ahead", _("running or ahead")), ("over", _("over")), ("open", _("open for enrolment"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        now = timezone.now()
        match self.value():
            case "ahead":
                return queryset.not_over(timezone.localdate(now))
            case "over":
                return queryset.over(timezone.localdate(now))
            case "open":
                return queryset.open_for_enrolment(now)
        return queryset


class ProgrammeFilter(admin.SimpleListFilter):
    """Only the programmes that the visitor cares for; the stock filter would name all of them."""

    title = _("programme")
    parameter_name = "programme"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(one.pk), one.title) for one in Programme.objects.in_care_of(request.user, *SEE_DRAFTS)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[TrainingSession]) -> QuerySet[TrainingSession]:
        wished = self.value() or ""
        return queryset.filter(programme=int(wished)) if wished.isdecimal() else queryset


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is the session cancelled?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who is enrolled reads this sentence in a letter, and it stands on the session's page."),
    )


class TrainingSessionAdmin(GuardedAdmin[TrainingSession]):
    """One class of a programme. Its state is changed by deeds, never by a field."""

    seen_by = SEE_DRAFTS
    form = TrainingSessionForm
    change_form_template = "admin/sessions/change_form.html"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("programme", "number"),
                    ("title_en", "title_zh"),
                    "slug",
                    ("summary_en", "summary_zh"),
                )
            },
        ),
        (_("When"), {"fields": (("starts_on", "ends_on"), ("arrival_starts_at", "arrival_ends_at"))}),
        (_("Where"), {"fields": ("province", ("city_en", "city_zh"), "venue", ("practical_en", "practical_zh"))}),
        (_("Size of the class"), {"fields": (("capacity", "places_given"), "offer_hours")}),
        (_("Enrolment"), {"fields": (("enrolment_opens_at", "enrolment_closes_at"), "asked")}),
        (
            _("Recommending bodies"),
            {
                "fields": (
                    ("nominations_close_at", "substitution_until"),
                    ("quotas_return_at", "pool_serves_bodies"),
                    ("line_order", "newcomers_first", "line_moves"),
                    "days_lists_are_kept",
                )
            },
        ),
        (
            _("Contact"),
            {"fields": (("contact_name_en", "contact_name_zh"), ("contact_phone", "contact_email"))},
        ),
        (_("Marks"), {"fields": ("is_sample",)}),
    )
    prepopulated_fields = {"slug": ("title_en",)}
    list_display = ("title_shown", "days_shown", "status_shown", "filling_shown", "go_to")
    list_filter = (WhenFilter, StatusFilter, ProgrammeFilter)
    search_fields = ("title_en", "title_zh", "slug", "city_en", "city_zh")
    ordering = ("-starts_on", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrainingSession]:
        mine: QuerySet[TrainingSession] = TrainingSession.objects.in_care_of(request.user, *SEE_DRAFTS)
        return mine.order_by(*self.ordering)

    def choices_for(self, request: HttpRequest) -> QuerySet[TrainingSession]:
        mine: QuerySet[TrainingSession] = TrainingSession.objects.in_care_of(request.user, *ORGANISE)
        return mine

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row is locked before it is looked at when it is about to be changed."""
        found = super().get_object(request, object_id, from_field)
        if found is not None and request.method == "POST":
            return TrainingSession.objects.select_for_update(of=("self",)).get(pk=found.pk)
        return found

    def place_of(self, thing: TrainingSession) -> Place:
        return thing

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A session stays in its programme."""
        return ("programme",) if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """An address that is known to people does not follow a new title."""
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: TrainingSession | None = None) -> bool:
        """Only a draft: what was public is cancelled instead."""
        is_draft = obj is None or obj.status == TrainingSession.Status.DRAFT
        return is_draft and super().has_delete_permission(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        session: TrainingSession = form.instance
        if "asked" in form.changed_data:
            ask(session, form.cleaned_data["asked"])
        if change and WHAT_FREES_PLACES.intersection(form.changed_data):
            self._tell_who_got_a_place(request, offer_what_became_free(session))

    def _tell_who_got_a_place(self, request: HttpRequest, offered: int) -> None:
        if offered:
            sentence = ngettext(
                "%(offered)d place was offered to the first in line.",
                "%(offered)d places were offered to the first in line.",
                offered,
            )
            messages.success(request, sentence % {"offered": offered})

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        session: TrainingSession | None = context.get("original")
        if session is not None:
            context |= {
                "links": links_of(session),
                "filling": filling(session),
                "status": chip(session.status, session.get_status_display()),
                "may_organise": may_organise(rights_of(request), session),
                "rule": rule_in_sentences(session),
                "nobody_enrolled": session.is_published and not session.enrolments.exists(),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        of_session = "training_trainingsession"
        return [
            path(
                "<int:pk>/agenda/",
                self.admin_site.admin_view(partial(agenda_view, self)),
                name=f"{of_session}_agenda",
            ),
            *board_urls(self),
            *intake_urls(self),
            path("<int:pk>/publish/", self.admin_site.admin_view(self.publish_view), name=f"{of_session}_publish"),
            path(
                "<int:pk>/take-back/", self.admin_site.admin_view(self.take_back_view), name=f"{of_session}_take_back"
            ),
            path("<int:pk>/cancel/", self.admin_site.admin_view(self.cancel_view), name=f"{of_session}_cancel"),
            *form_routes(self),
            *quota_routes(self),
            *super().get_urls(),
        ]

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        session = self.session_to_change(request, pk)
        if request.method != "POST":
            raise Http404
        try:
            publish(session)
            messages.success(request, say("“%(session)s” is published.") % {"session": session})
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("admin:training_trainingsession_change", pk)

    def take_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        session = self.session_to_change(request, pk)
        if request.method != "POST":
            raise Http404
        try:
            take_back(session)
            messages.success(request, say("“%(session)s” is a draft again.") % {"session": session})
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("admin:training_trainingsession_change", pk)

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        session = self.session_to_change(request, pk)
        form = CancelForm(request.POST if request.method == "POST" else None, label_suffix="")
        if form.is_valid():
            ended = cancel_session(session, reason=form.cleaned_data["reason"], by=acting(request))
            messages.success(request, _cancelled_in_words(session, ended))
            return redirect("admin:training_trainingsession_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": say("Cancel “%(session)s”") % {"session": session},
            "session": session,
            "form": form,
            "opts": self.opts,
            "back": reverse("admin:training_trainingsession_change", args=[pk]),
        }
        return TemplateResponse(request, "admin/sessions/cancel.html", context)

    def session_to_change(self, request: HttpRequest, pk: int) -> TrainingSession:
        session = get_object_or_404(self.get_queryset(request), pk=pk)
        if not may_organise(rights_of(request), session):
            raise PermissionDenied
        return session

    @admin.display(description=_("Fields of the form"))
    def asked(self, session: TrainingSession) -> str:
        """For those who look and do not change: the form's field of this name is no column."""
        return say(", ").join(str(STANDARD[code].label) for code in asked_by(session)) or "–"

    @admin.display(description=_("training session"), ordering="title_en")
    def title_shown(self, session: TrainingSession) -> str:
        return session.title

    @admin.display(description=_("days"), ordering="starts_on")
    def days_shown(self, session: TrainingSession) -> str:
        return days_in_words(session.starts_on, session.ends_on)

    @admin.display(description=_("status"), ordering="status")
    def status_shown(self, session: TrainingSession) -> SafeString:
        return chip(session.status, session.get_status_display())

    @admin.display(description=_("places"), ordering="places_held")
    def filling_shown(self, session: TrainingSession) -> SafeString:
        return filling(session)

    @admin.display(description=_("go to"))
    def go_to(self, session: TrainingSession) -> SafeString:
        return links_shown(session)


def _cancelled_in_words(session: TrainingSession, ended: int) -> str:
    return ngettext(
        "“%(session)s” is cancelled; %(ended)d enrolment ended with a letter.",
        "“%(session)s” is cancelled; %(ended)d enrolments ended with a letter.",
        ended,
    ) % {"session": session, "ended": ended}
