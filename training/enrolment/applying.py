"""Sending an application: once, however often the button is pressed or the answer is lost.

The form carries a key; the same key finds the enrolment that it made. Enrolling is never
queued: the person knows the answer when the page returns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import BooleanField, Func, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from training.catalogue.models import Category, TrainingSession
from training.enrolment.answer_files import claim_files
from training.enrolment.answering import answers_of_later_stages, current_form, take_options
from training.enrolment.consents import record_agreements
from training.enrolment.lifecycle import (
    give_a_place_or_a_number,
    locked,
    locked_session,
    move,
    tell,
    write_event,
)
from training.enrolment.models import ConsentText, Enrolment, Trainee
from training.enrolment.questionnaires import Questionnaire
from training.enrolment.questions import Answer, Code
from training.enrolment.reasons import NO_REASON
from training.enrolment.states import EDITABLE, OPEN, State
from training.enrolment.trainees import NOTHING, Sealed, keep_up_to_date, new_trainee
from training.tools.refusals import Refused


@dataclass(frozen=True)
class Application:
    """What a person gave: the answers by code, and apart from them what is stored sealed.

    The values are clean already: the form has checked them against the questions of the session.
    `asked` are the questions of the form as the person saw it; without it, as the session asks now.
    `agreed` are the texts to which the person agreed in the form.
    """

    name: str
    answers: Mapping[str, Answer]
    category: Category | None = None
    identity: Sealed = field(default=NOTHING)
    mobile: Sealed = field(default=NOTHING)
    asked: Questionnaire | None = None
    agreed: Sequence[ConsentText] = ()


def apply(
    session: TrainingSession,
    application: Application,
    *,
    trainee: Trainee | None,
    email: str,
    language: str,
    send_key: UUID,
    by: User,
    at: datetime | None = None,
) -> Enrolment:
    """Enrols a person in a session and returns the enrolment; a repeated sending returns the first one.

    `trainee` is the person's record, None for somebody new. `by` is who sends. `at` is for an
    application that is entered later than it arrived. Raises Refused when enrolment is closed
    or the person is enrolled already.
    """
    with transaction.atomic():
        current = locked_session(session.pk)
        in_the_way = _enrolments_in_the_way(current, trainee, application, email, send_key)
        repeated = next((one for one in in_the_way if one.send_key == send_key), None)
        if repeated is not None:
            return _the_same_person(repeated, trainee, by)
        now = at or timezone.now()
        if not current.enrolment_is_open(now):
            raise Refused(_("Enrolment in this session is closed."))
        _refuse_a_second_enrolment(in_the_way, trainee)
        if trainee is None:
            trainee = new_trainee(email=email, language=language, user=by if by.email == email else None)
        keep_up_to_date(
            trainee,
            name=application.name,
            answers=dict(application.answers),
            identity=application.identity,
            mobile=application.mobile,
        )
        enrolment = Enrolment(
            session=current, trainee=trainee, state=State.APPLIED, state_since=now, applied_at=now, send_key=send_key
        )
        fill_in(enrolment, application)
        enrolment.save(force_insert=True)
        keep_the_rest(enrolment, application, by=by)
        if current.is_first_come:
            write_event(enrolment, None, by=by, at=now, reason=NO_REASON)
            give_a_place_or_a_number(enrolment, current, by=by, at=now)
        else:
            write_event(enrolment, None, by=by, at=now, reason=NO_REASON)
            tell(enrolment, current, None, by=by, reason=NO_REASON)
    return enrolment


def change_answers(enrolment: Enrolment, application: Application, *, by: User) -> Enrolment:
    """Corrects what was sent, while enrolment is open; a returned application is sent again by it."""
    with locked(enrolment) as (session, current):
        now = timezone.now()
        if current.state not in EDITABLE:
            raise Refused(_("This enrolment has ended and can no longer be changed."))
        if not session.enrolment_is_open(now) and current.state != State.RETURNED:
            raise Refused(
                _("Enrolment in this session is closed. Write to the contact if something must be corrected.")
            )
        _refuse_the_identity_of_another(session, application, apart_from=current)
        application = with_what_the_body_named(current, application)
        fill_in(current, application, later=answers_of_later_stages(current))
        current.save()
        keep_the_rest(current, application, by=by)
        keep_up_to_date(
            current.trainee,
            name=application.name,
            answers=dict(application.answers),
            identity=application.identity,
            mobile=application.mobile,
        )
        if current.state == State.RETURNED:
            move(
                current,
                session,
                State.APPLIED,
                by=by,
                at=now,
                reason=NO_REASON,
                with_a_letter=not session.is_first_come,
            )
            if session.is_first_come:
                give_a_place_or_a_number(current, session, by=by, at=now)
    return current


def fill_in(enrolment: Enrolment, application: Application, later: Mapping[str, Answer] | None = None) -> None:
    """Writes an application into an enrolment; a sealed number that it does not bring stays. The caller saves.

    `later` are the answers of later stages, which an application does not touch.
    """
    enrolment.form_version = current_form(enrolment.session, application.asked)
    enrolment.category = application.category
    enrolment.answers = {**(later or {}), **application.answers}
    if application.identity.sealed:
        enrolment.identity_sealed = application.identity.sealed
        enrolment.identity_masked = application.identity.masked
        enrolment.identity_fingerprint = application.identity.fingerprint
    if application.mobile.sealed:
        enrolment.mobile_sealed = application.mobile.sealed
        enrolment.mobile_masked = application.mobile.masked


def with_what_the_body_named(enrolment: Enrolment, application: Application) -> Application:
    """The same application with the category, and the employer where nobody asks for it, of the nomination.

    A body's places go by category, so only the body names another one: Refused at the category.
    """
    if enrolment.body_id is None:
        return application
    named = enrolment.category
    if named is not None and application.category not in (None, named):
        raise Refused(
            _("You are nominated as “%(category)s”, and the place goes by it. Write to the contact if that is wrong.")
            % {"category": named.name},
            field="category",
        )
    is_asked = any(question.code == Code.EMPLOYER for question in application.asked or ())
    employer = str(Code.EMPLOYER)
    kept = {employer: enrolment.answers[employer]} if employer in enrolment.answers and not is_asked else {}
    return replace(application, category=named or application.category, answers={**kept, **application.answers})


def keep_the_rest(enrolment: Enrolment, application: Application, *, by: User) -> None:
    """What stands beside the answers: options, files, agreements. No query for a form without them."""
    if application.asked is not None:
        take_options(enrolment, application.asked, application.answers)
        claim_files(enrolment, application.asked, application.answers)
    if application.agreed:
        record_agreements(enrolment, application.agreed, by=by)


def _the_same_person(repeated: Enrolment, trainee: Trainee | None, by: User) -> Enrolment:
    if repeated.trainee.user_id == by.pk or (trainee is not None and repeated.trainee_id == trainee.pk):
        return repeated
    raise Refused(_("This form was sent by somebody else. Open the session's page and begin again."))


def _enrolments_in_the_way(
    session: TrainingSession, trainee: Trainee | None, application: Application, email: str, send_key: UUID
) -> list[Enrolment]:
    """What this very sending made before, and open enrolments of the same person. One query.

    The same person is the same record, the same identity number, or the same address in a
    nomination that nobody has taken over yet.
    """
    of_the_address = _is_of_a_nominee(email)
    same = Q(send_key=send_key) | Q(of_the_address, session=session, state__in=OPEN)
    if trainee is not None:
        same |= Q(session=session, state__in=OPEN, trainee=trainee)
    if application.identity.fingerprint:
        same |= Q(session=session, state__in=OPEN, identity_fingerprint=application.identity.fingerprint)
    return list(Enrolment.objects.filter(same).annotate(was_nominated=of_the_address).order_by())


def _is_of_a_nominee(email: str) -> Func:
    """`trainee_id = ANY (ARRAY(…))`, which finds the index, as IN (SELECT …) beside an OR does not."""
    nominees = ArraySubquery(Trainee.objects.filter(is_nominee=True, email=email).exclude(email="").values("pk"))
    return Func("trainee_id", nominees, arg_joiner=" = ANY (", template="%(expressions)s)", output_field=BooleanField())


def _refuse_a_second_enrolment(in_the_way: list[Enrolment], trainee: Trainee | None) -> None:
    if any(one.was_nominated for one in in_the_way):  # type: ignore[attr-defined]
        raise Refused(
            _("A recommending body has nominated you for this session. Confirm it on the page “My enrolments”.")
        )
    if any(trainee is not None and one.trainee_id == trainee.pk for one in in_the_way):
        raise Refused(_("You are enrolled in this session already. Your enrolment is on the page “My enrolments”."))
    if in_the_way:
        raise identity_of_another()


def _refuse_the_identity_of_another(
    session: TrainingSession, application: Application, apart_from: Enrolment | None = None
) -> None:
    if not application.identity.fingerprint:
        return
    others = Enrolment.objects.open().filter(session=session, identity_fingerprint=application.identity.fingerprint)
    if apart_from is not None:
        others = others.exclude(pk=apart_from.pk)
    if others.exists():
        raise identity_of_another()


def identity_of_another() -> Refused:
    """The refusal of an identity number that is in the session already."""
    sentence = _(
        "This identity number is in an enrolment of this session already. Check the number, or write to the contact."
    )
    return Refused(sentence, field="identity_number")
