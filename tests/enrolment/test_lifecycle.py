from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from tests import given
from training.catalogue.models import TrainingSession
from training.enrolment import lifecycle, line
from training.enrolment.models import Enrolment, EnrolmentEvent
from training.enrolment.states import HOLDING_A_PLACE, MOVES, OPEN, State
from training.mail.models import Letter
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db


def states_of(*enrolments):
    return [Enrolment.objects.get(pk=enrolment.pk).state for enrolment in enrolments]


def letters_about(enrolment):
    return list(Letter.objects.about(enrolment.reference).order_by("pk").values_list("template", flat=True))


def test_an_application_gets_a_place_while_one_is_free_and_a_place_in_line_after_that():
    session = given.session(capacity=1)

    first = given.enrolment(session)
    second = given.enrolment(session)

    assert states_of(first, second) == ["confirmed", "waitlisted"]
    assert letters_about(first) == ["enrolment_confirmed"]
    assert letters_about(second) == ["enrolment_waitlisted"]


def test_the_first_in_line_is_offered_a_place_when_one_becomes_free():
    session = given.session(capacity=1, offer_hours=24)
    held = given.confirmed_enrolment(session)
    first, second = given.waiting_enrolment(session), given.waiting_enrolment(session)

    lifecycle.withdraw(held, by=held.trainee.user)

    assert states_of(held, first, second) == ["withdrawn", "offered", "waitlisted"]
    first.refresh_from_db()
    assert timedelta(hours=23) < first.offer_expires_at - timezone.now() <= timedelta(hours=24)
    assert letters_about(first) == ["enrolment_waitlisted", "enrolment_offered"]
    assert letters_about(second) == ["enrolment_waitlisted"]


def test_an_offer_that_is_not_answered_lapses_and_goes_to_the_next_in_line():
    session = given.session(capacity=1)
    held = given.confirmed_enrolment(session)
    first, second = given.waiting_enrolment(session), given.waiting_enrolment(session)
    lifecycle.withdraw(held, by=held.trainee.user)

    assert lifecycle.lapse(given.offer_that_is_over(first))

    assert states_of(first, second) == ["lapsed", "offered"]
    assert letters_about(first)[-1] == "enrolment_lapsed"


def test_an_offer_lapses_once_however_often_the_clock_asks():
    enrolment = given.offer_that_is_over(given.offered_enrolment())

    assert [lifecycle.lapse(enrolment), lifecycle.lapse(enrolment)] == [True, False]

    assert enrolment.events.filter(to_state="lapsed").count() == 1


def test_an_offer_does_not_lapse_before_its_time():
    enrolment = given.offered_enrolment()

    assert not lifecycle.lapse(enrolment)

    assert states_of(enrolment) == ["offered"]


def test_nobody_confirms_a_place_that_was_not_offered():
    applied = given.applied_enrolment()

    with pytest.raises(Refused, match="“applied” and cannot become “confirmed”"):
        lifecycle.confirm(applied, by=applied.trainee.user)

    assert states_of(applied) == ["applied"]


def test_an_offer_that_is_over_can_no_longer_be_accepted():
    enrolment = given.offer_that_is_over(given.offered_enrolment())

    with pytest.raises(Refused, match="The time to accept this offer is over"):
        lifecycle.confirm(enrolment, by=enrolment.trainee.user)

    assert states_of(enrolment) == ["offered"]


def test_an_accepted_offer_becomes_a_place():
    enrolment = given.offered_enrolment()

    lifecycle.confirm(enrolment, by=enrolment.trainee.user)

    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.offer_expires_at) == ("confirmed", None)
    assert letters_about(enrolment) == ["enrolment_applied", "enrolment_offered", "enrolment_confirmed"]


def test_an_organiser_cannot_offer_more_places_than_there_are():
    session = given.session_by_organiser(capacity=1)
    given.offered_enrolment(session)
    second = given.applied_enrolment(session)

    with pytest.raises(Refused, match="All 1 places of this session are held"):
        lifecycle.offer(second, by=given.user())

    assert states_of(second) == ["applied"]
    assert letters_about(second) == ["enrolment_applied"]


def test_the_database_refuses_one_place_too_many_whatever_code_takes_it():
    session = given.session_by_organiser(capacity=1)
    given.offered_enrolment(session)
    second = given.applied_enrolment(session)

    with pytest.raises(IntegrityError, match="places_held_within_capacity"), transaction.atomic():
        Enrolment.objects.filter(pk=second.pk).update(state="confirmed")


def test_fewer_places_than_are_held_are_refused_by_the_database():
    session = given.session(capacity=2)
    given.confirmed_enrolment(session), given.confirmed_enrolment(session)

    with pytest.raises(IntegrityError, match="places_held_within_capacity"), transaction.atomic():
        TrainingSession.objects.filter(pk=session.pk).update(capacity=1)


