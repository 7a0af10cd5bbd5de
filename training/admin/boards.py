"""The review board of a session: everybody who is open, and what is decided but not published.

Guards one rule: only whoever organises the session stands before its board. A page costs the
same number of queries for ten people and for five thousand.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as say

from training.admin.board_deeds import DECISIONS, decide_view, drop_view, publish_view
from training.admin.board_filters import Counts, Kinds, Wishes
from training.admin.board_rows import Row, RowWriter
from training.admin.conditions import conditions_view
from training.admin.filling import filling
from training.admin.proposing import propose_view
from training.admin.reviewing import review_view
from training.admin.session_links import links_of
from training.admin.waiting import waiting_list_view
from training.catalogue.models import TrainingSession
from training.enrolment.checking import findings_of
from training.enrolment.deciding import pending_of
from training.enrolment.elsewhere import elsewhere_of
from training.enrolment.models import Decision, Enrolment
from training.enrolment.proposing import rule_in_sentences
from training.enrolment.querysets import EnrolmentQuerySet
from training.enrolment.reviewing import counts_of_notes, criteria_of, means_of

if TYPE_CHECKING:
    from training.admin.sessions import TrainingSessionAdmin

PEOPLE_ON_A_PAGE = 50  # as on the other lists of the admin
SHOWN = (
    "session", "trainee__name", "trainee__name_search", "trainee__employer", "state", "state_since", "applied_at",
    "rank", "is_reserve", "taken_over_at", "duplicate_of", "form_version", "answers", "identity_fingerprint",
    "identity_masked", "mobile_masked", "body", "category",
)  # fmt: skip


def board_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    session = page.session_to_change(request, pk)
    wishes = Wishes(session, request.GET)
    everybody = open_in(session)
    decided = dict(pending_of(session).order_by().values_list("to").annotate(Count("pk")))
    counts = Counts.of(everybody)
    kinds = Kinds.of(counts)
    filters = wishes.filters(counts, kinds, decided)
    paginator = pages_of(wishes.people(everybody), None if wishes.narrow else counts.people)
    people = paginator.get_page(request.GET.get("p"))
    scored, back = criteria_of(session).exists(), request.GET.urlencode()
    rows = rows_of(session, list(people), is_decided=bool(decided), is_scored=scored)
    review = reverse("admin:training_trainingsession_review", args=[session.pk])
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
        "rows": rows,
        "table": RowWriter(review, urlencode({"back": back}), kinds, scored=scored).write(rows),
        "pages": [
            (number, wishes.address(p=number)) for number in people.paginator.get_elided_page_range(people.number)
        ],
        "decisions": DECISIONS.values(),
        "decided": sum(decided.values()),
        "back": back,
        "review": review,
        "scored": scored,
        "links": links_of(session),
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/board/board.html", context)


def open_in(session: TrainingSession) -> EnrolmentQuerySet:
    """Everybody whose enrolment is open, with what a line shows; the session came through its gate."""
    enrolments: EnrolmentQuerySet = session.enrolments.all()
    return enrolments.open().select_related("trainee").only(*SHOWN)


def pages_of(people: EnrolmentQuerySet, known: int | None) -> "Paginator[Enrolment]":
    """The people fifty at a time; how many there are is not asked again where it is `known`."""
    paginator = Paginator(people, PEOPLE_ON_A_PAGE)
    if known is not None:
        vars(paginator)["count"] = known  # Django keeps what it counted under this name
    return paginator


def rows_of(session: TrainingSession, people: list[Enrolment], *, is_decided: bool, is_scored: bool) -> list[Row]:
    """The people as lines, with what else is known about them: a few queries for all.

    Decisions and scores are looked for only where the session has any.
    """
    decisions = _pending_about(session, people) if is_decided else {}
    elsewhere = elsewhere_of(session, people)
    findings = findings_of(session, people, elsewhere=elsewhere)
    means, notes = means_of(people) if is_scored else {}, counts_of_notes(people)
    for person in people:
        if person.pk in decisions:
            decisions[person.pk].enrolment = person
    return [
        Row(
            enrolment=person,
            decision=decisions.get(person.pk),
            findings=findings.get(person.pk, []),
            earlier=[other.outcome for other in elsewhere[person.pk] if other.is_earlier],
            mean=means.get(person.pk),
            notes=notes.get(person.pk, 0),
        )
        for person in people
    ]


def _pending_about(session: TrainingSession, people: list[Enrolment]) -> dict[int, Decision]:
    pending = pending_of(session).filter(enrolment__in=[person.pk for person in people])
    return {one.enrolment_id: one for one in pending}


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
