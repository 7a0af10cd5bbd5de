"""One's own enrolments: how each stands, what happens next, and what one can do about it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from training.catalogue.places import city_in_words
from training.enrolment.answers import answers_given, files_in
from training.enrolment.applying import change_answers
from training.enrolment.asked import what_is_asked, with_what_is_asked
from training.enrolment.kinship import Kin, kin_of, with_whether_there_is_kin
from training.enrolment.later_forms import later_forms_of, with_later_forms
from training.enrolment.lifecycle import confirm, withdraw
from training.enrolment.models import Enrolment
from training.enrolment.questionnaires import as_kept
from training.enrolment.questions import Code
from training.enrolment.reasons import Reason
from training.enrolment.standing import Standing, standing_after_a_transfer, standing_of, why_not_yet_outside
from training.enrolment.states import EDITABLE, State
from training.enrolment.trainees import Sealed
from training.portal.finding import public_sessions
from training.portal.forms.enrolment import EnrolmentForm
from training.portal.forms.withdrawal import WithdrawalForm
from training.portal.later_forms import shown
from training.portal.left_out import say_what_was_left_out
from training.portal.life_lines import life_line
from training.tools.refusals import Refused


@login_required
@require_safe
def my_enrolments(request: HttpRequest) -> HttpResponse:
    own = Enrolment.objects.of(request.user).select_related("session__venue", "session__province")
    enrolments = [(enrolment, standing_of(enrolment)) for enrolment in own.with_place_in_line()]
    nominated = Enrolment.objects.nominations_for(request.user).select_related("session", "body")
    return render(
        request,
        "portal/enrolments/list.html",
        {
            "open_ones": [pair for pair in enrolments if pair[0].is_open],
            "ended": [pair for pair in enrolments if not pair[0].is_open],
            "nominations": [(nomination, standing_of(nomination)) for nomination in nominated],
        },
    )


@login_required
@require_safe
def my_enrolment(request: HttpRequest, reference: str) -> HttpResponse:
    enrolment = _own_or_none(request, reference)
    if enrolment is None:
        return _to_confirm_first(request, reference)
    session, now = enrolment.session, timezone.now()
    kin = kin_of(enrolment, among=Enrolment.objects.of(request.user))
    standing = _standing(enrolment, kin)
    later = later_forms_of(enrolment)
    asked = [*as_kept(enrolment.questions), *(question for form in later for question in form.questions_then)]
    return render(
        request,
        "portal/enrolments/page.html",
        {
            "enrolment": enrolment,
            "session": session,
            "city": city_in_words(session),
            "standing": standing,
            "kin": kin,
            "why_not_yet": why_not_yet_outside(enrolment, place=standing.place_in_line),
            "dots": life_line(enrolment.events.all()),
            "answers": answers_given(enrolment),
            "can_accept": enrolment.state == State.OFFERED and not enrolment.offer_is_over(now),
            "can_change": _can_change(enrolment),
            "later_forms": [shown(form, enrolment, now) for form in later],
            "files": files_in(enrolment, asked),
        },
    )


@login_required
@require_POST
def accept(request: HttpRequest, reference: str) -> HttpResponse:
    enrolment = _own(request, reference)
    try:
        confirm(enrolment, by=_signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("my_enrolment", enrolment.reference)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_enrolment(request: HttpRequest, reference: str) -> HttpResponse:
    """First what it means, then the deed."""
    enrolment = _own(request, reference)
    if not enrolment.is_open:
        return redirect("my_enrolment", enrolment.reference)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            withdraw(enrolment, by=_signed_in(request), reason=Reason.typed(form.cleaned_data["reason"]))
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("my_enrolment", enrolment.reference)
    return render(
        request, "portal/enrolments/withdraw.html", {"enrolment": enrolment, "session": enrolment.session, "form": form}
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_enrolment(request: HttpRequest, reference: str) -> HttpResponse:
    """Corrects what was sent; one that was sent back is sent again by it."""
    enrolment = _own(request, reference)
    if not _can_change(enrolment):
        messages.info(request, _("What you sent can no longer be changed. Write to the contact if something is wrong."))
        return redirect("my_enrolment", enrolment.reference)
    form = _form(enrolment, request)
    if form.is_valid():
        try:
            change_answers(enrolment, form.application(), by=_signed_in(request))
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("Your changes have arrived."))
            say_what_was_left_out(request, form)
            return redirect("my_enrolment", enrolment.reference)
    last = enrolment.events.last()
    return render(
        request,
        "portal/enrolments/change.html",
        {"enrolment": enrolment, "session": enrolment.session, "form": form, "reason": last.reason if last else ""},
    )


def _own(request: HttpRequest, reference: str) -> Enrolment:
    enrolment = _own_or_none(request, reference)
    if enrolment is None:
        raise Http404
    return enrolment


def _own_or_none(request: HttpRequest, reference: str) -> Enrolment | None:
    own = Enrolment.objects.of(request.user).select_related(
        "session__venue", "session__province", "trainee", "category", "form_version"
    )
    found = with_whether_there_is_kin(with_later_forms(own)).filter(reference=reference)
    enrolment: Enrolment | None = found.first()
    return enrolment


def _standing(enrolment: Enrolment, kin: list[Kin]) -> Standing:
    """How it stands; one that was transferred has not been withdrawn by the person."""
    gone_on = next((other for _relation, other in kin if other.transferred_from_id == enrolment.pk), None)
    return standing_after_a_transfer(gone_on.session) if gone_on else standing_of(enrolment)


def _to_confirm_first(request: HttpRequest, reference: str) -> HttpResponse:
    """Somebody whom a body nominated confirms the data before it is an enrolment of one's own; else a 404."""
    nomination = get_object_or_404(Enrolment.objects.nominations_for(request.user), reference=reference)
    return redirect("my_nomination", nomination.reference)


def _signed_in(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required has seen to it
    return request.user


def _can_change(enrolment: Enrolment) -> bool:
    if enrolment.state == State.RETURNED:
        return True
    return enrolment.state in EDITABLE and enrolment.session.enrolment_is_open(timezone.now())


def _form(enrolment: Enrolment, request: HttpRequest) -> EnrolmentForm:
    session = with_what_is_asked(public_sessions()).get(pk=enrolment.session_id)
    return EnrolmentForm(
        request.POST if request.method == "POST" else None,
        request.FILES,
        asked=what_is_asked(session),
        enrolment=enrolment,
        by=_signed_in(request),
        on_record=lambda: {
            Code.IDENTITY_NUMBER: Sealed(
                enrolment.identity_sealed, enrolment.identity_masked, enrolment.identity_fingerprint
            ),
            Code.MOBILE: Sealed(enrolment.mobile_sealed, enrolment.mobile_masked),
        },
        initial={"name": enrolment.trainee.name, "category": enrolment.category_id, **enrolment.answers},
    )
