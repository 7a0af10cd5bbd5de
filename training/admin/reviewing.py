"""One to four people side by side: what they sent, what was found, what earlier sessions say, notes and scores."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from accounts.roles import ORGANISE
from training.admin.board_deeds import DECISIONS
from training.admin.chips import chip
from training.admin.guarded import acting
from training.catalogue.models import TrainingSession
from training.enrolment.answers import answers_given
from training.enrolment.checking import Finding, findings_of
from training.enrolment.deciding import pending_of
from training.enrolment.elsewhere import Elsewhere, elsewhere_of
from training.enrolment.kinship import Kin, kin_of
from training.enrolment.models import Criterion, Decision, Enrolment, Note
from training.enrolment.models.reviews import HIGHEST_SCORE
from training.enrolment.questions import Code
from training.enrolment.reviewing import Mean, criteria_of, means_of, note, notes_about, score, scores_of
from training.enrolment.standing import why_not_yet
from training.tools.keys import key_or_none
from training.tools.refusals import Refused

if TYPE_CHECKING:
    from training.admin.sessions import TrainingSessionAdmin

MOST_SIDE_BY_SIDE = 4
POINTS = [("", "–"), *((str(points), str(points)) for points in range(HIGHEST_SCORE + 1))]


class RemarkForm(forms.Form):
    """A note, and one's own scores where the session has criteria."""

    text = forms.CharField(label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, criteria: list[Criterion], given: dict[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self._criteria = criteria
        for one in criteria:
            self.fields[f"score-{one.pk}"] = forms.ChoiceField(
                label=one.name, choices=POINTS, required=False, initial=str(given.get(one.pk, ""))
            )

    def save(self, enrolment: Enrolment, *, by: Any) -> None:
        if self.cleaned_data["text"].strip():
            note(enrolment, self.cleaned_data["text"], by=by)
        points = {one.pk: self.cleaned_data[f"score-{one.pk}"] for one in self._criteria}
        if points:
            score(enrolment, {key: int(given) if given else None for key, given in points.items()}, by=by)


@dataclass(frozen=True)
class Person:
    """One column of the page."""

    enrolment: Enrolment
    state: SafeString
    decision: Decision | None
    other_answers: list[tuple[str, str]]
    findings: list[Finding]
    elsewhere: list[Elsewhere]
    kin: list[Kin]
    why_not_yet: str
    mean: Mean | None
    scores: list[tuple[str, str, int]]
    notes: list[Note]
    form: RemarkForm


def review_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the people; a note and scores about one of them are kept with their author."""
    session = page.session_to_change(request, pk)
    people = _people(request, session)
    remarked = _remarked(request, people) if request.method == "POST" else None
    forms_by_person = _forms(request, session, people, remarked)
    if remarked is not None and forms_by_person[remarked.pk].is_valid():
        try:
            forms_by_person[remarked.pk].save(remarked, by=acting(request))
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, say("Kept with your name and the time."))
            return redirect(_address(request, session, people))
    context = {
        **page.admin_site.each_context(request),
        "title": people[0].trainee.name if len(people) == 1 else say("Side by side"),
        "session": session,
        "people": _columns(request, session, people, forms_by_person),
        "keys": [one.pk for one in people],
        "back_query": _asked(request).get("back", ""),
        "decisions": DECISIONS.values(),
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/board/review.html", context)


def _asked(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else request.GET


def _people(request: HttpRequest, session: TrainingSession) -> list[Enrolment]:
    """Those who were ticked, in that order; nobody, or nobody in one's care, is a 404."""
    ticked = _asked(request).getlist("person")[:MOST_SIDE_BY_SIDE]
    keys = [key for key in map(key_or_none, ticked) if key is not None]
    mine = Enrolment.objects.in_care_of(acting(request), *ORGANISE).filter(session=session)
    found = mine.select_related("trainee", "body", "category", "form_version", "session").in_bulk(keys)
    if not found:
        raise Http404
    return [found[key] for key in dict.fromkeys(keys) if key in found]


def _remarked(request: HttpRequest, people: list[Enrolment]) -> Enrolment:
    """About whom something was written: one of those on the page."""
    about = key_or_none(request.POST.get("about"))
    found = next((one for one in people if one.pk == about), None)
    if found is None:
        raise Http404
    return found


def _forms(
    request: HttpRequest, session: TrainingSession, people: list[Enrolment], remarked: Enrolment | None
) -> dict[int, RemarkForm]:
    criteria = list(criteria_of(session))
    given: defaultdict[int, dict[int, int]] = defaultdict(dict)
    if criteria:
        for own in scores_of(people).filter(by=acting(request)):
            given[own.enrolment_id][own.criterion_id] = own.points
    return {
        one.pk: RemarkForm(
            request.POST if one == remarked else None,
            criteria=criteria,
            given=given[one.pk],
            auto_id=f"id_{one.pk}_%s",
        )
        for one in people
    }


def _columns(
    request: HttpRequest, session: TrainingSession, people: list[Enrolment], remarks: dict[int, RemarkForm]
) -> list[Person]:
    elsewhere = elsewhere_of(session, people)
    findings = findings_of(session, people, elsewhere=elsewhere)
    decisions = {one.enrolment_id: one for one in pending_of(session).filter(enrolment__in=people)}
    means = means_of(people)
    notes: defaultdict[int, list[Note]] = defaultdict(list)
    for one in notes_about(people):
        notes[one.enrolment_id].append(one)
    scores: defaultdict[int, list[tuple[str, str, int]]] = defaultdict(list)
    for given in scores_of(people).order_by("criterion__position", "criterion_id", "at"):
        scores[given.enrolment_id].append((given.criterion.name, given.by.get_short_name(), given.points))
    among = Enrolment.objects.in_care_of(acting(request), *ORGANISE)
    return [
        Person(
            enrolment=one,
            state=chip(one.state, one.get_state_display()),
            decision=decisions.get(one.pk),
            other_answers=answers_given(one, apart_from=(Code.EMPLOYER, Code.CATEGORY)),
            findings=findings.get(one.pk, []),
            elsewhere=elsewhere[one.pk],
            kin=kin_of(one, among=among),
            why_not_yet=why_not_yet(one),
            mean=means.get(one.pk),
            scores=scores[one.pk],
            notes=notes[one.pk],
            form=remarks[one.pk],
        )
        for one in people
    ]


def _address(request: HttpRequest, session: TrainingSession, people: list[Enrolment]) -> str:
    query = urlencode([*(("person", one.pk) for one in people), ("back", _asked(request).get("back", ""))])
    return f"{reverse('admin:training_trainingsession_review', args=[session.pk])}?{query}"
