"""The first page: what is open now comes first, the soonest deadline on top."""

from datetime import datetime

from django.db.models import F, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from training.catalogue.querysets import TrainingSessionQuerySet
from training.portal.finding import public_sessions
from training.portal.lines import lines

OPEN_SHOWN, COMING_SHOWN, PAST_SHOWN = 20, 10, 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    sessions = public_sessions().select_related("programme", "venue")
    open_now = list(_open_now(sessions, now)[:OPEN_SHOWN])
    coming = list(_coming(sessions, now)[:COMING_SHOWN])
    past = list(_past(sessions, now)[:PAST_SHOWN])
    prefetch_related_objects([*open_now, *coming, *past], "programme__categories")
    return render(
        request,
        "portal/home.html",
        {"open_now": lines(open_now, now), "coming": lines(coming, now), "past": lines(past, now)},
    )


def _open_now(sessions: TrainingSessionQuerySet, now: datetime) -> TrainingSessionQuerySet:
    today = timezone.localtime(now).date()
    by_deadline = F("enrolment_closes_at").asc(nulls_last=True)
    return sessions.open_for_enrolment(now).not_over(today).order_by(by_deadline, "starts_on", "pk")


def _coming(sessions: TrainingSessionQuerySet, now: datetime) -> TrainingSessionQuerySet:
    today = timezone.localtime(now).date()
    not_open = sessions.exclude(pk__in=sessions.open_for_enrolment(now).values("pk"))
    return not_open.not_over(today).order_by("starts_on", "pk")


def _past(sessions: TrainingSessionQuerySet, now: datetime) -> TrainingSessionQuerySet:
    return sessions.over(timezone.localtime(now).date()).order_by("-starts_on", "pk")
