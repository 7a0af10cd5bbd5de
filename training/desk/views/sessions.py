"""The desk's first page: which session?"""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from training.catalogue.models import TrainingSession
from training.desk.access import KNOWS_THE_DESK, StaffRequest, for_staff

PAST_PER_PAGE = 30


@require_safe
@for_staff
def desk(request: StaffRequest) -> HttpResponse:
    """The sessions that one works for: those to come, the next one first, then the past ones."""
    today = timezone.localdate()
    mine = TrainingSession.objects.in_care_of(request.user, *KNOWS_THE_DESK).select_related("venue")
    past = Paginator(mine.over(today).order_by("-starts_on", "pk"), PAST_PER_PAGE)
    return render(
        request,
        "desk/desk.html",
        {
            "coming": mine.not_over(today).order_by("starts_on", "pk"),
            "page": past.get_page(request.GET.get("page")),
        },
    )
