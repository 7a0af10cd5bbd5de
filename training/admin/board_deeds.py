"""What is done from the review board: decide about people, drop decisions, publish them together."""

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from accounts.freshness import ask_again, signed_in_lately
from accounts.roles import ORGANISE
from training.admin.board_filters import Wishes
from training.admin.deeds import DEEDS, MOST_AT_ONCE, ReasonForm
from training.admin.guarded import acting
from training.catalogue.models import TrainingSession
from training.enrolment.deciding import decide, drop, pending_in, pending_of, preview, publish, publishable
from training.enrolment.models import Decision, Enrolment
from training.enrolment.querysets import EnrolmentQuerySet
from training.mail.models import Letter
from training.tools.keys import key_or_none
from training.tools.refusals import Refused
from training.tools.text import masked_email

if TYPE_CHECKING:
    from training.admin.sessions import TrainingSessionAdmin

LONGEST_QUERY = 2000
NEVER_SHOWN = (
    "identity_sealed", "mobile_sealed", "trainee__identity_sealed", "trainee__mobile_sealed",
)  # fmt: skip

NOTHING_LEAVES = _("Nothing leaves the house yet: letters go out when the decisions are published.")
DECIDED = ngettext_lazy(
    "%(count)d decision is made; it waits to be published.",
    "%(count)d decisions are made; they wait to be published.",
    "count",
)

DECISIONS = {
    code: replace(DEEDS[code], explanation=NOTHING_LEAVES, done=DECIDED, is_danger=False)
    for code in ("offer", "waitlist", "send_back", "decline")
}


def decide_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Shows whom the decision fits and asks why; then it is pending for all of them, or for nobody."""
    session = page.session_to_change(request, pk)
    deed = DECISIONS.get(code)
    if deed is None:
        raise Http404
    people = chosen(request, session)
    if not people:
        return nobody_chosen(request, session)
    fitting = [one for one in people if deed.fits(one)]
    form = ReasonForm(request.POST if request.method == "POST" else None, deed=deed)
    if fitting and form.is_valid():
        try:
            made = decide(fitting, deed.to, by=acting(request), reason=form.reason)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, str(deed.done % {"count": len(made)}))
            return redirect(board_of(request, session))
    context = {
        **about(page, request, session, people),
        "title": deed.title,
        "deed": deed,
        "fitting": fitting,
        "others": [one for one in people if one not in fitting],
        "form": form,
    }
    return TemplateResponse(request, "admin/board/decide.html", context)


def drop_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Takes pending decisions back; nobody has learnt of them. Who has left meanwhile is found, too."""
    session = page.session_to_change(request, pk)
    decided = Enrolment.objects.in_care_of(acting(request), *ORGANISE).filter(
        pk__in=pending_of(session).values("enrolment")
    )
    people = chosen(request, session, among=decided)
    if not people:
        messages.warning(request, say("Tick somebody about whom a decision is pending."))
        return redirect(board_of(request, session))
    if request.method == "POST":
        dropped = drop(people, by=acting(request))
        sentence = ngettext("%(count)d decision was dropped.", "%(count)d decisions were dropped.", dropped)
        messages.success(request, sentence % {"count": dropped})
        return redirect(board_of(request, session))
    context = {**about(page, request, session, people), "title": say("Drop the pending decision")}
    return TemplateResponse(request, "admin/board/drop.html", context)


def publish_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Every letter that would leave and what the places would look like; then publishes just that."""
    session = page.session_to_change(request, pk)
    if request.method == "POST":
        return _publish(request, session)
    shown = preview(session, by=acting(request))
    context = {
        **page.admin_site.each_context(request),
        "title": say("Publish the decisions"),
        "session": session,
        "shown": shown,
        "kinds": _kinds(shown.decisions),
        "letters": _letters(shown.letters, shown.decisions),
        "at_once": sum(letter.due_at is None for letter in shown.letters),
        "back": board_of(request, session),
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/board/publish.html", context)


def _publish(request: HttpRequest, session: TrainingSession) -> HttpResponse:
    seen = request.POST.get("seen", "")
    leaving = publishable(pending_in(session), session, by=acting(request))
    if len(leaving) > MOST_AT_ONCE and not signed_in_lately(request):
        return ask_again(request)  # type: ignore[return-value]
    try:
        published = publish(session, by=acting(request), seen=seen or "none were shown")
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("admin:training_trainingsession_publish_decisions", session.pk)
    sentence = ngettext("%(count)d decision was published.", "%(count)d decisions were published.", published)
    messages.success(request, sentence % {"count": published})
    return redirect("admin:training_trainingsession_board", session.pk)


def chosen(request: HttpRequest, session: TrainingSession, among: EnrolmentQuerySet | None = None) -> list[Enrolment]:
    """Those who were ticked, or everybody whom the list finds; first come first.

    `among` are those who can be chosen: everybody on the board unless it is given.
    """
    asked = request.POST if request.method == "POST" else request.GET
    if among is None:
        among = Enrolment.objects.in_care_of(acting(request), *ORGANISE).filter(session=session).open()
    if asked.get("everybody"):
        people = Wishes(session, QueryDict(_back_of(request))).people(among)
    else:
        keys = [key for key in map(key_or_none, asked.getlist("person")[:MOST_AT_ONCE]) if key is not None]
        people = among.filter(pk__in=keys)
    return list(people.select_related("trainee").defer(*NEVER_SHOWN).order_by("applied_at", "pk"))


def nobody_chosen(request: HttpRequest, session: TrainingSession) -> HttpResponse:
    messages.warning(request, say("Tick somebody first."))
    return redirect(board_of(request, session))


def board_of(request: HttpRequest, session: TrainingSession) -> str:
    """The board as it was narrowed."""
    query = _back_of(request)
    address = reverse("admin:training_trainingsession_board", args=[session.pk])
    return f"{address}?{query}" if query else address


def about(
    page: "TrainingSessionAdmin", request: HttpRequest, session: TrainingSession, people: list[Enrolment]
) -> dict[str, Any]:
    """What every page of the board about some people needs."""
    asked = request.POST if request.method == "POST" else request.GET
    return {
        **page.admin_site.each_context(request),
        "session": session,
        "people": people,
        "everybody": bool(asked.get("everybody")),
        "back_query": _back_of(request),
        "back": board_of(request, session),
        "opts": page.opts,
    }


def _back_of(request: HttpRequest) -> str:
    """The query of the board, written anew, so that nothing else gets into an address."""
    asked = request.POST if request.method == "POST" else request.GET
    return QueryDict(asked.get("back", "")[:LONGEST_QUERY]).urlencode()


def _kinds(decisions: list[Decision]) -> list[tuple[str, int]]:
    """How many of each kind would be carried out."""
    counts = Counter(decision.to for decision in decisions)
    return [(str(label), counts[code]) for code, label in Decision.To.choices if counts[code]]


def _letters(letters: list[Letter], decisions: list[Decision]) -> list[tuple[Decision, Letter, str]]:
    """Each letter with the decision that it is about and the masked address that it goes to."""
    people = {decision.enrolment.reference: decision for decision in decisions}
    return [(people[letter.about], letter, masked_email(letter.to)) for letter in letters]
