"""Rosters that were taken: the file while it is there, and the record for good."""

from collections.abc import Iterable
from pathlib import Path

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.freshness import ask_again, signed_in_lately
from accounts.roles import SEE_ROSTER, may_export_identity
from training.catalogue.models import TrainingSession
from training.desk.access import KNOWS_THE_DESK, StaffRequest, for_staff
from training.rosters.columns import Column, columns_of
from training.rosters.files import read_for_print
from training.rosters.making import path_of
from training.rosters.models import Format, RosterExport, RosterOrder
from training.tools.dates import local
from training.tools.refusals import Refused

RECORDS_PER_PAGE = 50
CONTENT_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}


@require_safe
@for_staff
def exports(request: StaffRequest, slug: str) -> HttpResponse:
    """What was taken of a session: by whom, when, why, with which columns."""
    mine = TrainingSession.objects.in_care_of(request.user, *KNOWS_THE_DESK)
    session = get_object_or_404(mine, slug=slug)
    taken = RosterExport.objects.visible_to(request.user).filter(session=session).select_related("by")
    page = Paginator(taken, RECORDS_PER_PAGE).get_page(request.GET.get("page"))
    own_files = RosterOrder.objects.visible_to(request.user).filter(session=session)
    return render(
        request,
        "desk/exports.html",
        {
            "session": session,
            "page": page,
            "taken": _with_columns(page.object_list, session),
            "files": set(own_files.values_list("reference", flat=True)),
            "may_see_roster": request.rights.reach(session, SEE_ROSTER),
        },
    )


@require_safe
@for_staff
def export(request: StaffRequest, reference: str) -> HttpResponse:
    """How far a big roster is; ready, it leads to the file."""
    order = _order(request, reference)
    columns = order.made_by_recipe.columns_for(order.session)
    return render(request, "desk/export.html", {"order": order, "columns": columns})


@require_safe
@for_staff
def export_file(request: StaffRequest, reference: str) -> HttpResponseBase:
    order = _order(request, reference)
    if not order.is_ready or order.format == Format.PRINT:
        return redirect("desk_export", order.reference)
    if not signed_in_lately(request):
        return ask_again(request)
    return FileResponse(
        _path(order).open("rb"),
        as_attachment=True,
        filename=_file_name(order),
        content_type=CONTENT_TYPES[Format(order.format)],
    )


@require_safe
@for_staff
def export_to_print(request: StaffRequest, reference: str) -> HttpResponseBase:
    order = _order(request, reference)
    if not order.is_ready or order.format != Format.PRINT:
        return redirect("desk_export", order.reference)
    if not signed_in_lately(request):
        return ask_again(request)
    return render(request, "desk/print.html", {"order": order, "printed": read_for_print(_path(order))})


def _order(request: StaffRequest, reference: str) -> RosterOrder:
    """One's own order, as long as the rights that it needed are held."""
    mine = RosterOrder.objects.visible_to(request.user).select_related("session", "by")
    order: RosterOrder = get_object_or_404(mine, reference=reference)
    if order.is_full and not may_export_identity(request.rights, order.session):
        raise Http404
    return order


def _path(order: RosterOrder) -> Path:
    try:
        return path_of(order)
    except Refused as refused:
        raise Http404(str(refused)) from refused


def _file_name(order: RosterOrder) -> str:
    """hangzhou-2025-roster-20251106-0900.xlsx"""
    moment = local(order.asked_at)
    return f"{order.session.slug}-roster-{moment:%Y%m%d-%H%M}.{order.format}"


def _with_columns(taken: Iterable[RosterExport], session: TrainingSession) -> list[tuple[RosterExport, list[Column]]]:
    available = columns_of(session)
    return [(one, one.made_by_recipe.columns_among(available)) for one in taken]
