"""The quotas of one session on one page: read, write, paste, add a body, save."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.roles import may_organise
from training.admin.guarded import acting, rights_of
from training.admin.quota_rows import QuotaSheet
from training.admin.session_links import links_of
from training.catalogue.models import TrainingSession
from training.enrolment.quota_paste import apply_paste
from training.enrolment.quotas import NumbersRefused, Outcome, return_in_words, set_grid
from training.tools.refusals import Refused

if TYPE_CHECKING:
    from training.admin.sessions import TrainingSessionAdmin


def quotas_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the table to everybody who may see the session; only its organisers fill it in."""
    if request.method != "POST":
        session = get_object_or_404(page.get_queryset(request), pk=pk)
        return _show(page, request, QuotaSheet(session))
    session = page.session_to_change(request, pk)
    if "paste" in request.POST:
        return _show(page, request, _pasted(request, session))
    if "add-body" in request.POST or "add-any" in request.POST:
        return _show(page, request, QuotaSheet(session, request.POST))
    return _save(page, request, session)


def _pasted(request: HttpRequest, session: TrainingSession) -> QuotaSheet:
    """The page as it was, with what was pasted written over it; nothing is saved."""
    return QuotaSheet(session, request.POST, apply_paste(request.POST.get("table", ""), session))


def _save(page: "TrainingSessionAdmin", request: HttpRequest, session: TrainingSession) -> HttpResponse:
    sheet = QuotaSheet(session, request.POST)
    if not sheet.is_valid():
        return _show(page, request, sheet)
    try:
        with transaction.atomic():
            outcome = set_grid(session, sheet.wished, by=acting(request))
    except NumbersRefused as refused:
        sheet.show(refused.cells)
        return _show(page, request, sheet)
    except Refused as refused:
        return _show(page, request, sheet, refusal=str(refused))
    messages.success(request, saved_in_words(outcome))
    return redirect("admin:training_trainingsession_quotas", session.pk)


def _show(page: "TrainingSessionAdmin", request: HttpRequest, sheet: QuotaSheet, refusal: str = "") -> HttpResponse:
    session = sheet.session
    context = {
        **page.admin_site.each_context(request),
        "title": _("Quotas of “%(session)s”") % {"session": session},
        "session": session,
        "sheet": sheet,
        "grid": sheet.grid,
        "refusal": refusal,
        "returning": return_in_words(session, sheet.grid.total.returned),
        "overbookings": session.overbookings.select_related("by"),
        "links": links_of(session),
        "may_organise": may_organise(rights_of(request), session),
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/sessions/quotas.html", context)


def saved_in_words(outcome: Outcome) -> str:
    if not outcome.changed:
        return _("Nothing was changed.")
    sentences = [
        ngettext("%(changed)d number was changed.", "%(changed)d numbers were changed.", outcome.changed)
        % {"changed": outcome.changed}
    ]
    if outcome.offered:
        sentences.append(
            ngettext(
                "%(offered)d place was offered to the first in line.",
                "%(offered)d places were offered to the first in line.",
                outcome.offered,
            )
            % {"offered": outcome.offered}
        )
    return " ".join(sentences)
