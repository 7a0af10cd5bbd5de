"""The forms after the offer and on arrival, as the desk sees them: who has answered, and answering for somebody."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import SEE_DRAFTS, SEE_ROSTER
from training.catalogue.models import TrainingSession
from training.desk.access import StaffRequest, for_staff
from training.enrolment.answers import answer_of
from training.enrolment.asked import as_lists_read, questions_at
from training.enrolment.later_forms import Given, LaterForm, answer, later_form, not_answered, unanswered_first
from training.enrolment.models import Enrolment
from training.enrolment.question_forms import FormForSomebody
from training.enrolment.questionnaires import fits
from training.enrolment.questions import FormStage, Kind, Question
from training.tools.refusals import Refused

ROWS_PER_PAGE = 50


@require_safe
@for_staff
def who_answered(request: StaffRequest, slug: str, stage: str) -> HttpResponse:
    """Everybody with a place: those who have not answered first."""
    session = _session(request, slug)
    later = _later_form(session, stage)
    people = Enrolment.objects.in_care_of(request.user, *SEE_ROSTER).filter(session=session).holding_a_place()
    ordered = unanswered_first(people.select_related("trainee", "category"), stage)
    page = Paginator(ordered, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    to_read = as_lists_read(session, {stage: later.questions})[stage]
    questions = [question for question in to_read if question.kind != Kind.HEADING]
    return render(
        request,
        "desk/form.html",
        {
            "session": session,
            "later": later,
            "page": page,
            "questions": questions,
            "rows": [(person, _answers(person, questions)) for person in page],
            "missing": not_answered(people, stage).count(),
            "may_answer": request.rights.reach(session, SEE_DRAFTS),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def answer_for(request: StaffRequest, slug: str, stage: str, reference: str) -> HttpResponseBase:
    """Answers for somebody who cannot, at any time until the session is over."""
    session = get_object_or_404(TrainingSession.objects.in_care_of(request.user, *SEE_DRAFTS), slug=slug)
    later = _later_form(session, stage)
    people = Enrolment.objects.in_care_of(request.user, *SEE_DRAFTS).filter(session=session)
    person = get_object_or_404(people.select_related("trainee", "form_version"), reference=reference)
    form = FormForSomebody(
        request.POST if request.method == "POST" else None,
        request.FILES,
        questionnaire=later.questions,
        enrolment=person,
        initial=dict(person.answers),
        by=request.user,
    )
    if form.is_valid():
        given = Given(form.questions, form.answers(), form.agreements())
        try:
            answer(person, stage, given, by=request.user, at_the_desk=True)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("The answers of %(name)s are kept.") % {"name": person.trainee.name})
            return redirect("desk_form", slug, stage)
    return render(request, "desk/answer.html", {"session": session, "later": later, "person": person, "form": form})


def _session(request: StaffRequest, slug: str) -> TrainingSession:
    mine = TrainingSession.objects.in_care_of(request.user, *SEE_ROSTER)
    session: TrainingSession = get_object_or_404(mine, slug=slug)
    return session


def _later_form(session: TrainingSession, stage: str) -> LaterForm:
    if stage not in (FormStage.AFTER_OFFER, FormStage.ARRIVAL):
        raise Http404
    questions = questions_at(session, stage)
    if not questions:
        raise Http404
    return later_form(session, stage, questions)


def _answers(person: Enrolment, questions: list[Question]) -> list[str]:
    return [answer_of(person, one) if fits(one.shown_if, person.answers) else "" for one in questions]
