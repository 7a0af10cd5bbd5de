"""Enrolments: found by any part of a name, read as they were asked, moved by deeds alone."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from accounts.roles import ORGANISE, SEE_ROSTER, may_organise, may_read_identity
from training.admin.chips import chip
from training.admin.deeds import DEEDS, MOST_AT_ONCE, Deed, ReasonForm, deeds_for, perform, tell
from training.admin.entering import enter_view
from training.admin.filling import filling
from training.admin.guarded import GuardedAdmin, acting, rights_of
from training.admin.history import Reading
from training.admin.reveals import reveal_view
from training.admin.transferring import transfer_view
from training.catalogue.models import Category, Organisation, TrainingSession
from training.catalogue.rights import Place
from training.enrolment.answer_files import opened
from training.enrolment.answers import answers_by_code, answers_given, files_in
from training.enrolment.asked import as_lists_read, questionnaires_at
from training.enrolment.kinship import kin_of
from training.enrolment.later_forms import later_forms_of, with_later_forms
from training.enrolment.models import AnswerFile, Enrolment
from training.enrolment.questionnaires import as_kept
from training.enrolment.standing import standing_of, why_not_yet
from training.enrolment.states import OPEN, State
from training.mail.models import Letter
from training.tools.dates import short_moment_in_words
from training.tools.keys import key_or_none
from training.tools.papers import CONTENT_TYPES
from training.tools.text import masked_email


class SessionFilter(admin.SimpleListFilter):
    """Only the sessions that the visitor cares for."""

    title = _("training session")
    parameter_name = "session"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        mine = TrainingSession.objects.in_care_of(request.user, *SEE_ROSTER).only("pk", "title_en", "title_zh")
        return [(str(one.pk), one.title) for one in mine]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        key = key_or_none(self.value())
        return queryset if key is None else queryset.filter(session=key)


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("all that are open")), *((str(value), label) for value, label in State.choices)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "open":
            return queryset.filter(state__in=OPEN)
        return queryset.filter(state=self.value()) if self.value() in State.values else queryset


class CategoryFilter(admin.SimpleListFilter):
    title = _("category")
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(one.pk), one.name) for one in Category.objects.all()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        key = key_or_none(self.value())
        return queryset if key is None else queryset.filter(category=key)


class BodyFilter(admin.SimpleListFilter):
    """The recommending bodies, in their official order."""

    title = _("recommending body")
    parameter_name = "body"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        bodies = Organisation.objects.filter(is_recommending_body=True)
        return [*((str(one.pk), one.name) for one in bodies), ("none", _("applied alone"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "none":
            return queryset.filter(body__isnull=True)
        key = key_or_none(self.value())
        return queryset if key is None else queryset.filter(body=key)


class DeadlineFilter(admin.SimpleListFilter):
    """Offers by the time that is left, as the start page asks for them."""

    title = _("offer")
    parameter_name = "offer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("soon", _("lapses within 24 hours"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.lapsing_soon(timezone.now()) if self.value() == "soon" else queryset


class EnrolmentAdmin(GuardedAdmin[Enrolment]):
    seen_by = SEE_ROSTER
    list_display = (
        "name_shown",
        "session_shown",
        "state_shown",
        "since_shown",
        "category_shown",
        "body_shown",
        "employer_shown",
    )
    list_filter = (SessionFilter, StateFilter, CategoryFilter, BodyFilter, DeadlineFilter)
    list_select_related = ("trainee", "session", "category", "body")
    search_fields = ("reference",)
    search_help_text = _("Any part of a name, pinyin initials, the beginning of an e-mail address, or last digits.")
    ordering = ("-applied_at", "-pk")
    show_facets = admin.ShowFacets.NEVER  # a count for each choice would be a walk through all enrolments
    change_list_template = "admin/enrolments/change_list.html"
    not_in_lists: ClassVar = (
        "answers", "identity_sealed", "mobile_sealed", "trainee__identity_sealed", "trainee__mobile_sealed",
        "session__summary_en", "session__summary_zh", "session__practical_en", "session__practical_zh",
    )  # fmt: skip

    def readings_of(self, thing: Enrolment) -> Mapping[str, Reading]:
        """The answers by the words of their questions, those that are asked no longer included."""
        asked = as_lists_read(thing.session, questionnaires_at(thing.session))
        return {"answers": partial(answers_by_code, [question for several in asked.values() for question in several])}

    def get_list_display(self, request: HttpRequest) -> Any:
        """In a list of one session every row would name the same one."""
        of_one = key_or_none(request.GET.get("session")) is not None
        return [name for name in self.list_display if not (of_one and name == "session_shown")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enrolment]:
        mine: QuerySet[Enrolment] = Enrolment.objects.in_care_of(request.user, *SEE_ROSTER)
        return mine

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Enrolment], bool]:
        words = search_term.strip()
        if not words:
            return queryset, False
        return queryset.filter(reference=words.upper()) | queryset.found_by(words), False

    def place_of(self, thing: Enrolment) -> Place:
        return thing.session

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Enrolment | None = None) -> bool:
        """No: a change of state is a deed, and what somebody sent is not ours to rewrite."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Enrolment | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """The deeds, for those who organise anything; which people they may move is asked once more."""
        if not rights_of(request).anywhere(ORGANISE):
            return {}
        return {code: (partial(_choose_deed, code), code, deed.title) for code, deed in DEEDS.items()}

    def get_action_choices(self, request: HttpRequest, default_choices: Any = None) -> list[tuple[str, str]]:
        offered = [(name, str(title)) for _do, name, title in self.get_actions(request).values()]
        return [("", say("choose what to do")), *offered]

    def get_urls(self) -> list[URLPattern]:
        def hung(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
            return self.admin_site.admin_view(partial(view, self))

        return [
            path("enter/", hung(enter_view), name="training_enrolment_enter"),
            path("deeds/<slug:code>/", hung(deed_view), name="training_enrolment_deed"),
            path("<int:pk>/files/<uuid:key>/", hung(file_view), name="training_enrolment_file"),
            path("<int:pk>/reveal/", hung(reveal_view), name="training_enrolment_reveal"),
            path("<int:pk>/transfer/", hung(transfer_view), name="training_enrolment_transfer"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        more = {"filling": self._filling(request), "may_enter": rights_of(request).anywhere(ORGANISE)}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def _filling(self, request: HttpRequest) -> SafeString | str:
        """How full the one session is that the list is narrowed to."""
        key = key_or_none(request.GET.get("session"))
        session = key and TrainingSession.objects.in_care_of(request.user, *SEE_ROSTER).filter(pk=key).first()
        return filling(session) if session else ""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The enrolment to read; there is no form."""
        key = key_or_none(object_id)
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request):
            raise PermissionDenied
        if key is None:
            raise Http404
        mine: Any = self.get_queryset(request).select_related(
            "trainee", "session", "category", "form_version", "body", "quota__body", "quota__category"
        )
        return enrolment_page(self, request, get_object_or_404(with_later_forms(mine), pk=key))

    @admin.display(description=_("name"), ordering="trainee__name_pinyin")
    def name_shown(self, enrolment: Enrolment) -> str:
        return enrolment.trainee.name

    @admin.display(description=_("training session"))
    def session_shown(self, enrolment: Enrolment) -> str:
        return enrolment.session.title

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, enrolment: Enrolment) -> SafeString:
        return chip(enrolment.state, State(enrolment.state).label)

    @admin.display(description=_("since"), ordering="state_since")
    def since_shown(self, enrolment: Enrolment) -> str:
        return short_moment_in_words(enrolment.state_since)

    @admin.display(description=_("category"))
    def category_shown(self, enrolment: Enrolment) -> str:
        return enrolment.category.name if enrolment.category else ""

    @admin.display(description=_("recommending body"))
    def body_shown(self, enrolment: Enrolment) -> str:
        return (enrolment.body.short_name or enrolment.body.name) if enrolment.body else ""

    @admin.display(description=_("employer"))
    def employer_shown(self, enrolment: Enrolment) -> str:
        return enrolment.trainee.employer


