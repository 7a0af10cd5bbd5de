"""The start page: what needs a decision today, each as one line that leads to where it is decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import ORGANISE, SEE_DRAFTS
from training.admin.chips import chip
from training.admin.filling import filling
from training.admin.guarded import acting, rights_of
from training.admin.letters import letters_about_what_one_organises
from training.admin.session_links import links_shown
from training.agenda.models import AgendaItem
from training.catalogue.models import TrainingSession
from training.enrolment.models import Decision, Enrolment
from training.mail.models import Letter
from training.tools.dates import days_in_words, short_moment_in_words, short_until_in_words

SESSIONS_SHOWN = 12
SOON = timedelta(days=7)


@dataclass(frozen=True)
class Line:
    """One thing to decide: how many, in words, where; urgent, waiting, or neither."""

    count: int | str
    sentence: str
    address: str
    urgency: str = ""


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
    user, now = acting(request), timezone.now()
    mine = TrainingSession.objects.in_care_of(user, *SEE_DRAFTS).not_over(timezone.localdate(now))
    ahead = list(mine.order_by("starts_on", "pk")[:SESSIONS_SHOWN])
    lines = list(_lines(user, ahead, now)) if rights_of(request).anywhere(ORGANISE) else []
    return {"lines": lines, "sessions": [_session_line(session) for session in ahead], "is_index": True}


def _lines(user: User, ahead: list[TrainingSession], now: datetime) -> Iterator[Line]:
    yield from _offers_that_lapse(user, now)
    yield from _applications_to_decide(user)
    yield from _decisions_to_publish(user)
    yield from _letters_that_failed(user)
    yield from _windows(ahead, now)
    yield from _items_without_a_time(ahead)


def _offers_that_lapse(user: User, now: datetime) -> Iterator[Line]:
    count = Enrolment.objects.in_care_of(user, *ORGANISE).lapsing_soon(now).count()
    if count:
        sentence = ngettext("offer lapses within 24 hours", "offers lapse within 24 hours", count)
        yield Line(count, sentence, f"{reverse('admin:training_enrolment_changelist')}?offer=soon", "urgent")


def _applications_to_decide(user: User) -> Iterator[Line]:
    to_decide = Enrolment.objects.in_care_of(user, *ORGANISE).awaiting_a_decision().order_by()
    counts = dict(to_decide.values_list("session").annotate(Count("pk")))
    for key, session in TrainingSession.objects.in_bulk(counts).items() if counts else ():
        sentence = ngettext(
            "application to “%(session)s” waits for your decision",
            "applications to “%(session)s” wait for your decision",
            counts[key],
        )
        address = f"{reverse('admin:training_enrolment_changelist')}?session={key}&state=applied"
        yield Line(counts[key], sentence % {"session": session}, address, "waiting")


def _decisions_to_publish(user: User) -> Iterator[Line]:
    """Those that this reader may publish: where a programme wants four eyes, what somebody else decided."""
    mine = Enrolment.objects.in_care_of(user, *ORGANISE)
    pending = Decision.objects.pending().filter(enrolment__in=mine.values("pk")).order_by()
    pending = pending.exclude(enrolment__session__programme__needs_four_eyes=True, decided_by=user)
    counts = dict(pending.values_list("enrolment__session").annotate(Count("pk")))
    for key, session in TrainingSession.objects.in_bulk(counts).items() if counts else ():
        sentence = ngettext(
            "decision about “%(session)s” waits to be published",
            "decisions about “%(session)s” wait to be published",
            counts[key],
        )
        address = reverse("admin:training_trainingsession_publish_decisions", args=[key])
        yield Line(counts[key], sentence % {"session": session}, address, "waiting")


def _letters_that_failed(user: User) -> Iterator[Line]:
    count = Letter.objects.filter(letters_about_what_one_organises(user), state=Letter.State.FAILED).count()
    if count:
        sentence = ngettext("letter could not be sent", "letters could not be sent", count)
        yield Line(count, sentence, f"{reverse('admin:training_letter_changelist')}?state__exact=failed", "urgent")


def _windows(ahead: list[TrainingSession], now: datetime) -> Iterator[Line]:
    """Enrolment that opens or closes within a week; closing matters while places are free."""
    for session in ahead:
        opens_at, closes_at, left = session.enrolment_opens_at, session.enrolment_closes_at, session.places_left
        address = reverse("admin:training_trainingsession_change", args=[session.pk])
        if opens_at and now < opens_at <= now + SOON:
            sentence = _("places in “%(session)s”; enrolment opens on %(moment)s")
            words = sentence % {"session": session, "moment": short_moment_in_words(opens_at)}
            yield Line(_("?") if session.capacity is None else session.capacity, words, address)
        if closes_at and left and session.enrolment_is_open(now) and closes_at <= now + SOON:
            sentence = ngettext(
                "place is free in “%(session)s”; enrolment is open until %(moment)s",
                "places are free in “%(session)s”; enrolment is open until %(moment)s",
                left,
            )
            yield Line(left, sentence % {"session": session, "moment": short_until_in_words(closes_at)}, address)


def _items_without_a_time(ahead: list[TrainingSession]) -> Iterator[Line]:
    sessions = {session.pk: session for session in ahead}
    without = AgendaItem.objects.filter(session__in=sessions, starts_at__isnull=True).order_by()
    for key, count in without.values_list("session").annotate(Count("pk")):
        sentence = ngettext(
            "item of “%(session)s” has no time yet", "items of “%(session)s” have no time yet", count
        ) % {"session": sessions[key]}
        yield Line(count, sentence, reverse("admin:training_trainingsession_agenda", args=[key]))


def _session_line(session: TrainingSession) -> SessionLine:
    return SessionLine(
        title=session.title,
        address=reverse("admin:training_trainingsession_change", args=[session.pk]),
        days=days_in_words(session.starts_on, session.ends_on),
        status=chip(session.status, session.get_status_display()),
        filling=filling(session),
        links=links_shown(session),
    )
