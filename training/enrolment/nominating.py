"""Nominations: a body enters its people, ranks them and sends them; each person then takes over.

Guards two rules. A body sends no more people for a place than its quota has; further ones are
reserves. And a body never learns what is known of a person elsewhere: a nomination stands on a
record of its own (`Trainee.is_nominee`) until the person takes it over, and somebody who takes
part already through others is not refused here but shown to the organiser (`duplicate_of`).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from training.catalogue.models import Category, Organisation, TrainingSession
from training.enrolment.answering import answers_of_later_stages, current_form
from training.enrolment.applying import (
    Application,
    fill_in,
    identity_of_another,
    keep_the_rest,
    with_what_the_body_named,
)
from training.enrolment.lifecycle import (
    give_a_place_or_a_number,
    locked,
    locked_session,
    move,
    withdraw_this,
    write_event,
)
from training.enrolment.line import nominations_are_open
from training.enrolment.models import Enrolment, Quota, Trainee
from training.enrolment.questions import Answer
from training.enrolment.reasons import NO_REASON, Reason
from training.enrolment.states import OPEN, State
from training.enrolment.trainees import NOTHING, Sealed, keep_up_to_date
from training.tools.refusals import Refused

# What a body may still correct: before it is sent, and what was sent back or waits for a decision.
CHANGEABLE = frozenset({State.DRAFT, State.RETURNED, State.APPLIED})


@dataclass(frozen=True)
class Nominee:
    """A person as a body enters him or her: checked by the door or by the intake, sealed where it is sensitive."""

    name: str
    email: str = ""
    language: str = "zh-hans"
    category: Category | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    identity: Sealed = NOTHING
    mobile: Sealed = NOTHING
    is_reserve: bool = False

    def as_application(self) -> Application:
        return Application(self.name, self.answers, self.category, self.identity, self.mobile)


def enter(
    session: TrainingSession,
    body: Organisation,
    nominee: Nominee,
    *,
    by: User,
    at: datetime | None = None,
    send_key: UUID | None = None,
) -> Enrolment:
    """Puts a person on the body's list, as its last one; nobody else learns of it before it is sent.

    A form that is sent again with its `send_key` returns the person that it entered first.
    Raises Refused when nominations are closed, the body has no quota in the session, or the
    person is on its list already.
    """
    with transaction.atomic():
        current = locked_session(session.pk)
        now = at or timezone.now()
        repeated = Enrolment.objects.filter(send_key=send_key).first() if send_key else None
        if repeated is not None:
            return _the_same_list(repeated, current, body)
        _refuse_when_closed(current, now)
        _refuse_without_a_quota(current, body, nominee.category)
        _refuse_somebody_on_the_list(current, body, nominee)
        return _entered(current, body, nominee, rank=_next_rank(current, body), by=by, at=now, send_key=send_key)


def change(enrolment: Enrolment, nominee: Nominee, *, by: User, numbers_stay: bool = True) -> Enrolment:
    """Corrects what the body wrote, until the person has taken over or the organiser has decided.

    A number that the nominee does not bring stays as it was; without `numbers_stay` it goes.
    """
    with locked(enrolment) as (session, current):
        _refuse_when_closed_unless_returned(session, current)
        if current.state not in CHANGEABLE or current.taken_over_at is not None:
            raise Refused(_("This person has confirmed the data or was decided on; the body can no longer change it."))
        assert current.body is not None  # noqa: S101 - whoever is nominated has a body
        _refuse_somebody_on_the_list(session, current.body, nominee, apart_from=current)
        if not numbers_stay:
            _forget_the_numbers(current)
        fill_in(current, nominee.as_application())
        current.is_reserve = nominee.is_reserve
        if current.state != State.DRAFT:  # a draft is counted when it is sent
            _refuse_more_than_the_quotas(session, [current])
        _mark_a_duplicate(current)
        current.save()
        _write_the_record(current.trainee, nominee)
    return current


def _forget_the_numbers(enrolment: Enrolment) -> None:
    """Takes the numbers off the enrolment and the record; the caller saves both."""
    for one in (enrolment, enrolment.trainee):
        one.identity_sealed = one.identity_masked = one.identity_fingerprint = ""
        one.mobile_sealed = one.mobile_masked = ""
    enrolment.trainee.mobile_fingerprint = enrolment.trainee.mobile_last_digits = ""


@transaction.atomic
def rank(session: TrainingSession, body: Organisation, references: Sequence[str], *, by: User) -> None:
    """Ranks the body's people in this order, 1 first; those who are not named keep theirs behind.

    Refused once nominations are closed.
    """
    current = locked_session(session.pk)
    _refuse_when_closed(current, timezone.now())
    on_the_list = Enrolment.objects.filter(session=current, body=body, state__in=OPEN | {State.DRAFT})
    people = {one.reference: one for one in on_the_list.select_for_update().order_by("rank", "pk")}
    named = [people.pop(reference) for reference in dict.fromkeys(references) if reference in people]
    for position, enrolment in enumerate([*named, *people.values()], start=1):
        enrolment.rank = position
    Enrolment.objects.bulk_update([*named, *people.values()], ["rank"])


def submit(
    session: TrainingSession, references: Collection[str], *, by: User, at: datetime | None = None
) -> list[Enrolment]:
    """Sends these drafts to the organiser, all or none, in the order of their ranks; each person gets a letter.

    Where places are given by first come, each one is offered a place of the quota or of the
    pool, or joins the line. Raises Refused when more people are sent for a place than the quota
    has, naming the quota, and when nominations are closed.
    """
    with transaction.atomic():
        current = locked_session(session.pk)
        now = at or timezone.now()
        _refuse_when_closed(current, now)
        drafts = Enrolment.objects.filter(session=current, reference__in=references, state=State.DRAFT)
        chosen = list(
            drafts.select_for_update(of=("self",)).select_related("trainee", "body").order_by("body", "rank", "pk")
        )
        _refuse_more_than_the_quotas(current, chosen)
        for enrolment in chosen:
            _send(enrolment, current, by=by, at=now)
    return chosen


def send_again(enrolment: Enrolment, *, by: User) -> Enrolment:
    """Sends a corrected nomination to the organiser who had sent it back."""
    with locked(enrolment) as (session, current):
        if current.state != State.RETURNED:
            raise Refused(_("Only what was sent back can be sent again."))
        move(current, session, State.APPLIED, by=by, at=timezone.now(), reason=NO_REASON, with_a_letter=False)
        if session.is_first_come and current.duplicate_of_id is None:
            give_a_place_or_a_number(current, session, by=by, at=timezone.now())
    return current


def take_back(enrolment: Enrolment, *, by: User, reason: Reason = NO_REASON) -> Enrolment:
    """Withdraws a person from the list; a place that becomes free goes to the next in line."""
    with locked(enrolment) as (session, current):
        withdraw_this(current, session, by=by, at=timezone.now(), reason=reason)
    return current


def take_over(enrolment: Enrolment, application: Application, *, by: User) -> Enrolment:
    """The person confirms, or corrects, what a body wrote, and acts for himself or herself from now on.

    The caller has made sure that the nomination was sent to a confirmed address of `by`. Whoever
    has a record already keeps that one. Raises Refused when the person takes part in the session
    through another enrolment.
    """
    with locked(enrolment) as (session, current):
        if not current.is_open or current.taken_over_at is not None:
            raise Refused(_("This nomination can no longer be confirmed. Reload the page to see how it stands now."))
        own = Trainee.objects.select_for_update().filter(user=by).first()
        nominee = current.trainee
        if own is not None and Enrolment.objects.open().filter(session=session, trainee=own).exists():
            raise Refused(_("You are enrolled in this session already. Write to the contact; one of the two must end."))
        application = with_what_the_body_named(current, application)
        current.trainee = own or _claimed(nominee, by)
        current.taken_over_at = timezone.now()
        fill_in(current, application, later=answers_of_later_stages(current))
        _mark_a_duplicate(current)
        if current.holds_a_place and current.duplicate_of is not None:
            raise identity_of_another()
        current.save()
        keep_the_rest(current, application, by=by)
        if own is not None and not nominee.enrolments.exists():
            nominee.delete()
        keep_up_to_date(
            current.trainee,
            name=application.name,
            answers=dict(application.answers),
            identity=application.identity,
            mobile=application.mobile,
        )
    return current


def entered_as_successor(
    old: Enrolment, session: TrainingSession, nominee: Nominee, *, by: User, at: datetime
) -> Enrolment:
    """A draft that takes the rank of `old` and is linked to it, marked if the person takes part already.

    The caller holds the locks.
    """
    assert old.body is not None  # noqa: S101 - only nominations are substituted
    _refuse_somebody_on_the_list(session, old.body, nominee, apart_from=old)
    entered = _entered(session, old.body, nominee, rank=old.rank, by=by, at=at, replaces=old)
    _mark_a_duplicate(entered)
    return entered


def _entered(
    session: TrainingSession,
    body: Organisation,
    nominee: Nominee,
    *,
    rank: int | None,
    by: User,
    at: datetime,
    replaces: Enrolment | None = None,
    send_key: UUID | None = None,
) -> Enrolment:
    trainee = Trainee(email=nominee.email, language=nominee.language, is_nominee=True)
    _write_the_record(trainee, nominee)
    enrolment = Enrolment(
        session=session,
        trainee=trainee,
        body=body,
        rank=rank,
        is_reserve=nominee.is_reserve,
        nominated_by=by,
        replaces=replaces,
        state=State.DRAFT,
        state_since=at,
        applied_at=at,
        send_key=send_key or uuid4(),
    )
    fill_in(enrolment, nominee.as_application())
    enrolment.form_version = current_form(session)
    enrolment.save(force_insert=True)
    write_event(enrolment, None, by=by, at=at, reason=NO_REASON)
    return enrolment


def _the_same_list(repeated: Enrolment, session: TrainingSession, body: Organisation) -> Enrolment:
    if (repeated.session_id, repeated.body_id) == (session.pk, body.pk):
        return repeated
    raise Refused(_("This form was sent by somebody else. Open the session's page and begin again."))


def _send(enrolment: Enrolment, session: TrainingSession, *, by: User, at: datetime) -> None:
    _mark_a_duplicate(enrolment)
    places_are_given_now = session.is_first_come and enrolment.duplicate_of_id is None
    move(
        enrolment,
        session,
        State.APPLIED,
        by=by,
        at=at,
        reason=NO_REASON,
        with_a_letter=not places_are_given_now,
        applied_at=at,
        duplicate_of=enrolment.duplicate_of,
    )
    if places_are_given_now:
        give_a_place_or_a_number(enrolment, session, by=by, at=at)


def _write_the_record(trainee: Trainee, nominee: Nominee) -> None:
    trainee.email, trainee.language = nominee.email, nominee.language
    answers = dict(nominee.answers)
    keep_up_to_date(trainee, name=nominee.name, answers=answers, identity=nominee.identity, mobile=nominee.mobile)


def _claimed(nominee: Trainee, by: User) -> Trainee:
    """The nominee's record, from now on the person's own; an unclaimed one of the same address stays unclaimed."""
    nominee.user = by
    nominee.is_nominee = False
    if Trainee.objects.filter(email=nominee.email, is_nominee=False).exists():
        nominee.email = ""
    nominee.save(update_fields=["user", "is_nominee", "email"])
    return nominee


def _mark_a_duplicate(enrolment: Enrolment) -> None:
    """Notes the enrolment of this session that has the same identity number, if there is one."""
    enrolment.duplicate_of = None
    if enrolment.identity_fingerprint:
        same = Enrolment.objects.open().filter(
            session=enrolment.session_id,
            identity_fingerprint=enrolment.identity_fingerprint,
            duplicate_of__isnull=True,
        )
        enrolment.duplicate_of = same.exclude(pk=enrolment.pk).order_by("pk").first()


def _next_rank(session: TrainingSession, body: Organisation) -> int:
    on_the_list = Enrolment.objects.filter(session=session, body=body, state__in=OPEN | {State.DRAFT})
    last = on_the_list.aggregate(last=Max("rank"))["last"]
    return (last or 0) + 1


def _refuse_when_closed(session: TrainingSession, at: datetime) -> None:
    if not nominations_are_open(session, at):
        raise Refused(_("Nominations for this session are closed. Write to the organiser if somebody must be added."))


def _refuse_when_closed_unless_returned(session: TrainingSession, enrolment: Enrolment) -> None:
    if enrolment.state != State.RETURNED:
        _refuse_when_closed(session, timezone.now())


def _refuse_without_a_quota(session: TrainingSession, body: Organisation, category: Category | None) -> None:
    quotas = Quota.objects.filter(session=session, body=body)
    if not quotas.exists():
        raise Refused(_("%(body)s has no places in this session. Ask the organiser for a quota.") % {"body": body})
    if not quotas.fitting(category).exists():
        raise Refused(
            _("%(body)s has no places for this category in this session. Choose another category.") % {"body": body},
            field="category",
        )


def _refuse_somebody_on_the_list(
    session: TrainingSession, body: Organisation, nominee: Nominee, apart_from: Enrolment | None = None
) -> None:
    """Looks only at the body's own list: what stands on those of others is not for the body to know."""
    own = Enrolment.objects.filter(session=session, body=body, state__in=OPEN | {State.DRAFT})
    if apart_from is not None:
        own = own.exclude(pk=apart_from.pk)
    if nominee.identity.fingerprint and own.filter(identity_fingerprint=nominee.identity.fingerprint).exists():
        raise Refused(_("Somebody with this identity number is on your list already."), field="identity_number")
    if nominee.email and own.filter(trainee__is_nominee=True, trainee__email=nominee.email).exists():
        raise Refused(_("Somebody with this e-mail address is on your list already."), field="email")


