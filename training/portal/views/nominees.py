"""One person whom a body has named: how it stands, and what the body can do about it."""

from collections.abc import Callable
from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from training.enrolment.answers import answers_given
from training.enrolment.asked import what_is_asked
from training.enrolment.kinship import Kin, kin_of
from training.enrolment.models import Enrolment
from training.enrolment.nominating import CHANGEABLE, change, send_again, submit, take_back
from training.enrolment.questions import Code
from training.enrolment.reasons import Reason
from training.enrolment.seen_by_bodies import is_masked_for_the_body, reason_for_the_body, standing_for_the_body
from training.enrolment.states import MOVES, State
from training.enrolment.substituting import substitute
from training.enrolment.trainees import Sealed
from training.portal.forms.nomination import NomineeForm, SubstituteForm, refuse_at_the_field
from training.portal.forms.withdrawal import WithdrawalForm
from training.portal.life_lines import life_line
from training.portal.nominations import Desk, desk_of, place_on_the_list
from training.portal.views.nominations import categories_of, signed_in
from training.tools.refusals import Refused
from training.tools.text import masked_email


@login_required
@require_safe
def nominee(request: HttpRequest, reference: str) -> HttpResponse:
    """State, reason and history; the data as long as they are the body's own."""
    enrolment = _of_the_body(request, reference)
    is_masked = is_masked_for_the_body(enrolment)
    events = list(enrolment.events.all())
    dots = [
        replace(dot, why=reason_for_the_body(enrolment, event))
        for dot, event in zip(life_line(events), events, strict=True)
    ]
    asked = {question["code"] for question in enrolment.questions} if not is_masked else set()
    return render(
        request,
        "portal/nominations/person.html",
        {
            "enrolment": enrolment,
            "session": enrolment.session,
            "body": enrolment.body,
            "standing": standing_for_the_body(enrolment),
            "place_on_the_list": place_on_the_list(enrolment),
            "reason": dots[-1].why if dots and enrolment.state in _TELLS_THE_REASON else "",
            "dots": dots,
            "transfers": _transfers(request, enrolment),
            "is_masked": is_masked,
            "email": _email_shown(enrolment, is_masked=is_masked),
            "answers": [] if is_masked else answers_given(enrolment),
            "asks_category": Code.CATEGORY in asked,
            "asks_employer": Code.EMPLOYER in asked,
            "successor": getattr(enrolment, "successor", None),
            **_what_can_be_done(request, enrolment),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_nominee(request: HttpRequest, reference: str) -> HttpResponse:
    """Corrects what the body wrote; what was sent back is sent again by it."""
    enrolment = _of_the_body(request, reference)
    desk = _desk(request, enrolment)
    if is_masked_for_the_body(enrolment) or enrolment.state not in CHANGEABLE:
        messages.info(request, _("The data of this person can no longer be changed here."))
        return redirect("nominee", reference)
    form = _form(request, desk, enrolment)
    if form.is_valid():
        was_returned = enrolment.state == State.RETURNED
        try:
            change(enrolment, form.nominee(), by=signed_in(request))
            if was_returned:
                send_again(enrolment, by=signed_in(request))
        except Refused as refused:
            refuse_at_the_field(form, refused.field, str(refused))
        else:
            messages.success(request, _("It is corrected and sent again.") if was_returned else _("It is corrected."))
            return redirect("nominee", reference)
    last = enrolment.events.last()
    return render(
        request,
        "portal/nominations/change.html",
        {
            "enrolment": enrolment,
            "session": desk.session,
            "body": desk.body,
            "form": form,
            "reason": last.reason if last else "",
        },
    )


@login_required
@require_POST
def send_nominee(request: HttpRequest, reference: str) -> HttpResponse:
    """Sends this one alone."""
    enrolment = _of_the_body(request, reference)
    desk = _desk(request, enrolment)
    try:
        submit(desk.session, [enrolment.reference], by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s is sent to the organiser.") % {"name": enrolment.trainee.name})
    return redirect("nominee", reference)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_nominee(request: HttpRequest, reference: str) -> HttpResponse:
    """First what it means, then the deed."""
    enrolment = _of_the_body(request, reference)
    desk = _desk(request, enrolment)
    if State.WITHDRAWN not in MOVES[State(enrolment.state)]:
        return redirect("nominee", reference)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            take_back(enrolment, by=signed_in(request), reason=Reason.typed(form.cleaned_data["reason"]))
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("nominee", reference)
        messages.success(request, _("%(name)s is withdrawn.") % {"name": enrolment.trainee.name})
        return redirect("nominations_page", desk.session.slug, desk.body.pk)
    context = {"enrolment": enrolment, "session": desk.session, "body": desk.body, "form": form}
    return render(request, "portal/nominations/withdraw.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def replace_nominee(request: HttpRequest, reference: str) -> HttpResponse:
    """Another person takes over the place; both histories stay and name each other."""
    enrolment = _of_the_body(request, reference)
    desk = _desk(request, enrolment)
    if not (enrolment.holds_a_place and desk.takes_substitutes):
        messages.info(request, _("Only a place that is held can pass to another person, until its date."))
        return redirect("nominee", reference)
    form = SubstituteForm(
        request.POST if request.method == "POST" else None,
        asked=what_is_asked(desk.session),
        categories=categories_of(desk, signed_in(request)),
        initial={"category": enrolment.category_id},
    )
    if form.is_valid():
        reason = Reason.typed(form.cleaned_data["reason"])
        try:
            successor = substitute(enrolment, form.nominee(), by=signed_in(request), reason=reason)
        except Refused as refused:
            refuse_at_the_field(form, refused.field, str(refused))
        else:
            sentence = _("%(new)s takes over the place of %(old)s and gets a letter.")
            names = {"new": successor.trainee.name, "old": enrolment.trainee.name}
            messages.success(request, sentence % names)
            return redirect("nominee", successor.reference)
    context = {"enrolment": enrolment, "session": desk.session, "body": desk.body, "form": form}
    return render(request, "portal/nominations/replace.html", context)


# Where the newest event carries what somebody must know.
_TELLS_THE_REASON = frozenset({State.RETURNED, State.DECLINED, State.LAPSED, State.WITHDRAWN, State.SUBSTITUTED})


def _of_the_body(request: HttpRequest, reference: str) -> Enrolment:
    seen = Enrolment.objects.nominated_through(request.user).select_related(
        "session", "trainee", "category", "form_version", "body", "replaces__trainee", "successor__trainee"
    )
    enrolment: Enrolment = get_object_or_404(seen, reference=reference)
    return enrolment


def _transfers(request: HttpRequest, enrolment: Enrolment) -> list[Kin]:
    """The enrolment that this one goes on with in a later session, and the one that it comes from."""
    kin = kin_of(enrolment, among=Enrolment.objects.nominated_through(request.user))
    return [
        one
        for one in kin
        if enrolment.pk == one.enrolment.transferred_from_id or enrolment.transferred_from_id == one.enrolment.pk
    ]


def _desk(request: HttpRequest, enrolment: Enrolment) -> Desk:
    """The desk of the very body that named the person: what was given on is looked at, not written on."""
    assert enrolment.body_id is not None  # noqa: S101 - the gate lets through nominations only
    return desk_of(signed_in(request), enrolment.session.slug, enrolment.body_id)


def _what_can_be_done(request: HttpRequest, enrolment: Enrolment) -> dict[str, bool]:
    try:
        desk = _desk(request, enrolment)
    except Http404:
        return {}
    is_own = not is_masked_for_the_body(enrolment)
    return {
        "has_desk": True,
        "can_send": enrolment.state == State.DRAFT and desk.takes_nominations,
        "can_change": is_own and (desk.takes_nominations or enrolment.state == State.RETURNED),
        "can_replace": enrolment.holds_a_place and desk.takes_substitutes,
        "can_withdraw": State.WITHDRAWN in MOVES[State(enrolment.state)],
    }


def _email_shown(enrolment: Enrolment, *, is_masked: bool) -> str:
    """Somebody who acts alone looks after the address, and it may be another one by now."""
    if enrolment.taken_over_at is not None:
        return ""
    return masked_email(enrolment.trainee.email) if is_masked else enrolment.trainee.email


def _form(request: HttpRequest, desk: Desk, enrolment: Enrolment) -> NomineeForm:
    sent: QueryDict | None = request.POST if request.method == "POST" else None
    return NomineeForm(
        sent,
        asked=what_is_asked(desk.session),
        categories=categories_of(desk, signed_in(request)),
        enrolment=enrolment,
        on_record=_on_record(enrolment),
        initial={
            "name": enrolment.trainee.name,
            "email": enrolment.trainee.email,
            "language": enrolment.trainee.language,
            "category": enrolment.category_id,
            "is_reserve": enrolment.is_reserve,
            **enrolment.answers,
        },
    )


def _on_record(enrolment: Enrolment) -> Callable[[], dict[str, Sealed]]:
    return lambda: {
        Code.IDENTITY_NUMBER: Sealed(
            enrolment.identity_sealed, enrolment.identity_masked, enrolment.identity_fingerprint
        ),
        Code.MOBILE: Sealed(enrolment.mobile_sealed, enrolment.mobile_masked),
    }
