"""All sessions with filters, and the page of one session: the invitation."""

from typing import cast

from django.core.cache import caches
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from training.agenda.days import in_days
from training.agenda.fingerprints import fingerprint_of
from training.agenda.speakers import who_speaks
from training.catalogue.invitations import aims, for_whom, with_what_an_invitation_says
from training.catalogue.models import TrainingSession
from training.catalogue.places import city_in_words
from training.catalogue.querysets import Visitor
from training.catalogue.stages import Stage, stage_of
from training.portal.finding import items_to_show, public_sessions, session_to_show
from training.portal.forms.filtering import SessionFilter
from training.portal.lines import lines, with_what_a_line_shows
from training.portal.next_steps import next_step

PER_PAGE = 20


@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    narrowing = SessionFilter(request.GET, public_sessions())
    found = with_what_a_line_shows(narrowing.found(now)).soonest_first(timezone.localdate(now))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "portal/sessions/list.html",
        {
            "form": narrowing,
            "chosen": narrowing.chosen_words(),
            "page": page,
            "lines": lines(page.object_list, now),
        },
    )


@require_safe
def session_page(request: HttpRequest, slug: str) -> HttpResponse:
    session = session_to_show(slug, request.user)
    stage = stage_of(session, timezone.now())
    return render(
        request,
        "portal/sessions/page.html",
        {
            "session": session,
            "invitation": _invitation(session, stage, request.user),
            "step": next_step(session, stage, request.user),
        },
    )


def _invitation(session: TrainingSession, stage: Stage, reader: Visitor) -> dict[str, str]:
    """What the page tells everybody, kept as rendered under the fingerprint of what it shows."""

    def rendered() -> dict[str, str]:
        whole = with_what_an_invitation_says(TrainingSession.objects.visible_to(reader)).get(pk=session.pk)
        items = items_to_show(session, reader)
        shown = {
            "session": whole,
            "stage": stage,
            "city": city_in_words(whole),
            "for_whom": for_whom(whole),
            "aims": aims(whole),
            "days": in_days(items),
            "people": who_speaks(items),
        }
        return {
            "head": render_to_string("portal/sessions/invitation_head.html", shown),
            "body": render_to_string("portal/sessions/invitation_body.html", shown),
        }

    key = f"invitation-{fingerprint_of(session)}-{stage.code}-{get_language()}"
    return cast("dict[str, str]", caches["computed"].get_or_set(key, rendered))
