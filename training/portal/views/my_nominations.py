"""Being nominated: looking at what a body wrote, correcting it, and taking over, or refusing.

Guards one rule: a nomination is shown to whoever has confirmed the address that it was sent to,
and to nobody else; once taken over it is an enrolment like any other.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from training.catalogue.places import city_in_words
from training.enrolment.asked import what_is_asked, with_what_is_asked
from training.enrolment.models import Enrolment
from training.enrolment.nominating import take_back, take_over
from training.enrolment.questions import Code
from training.enrolment.reasons import Reason
from training.enrolment.standing import standing_of
from training.enrolment.states import State
from training.enrolment.trainees import Sealed
from training.portal.finding import public_sessions
from training.portal.forms.enrolment import EnrolmentForm
from training.portal.forms.nomination import refuse_at_the_field
from training.portal.forms.withdrawal import WithdrawalForm
from training.portal.left_out import say_what_was_left_out
from training.portal.views.nominations import signed_in
from training.tools.refusals import Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_nomination(request: HttpRequest, reference: str) -> HttpResponse:
    """The form of the session with what the body wrote; sent, the person acts for himself or herself.

    Nobody has agreed to anything for the person, so what the session asks to agree to stands here as well.
    """
    enrolment = _nomination(request, reference)
    session = with_what_is_asked(public_sessions()).get(pk=enrolment.session_id)
    asked = what_is_asked(session)
    form = EnrolmentForm(
        request.POST if request.method == "POST" else None,
        request.FILES,
        asked=asked,
        enrolment=enrolment,
        by=signed_in(request),
        on_record=lambda: {
            Code.IDENTITY_NUMBER: Sealed(
                enrolment.identity_sealed, enrolment.identity_masked, enrolment.identity_fingerprint
            ),
            Code.MOBILE: Sealed(enrolment.mobile_sealed, enrolment.mobile_masked),
        },
        initial={"name": enrolment.trainee.name, "category": enrolment.category_id, **enrolment.answers},
    )
    form.ask_to_agree(asked.consents)
    if form.is_valid():
        try:
            take_over(enrolment, form.application(), by=signed_in(request))
        except Refused as refused:
            refuse_at_the_field(form, refused.field, str(refused))
        else:
            messages.success(request, _("You have confirmed your data. From now on you look after it here."))
            say_what_was_left_out(request, form)
            return redirect("my_enrolment", enrolment.reference)
    context = {
        "enrolment": enrolment,
        "session": enrolment.session,
        "body": enrolment.body,
        "city": city_in_words(enrolment.session),
        "standing": standing_of(enrolment),
        "organiser": asked.organiser,
        "form": form,
    }
    return render(request, "portal/nominations/mine.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def refuse_nomination(request: HttpRequest, reference: str) -> HttpResponse:
    """First what it means, then the deed; the body and the organiser read the reason."""
    enrolment = _nomination(request, reference)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            take_back(enrolment, by=signed_in(request), reason=Reason.typed(form.cleaned_data["reason"]))
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("You have refused. The body that nominated you can see it."))
        return redirect("my_enrolments")
    context = {
        "enrolment": enrolment,
        "session": enrolment.session,
        "body": enrolment.body,
        "form": form,
        "is_offered": enrolment.state == State.OFFERED,
    }
    return render(request, "portal/nominations/refuse.html", context)


def _nomination(request: HttpRequest, reference: str) -> Enrolment:
    waiting = Enrolment.objects.nominations_for(request.user).select_related(
        "session__venue", "session__province", "trainee", "category", "form_version", "body"
    )
    enrolment: Enrolment = get_object_or_404(waiting, reference=reference)
    return enrolment