def _refuse_more_than_the_quotas(session: TrainingSession, chosen: Sequence[Enrolment]) -> None:
    """Raises Refused when more people stand for a place than their body's quotas have; reserves do not count."""
    for body in {one.body_id: one.body for one in chosen if not one.is_reserve}.values():
        assert body is not None  # noqa: S101 - whoever is nominated has a body
        of_the_body = [one for one in chosen if one.body_id == body.pk]
        _refuse_too_many_of(session, body, of_the_body)


def _refuse_too_many_of(session: TrainingSession, body: Organisation, chosen: Sequence[Enrolment]) -> None:
    """Beyond the places of their category people may stand on places of any category, where the body has some."""
    places: Counter[int | None] = Counter()  # a body may have a quota of the organiser's and a part of another's
    for quota in Quota.objects.filter(session=session, body=body):
        places[quota.category_id] += quota.places - quota.places_given_on
    people = Counter(one.category_id for one in chosen if not one.is_reserve)
    sent = Enrolment.objects.filter(session=session, body=body).standing_for_a_place()
    people.update(sent.exclude(pk__in=[one.pk for one in chosen]).values_list("category_id", flat=True))
    beyond = {category: people[category] - places[category] for category in people if category is not None}
    too_many = sum(max(one, 0) for one in beyond.values()) + people[None] - places[None]
    if too_many > 0:
        raise Refused(
            ngettext(
                "%(body)s has %(places)d places; %(too_many)d person too many is named. Mark one more as reserve.",
                "%(body)s has %(places)d places; %(too_many)d people too many are named. Mark as many as reserves.",
                too_many,
            )
            % {"body": body, "places": places.total(), "too_many": too_many}
        )
