"""The forms after the offer and on arrival: who is asked, from when until when, and answering.

Guards one rule: people answer for themselves while their form is open and they hold a place;
the desk may answer for them at any time until the session is over. Read together with the
enrolment by one function in the database, `later_forms`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Exists, Func, OrderBy, OuterRef, Subquery, TextField
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from training.catalogue.models import TrainingSession
from training.enrolment.answer_files import claim_files
from training.enrolment.answering import current_form, take_options
from training.enrolment.answers import answers_to
from training.enrolment.consents import record_agreements
from training.enrolment.lifecycle import locked
from training.enrolment.line import beginning_of
from training.enrolment.models import AnsweredForm, AskedField, ConsentText, Enrolment, FormWindow
from training.enrolment.querysets import EnrolmentQuerySet
from training.enrolment.questionnaires import Questionnaire, as_kept, questionnaire_of
from training.enrolment.questions import TITLES_OF_FORMS, Answer, FormStage, Question
from training.tools.refusals import Refused


@dataclass(frozen=True)
class LaterForm:
    """A form of a later stage with its times, and when somebody answered it."""

    stage: str
    questions: Questionnaire
    opens_at: datetime
    closes_at: datetime
    answered_at: datetime | None = None
    questions_then: tuple[Question, ...] = ()

    @property
    def title(self) -> str:
        return str(TITLES_OF_FORMS[self.stage])

    def is_open(self, at: datetime) -> bool:
        return self.opens_at <= at < self.closes_at

    def is_ahead(self, at: datetime) -> bool:
        return at < self.opens_at

    def answers_of(self, enrolment: Enrolment) -> list[tuple[str, str]]:
        """Question and answer as they were asked."""
        return answers_to(enrolment, self.questions_then)


def with_later_forms(enrolments: EnrolmentQuerySet) -> EnrolmentQuerySet:
    """Adds what `later_forms_of` needs."""
    return enrolments.annotate(
        later_forms=Func("session_id", "pk", function="later_forms", output_field=TextField()),
    )


def later_forms_of(enrolment: Enrolment) -> list[LaterForm]:
    """The later forms of an enrolment that came `with_later_forms`, in the order in which they are asked."""
    text: str | None = enrolment.later_forms  # type: ignore[attr-defined]
    forms = [_later_form(enrolment.session, one) for one in json.loads(text)] if text else []
    return sorted(forms, key=lambda form: form.stage)


def later_form(session: TrainingSession, stage: str, questions: Questionnaire) -> LaterForm:
    """The form of a stage as the session has it, of nobody."""
    window = FormWindow.objects.filter(session=session, stage=stage).first()
    opens_at, closes_at = times_of(
        session, stage, window.opens_at if window else None, window.closes_at if window else None
    )
    return LaterForm(stage, questions, opens_at, closes_at)


def times_of(
    session: TrainingSession, stage: str, opens_at: datetime | None, closes_at: datetime | None
) -> tuple[datetime, datetime]:
    """From when until when a form is answered; what nobody has set follows from the session's days."""
    last_day = session.ends_on or session.starts_on
    end = timezone.make_aware(datetime.combine(last_day + timedelta(days=1), time.min))
    if stage == FormStage.ARRIVAL:
        return opens_at or _day_of_arrival(session), closes_at or end
    return opens_at or timezone.make_aware(datetime(2000, 1, 1)), closes_at or beginning_of(session)  # noqa: DTZ001


def times_of_later_forms(session: TrainingSession) -> dict[str, tuple[datetime, datetime]]:
    """From when until when each later form that the session asks is answered, by stage; one query."""
    window = FormWindow.objects.filter(session=session, stage=OuterRef("stage"))
    fields = AskedField.objects.filter(session=session).exclude(stage=FormStage.APPLICATION).order_by("stage")
    stages = fields.values_list("stage", Subquery(window.values("opens_at")), Subquery(window.values("closes_at")))
    return {stage: times_of(session, stage, opens_at, closes_at) for stage, opens_at, closes_at in stages.distinct()}


