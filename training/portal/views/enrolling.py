"""Enrolling: fill in, look once more at what is about to be sent, send.

Nothing typed is lost: a form with a mistake comes back as it was, one that was sent after the
sign-in had run out waits until it is done, and sending twice makes one enrolment.
"""

from collections.abc import Callable, Mapping
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
from training.catalogue.models import TrainingSession
from training.catalogue.querysets import Visitor
from training.catalogue.stages import Stage, stage_of
from training.enrolment.applying import apply
from training.enrolment.asked import what_is_asked
from training.enrolment.models import Trainee
from training.enrolment.own import known_as
from training.enrolment.questions import Code
from training.enrolment.trainees import Sealed, trainee_of
from training.portal.finding import session_to_enrol_in
from training.portal.forms.enrolment import EnrolmentForm
from training.portal.left_out import left_out_in_words
from training.portal.unsent import keep_for_later, take_back
from training.tools.refusals import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; sent, it becomes the page that shows what is about to be sent."""
    session = session_to_enrol_in(slug, request.user)
    if request.method == "POST":
        return _look_once_more(request, session)
    if not request.user.is_authenticated:
        return _sign_in_first(request, slug)
    if session.own_nomination:  # type: ignore[attr-defined]
        return redirect("my_nomination", session.own_nomination)  # type: ignore[attr-defined]
    trainee = known_as(request.user, session)
    if trainee is not None and trainee.enrolled_as:  # type: ignore[attr-defined]
        return redirect("my_enrolment", trainee.enrolled_as)  # type: ignore[attr-defined]
    stage = stage_of(session, timezone.now())
    if not stage.takes_applications:
        return render(request, "portal/enrolling/closed.html", {"session": session, "stage": stage})
    typed_before = take_back(request, slug)
    if typed_before is not None:
        messages.info(request, _("What you typed before is still here. Look at it and go on."))
    return _form_page(request, session, stage, _empty_form(request.user, session, trainee, typed_before))


@require_POST
def send(request: HttpRequest, slug: str) -> HttpResponse:
    """The last press: one enrolment, however often it is repeated."""
    session = session_to_enrol_in(slug)
    if not request.user.is_authenticated:
        keep_for_later(request, slug, request.POST)
        return _sign_in_first(request, slug)
    trainee = trainee_of(request.user)
    form = _sent_form(request, session, lambda: _on_record(trainee))
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


def keep_what_was_typed(request: HttpRequest, slug: str) -> None:
    """Keeps a form that was sent and could not be taken, numbers sealed, until its page is opened again."""
    form = _sent_form(request, session_to_enrol_in(slug), dict)
    form.is_valid()
    keep_for_later(request, slug, cast("QueryDict", form.data))


def _look_once_more(request: HttpRequest, session: TrainingSession) -> HttpResponse:
    stage = stage_of(session, timezone.now())
    form = _sent_form(request, session, lambda: _on_record(_record_of(request.user, session)))
    if not form.is_valid() or "change" in request.POST:
        return _form_page(request, session, stage, form)
    if not request.user.is_authenticated:
        keep_for_later(request, session.slug, cast("QueryDict", form.data))
        return _sign_in_first(request, session.slug)
    return render(
        request,
        "portal/enrolling/check.html",
        {
            "session": session,
            "stage": stage,
            "organiser": what_is_asked(session).organiser,
            "answers": form.in_words(),
            "left_out": left_out_in_words(form),
            "fields": form.as_sent(),
        },
    )


def _sign_in_first(request: HttpRequest, slug: str) -> HttpResponse:
    return redirect_to_login(reverse("enrol", args=[slug]))


def _form_page(request: HttpRequest, session: TrainingSession, stage: Stage, form: EnrolmentForm) -> HttpResponse:
    return render(request, "portal/enrolling/form.html", {"session": session, "stage": stage, "form": form})


def _empty_form(
    reader: User, session: TrainingSession, trainee: Trainee | None, typed_before: QueryDict | None
) -> EnrolmentForm:
    """Filled in with what was typed before the sign-in, else with what is known of the person."""
    known = typed_before.dict() if typed_before is not None else _known(reader, trainee)
    asked = what_is_asked(session)
    form = EnrolmentForm(asked=asked, on_record=lambda: _on_record(trainee), initial=known, by=reader)
    form.ask_to_agree(asked.consents)
    return form


def _sent_form(
    request: HttpRequest, session: TrainingSession, on_record: Callable[[], Mapping[str, Sealed]]
) -> EnrolmentForm:
    sender = request.user if isinstance(request.user, User) else None
    asked = what_is_asked(session)
    form = EnrolmentForm(request.POST, request.FILES, asked=asked, on_record=on_record, by=sender)
    form.ask_to_agree(asked.consents)
    return form


def _record_of(reader: Visitor, session: TrainingSession) -> Trainee | None:
    return known_as(reader, session) if isinstance(reader, User) else None


def _known(reader: User, trainee: Trainee | None) -> dict[str, str]:
    """What the form can fill in by itself, from the person's record."""
    if trainee is None:
        return {"name": reader.name}
    return {"name": trainee.name, "sex": trainee.sex, "employer": trainee.employer}


def _on_record(trainee: Trainee | None) -> dict[str, Sealed]:
    if trainee is None:
        return {}
    return {
        Code.IDENTITY_NUMBER: Sealed(trainee.identity_sealed, trainee.identity_masked, trainee.identity_fingerprint),
        Code.MOBILE: Sealed(
            trainee.mobile_sealed, trainee.mobile_masked, trainee.mobile_fingerprint, trainee.mobile_last_digits
        ),
    }
