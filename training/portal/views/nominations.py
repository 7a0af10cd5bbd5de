"""A nominator's own door: the bodies' sessions, and the list of one body in one session."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.roles import NOMINATE
from training.catalogue.models import Category, Grant, NominatorInvitation, TrainingSession
from training.enrolment.asked import what_is_asked
from training.enrolment.models import Enrolment, Quota
from training.enrolment.nominating import enter, rank, submit
from training.enrolment.quotas import give_on, return_in_words
from training.enrolment.seen_by_bodies import reason_for_the_body
from training.enrolment.states import OPEN, State
from training.portal.finding import public_sessions
from training.portal.forms.giving_on import GivingOnForm
from training.portal.forms.nomination import NomineeForm, refuse_at_the_field
from training.portal.nominations import (
    Desk,
    Sums,
    desk_of,
    people_of,
    places_of,
    sums_by_desk,
    sums_of,
    waits_for_the_body,
    what_to_do,
)
from training.portal.ordering import order_as_sent
from training.tools.refusals import Refused


@login_required
@require_safe
def nominations(request: HttpRequest) -> HttpResponse:
    """Every body for which one nominates, with its sessions; the soonest on top."""
    user = signed_in(request)
    now = timezone.now()
    grants = list(Grant.objects.held_by(user, *NOMINATE).select_related("organisation", "programme"))
    of_the_programmes = public_sessions().filter(programme__in=[grant.programme_id for grant in grants])
    sessions = list(of_the_programmes.soonest_first(timezone.localdate(now)))
    sums = sums_by_desk(user, sessions)
    ended = Grant.objects.that_ended_for(user, *NOMINATE)
    own = NominatorInvitation.objects.of(user).still_open().filter(link_ends_at__gt=now)
    return render(
        request,
        "portal/nominations/list.html",
        {
            "bodies": [(grant, _lines_of(grant, sessions, sums)) for grant in grants],
            "ended": None if grants else ended.select_related("organisation").first(),
            "invitations": own.select_related("programme", "body"),
        },
    )


@login_required
@require_safe
def nominations_page(request: HttpRequest, slug: str, body: int) -> HttpResponse:
    """The list of a body in a session: places, people in order, what to do next."""
    user = signed_in(request)
    desk = desk_of(user, slug, body)
    people = people_of(desk, user)
    places = places_of(desk, user, people)
    sums = sums_of(places, people)
    first_returned = next((one for one in people if waits_for_the_body(one)), None)
    return render(
        request,
        "portal/nominations/page.html",
        {
            "desk": desk,
            "session": desk.session,
            "body": desk.body,
            "places": places,
            "sums": sums,
            "step": what_to_do(desk, sums),
            "people": [one for one in people if one.state in OPEN | {State.DRAFT}],
            "first_returned": first_returned,
            "returned_because": _why_returned(first_returned),
            "returning": return_in_words(desk.session, sums.places_returned) if places else "",
            "ended": [one for one in people if one.state not in OPEN | {State.DRAFT}],
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enter_nominee(request: HttpRequest, slug: str, body: int) -> HttpResponse:
    """One person more on the list; nobody else learns of it before it is sent."""
    user = signed_in(request)
    desk = desk_of(user, slug, body)
    form = NomineeForm(
        request.POST if request.method == "POST" else None,
        asked=what_is_asked(desk.session),
        categories=categories_of(desk, user),
    )
    if form.is_valid():
        try:
            entered = enter(desk.session, desk.body, form.nominee(), by=user, send_key=form.key_of_this_sending)
        except Refused as refused:
            refuse_at_the_field(form, refused.field, str(refused))
        else:
            messages.success(request, _("%(name)s is on the list.") % {"name": entered.trainee.name})
            if _somebody_has_the_name_of(entered, people_of(desk, user)):
                sentence = _("Somebody else on your list has this name. If the two are one person, withdraw one.")
                messages.warning(request, sentence)
            return redirect("enter_nominee" if "another" in request.POST else "nominations_page", slug, body)
    context = {"desk": desk, "session": desk.session, "body": desk.body, "form": form}
    return render(request, "portal/nominations/enter.html", context)


@login_required
@require_POST
def rank_nominees(request: HttpRequest, slug: str, body: int) -> HttpResponse:
    """Puts the people in the order of the numbers, or one of them a step up or down."""
    user = signed_in(request)
    desk = desk_of(user, slug, body)
    references = [one.reference for one in people_of(desk, user) if one.state in OPEN | {State.DRAFT}]
    try:
        rank(desk.session, desk.body, order_as_sent(request.POST, references), by=user)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("nominations_page", slug, body)


@login_required
@require_POST
def send_nominees(request: HttpRequest, slug: str, body: int) -> HttpResponse:
    """Sends those who are ticked, or everybody who is not sent yet; all of them or none.

    Numbers that were typed beside them and not saved yet count as well.
    """
    user = signed_in(request)
    desk = desk_of(user, slug, body)
    people = people_of(desk, user)
    drafts = [one.reference for one in people if one.state == State.DRAFT]
    chosen = drafts if "all" in request.POST else [one for one in drafts if one in request.POST.getlist("chosen")]
    if not chosen:
        messages.info(request, _("Nobody was chosen. Tick the people to send, or send all of them."))
        return redirect("nominations_page", slug, body)
    on_the_list = [one.reference for one in people if one.state in OPEN | {State.DRAFT}]
    try:
        if any(name.startswith("rank-") for name in request.POST):
            rank(desk.session, desk.body, order_as_sent(request.POST, on_the_list), by=user)
        sent = submit(desk.session, chosen, by=user)
    except Refused as refused:
        messages.error(request, _("Nothing was sent. %(reason)s") % {"reason": refused})
    else:
        sentence = ngettext(
            "%(count)d person is sent to the organiser.", "%(count)d people are sent to the organiser.", len(sent)
        )
        messages.success(request, sentence % {"count": len(sent)})
    return redirect("nominations_page", slug, body)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def give_places_on(request: HttpRequest, slug: str, body: int) -> HttpResponse:
    """Parts of the body's own quotas for organisations under it, which then name people themselves."""
    user = signed_in(request)
    desk = desk_of(user, slug, body)
    seen = Quota.objects.nominated_through(user).filter(session=desk.session).select_related("body", "category")
    quotas = list(seen)
    own = [quota for quota in quotas if quota.body_id == desk.body.pk and quota.parent_id is None]
    forms = []
    for quota in own:
        parts = [part for part in quotas if part.parent_id == quota.pk]
        is_sent = request.method == "POST" and request.POST.get("quota") == str(quota.pk)
        form = GivingOnForm(request.POST if is_sent else None, quota=quota, parts=parts)
        forms.append(form)
        if form.is_valid():
            try:
                give_on(quota, form.wished(), by=user)
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("The places are given on as you wrote."))
                return redirect("give_places_on", slug, body)
    context = {"desk": desk, "session": desk.session, "body": desk.body, "forms": forms}
    return render(request, "portal/nominations/give_on.html", context)