def set_times(session: TrainingSession, stage: str, opens_at: datetime | None, closes_at: datetime | None) -> None:
    """From when until when the form of a stage is answered. Refused when it would close before it opens."""
    if opens_at is not None and closes_at is not None and closes_at <= opens_at:
        raise Refused(_("The form must close after it opens."), field="closes_at")
    FormWindow.objects.update_or_create(
        session=session, stage=stage, defaults={"opens_at": opens_at, "closes_at": closes_at}
    )


@dataclass(frozen=True)
class Given:
    """What somebody answered, clean: the form has checked it against `asked`, the questions as they were shown."""

    asked: Questionnaire
    answers: Mapping[str, Answer]
    agreed: Sequence[ConsentText] = ()


def answer(enrolment: Enrolment, stage: str, given: Given, *, by: User, at_the_desk: bool = False) -> AnsweredForm:
    """Keeps the answers to a later form; answering again changes them.

    `at_the_desk` is somebody of the staff who answers for the person. Raises Refused for
    somebody without a place, while the form is not open, and for an option that is taken.
    """
    with locked(enrolment) as (session, current):
        now = timezone.now()
        _refuse_out_of_time(session, stage, given.asked, now, at_the_desk=at_the_desk)
        if not current.holds_a_place:
            raise Refused(_("This form is for those who hold a place."))
        version = current_form(session, given.asked, stage)
        others = {code: one for code, one in current.answers.items() if code not in given.asked.codes}
        current.answers = others | dict(given.answers)
        current.save(update_fields=["answers"])
        take_options(current, given.asked, given.answers)
        claim_files(current, given.asked, given.answers)
        record_agreements(current, given.agreed, by=by)
        said = {"form_version": version, "changed_at": now, "by": by}
        answered, _made = AnsweredForm.objects.update_or_create(
            enrolment=current, stage=stage, defaults=said, create_defaults={**said, "answered_at": now}
        )
    return answered


def has_later_form(session: TrainingSession, stage: str) -> bool:
    return stage != FormStage.APPLICATION and AskedField.objects.filter(session=session, stage=stage).exists()


def unanswered_first(people: EnrolmentQuerySet, stage: str) -> EnrolmentQuerySet:
    """Those who have not answered the form of this stage first; adds `answered_at`, when each one did."""
    answered = AnsweredForm.objects.filter(enrolment=OuterRef("pk"), stage=stage).values("changed_at")
    missing_first = OrderBy(Subquery(answered), nulls_first=True)
    return people.annotate(answered_at=Subquery(answered)).order_by(missing_first, "trainee__name_pinyin", "pk")


def not_answered(people: EnrolmentQuerySet, stage: str) -> EnrolmentQuerySet:
    """Those who have not answered the form of this stage."""
    return people.exclude(Exists(AnsweredForm.objects.filter(enrolment=OuterRef("pk"), stage=stage)))


def who_answered(session: TrainingSession) -> set[tuple[int, str]]:
    """Enrolment and stage of every later form that somebody of the session has answered; one query."""
    return set(AnsweredForm.objects.filter(enrolment__session=session).values_list("enrolment_id", "stage"))


def _refuse_out_of_time(
    session: TrainingSession, stage: str, asked: Questionnaire, now: datetime, *, at_the_desk: bool
) -> None:
    form = later_form(session, stage, asked)
    if at_the_desk:
        if session.is_over(timezone.localdate(now)):
            raise Refused(_("This session is over."))
        return
    if form.is_ahead(now):
        raise Refused(_("This form is not open yet."))
    if not form.is_open(now):
        raise Refused(_("The time to answer is over. Write to the contact if something must be corrected."))


def _day_of_arrival(session: TrainingSession) -> datetime:
    if session.arrival_starts_at is not None:
        day = timezone.localtime(session.arrival_starts_at).date()
        return timezone.make_aware(datetime.combine(day, time.min))
    return beginning_of(session)


def _later_form(session: TrainingSession, one: Mapping[str, Any]) -> LaterForm:
    opens_at, closes_at = times_of(session, one["stage"], _moment(one["opens_at"]), _moment(one["closes_at"]))
    return LaterForm(
        one["stage"],
        questionnaire_of(one["questions"]),
        opens_at,
        closes_at,
        _moment(one["answered_at"]),
        tuple(as_kept(one["questions_then"] or ())),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
