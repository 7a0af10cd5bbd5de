"""The review board of a session: everybody who is open, and what is decided but not published.

Guards one rule: only whoever organises the session stands before its board. A page costs the
same number of queries for ten people and for five thousand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say

from accounts.roles import ORGANISE
from training.admin.board_deeds import DECISIONS, NEVER_SHOWN, decide_view, drop_view, publish_view
from training.admin.board_filters import Counts, Wishes
from training.admin.chips import chip
from training.admin.conditions import conditions_view
from training.admin.filling import filling
from training.admin.guarded import acting
from training.admin.proposing import propose_view
from training.admin.reviewing import review_view
from training.admin.session_links import links_of
from training.admin.waiting import waiting_list_view
from training.catalogue.models import TrainingSession
from training.enrolment.checking import Finding, findings_of
from training.enrolment.deciding import has_moved_on, pending_of
from training.enrolment.elsewhere import elsewhere_of
from training.enrolment.models import Decision, Enrolment
from training.enrolment.proposing import rule_in_sentences
from training.enrolment.querysets import EnrolmentQuerySet
from training.enrolment.reviewing import Mean, counts_of_notes, criteria_of, means_of
from training.enrolment.states import State
from training.tools.dates import short_moment_in_words

if TYPE_CHECKING:
    from training.admin.sessions import TrainingSessionAdmin

PEOPLE_ON_A_PAGE = 100


@dataclass
class Row:
    """One person as a line of the board."""

    enrolment: Enrolment
    state: SafeString
    since: str
    decision: Decision | None
    findings: list[Finding]
    earlier: list[str]
    mean: Mean | None
    notes: int

    @property
    def decided(self) -> SafeString | str:
        return chip(f"pending is-{self.decision.to}", self.decision.get_to_display()) if self.decision else ""

    @property
    def is_overtaken(self) -> bool:
        return self.decision is not None and has_moved_on(self.decision)


def board_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    session = page.session_to_change(request, pk)
    wishes = Wishes(session, request.GET)
    everybody = open_in(session, request)
    decided = dict(pending_of(session).order_by().values_list("to").annotate(Count("pk")))
    filters = wishes.filters(Counts.of(everybody), decided)
    paginator = Paginator(wishes.people(everybody), PEOPLE_ON_A_PAGE)
    people = paginator.get_page(request.GET.get("p"))
    context = {
        **page.admin_site.each_context(request),
        "title": say("Review of “%(session)s”") % {"session": session},
        "session": session,
        "filling": filling(session),
        "rule": rule_in_sentences(session),
        "wishes": wishes,
        "filters": filters,
        "chips": wishes.chips(filters),
        "sortings": wishes.sortings(),
        "people": people,
        "rows": rows_of(session, list(people)),
        "pages": [
            (number, wishes.address(p=number)) for number in people.paginator.get_elided_page_range(people.number)
        ],
        "decisions": DECISIONS.values(),
        "decided": sum(decided.values()),
        "back": request.GET.urlencode(),
        "back_pair": urlencode({"back": request.GET.urlencode()}),
        "review": reverse("admin:training_trainingsession_review", args=[session.pk]),
        "scored": criteria_of(session).exists(),
        "links": links_of(session, apart_from=request.path),
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/board/board.html", context)


def open_in(session: TrainingSession, request: HttpRequest) -> EnrolmentQuerySet:
    """Everybody whose enrolment in this session is open and who is in the visitor's care."""
    mine: EnrolmentQuerySet = Enrolment.objects.in_care_of(acting(request), *ORGANISE)
    return mine.filter(session=session).open().select_related("trainee", "body", "category").defer(*NEVER_SHOWN)


def rows_of(session: TrainingSession, people: list[Enrolment]) -> list[Row]:
    """The people as lines, with what else is known about them: a few queries for all."""
    decisions = {one.enrolment_id: one for one in pending_of(session).filter(enrolment__in=people)}
    elsewhere = elsewhere_of(session, people)
    findings = findings_of(session, people, elsewhere=elsewhere)
    means, notes = means_of(people), counts_of_notes(people)
    for person in people:
        if person.pk in decisions:
            decisions[person.pk].enrolment = person
    return [
        Row(
            enrolment=person,
            state=chip(person.state, State(person.state).label),
            since=short_moment_in_words(person.applied_at),
            decision=decisions.get(person.pk),
            findings=findings.get(person.pk, []),
            earlier=[other.outcome for other in elsewhere[person.pk] if other.is_earlier],
            mean=means.get(person.pk),
            notes=notes.get(person.pk, 0),
        )
        for person in people
    ]


def board_urls(page: "TrainingSessionAdmin") -> list[URLPattern]:
    """All pages of a session's review, below its own address."""

    def hung(address: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
        view_of_page: Any = page.admin_site.admin_view(partial(view, page))
        route: URLPattern = path(f"<int:pk>/{address}", view_of_page, name=f"training_trainingsession_{name}")
        return route

    return [
        hung("board/", board_view, "board"),
        hung("board/decide/<slug:code>/", decide_view, "decide"),
        hung("board/drop/", drop_view, "drop_decisions"),
        hung("board/conditions/", conditions_view, "conditions"),
        hung("board/review/", review_view, "review"),
        hung("board/propose/", propose_view, "propose"),
        hung("waiting-list/", waiting_list_view, "waiting_list"),
        hung("board/publish/", publish_view, "publish_decisions"),
    ]
