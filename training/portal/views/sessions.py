"""All sessions with filters, and the page of one session: the invitation."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from training.agenda.days import in_days
from training.agenda.models import AgendaItem
from training.agenda.speakers import who_speaks
from training.catalogue.models import TrainingSession
from training.catalogue.places import city_in_words
from training.catalogue.stages import stage_of
from training.portal.forms.filtering import SessionFilter
from training.portal.lines import lines, with_what_a_line_shows
from training.portal.next_steps import next_step

PER_PAGE = 20


@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    visible = TrainingSession.objects.visible_to(request.user)
    narrowing = SessionFilter(request.GET, visible, request.user)
    found = with_what_a_line_shows(narrowing.found(now)).order_by("-starts_on", "pk")
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
    now = timezone.now()
    visible = TrainingSession.objects.visible_to(request.user)
    session = get_object_or_404(visible.select_related("programme__organiser", "venue", "province"), slug=slug)
    items = AgendaItem.objects.visible_to(request.user).filter(session=session)
    stage = stage_of(session, now)
    return render(
        request,
        "portal/sessions/page.html",
        {
            "session": session,
            "city": city_in_words(session),
            "stage": stage,
            "days": in_days(items),
            "people": who_speaks(items),
            "step": next_step(session, stage, request.user),
        },
    )
