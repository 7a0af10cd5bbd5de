"""What is asked of those who have a place, what one agrees to, and the files one gave."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from training.enrolment.answer_files import opened
from training.enrolment.consents import agree, consents_of, take_back
from training.enrolment.later_forms import Given, LaterForm, answer, later_forms_of, with_later_forms
from training.enrolment.models import AnswerFile, Enrolment
from training.enrolment.question_forms import QuestionsForm
from training.portal.left_out import say_what_was_left_out
from training.tools.papers import CONTENT_TYPES
from training.tools.refusals import Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_form(request: HttpRequest, reference: str, stage: str) -> HttpResponse:
    """The form of a later stage; answered again, it changes what was answered."""
    enrolment = _own(request, reference)
    later = _form_of(enrolment, stage)
    if not (later.is_open(timezone.now()) and enrolment.holds_a_place):
        messages.info(request, _("This form cannot be answered now. Write to the contact if something is wrong."))
        return redirect("my_enrolment", reference)
    form = QuestionsForm(
        request.POST if request.method == "POST" else None,
        request.FILES,
        questionnaire=later.questions,
        enrolment=enrolment,
        initial=dict(enrolment.answers),
        by=_signed_in(request),
    )
    if form.is_valid():
        given = Given(form.questions, form.answers(), form.agreements())
        try:
            answer(enrolment, stage, given, by=_signed_in(request))
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("Your answers have arrived."))
            say_what_was_left_out(request, form)
            return redirect("my_enrolment", reference)
    return render(
        request,
        "portal/enrolments/answer.html",
        {"enrolment": enrolment, "session": enrolment.session, "form": form, "later": later},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def consents(request: HttpRequest, reference: str) -> HttpResponse:
    """Agreeing and taking it back, side by side and equally easy."""
    enrolment = _own(request, reference)
    if request.method == "POST":
        _say_yes_or_no(request, enrolment)
        return redirect("consents", reference)
    context = {"enrolment": enrolment, "session": enrolment.session, "consents": consents_of(enrolment)}
    return render(request, "portal/enrolments/consents.html", context)


@login_required
@require_safe
def answer_file(request: HttpRequest, reference: str, key: UUID) -> FileResponse:
    """A file that one gave, to be taken back; never shown in the browser."""
    enrolment = _own(request, reference)
    file = get_object_or_404(AnswerFile.objects.visible_to(request.user).filter(enrolment=enrolment), pk=key)
    content = opened(file)
    if content is None:
        raise Http404
    return FileResponse(content, as_attachment=True, filename=file.name, content_type=CONTENT_TYPES[file.kind])


def _say_yes_or_no(request: HttpRequest, enrolment: Enrolment) -> None:
    purpose, word = request.POST.get("purpose", ""), request.POST.get("word", "")
    known = {consent.text.purpose: consent for consent in consents_of(enrolment)}
    if purpose not in known or word not in ("yes", "no"):
        return
    by, shown = _signed_in(request), request.POST.get("version", "")
    try:
        if word == "no":
            take_back(enrolment, purpose, by=by)
            messages.success(request, _("You agree no longer; this is kept on record."))
        else:
            agree(enrolment, purpose, by=by, version=int(shown) if shown.isdecimal() and len(shown) < 6 else 0)
            messages.success(request, _("You agree; you can take it back at any time."))
    except Refused as refused:
        messages.error(request, str(refused))


def _own(request: HttpRequest, reference: str) -> Enrolment:
    own = Enrolment.objects.of(request.user).select_related("session__venue", "trainee", "category", "form_version")
    enrolment: Enrolment = get_object_or_404(with_later_forms(own), reference=reference)
    return enrolment


def _form_of(enrolment: Enrolment, stage: str) -> LaterForm:
    form = next((form for form in later_forms_of(enrolment) if form.stage == stage), None)
    if form is None:
        raise Http404
    return form


def _signed_in(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required has seen to it
    return request.user
