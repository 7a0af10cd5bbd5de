"""A nominator's lists: sent as files, looked at, put right, taken as nominations, perhaps taken back."""

import uuid
from io import BytesIO

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.roles import NOMINATE
from training.catalogue.models import Grant, Organisation, TrainingSession
from training.intake.blank_forms import BlankForm, blank_form, file_name_of
from training.intake.correcting import correct, put_right, row_touched
from training.intake.models import Intake
from training.intake.receiving import MOST_FILES, Sent, Wish, receive
from training.intake.showing import Spread, meanings_to_choose
from training.intake.taking import take, take_back_all
from training.portal.finding import public_sessions
from training.tools.refusals import Refused

ROUTES = {
    "page": "intake",
    "sheet": "intake_sheet",
    "row": "intake_row",
    "take": "take_intake",
    "take_back": "take_back_intake",
}
LATEST = 20


class SendKeyForm(forms.Form):
    """The key that makes one intake of a form that is sent twice."""

    send_key = forms.UUIDField(widget=forms.HiddenInput)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def nomination_intake(request: HttpRequest, slug: str, body: int) -> HttpResponseBase:
    """Blank forms to fill in, files to send, and what was sent so far."""
    session, organisation = _session_and_body(request, slug, body)
    wrong = ""
    if request.method == "POST":
        try:
            return redirect("intake", _received(request, session, organisation).reference)
        except Refused as refused:
            wrong = str(refused)
    sent = Intake.objects.nominated_through(request.user).filter(session=session, body=organisation)
    context = {
        "session": session,
        "body": organisation,
        "intakes": sent.prefetch_related("files")[:LATEST],
        "form": SendKeyForm(initial={"send_key": uuid.uuid4()}),
        "wrong": wrong,
        "routes": ROUTES,
        "most_files": MOST_FILES,
        "forms": [(reverse("intake_form", args=[slug, body, form]), form.label) for form in BlankForm],
    }
    return render(request, "portal/intakes/send.html", context)


@login_required
@require_safe
def intake_form(request: HttpRequest, slug: str, body: int, kind: str) -> HttpResponseBase:
    """A blank form for the body, with its places written in."""
    session, organisation = _session_and_body(request, slug, body)
    if kind not in BlankForm.values:
        raise Http404
    form = BlankForm(kind)
    name = file_name_of(session, organisation, form)
    return FileResponse(BytesIO(blank_form(session, organisation, form)), as_attachment=True, filename=name)


@login_required
@require_safe
def intake(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The lists spread out: every row green, yellow or red, with the reason at the cell."""
    return render(request, "portal/intakes/page.html", _spread_out(request, _own(request, reference)))


@login_required
@require_POST
def intake_sheet(request: HttpRequest, reference: str) -> HttpResponseBase:
    """All that was typed and chosen in the sheet, with whichever button it was sent."""
    spread = _spread(request, _own(request, reference))
    _put_right(request, spread)
    return _back_to(spread, row_touched(request.POST))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def intake_row(request: HttpRequest, reference: str, row: int) -> HttpResponseBase:
    """One row with all that is taken of it; corrected here or in the sheet."""
    own = _own(request, reference)
    found = get_object_or_404(own.rows.select_related("file", "intake"), pk=row)
    spread = _spread(request, own)
    if request.method == "POST":
        try:
            correct(found, request.POST.dict(), by=_signed_in(request))
        except Refused as refused:
            messages.error(request, str(refused))
        return _back_to(spread, str(found.pk))
    context = {
        "spread": spread,
        "intake": own,
        "row": found,
        "entries": spread.entries(found),
        "changes": spread.changes_of(found),
        "routes": ROUTES,
    }
    return render(request, "portal/intakes/row.html", context)


@login_required
@require_POST
def take_intake(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Takes the good rows now, or all or nothing; what was typed in the sheet before is kept first."""
    own = _own(request, reference)
    if not _put_right(request, _spread(request, own)):
        return redirect("intake", own.reference)
    try:
        take(own, all_or_nothing="all" in request.POST, by=_signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("intake", own.reference)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_back_intake(request: HttpRequest, reference: str) -> HttpResponseBase:
    """First what it means, then the deed."""
    own = _own(request, reference)
    if request.method == "POST":
        try:
            take_back_all(own, by=_signed_in(request))
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(
                request, _("The list is taken back: who came by it is withdrawn, who was updated is as before.")
            )
        return redirect("intake", own.reference)
    context = {"intake": own, "routes": ROUTES} | own.rows.counts_to_take_back()
    return render(request, "portal/intakes/take_back.html", context)


def _session_and_body(request: HttpRequest, slug: str, body: int) -> tuple[TrainingSession, Organisation]:
    """A session and the body for which one nominates in it; else a 404."""
    session: TrainingSession = get_object_or_404(public_sessions(), slug=slug)
    held = Grant.objects.held_by(_signed_in(request), *NOMINATE).filter(programme=session.programme_id)
    grant: Grant = get_object_or_404(held.select_related("organisation"), organisation=body)
    assert grant.organisation is not None  # noqa: S101 - held by a constraint
    return session, grant.organisation


def _own(request: HttpRequest, reference: str) -> Intake:
    sent = Intake.objects.nominated_through(request.user).select_related("session__programme", "body")
    own: Intake = get_object_or_404(sent, reference=reference)
    return own


def _received(request: HttpRequest, session: TrainingSession, body: Organisation) -> Intake:
    form = SendKeyForm(request.POST)
    if not form.is_valid():
        raise Refused(_("The form was incomplete. Choose the files once more."))
    wish = Wish(session, body, False, get_language() or "en", form.cleaned_data["send_key"])  # noqa: FBT003
    uploads = request.FILES.getlist("files")
    return receive(wish, [Sent(one.name or "", one.read()) for one in uploads], by=_signed_in(request))


def _spread(request: HttpRequest, own: Intake) -> Spread:
    asked = request.GET
    return Spread(own, asked.get("list", ""), asked.get("show", "all"), asked.get("page", "1"))


def _spread_out(request: HttpRequest, own: Intake) -> dict[str, object]:
    spread = _spread(request, own)
    return {
        "intake": own,
        "session": own.session,
        "body": own.body,
        "spread": spread,
        "page": spread.page,
        "meanings": meanings_to_choose(spread.reception),
        "nominations": reverse("nominations_page", args=[own.session.slug, own.body_id]),
        "routes": ROUTES,
    }


def _put_right(request: HttpRequest, spread: Spread) -> bool:
    """Keeps what was typed and chosen in the sheet; tells whether it could be kept."""
    opened = spread.opened
    file, table = (opened.file, opened.number) if opened else (None, 0)
    try:
        put_right(spread.intake, request.POST.dict(), file=file, table=table, by=_signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    return True


def _back_to(spread: Spread, row: str | None = None) -> HttpResponseBase:
    address = reverse("intake", args=[spread.intake.reference])
    if spread.address:
        address += f"?{spread.address}"
    return redirect(f"{address}#row-{row}" if row and row.isdecimal() else address)


def _signed_in(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required has seen to it
    return request.user
