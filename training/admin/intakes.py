"""Lists that organisers send for bodies: the same sheet as the nominators', and who is known already.

Guards one rule: only whoever organises the session sees its lists. What a body's nominators sent
an organiser reads and may take back; to correct and to take it is the body's.
"""

import uuid
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from training.admin.guarded import acting
from training.admin.session_links import links_of
from training.catalogue.models import Organisation, TrainingSession
from training.enrolment.models import Quota
from training.intake.blank_forms import BlankForm, blank_form, file_name_of
from training.intake.correcting import correct, put_right, row_touched
from training.intake.models import Intake
from training.intake.receiving import MOST_FILES, Sent, Wish, receive
from training.intake.showing import Spread, meanings_to_choose
from training.intake.taking import take, take_back_all
from training.tools.refusals import Refused

if TYPE_CHECKING:
    from training.admin.sessions import TrainingSessionAdmin

OF_SESSION = "training_trainingsession"
ROUTES = {
    "page": f"admin:{OF_SESSION}_intake",
    "sheet": f"admin:{OF_SESSION}_intake_sheet",
    "row": f"admin:{OF_SESSION}_intake_row",
    "take": f"admin:{OF_SESSION}_intake_take",
    "take_back": f"admin:{OF_SESSION}_intake_take_back",
}
FORM = f"admin:{OF_SESSION}_intake_form"
LATEST = 50


class SendForm(forms.Form):
    """For which body, and the key that makes one intake of a form that is sent twice."""

    body = forms.ModelChoiceField(Organisation.objects.none(), required=False)
    send_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any, session: TrainingSession) -> None:
        super().__init__(data, initial={"send_key": uuid.uuid4()})
        body = self.fields["body"]
        assert isinstance(body, forms.ModelChoiceField)  # noqa: S101 - it stands above
        body.queryset = bodies_of(session)
        body.label, body.empty_label = _("Recommending body"), _("as the lists say, row by row")


def intake_urls(page: "TrainingSessionAdmin") -> list[URLPattern]:
    """The lists of a session, and each intake by its reference."""

    def route(address: str, view: Any, name: str) -> URLPattern:
        return path(address, page.admin_site.admin_view(partial(view, page)), name=f"{OF_SESSION}_{name}")

    return [
        route("<int:pk>/lists/", send_view, "intakes"),
        route("<int:pk>/lists/forms/<int:body>/<slug:kind>/", form_view, "intake_form"),
        route("lists/<slug:reference>/", intake_view, "intake"),
        route("lists/<slug:reference>/sheet/", sheet_view, "intake_sheet"),
        route("lists/<slug:reference>/rows/<int:row>/", row_view, "intake_row"),
        route("lists/<slug:reference>/take/", take_view, "intake_take"),
        route("lists/<slug:reference>/take-back/", take_back_view, "intake_take_back"),
    ]


def send_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Files to send, for one body or for many, and what was sent so far."""
    session = page.session_to_change(request, pk)
    form = SendForm(request.POST if request.method == "POST" else None, session)
    wrong = ""
    if form.is_valid():
        try:
            return redirect(ROUTES["page"], _received(request, session, form).reference)
        except Refused as refused:
            wrong = str(refused)
    sent = Intake.objects.seen_by_organiser(acting(request)).filter(session=session)
    sent = sent.select_related("body").prefetch_related("files")
    more = {"form": form, "intakes": sent[:LATEST], "wrong": wrong, "most_files": MOST_FILES}
    bodies = [
        (body, [(reverse(FORM, args=[pk, body.pk, form]), form.label) for form in BlankForm])
        for body in bodies_of(session)
    ]
    return _page(page, request, session, "send", more | {"forms_of_bodies": bodies})


def form_view(
    page: "TrainingSessionAdmin", request: HttpRequest, pk: int, body: int, kind: str
) -> HttpResponse | FileResponse:
    """A blank form for a body with a quota, to be sent along with the notice."""
    session = page.session_to_change(request, pk)
    organisation: Organisation = get_object_or_404(bodies_of(session), pk=body)
    if kind not in BlankForm.values:
        raise Http404
    form = BlankForm(kind)
    name = file_name_of(session, organisation, form)
    return FileResponse(BytesIO(blank_form(session, organisation, form)), as_attachment=True, filename=name)


def bodies_of(session: TrainingSession) -> "QuerySet[Organisation]":
    with_a_quota = Quota.objects.filter(session=session).values("body")
    bodies: QuerySet[Organisation] = Organisation.objects.filter(pk__in=with_a_quota).order_by("official_order", "pk")
    return bodies


def intake_view(page: "TrainingSessionAdmin", request: HttpRequest, reference: str) -> HttpResponse:
    """The lists spread out, with who is known already; a body's own are only read."""
    own = _seen(request, reference)
    spread = _spread(request, own)
    more = {"intake": own, "spread": spread, "page": spread.page, "meanings": meanings_to_choose(spread.reception)}
    return _page(page, request, own.session, "page", more)


