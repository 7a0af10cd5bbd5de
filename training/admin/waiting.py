"""The waiting list of a session on one page: the rule, the next places, each position with its reason, offers out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as say

from accounts.roles import ORGANISE
from training.admin.board_deeds import NEVER_SHOWN
from training.admin.filling import filling
from training.admin.guarded import acting
from training.admin.session_links import links_of
from training.catalogue.models import TrainingSession
from training.enrolment.deciding import purse_in_words
from training.enrolment.line import is_held_back
from training.enrolment.models import Enrolment
from training.enrolment.proposing import rule_in_sentences
from training.enrolment.querysets import EnrolmentQuerySet
from training.enrolment.states import State
from training.enrolment.waiting import Waiting, WaitingList

if TYPE_CHECKING:
    from training.admin.sessions import TrainingSessionAdmin

PEOPLE_ON_A_PAGE = 100


@dataclass(frozen=True)
class Line:
    """Somebody on the list; a reserve whose body's list is still open has no place in line yet."""

    enrolment: Enrolment
    place: int | None
    why: str


def waiting_list_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    session = page.session_to_change(request, pk)
    waiting = WaitingList(session)
    paginator = Paginator(waiting.people, PEOPLE_ON_A_PAGE)
    shown = paginator.get_page(request.GET.get("p"))
    context = {
        **page.admin_site.each_context(request),
        "title": say("Waiting list of “%(session)s”") % {"session": session},
        "session": session,
        "filling": filling(session),
        "rule": rule_in_sentences(session),
        "next_places": [(purse_in_words(one.purse), one) for one in waiting.next_places()],
        "people": shown,
        "lines": _lines(_mine(request, session), waiting, shown),
        "pages": [(one, f"?p={one}") for one in paginator.get_elided_page_range(shown.number)],
        "offers": _mine(request, session).filter(state=State.OFFERED).order_by("offer_expires_at", "pk"),
        "links": links_of(session),
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/board/waiting_list.html", context)


def _mine(request: HttpRequest, session: TrainingSession) -> EnrolmentQuerySet:
    mine: EnrolmentQuerySet = Enrolment.objects.in_care_of(acting(request), *ORGANISE).filter(session=session)
    return mine.select_related("trainee", "body", "category").defer(*NEVER_SHOWN)


def _lines(mine: EnrolmentQuerySet, waiting: WaitingList, shown: Page[Waiting]) -> list[Line]:
    people = mine.in_bulk([one.key for one in shown])
    return [_line(people[one.key], one, waiting) for one in shown if one.key in people]


def _line(enrolment: Enrolment, one: Waiting, waiting: WaitingList) -> Line:
    why = waiting.why(enrolment, one)
    return Line(enrolment, None if is_held_back(enrolment, waiting.session, timezone.now()) else one.place, why)
