"""The agenda of one session on one page: read, write, check, save."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.roles import may_organise
from training.admin.agenda_rows import AgendaRows, Surroundings
from training.admin.guarded import rights_of
from training.admin.session_links import links_of
from training.agenda.arranging import arrange
from training.agenda.models import AgendaItem
from training.catalogue.models import TrainingSession
from training.tools.refusals import Refused

if TYPE_CHECKING:
    from training.admin.sessions import TrainingSessionAdmin


def agenda_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the rows to everybody who may see the session; only its organisers save them."""
    if request.method == "POST":
        return _save(page, request, page.session_to_change(request, pk))
    session = get_object_or_404(page.get_queryset(request), pk=pk)
    return _show(page, request, session, _rows(page, request, session))


@transaction.atomic
def _save(page: "TrainingSessionAdmin", request: HttpRequest, session: TrainingSession) -> HttpResponse:
    rows = _rows(page, request, session)
    if not rows.is_valid():
        return _show(page, request, session, rows)
    changed, removed = rows.changed, rows.removed
    try:
        arrange(changed=changed, removed=removed)
    except Refused as refused:
        messages.error(request, str(refused))
        return _show(page, request, session, rows)
    messages.success(request, _saved_in_words(len(changed), len(removed)))
    return redirect("admin:training_trainingsession_agenda", session.pk)


def _rows(page: "TrainingSessionAdmin", request: HttpRequest, session: TrainingSession) -> AgendaRows:
    items = AgendaItem.objects.filter(session=session).prefetch_related("parts")
    around = Surroundings(session, list(items), page.admin_site)
    data = request.POST if request.method == "POST" else None
    return AgendaRows(data, around=around, reader=request.user)


def _show(
    page: "TrainingSessionAdmin", request: HttpRequest, session: TrainingSession, rows: AgendaRows
) -> HttpResponse:
    context = {
        **page.admin_site.each_context(request),
        "title": _("Agenda of “%(session)s”") % {"session": session},
        "session": session,
        "rows": rows,
        "days": rows.by_day(),
        "wrong": sum(1 for row in rows.forms if row.errors) if rows.is_bound else 0,
        "media": page.media + rows.media,
        "links": links_of(session),
        "may_organise": may_organise(rights_of(request), session),
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/sessions/agenda.html", context)


def _saved_in_words(changed: int, removed: int) -> str:
    if not changed and not removed:
        return _("Nothing was changed.")
    saved = ngettext("%(changed)d item was saved.", "%(changed)d items were saved.", changed) % {"changed": changed}
    gone = ngettext("%(removed)d item was removed.", "%(removed)d items were removed.", removed) % {"removed": removed}
    return " ".join(([saved] if changed else []) + ([gone] if removed else []))
