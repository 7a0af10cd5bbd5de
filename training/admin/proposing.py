"""The proposal of an allocation on one page: the rule, the places, each person with the reason in a sentence."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from accounts.roles import ORGANISE
from training.admin.board_deeds import NEVER_SHOWN
from training.admin.chips import chip
from training.admin.guarded import acting
from training.catalogue.models import TrainingSession
from training.enrolment.allocating import Proposed
from training.enrolment.models import Enrolment
from training.enrolment.proposing import Proposal, accept, proposal_for, rule_in_sentences
from training.enrolment.states import State
from training.tools.refusals import Refused

if TYPE_CHECKING:
    from training.admin.sessions import TrainingSessionAdmin

LINES_ON_A_PAGE = 100
MOST_PLACES = 100_000
KINDS = (
    (State.OFFERED, _("are offered a place")),
    (State.WAITLISTED, _("come on the waiting list")),
    (State.RETURNED, _("are sent back")),
    (State.DECLINED, _("are declined")),
    (None, _("stay as they are")),
)


class WhatIfForm(forms.Form):
    capacity = forms.IntegerField(label=_("What if there were this many places?"), min_value=1, max_value=MOST_PLACES)


@dataclass(frozen=True)
class Line:
    """What is proposed for one person, to be read."""

    enrolment: Enrolment
    proposed: SafeString | str
    reason: str
    is_decided: bool


@dataclass(frozen=True)
class PlacesGiven:
    name: str
    free: int | None
    given: int


def propose_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Shows what the rule gives; accepting makes pending decisions of just that."""
    session = page.session_to_change(request, pk)
    if request.method == "POST":
        return _accept(request, session)
    what_if = WhatIfForm(request.GET if "capacity" in request.GET else None, label_suffix="")
    capacity = what_if.cleaned_data["capacity"] if what_if.is_valid() else None
    try:
        proposal = proposal_for(session, capacity=capacity)
    except Refused as refused:
        what_if.add_error(refused.field, str(refused))
        proposal, capacity = proposal_for(session), None
    paginator = Paginator(proposal.lines, LINES_ON_A_PAGE)
    shown = paginator.get_page(request.GET.get("p"))
    kept = {"capacity": capacity} if capacity else {}
    context = {
        **page.admin_site.each_context(request),
        "title": say("Propose an allocation"),
        "session": session,
        "rule": rule_in_sentences(session),
        "what_if": what_if,
        "capacity": capacity,
        "proposal": proposal,
        "kinds": _kinds(proposal),
        "places": _places(proposal),
        "people": shown,
        "lines": _lines(request, session, shown),
        "pages": [(one, f"?{urlencode({**kept, 'p': one})}") for one in paginator.get_elided_page_range(shown.number)],
        "new": len(proposal.new),
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/board/propose.html", context)


def _accept(request: HttpRequest, session: TrainingSession) -> HttpResponse:
    try:
        made = accept(session, seen=request.POST.get("seen", ""), by=acting(request))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("admin:training_trainingsession_propose", session.pk)
    sentence = ngettext(
        "%(count)d decision is made; it waits to be published.",
        "%(count)d decisions are made; they wait to be published.",
        made,
    )
    messages.success(request, sentence % {"count": made})
    return redirect("admin:training_trainingsession_board", session.pk)


def _kinds(proposal: Proposal) -> list[tuple[int, str]]:
    """How many get what, decided or proposed."""
    known = {to for to, _words in KINDS}
    counts: Counter[State | None] = Counter(line.to if line.to in known else None for line in proposal.lines)
    return [(counts[to], str(words)) for to, words in KINDS if counts[to]]


def _places(proposal: Proposal) -> list[PlacesGiven]:
    language = get_language() or "en"
    return [
        PlacesGiven(places.name.in_language(language), places.free, proposal.given_from(purse))
        for purse, places in proposal.places.items()
    ]


def _lines(request: HttpRequest, session: TrainingSession, shown: Page[Proposed]) -> list[Line]:
    mine = Enrolment.objects.in_care_of(acting(request), *ORGANISE).filter(session=session)
    people = mine.select_related("trainee", "body", "category").defer(*NEVER_SHOWN)
    found, language = people.in_bulk([line.key for line in shown]), get_language() or "en"
    return [_line(found[line.key], line, language) for line in shown if line.key in found]


def _line(enrolment: Enrolment, line: Proposed, language: str) -> Line:
    word = chip(line.to, State(line.to).label) if line.to else ""
    return Line(enrolment, word, line.reason.in_language(language), line.is_decided)
