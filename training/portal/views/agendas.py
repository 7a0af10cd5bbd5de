"""The agenda of a session: a page that reads well on a phone and on paper, and a calendar file.

Both are kept as rendered, by each process, under the fingerprint of what they show; so they
are never stale (see training.agenda.fingerprints) and cost little, however often they are read.
"""

from typing import cast

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from training.agenda.calendar import agenda_calendar
from training.agenda.days import in_days
from training.agenda.fingerprints import fingerprint_of
from training.portal.finding import items_to_show, session_to_show


@require_safe
def agenda(request: HttpRequest, slug: str) -> HttpResponse:
    session = session_to_show(slug, request.user)

    def rendered() -> str:
        days = in_days(items_to_show(session, request.user).with_everything_shown())
        return render_to_string("portal/sessions/agenda_days.html", {"days": days}) if days else ""

    key = f"agenda-{fingerprint_of(session)}-{get_language()}"
    days = caches["computed"].get_or_set(key, rendered)
    return render(request, "portal/sessions/agenda.html", {"session": session, "days": days})


@require_safe
def agenda_file(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The calendar file; a program that has this very file already gets a short answer."""
    session = session_to_show(slug, request.user)
    mark = f"{fingerprint_of(session)}-{get_language()}"
    tag = f'"{mark}"'
    if unchanged := get_conditional_response(request, etag=tag):
        return unchanged

    def written() -> bytes:
        return agenda_calendar(session, items_to_show(session, request.user))

    return HttpResponse(
        cast("bytes", caches["computed"].get_or_set(f"agenda-file-{mark}", written)),
        content_type="text/calendar; charset=utf-8",
        headers={"ETag": tag, "Content-Disposition": f'inline; filename="{session.slug}.ics"'},
    )
