"""The start page: what needs a decision today, each as one line that leads to where it is decided."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.roles import SEE_DRAFTS
from training.admin.chips import chip
from training.admin.filling import filling
from training.admin.session_links import links_shown
from training.catalogue.models import TrainingSession
from training.tools.dates import days_in_words

SESSIONS_SHOWN = 12


@dataclass(frozen=True)
class SessionLine:
    """A session as it stands on the start page."""

    title: str
    address: str
    days: str
    status: SafeString
    filling: SafeString
    links: SafeString


def what_needs_a_decision(request: HttpRequest) -> dict[str, Any]:
    """The lines and the sessions of the start page, for the visitor's own programmes."""
    sessions = TrainingSession.objects.in_care_of(request.user, *SEE_DRAFTS)
    ahead = sessions.not_over(timezone.localdate()).order_by("starts_on", "pk")[:SESSIONS_SHOWN]
    return {"lines": [], "sessions": [_line(session) for session in ahead]}


def _line(session: TrainingSession) -> SessionLine:
    return SessionLine(
        title=session.title,
        address=reverse("admin:training_trainingsession_change", args=[session.pk]),
        days=days_in_words(session.starts_on, session.ends_on),
        status=chip(session.status, session.get_status_display()),
        filling=filling(session),
        links=links_shown(session),
    )
