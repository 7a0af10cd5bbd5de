"""Enrolling: fill in, look once more at what is about to be sent, send.

Nothing typed is lost: a form with a mistake comes back as it was, one that was sent after the
sign-in had run out waits until it is done, and sending twice makes one enrolment.
"""

from typing import cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.opening import confirmed_addresses
from training.catalogue.models import Category, TrainingSession
from training.catalogue.querysets import Visitor
from training.catalogue.stages import Stage, stage_of
from training.enrolment.applying import apply
from training.enrolment.models import AskedField, Enrolment, Trainee
from training.enrolment.questions import Code
from training.enrolment.trainees import Sealed, trainee_of
from training.portal.finding import public_session
from training.portal.forms.enrolment import EnrolmentForm
from training.portal.unsent import keep_for_later, take_back
from training.tools.refusals import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; sent, it becomes the page that shows what is about to be sent."""
    session = public_session(slug)
    if request.method == "POST":
        return _look_once_more(request, session)
    if not request.user.is_authenticated:
        return _sign_in_first(request, slug)
    enrolled = Enrolment.objects.of(request.user).open().filter(session=session).first()
    if enrolled is not None:
        return redirect("my_enrolment", enrolled.reference)
    stage = stage_of(session, timezone.now())
    if not stage.takes_applications:
        return render(request, "portal/enrolling/closed.html", {"session": session, "stage": stage})
    typed_before = take_back(request, slug)
    if typed_before is not None:
        messages.info(request, _("You are signed in. What you typed before is still here."))
    return _form_page(request, session, stage, _form(request.user, session, initial=typed_before))


@require_POST
def send(request: HttpRequest, slug: str) -> HttpResponse:
    """The last press: one enrolment, however often it is repeated."""
    session = public_session(slug)
    if not request.user.is_authenticated:
        keep_for_later(request, slug, request.POST)
        return _sign_in_first(request, slug)
    trainee = trainee_of(request.user, confirmed_addresses(request.user))
    form = _form(request.user, session, request.POST, trainee=trainee)
    if not form.is_valid():
        return _form_page(request, session, stage_of(session, timezone.now()), form)
    try:
        enrolment = apply(
            session,
            form.application(),
            trainee=trainee,
            email=request.user.email,
            language=get_language() or "en",
            send_key=form.key_of_this_sending,
            by=request.user,
        )
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return _form_page(request, session, stage_of(session, timezone.now()), form)
    messages.success(request, _("It has arrived. A letter is on its way to %(email)s.") % {"email": request.user.email})
    return redirect("my_enrolment", enrolment.reference)


def _look_once_more(request: HttpRequest, session: TrainingSession) -> HttpResponse:
    stage = stage_of(session, timezone.now())
    form = _form(request.user, session, request.POST)
    if not form.is_valid() or "change" in request.POST:
        return _form_page(request, session, stage, form)
    if not request.user.is_authenticated:
        keep_for_later(request, session.slug, cast("QueryDict", form.data))
        return _sign_in_first(request, session.slug)
    return render(
        request,
        "portal/enrolling/check.html",
        {"session": session, "stage": stage, "form": form, "answers": form.in_words()},
    )


def _sign_in_first(request: HttpRequest, slug: str) -> HttpResponse:
    return redirect_to_login(reverse("enrol", args=[slug]))


def _form_page(request: HttpRequest, session: TrainingSession, stage: Stage, form: EnrolmentForm) -> HttpResponse:
    return render(request, "portal/enrolling/form.html", {"session": session, "stage": stage, "form": form})


def _form(
    reader: Visitor,
    session: TrainingSession,
    data: QueryDict | None = None,
    *,
    trainee: Trainee | None = None,
    initial: QueryDict | None = None,
) -> EnrolmentForm:
    asked = list(AskedField.objects.filter(session=session).values_list("code", "is_required"))
    codes = {code for code, _is_required in asked}
    if trainee is None and reader.is_authenticated:
        trainee = Trainee.objects.filter(user=reader).first()
    return EnrolmentForm(
        data,
        asked=asked,
        categories=_categories(session) if Code.CATEGORY in codes else (),
        on_record=_on_record(trainee) if trainee else None,
        initial=initial.dict() if initial is not None else _known(reader, trainee),
    )


def _categories(session: TrainingSession) -> list[Category]:
    return list(session.programme.categories.all())


def _known(reader: Visitor, trainee: Trainee | None) -> dict[str, str]:
    """What the form can fill in by itself, from the person's record."""
    if trainee is None:
        return {"name": reader.name} if isinstance(reader, User) else {}
    return {"name": trainee.name, "sex": trainee.sex, "employer": trainee.employer}


def _on_record(trainee: Trainee) -> dict[str, Sealed]:
    return {
        Code.IDENTITY_NUMBER: Sealed(trainee.identity_sealed, trainee.identity_masked, trainee.identity_fingerprint),
        Code.MOBILE: Sealed(
            trainee.mobile_sealed, trainee.mobile_masked, trainee.mobile_fingerprint, trainee.mobile_last_digits
        ),
    }