def test_places_are_given_without_end_by_an_organiser_who_does_not_know_their_number():
    session = given.session_by_organiser(capacity=None)

    assert [given.offered_enrolment(session).state for _ in range(3)] == ["offered"] * 3


def test_a_free_place_is_not_offered_by_itself_where_the_organiser_decides():
    session = given.session_by_organiser(capacity=1)
    held = given.offered_enrolment(session)
    waiting = lifecycle.waitlist(given.applied_enrolment(session), by=given.user())

    lifecycle.withdraw(held, by=held.trainee.user)

    assert states_of(waiting) == ["waitlisted"]


def test_nothing_is_offered_by_itself_once_the_session_has_begun():
    session = given.session(capacity=1)
    held, waiting = given.confirmed_enrolment(session), given.waiting_enrolment(session)
    TrainingSession.objects.filter(pk=session.pk).update(starts_on=timezone.localdate())

    lifecycle.withdraw(held, by=held.trainee.user)

    assert states_of(held, waiting) == ["withdrawn", "waitlisted"]


def test_an_offer_is_never_open_longer_than_until_the_session_begins():
    start = timezone.localdate() + timedelta(days=1)
    session = given.session_by_organiser(starts_on=start, ends_on=start, offer_hours=100)

    enrolment = given.offered_enrolment(session)

    assert enrolment.offer_expires_at == max(line.beginning_of(session), enrolment.state_since + timedelta(hours=1))


@pytest.mark.parametrize(
    ("state", "wish"), [(state, wish) for state in sorted(State) for wish in sorted(set(State) - MOVES[state])]
)
def test_a_move_outside_the_table_is_refused_and_leaves_nothing(state, wish):
    enrolment = given.applied_enrolment()
    Enrolment.objects.filter(pk=enrolment.pk).update(body=given.body())
    changes = {"line_number": 1, "offer_expires_at": timezone.now()}
    Enrolment.objects.filter(pk=enrolment.pk).update(state=state, **changes)
    before = (EnrolmentEvent.objects.count(), Letter.objects.count())

    with pytest.raises(Refused), lifecycle.locked(enrolment) as (session, current):
        lifecycle.move(current, session, wish, by=None, at=timezone.now(), reason=given.A_REASON)

    assert states_of(enrolment) == [state]
    assert (EnrolmentEvent.objects.count(), Letter.objects.count()) == before


def test_every_state_that_holds_a_place_is_open_and_every_closed_one_is_an_end():
    assert HOLDING_A_PLACE < OPEN
    assert all(not MOVES[state] for state in set(State) - OPEN - {State.DRAFT})
    assert all(State.WITHDRAWN in MOVES[state] for state in OPEN | {State.DRAFT})


@pytest.mark.parametrize("change", ["update", "delete"])
def test_an_event_can_be_neither_changed_nor_deleted(change):
    event = given.confirmed_enrolment().events.first()
    events = EnrolmentEvent.objects.filter(pk=event.pk)

    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
        events.update(reason_en="It was not so.") if change == "update" else events.delete()

    assert EnrolmentEvent.objects.get(pk=event.pk).reason_en == event.reason_en


def test_an_event_says_who_moved_it_from_where_to_where_and_why():
    organiser = given.user()

    enrolment = given.declined_enrolment(by=organiser)

    moves = list(enrolment.events.values_list("from_state", "to_state", "by", "reason_en"))
    assert moves == [
        ("", "applied", enrolment.trainee.user.pk, ""),
        ("applied", "declined", organiser.pk, given.A_REASON.en),
    ]


def test_a_letter_speaks_the_language_of_the_trainee_and_gives_the_reason_in_it():
    enrolment = given.applied_enrolment(person=given.trainee("王敏", language="zh-hans"))

    lifecycle.decline(enrolment, by=given.user(), reason=given.A_REASON)

    letter = Letter.objects.about(enrolment.reference).get(template="enrolment_declined")
    assert given.A_REASON.zh in letter.text
    assert "王敏" in letter.text
    assert "/zh-hans/" in letter.text
    assert "{{" not in letter.subject + letter.text


def test_the_counters_of_a_session_follow_every_move():
    session = given.session_by_organiser(capacity=5)
    given.confirmed_enrolment(given.session())
    offered = given.offered_enrolment(session)
    lifecycle.confirm(given.offered_enrolment(session), by=given.user())
    lifecycle.waitlist(given.applied_enrolment(session), by=given.user())
    lifecycle.withdraw(offered, by=offered.trainee.user)

    session.refresh_from_db()

    assert (session.places_held, session.places_confirmed, session.people_waiting) == (1, 1, 1)


def test_a_session_saved_from_an_old_page_does_not_forget_who_holds_a_place():
    session = given.session(capacity=1)
    old_page = TrainingSession.objects.get(pk=session.pk)
    given.confirmed_enrolment(session), given.waiting_enrolment(session)

    old_page.contact_phone = "0571-0000"
    old_page.save()

    session.refresh_from_db()
    assert (session.places_held, session.people_waiting, session.last_in_line) == (1, 1, 1)