def sheet_view(page: "TrainingSessionAdmin", request: HttpRequest, reference: str) -> HttpResponse:
    """All that was typed and chosen in the sheet, with whichever button it was sent."""
    spread = _spread(request, _own(request, reference))
    if request.method == "POST":
        _put_right(request, spread)
    return _back_to(spread, row_touched(request.POST))


def row_view(page: "TrainingSessionAdmin", request: HttpRequest, reference: str, row: int) -> HttpResponse:
    """One row with all that is taken of it, beside what is on record of the person."""
    own = _own(request, reference) if request.method == "POST" else _seen(request, reference)
    found = get_object_or_404(own.rows.select_related("file", "intake"), pk=row)
    spread = _spread(request, own)
    if request.method == "POST":
        try:
            correct(found, request.POST.dict(), by=acting(request))
        except Refused as refused:
            messages.error(request, str(refused))
        return _back_to(spread, str(found.pk))
    more = {
        "intake": own,
        "spread": spread,
        "row": found,
        "entries": spread.entries(found),
        "changes": spread.changes_of(found),
    }
    return _page(page, request, own.session, "row", more | {"known": spread.known_in([found])[found.pk]})


def take_view(page: "TrainingSessionAdmin", request: HttpRequest, reference: str) -> HttpResponse:
    """Takes the good rows; what was typed in the sheet before is kept first."""
    own = _own(request, reference)
    if request.method == "POST" and _put_right(request, _spread(request, own)):
        try:
            take(own, all_or_nothing="all" in request.POST, by=acting(request))
        except Refused as refused:
            messages.error(request, str(refused))
    return redirect(ROUTES["page"], own.reference)


def take_back_view(page: "TrainingSessionAdmin", request: HttpRequest, reference: str) -> HttpResponse:
    """First what it means, then the deed."""
    own = _seen(request, reference)
    if request.method == "POST":
        try:
            take_back_all(own, by=acting(request))
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(
                request, _("The list is taken back: who came by it is withdrawn, who was updated is as before.")
            )
        return redirect(ROUTES["page"], own.reference)
    return _page(page, request, own.session, "take_back", {"intake": own} | own.rows.counts_to_take_back())


def _seen(request: HttpRequest, reference: str) -> Intake:
    sent = Intake.objects.seen_by_organiser(acting(request)).select_related("session__programme", "body")
    seen: Intake = get_object_or_404(sent, reference=reference)
    return seen


def _own(request: HttpRequest, reference: str) -> Intake:
    mine = Intake.objects.in_care_of(acting(request)).select_related("session__programme", "body")
    own: Intake = get_object_or_404(mine, reference=reference)
    return own


def _received(request: HttpRequest, session: TrainingSession, form: SendForm) -> Intake:
    given = form.cleaned_data
    wish = Wish(session, given["body"], True, get_language() or "en", given["send_key"])  # noqa: FBT003
    uploads = request.FILES.getlist("files")
    return receive(wish, [Sent(one.name or "", one.read()) for one in uploads], by=acting(request))


def _spread(request: HttpRequest, own: Intake) -> Spread:
    asked = request.GET
    chosen = (asked.get("list", ""), asked.get("show", "all"), asked.get("page", "1"))
    return Spread(own, *chosen, seen_by=acting(request), is_only_read=not own.is_organisers)


def _put_right(request: HttpRequest, spread: Spread) -> bool:
    """Keeps what was typed and chosen in the sheet; tells whether it could be kept."""
    opened = spread.opened
    file, table = (opened.file, opened.number) if opened else (None, 0)
    try:
        put_right(spread.intake, request.POST.dict(), file=file, table=table, by=acting(request))
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    return True


def _back_to(spread: Spread, row: str | None = None) -> HttpResponse:
    address = reverse(ROUTES["page"], args=[spread.intake.reference])
    if spread.address:
        address += f"?{spread.address}"
    return redirect(f"{address}#row-{row}" if row and row.isdecimal() else address)


def _page(
    page: "TrainingSessionAdmin",
    request: HttpRequest,
    session: TrainingSession,
    template: str,
    more: dict[str, Any],
) -> HttpResponse:
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": more["intake"].reference if "intake" in more else _("Lists"),
        "session": session,
        "links": links_of(session),
        "routes": ROUTES,
        **more,
    }
    return TemplateResponse(request, f"admin/intakes/{template}.html", context)