def _somebody_has_the_name_of(entered: Enrolment, people: list[Enrolment]) -> bool:
    others = [one for one in people if one.pk != entered.pk and one.state in OPEN | {State.DRAFT}]
    return any(one.trainee.name == entered.trainee.name for one in others)


def _why_returned(enrolment: Enrolment | None) -> str:
    event = enrolment.events.last() if enrolment is not None else None
    return reason_for_the_body(enrolment, event) if enrolment is not None and event is not None else ""


def signed_in(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required has seen to it
    return request.user


def categories_of(desk: Desk, user: User) -> list[Category]:
    """Those for which the body has places of their own; nothing is asked where all its places are for any."""
    quotas = Quota.objects.nominated_through(user).filter(session=desk.session, body=desk.body)
    return list(Category.objects.filter(quotas__in=quotas).distinct())


def _lines_of(
    grant: Grant, sessions: list[TrainingSession], sums: dict[tuple[int, int], Sums]
) -> list[tuple[Desk, Sums]]:
    assert grant.organisation is not None  # noqa: S101 - held by a constraint
    assert grant.valid_until is not None  # noqa: S101 - held by a constraint
    of_the_programme = [session for session in sessions if session.programme_id == grant.programme_id]
    desks = [Desk(session, grant.organisation, grant.valid_until) for session in of_the_programme]
    return [(desk, sums.get((desk.session.pk, desk.body.pk), Sums())) for desk in desks]
