"""Lists that organisers send for bodies: the same sheet as the nominators', and who is known already.

Guards one rule: only whoever organises the session sees its lists, and what nominators sent stays
with the bodies until they send the people.
"""

import uuid
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from training.admin.guarded import acting
from training.admin.session_links import links_of
from training.catalogue.models import Organisation, TrainingSession
from training.intake.correcting import bring_back, correct, leave_out, mean
from training.intake.models import Intake, IntakeRow
from training.intake.receiving import MOST_FILES, Sent, Wish, receive
from training.intake.showing import Spread, meanings_to_choose
from training.intake.taking import take, take_back_all
from training.tools.refusals import Refused

if TYPE_CHECKING:
    from training.admin.sessions import TrainingSessionAdmin

OF_SESSION = "training_trainingsession"
ROUTES = {
    "page": f"admin:{OF_SESSION}_intake",
    "columns": f"admin:{OF_SESSION}_intake_columns",
    "row": f"admin:{OF_SESSION}_intake_row",
    "take": f"admin:{OF_SESSION}_intake_take",
    "take_back": f"admin:{OF_SESSION}_intake_take_back",
}
LATEST = 50


class SendForm(forms.Form):
    """For which body, and the key that makes one intake of a form that is sent twice."""

    body = forms.ModelChoiceField(Organisation.objects.none(), required=False)
    send_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any, session: TrainingSession) -> None:
        super().__init__(data, initial={"send_key": uuid.uuid4()})
        body = self.fields["body"]
        assert isinstance(body, forms.ModelChoiceField)  # noqa: S101 - it stands above
        body.queryset = Organisation.objects.filter(quotas__session=session).distinct()
        body.label, body.empty_label = _("Recommending body"), _("as the lists say, row by row")


def intake_urls(page: "TrainingSessionAdmin") -> list[URLPattern]:
    """The lists of a session, and each intake by its reference."""

    def route(address: str, view: Any, name: str) -> URLPattern:
        return path(address, page.admin_site.admin_view(partial(view, page)), name=f"{OF_SESSION}_{name}")

    return [
        route("<int:pk>/lists/", send_view, "intakes"),
        route("lists/<slug:reference>/", intake_view, "intake"),
        route("lists/<slug:reference>/columns/", columns_view, "intake_columns"),
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
    sent = Intake.objects.in_care_of(acting(request)).filter(session=session).prefetch_related("files")
    more = {"form": form, "intakes": sent[:LATEST], "wrong": wrong, "most_files": MOST_FILES}
    return _page(page, request, session, "send", more)


def intake_view(page: "TrainingSessionAdmin", request: HttpRequest, reference: str) -> HttpResponse:
    """The lists spread out, with who is known already."""
    own = _own(request, reference)
    spread = _spread(request, own)
    more = {"intake": own, "spread": spread, "page": spread.page, "meanings": meanings_to_choose(spread.reception)}
    return _page(page, request, own.session, "page", more)


def columns_view(page: "TrainingSessionAdmin", request: HttpRequest, reference: str) -> HttpResponse:
    spread = _spread(request, _own(request, reference))
    chosen = {column.position: request.POST.get(f"column-{column.position}", "") for column in spread.columns}
    if request.method == "POST" and spread.opened is not None:
        try:
            mean(spread.opened.file, spread.opened.number, chosen, by=acting(request))
        except Refused as refused:
            messages.error(request, str(refused))
    return _back_to(spread)


def row_view(page: "TrainingSessionAdmin", request: HttpRequest, reference: str, row: int) -> HttpResponse:
    """One row with all that is taken of it, beside what is on record of the person."""
    own = _own(request, reference)
    found = get_object_or_404(own.rows.select_related("file", "intake"), pk=row)
    spread = _spread(request, own)
    if request.method == "POST":
        try:
            _do_to_the_row(request, found)
        except Refused as refused:
            messages.error(request, str(refused))
        return _back_to(spread, found)
    more = {"intake": own, "spread": spread, "row": found, "entries": spread.entries(found)}
    return _page(page, request, own.session, "row", more | {"known": spread.known_in([found])[found.pk]})


def take_view(page: "TrainingSessionAdmin", request: HttpRequest, reference: str) -> HttpResponse:
    own = _own(request, reference)
    if request.method == "POST":
        try:
            take(own, all_or_nothing="all" in request.POST, by=acting(request))
        except Refused as refused:
            messages.error(request, str(refused))
    return redirect(ROUTES["page"], own.reference)


def take_back_view(page: "TrainingSessionAdmin", request: HttpRequest, reference: str) -> HttpResponse:
    """First what it means, then the deed."""
    own = _own(request, reference)
    if request.method == "POST":
        try:
            take_back_all(own, by=acting(request))
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Everybody of this list is withdrawn."))
        return redirect(ROUTES["page"], own.reference)
    taken = own.rows.filter(state=IntakeRow.State.TAKEN).count()
    return _page(page, request, own.session, "take_back", {"intake": own, "taken": taken})


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
    return Spread(own, *chosen, seen_by=acting(request))


def _do_to_the_row(request: HttpRequest, row: IntakeRow) -> None:
    by = acting(request)
    if "leave_out" in request.POST:
        leave_out(row, by=by)
    elif "bring_back" in request.POST:
        bring_back(row, by=by)
    else:
        correct(row, request.POST.dict(), by=by)


def _back_to(spread: Spread, row: IntakeRow | None = None) -> HttpResponse:
    address = reverse(ROUTES["page"], args=[spread.intake.reference])
    if spread.address:
        address += f"?{spread.address}"
    return redirect(f"{address}#row-{row.pk}" if row else address)


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
