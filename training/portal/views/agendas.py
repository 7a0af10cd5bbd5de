"""The agenda of a session: a page that reads well on a phone and on paper, and a calendar file.

Both are kept as rendered, by each process, under the fingerprint of what they show; so they
are never stale (see training.agenda.fingerprints) and cost little, however often they are read.
"""

from hashlib import sha256
from typing import cast

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from training.agenda.calendar import agenda_calendar
from training.agenda.days import in_days
from training.agenda.fingerprints import fingerprint_of
from training.agenda.models import AgendaItem
from training.agenda.querysets import AgendaItemQuerySet
from training.catalogue.models import TrainingSession
from training.catalogue.querysets import Visitor


@require_safe
def agenda(request: HttpRequest, slug: str) -> HttpResponse:
    session, items = _session_and_items(request.user, slug)
    return render(request, "portal/sessions/agenda.html", {"session": session, "days": _rendered_days(items)})


@require_safe
def agenda_file(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The calendar file; a program that has this very file already gets a short answer."""
    session, items = _session_and_items(request.user, slug)
    mark = _mark_of_the_file(session, items)
    tag = f'"{mark}"'
    if unchanged := get_conditional_response(request, etag=tag):
        return unchanged
    file = caches["computed"].get_or_set(f"agenda-file-{mark}", lambda: agenda_calendar(session, items))
    return HttpResponse(
        file,
        content_type="text/calendar; charset=utf-8",
        headers={"ETag": tag, "Content-Disposition": f'inline; filename="{session.slug}.ics"'},
    )


def _session_and_items(reader: Visitor, slug: str) -> tuple[TrainingSession, AgendaItemQuerySet]:
    visible = TrainingSession.objects.visible_to(reader).select_related("venue", "province")
    session = get_object_or_404(visible, slug=slug)
    return session, AgendaItem.objects.visible_to(reader).filter(session=session)


def _rendered_days(items: AgendaItemQuerySet) -> str:
    """The days of the agenda as HTML; blank while nothing is known of them."""
    mark = fingerprint_of(items)
    if not mark:
        return ""

    def rendered() -> str:
        return render_to_string("portal/sessions/agenda_days.html", {"days": in_days(items.with_everything_shown())})

    return cast("str", caches["computed"].get_or_set(f"agenda-{mark}-{get_language()}", rendered))


def _mark_of_the_file(session: TrainingSession, items: AgendaItemQuerySet) -> str:
    """Changes with everything that the file says; the counters of places are not in it."""
    venue = session.venue
    said = [
        get_language(), session.pk, session.slug, session.status, session.title, session.starts_on, session.ends_on,
        session.city, session.province_id, venue and (venue.name, venue.address), fingerprint_of(items),
    ]  # fmt: skip
    return sha256(repr(said).encode()).hexdigest()