def _choose_deed(code: str, page: EnrolmentAdmin, request: HttpRequest, chosen: QuerySet[Enrolment]) -> HttpResponse:
    """From the ticked rows to the page of the deed."""
    keys = list(chosen.order_by("applied_at", "pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if len(keys) > MOST_AT_ONCE:
        sentence = say("Choose at most %(most)d people at once; narrow the list by a filter.")
        messages.warning(request, sentence % {"most": MOST_AT_ONCE})
        return redirect(request.get_full_path())
    query = urlencode([("back", request.GET.urlencode()), *(("person", key) for key in keys)])
    return redirect(f"{reverse('admin:training_enrolment_deed', args=[code])}?{query}")


def deed_view(page: EnrolmentAdmin, request: HttpRequest, code: str) -> HttpResponse:
    """Shows whom the deed fits and asks why; does it, person by person."""
    deed = DEEDS.get(code)
    if deed is None:
        raise Http404
    people = _people(page, request)
    form = ReasonForm(request.POST if request.method == "POST" else None, deed=deed)
    if request.method == "POST" and form.is_valid():
        outcome = perform(deed, people, by=acting(request), reason=form.reason)
        tell(request, deed, outcome)
        return redirect(_back(request, people))
    return TemplateResponse(request, "admin/enrolments/deed.html", _deed_context(page, request, deed, people, form))


def _people(page: EnrolmentAdmin, request: HttpRequest) -> list[Enrolment]:
    """Those who were chosen and whose session the visitor organises, first come first; none is a 404."""
    if not rights_of(request).anywhere(ORGANISE):
        raise PermissionDenied
    asked = request.POST if request.method == "POST" else request.GET
    keys = [key for key in map(key_or_none, asked.getlist("person")[:MOST_AT_ONCE]) if key is not None]
    mine = Enrolment.objects.in_care_of(request.user, *ORGANISE).filter(pk__in=keys)
    people = list(mine.select_related("trainee", "session").order_by("applied_at", "pk"))
    if not people:
        raise Http404
    return people


def _back(request: HttpRequest, people: list[Enrolment]) -> str:
    """To the list as it was narrowed; to the one person whose page it came from."""
    asked = request.POST if request.method == "POST" else request.GET
    if asked.get("from") == "page" and len(people) == 1:
        return reverse("admin:training_enrolment_change", args=[people[0].pk])
    query = asked.get("back", "")
    return reverse("admin:training_enrolment_changelist") + (f"?{query}" if query else "")


def _deed_context(
    page: EnrolmentAdmin, request: HttpRequest, deed: Deed, people: list[Enrolment], form: ReasonForm
) -> dict[str, Any]:
    asked = request.POST if request.method == "POST" else request.GET
    sessions = {person.session_id: person.session for person in people}
    return {
        **page.admin_site.each_context(request),
        "title": deed.title,
        "deed": deed,
        "fitting": [person for person in people if deed.fits(person)],
        "others": [person for person in people if not deed.fits(person)],
        "people": people,
        "sessions": [(session, filling(session)) for session in sessions.values()],
        "form": form,
        "came_from": asked.get("from", ""),
        "back_query": asked.get("back", ""),
        "back": _back(request, people),
        "opts": page.opts,
    }


def enrolment_page(page: EnrolmentAdmin, request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """One enrolment: how it stands, what was sent, what happened, which letters went out."""
    held, session = rights_of(request), enrolment.session
    organises = may_organise(held, session)
    later = later_forms_of(enrolment)
    asked = [*as_kept(enrolment.questions), *(question for form in later for question in form.questions_then)]
    context = {
        **page.admin_site.each_context(request),
        "title": enrolment.trainee.name,
        "enrolment": enrolment,
        "email": masked_email(enrolment.trainee.email),
        "session": session,
        "status": chip(enrolment.state, enrolment.get_state_display()),
        "standing": standing_of(enrolment),
        "why_not_yet": why_not_yet(enrolment),
        "kin": kin_of(enrolment, among=Enrolment.objects.in_care_of(request.user, *SEE_ROSTER)),
        "answers": answers_given(enrolment),
        "later_forms": [(form, form.answers_of(enrolment)) for form in later],
        "files": files_in(enrolment, asked) if organises else [],
        "agreements": enrolment.agreements.select_related("text", "by"),
        "erasures": enrolment.erasures.all(),
        "events": enrolment.events.select_related("by"),
        "letters": _letters_about(enrolment) if organises else [],
        "deeds": deeds_for(enrolment) if organises else [],
        "may_organise": organises,
        "may_reveal": may_read_identity(held, session) and bool(enrolment.identity_sealed or enrolment.mobile_sealed),
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/enrolments/page.html", context)


def file_view(page: EnrolmentAdmin, request: HttpRequest, pk: int, key: UUID) -> FileResponse:
    """A file that somebody gave as an answer: for the organisers of the session, as an attachment."""
    mine = Enrolment.objects.in_care_of(request.user, *ORGANISE)
    enrolment = get_object_or_404(mine, pk=pk)
    file = get_object_or_404(AnswerFile.objects.visible_to(request.user).filter(enrolment=enrolment), pk=key)
    content = opened(file)
    if content is None:
        raise Http404
    return FileResponse(content, as_attachment=True, filename=file.name, content_type=CONTENT_TYPES[file.kind])


def _letters_about(enrolment: Enrolment) -> list[tuple[Letter, SafeString]]:
    letters = Letter.objects.about(enrolment.reference).order_by("-pk")
    return [(letter, chip(letter.state, letter.get_state_display())) for letter in letters]
