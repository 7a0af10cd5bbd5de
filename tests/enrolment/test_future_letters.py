"""Letters by the calendar: planned, kept in step, dropped, let go once."""

from datetime import datetime, time, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import given
from training.catalogue.models import TrainingSession
from training.enrolment import lifecycle
from training.enrolment.asked import questions_at
from training.enrolment.asking import ask_no_longer
from training.enrolment.future_letters import keep_letters_in_step, sessions_with_letters_to_come
from training.enrolment.later_forms import Given, answer, set_times
from training.enrolment.models import Enrolment, LetterTrigger
from training.enrolment.planning import cancel_session
from training.mail import keeping
from training.mail.models import Letter, LetterTemplate
from training.mail.planned import Kept
from training.mail.sending import send
from training.tools.dates import moment_in_words

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(days=60)


def planned():
    return Letter.objects.exclude(occasion="").order_by("pk")


def states():
    return list(planned().values_list("state", flat=True))


def at_nine(day):
    return timezone.make_aware(datetime.combine(day, time(9)))


@pytest.fixture
def session():
    """Begins in thirty days; the one trigger writes three days before, at nine."""
    given.nothing_by_the_calendar()
    given.trigger(days=3, changed_at=LONG_AGO)
    return given.session()


@pytest.fixture
def due(session):
    return at_nine(session.starts_on - timedelta(days=3))


def test_a_letter_for_later_stands_in_the_outbox_and_does_not_leave(session, due):
    enrolment = given.confirmed_enrolment(session)

    kept = keep_letters_in_step(session.pk)

    (letter,) = planned()
    assert kept == Kept(planned=1)
    assert (letter.state, letter.due_at, letter.about) == ("planned", due, enrolment.reference)
    assert session.title in letter.subject
    assert not send(letter.pk)


def test_a_trigger_whose_letter_is_gone_plans_nothing(session):
    LetterTrigger.objects.update(template="enrolment_own_gone")

    keep_letters_in_step(session.pk)

    assert not planned().exists()


def test_it_is_planned_once_however_often_the_clock_comes(session):
    given.confirmed_enrolment(session)
    keep_letters_in_step(session.pk)

    assert keep_letters_in_step(session.pk) == Kept()
    assert planned().count() == 1


def test_it_leaves_when_it_is_due_once_and_stays_as_proof(session, due):
    enrolment = given.confirmed_enrolment(session)
    keep_letters_in_step(session.pk)

    let_go = [keep_letters_in_step(session.pk, at=due + timedelta(minutes=late)).released for late in (0, 1, 2)]
    letter = planned().get()
    sent = [send(letter.pk), send(letter.pk)]
    keep_letters_in_step(session.pk, at=due + timedelta(hours=2))

    assert let_go == [1, 0, 0]
    assert sent == [True, False]
    assert [message.to for message in mail.outbox] == [[enrolment.trainee.email]]
    assert ProcrastinateJob.objects.filter(args__letter_id=letter.pk).count() == 1
    assert states() == ["sent"]


def test_after_a_night_without_a_worker_what_was_owed_leaves_at_once(session, due):
    given.confirmed_enrolment(session)

    kept = keep_letters_in_step(session.pk, at=due + timedelta(hours=10))

    assert kept == Kept(planned=1, released=1)


def test_once_the_date_itself_has_passed_nothing_leaves(session):
    given.confirmed_enrolment(session)
    keep_letters_in_step(session.pk)

    kept = keep_letters_in_step(session.pk, at=at_nine(session.starts_on + timedelta(days=1)))

    assert kept == Kept(dropped=1)
    assert states() == ["dropped"]


def test_who_comes_after_it_was_due_gets_none_unless_latecomers_are_meant(session, due):
    late = given.confirmed_enrolment(session)
    Enrolment.objects.filter(pk=late.pk).update(state_since=due + timedelta(hours=3))

    assert keep_letters_in_step(session.pk, at=due + timedelta(hours=4)) == Kept()
    LetterTrigger.objects.update(is_for_latecomers=True)
    assert keep_letters_in_step(session.pk, at=due + timedelta(hours=4)) == Kept(planned=1, released=1)


def test_a_trigger_that_is_made_after_the_letter_was_due_writes_nothing_belatedly(session, due):
    given.confirmed_enrolment(session)
    LetterTrigger.objects.update(changed_at=due + timedelta(hours=1))

    assert keep_letters_in_step(session.pk, at=due + timedelta(hours=2)) == Kept()


def test_it_moves_with_the_date_of_the_session(session, due):
    given.confirmed_enrolment(session)
    keep_letters_in_step(session.pk)
    TrainingSession.objects.update(starts_on=session.starts_on + timedelta(days=7), ends_on=None)

    assert keep_letters_in_step(session.pk) == Kept(changed=1)

    letter = planned().get()
    assert letter.due_at == due + timedelta(days=7)
    assert "last day to be announced" in letter.text


def test_a_letter_that_somebody_reworded_moves_with_the_date_and_keeps_its_text(session, due):
    given.confirmed_enrolment(session)
    keep_letters_in_step(session.pk)
    keeping.reword(planned().get(), subject="Mine", text="My own words")
    TrainingSession.objects.update(starts_on=session.starts_on + timedelta(days=7), ends_on=None)

    keep_letters_in_step(session.pk)

    letter = planned().get()
    assert (letter.due_at, letter.subject, letter.text) == (due + timedelta(days=7), "Mine", "My own words")


def test_when_the_class_is_put_off_after_the_reminder_went_out_people_are_reminded_again(session, due):
    given.confirmed_enrolment(session)
    keep_letters_in_step(session.pk, at=due)
    send(planned().get().pk)
    TrainingSession.objects.update(starts_on=session.starts_on + timedelta(days=60), ends_on=None)

    for late in (1, 2):
        keep_letters_in_step(session.pk, at=due + timedelta(minutes=late))

    assert list(planned().values_list("state", "due_at")) == [("sent", due), ("planned", due + timedelta(days=60))]


def test_who_withdraws_is_not_reminded_even_when_the_letter_waits_for_the_worker(session, due):
    stays, leaves, leaves_late = (given.confirmed_enrolment(session) for _ in range(3))
    keep_letters_in_step(session.pk)
    lifecycle.withdraw(leaves, by=leaves.trainee.user)
    assert keep_letters_in_step(session.pk, at=due) == Kept(dropped=1, released=2)

    lifecycle.withdraw(leaves_late, by=leaves_late.trainee.user)
    assert keep_letters_in_step(session.pk, at=due + timedelta(minutes=1)) == Kept(dropped=1)

    for letter in planned():
        send(letter.pk)
    assert [message.to for message in mail.outbox] == [[stays.trainee.email]]


def test_nobody_is_reminded_of_a_session_that_is_cancelled(session, due):
    given.confirmed_enrolment(session)
    keep_letters_in_step(session.pk)

    cancel_session(session, reason="The venue burnt down.", by=given.user())

    assert states() == ["dropped"]
    assert keep_letters_in_step(session.pk, at=due) == Kept()


def test_what_an_organiser_cancelled_or_held_is_neither_planned_anew_nor_let_go(session, due):
    for _ in range(2):
        given.confirmed_enrolment(session)
    keep_letters_in_step(session.pk)
    first, second = planned()
    keeping.cancel(first)
    keeping.hold(second)

    assert keep_letters_in_step(session.pk, at=due) == Kept()

    assert states() == ["cancelled", "held"]


def test_a_held_letter_that_is_released_before_it_is_due_waits_on_and_can_be_sent_now(session):
    given.confirmed_enrolment(session)
    keep_letters_in_step(session.pk)
    letter = planned().get()
    keeping.hold(letter)

    keeping.release(letter)
    assert states() == ["planned"]
    keeping.send_now(letter)

    assert states() == ["waiting"]
    assert send(letter.pk)
    assert keep_letters_in_step(session.pk) == Kept()


def test_a_letter_is_worded_anew_when_its_template_or_its_reader_changes(session):
    enrolment = given.confirmed_enrolment(session)
    keep_letters_in_step(session.pk)
    LetterTemplate.objects.create(code="enrolment_start_reminder", subject_en="Soon, {{ trainee }}", text_en="Come.")
    type(enrolment.trainee).objects.filter(pk=enrolment.trainee_id).update(email="new@example.org")

    assert keep_letters_in_step(session.pk) == Kept(changed=1)

    letter = planned().get()
    assert (letter.subject, letter.to) == (f"Soon, {enrolment.trainee.name}", "new@example.org")


def test_an_offer_is_recalled_hours_before_it_lapses_unless_it_was_answered(session):
    given.trigger("enrolment_offer_reminder", event="deadline", hours=12, changed_at=LONG_AGO)
    by_organiser = given.session_by_organiser()
    open_, answered = given.offered_enrolment(by_organiser), given.offered_enrolment(by_organiser)
    keep_letters_in_step(by_organiser.pk)
    lifecycle.confirm(answered, by=answered.trainee.user)

    keep_letters_in_step(by_organiser.pk, at=open_.offer_expires_at - timedelta(hours=11))

    reminders = planned().filter(template="enrolment_offer_reminder")
    assert list(reminders.values_list("about", "state", "due_at")) == [
        (open_.reference, "waiting", open_.offer_expires_at - timedelta(hours=12)),
        (answered.reference, "dropped", answered.offer_expires_at - timedelta(hours=12)),
    ]


def test_a_programme_with_reminders_of_its_own_does_without_the_houses(session):
    given.confirmed_enrolment(session)
    for days in (10, 1):
        given.trigger(days=days, programme=session.programme, changed_at=LONG_AGO)

    keep_letters_in_step(session.pk)

    days_before = [(session.starts_on - timezone.localdate(letter.due_at)).days for letter in planned()]
    assert sorted(days_before) == [1, 10]


def test_organisers_are_written_to_after_enrolment_has_closed(session):
    given.nothing_by_the_calendar()
    about_closing = {"date": "enrolment_closes_at", "side": "after", "days": 1}
    given.trigger("session_enrolment_closed", recipients="organisers", changed_at=LONG_AGO, **about_closing)
    TrainingSession.objects.update(contact_email="desk@example.org", contact_name_zh="会务组")
    keep_letters_in_step(session.pk)

    letter = planned().get()
    assert (letter.to, letter.language, letter.about) == ("desk@example.org", "zh-hans", f"session-{session.pk}")
    assert letter.due_at == at_nine(timezone.localdate(session.enrolment_closes_at) + timedelta(days=1))
    assert "待审核的报名共0份，空余名额：10。" in letter.text


def test_the_clock_looks_at_sessions_until_ninety_days_after_their_end(session):
    today = timezone.localdate()
    long_over = given.session(starts_on=today - timedelta(days=120), ends_on=today - timedelta(days=100))

    found = sessions_with_letters_to_come(today)

    assert session.pk in found
    assert long_over.pk not in found


@pytest.mark.parametrize("how_many", [1, 30])
def test_keeping_in_step_takes_the_same_queries_for_one_and_for_thirty(session, how_many, django_assert_num_queries):
    session = given.session(capacity=40)
    for _ in range(how_many):
        given.confirmed_enrolment(session)
    keep_letters_in_step(session.pk)

    with django_assert_num_queries(10):
        keep_letters_in_step(session.pk)


class TestBeforeAFormIsDue:
    @pytest.fixture
    def session(self):
        """Asks for the train; the form is due in twenty days at noon, and two days before people are reminded."""
        given.nothing_by_the_calendar()
        made = given.session()
        given.own_field(made, "Which train?", stage="after_offer")
        set_times(made, "after_offer", None, at_noon(in_twenty_days()))
        given.trigger("enrolment_form_reminder", event="form", form="after_offer", days=2, changed_at=LONG_AGO)
        return made

    def test_those_with_a_place_who_have_not_answered_are_reminded(self, session):
        open_, answered = given.confirmed_enrolment(session), given.confirmed_enrolment(session)
        given.withdrawn_enrolment(session)
        keep_letters_in_step(session.pk)
        asked = questions_at(session, "after_offer")
        answer(answered, "after_offer", Given(asked, {asked.questions[0].code: "G7"}), by=answered.trainee.user)

        due = at_nine(in_twenty_days() - timedelta(days=2))
        keep_letters_in_step(session.pk, at=due)

        assert list(planned().values_list("about", "state", "due_at")) == [
            (open_.reference, "waiting", due),
            (answered.reference, "dropped", due),
        ]
        assert "Travel, lodging and meals" in planned()[0].subject
        assert moment_in_words(at_noon(in_twenty_days())) in planned()[0].text

    def test_the_reminder_moves_with_the_deadline_and_says_the_new_one(self, session):
        given.confirmed_enrolment(session)
        keep_letters_in_step(session.pk)
        earlier = at_noon(in_twenty_days() - timedelta(days=5))
        set_times(session, "after_offer", None, earlier)

        kept = keep_letters_in_step(session.pk)

        assert kept == Kept(changed=1)
        letter = planned().get()
        assert letter.due_at == at_nine(in_twenty_days() - timedelta(days=7))
        assert moment_in_words(earlier) in letter.text

    def test_nothing_is_planned_for_a_form_that_is_not_asked_any_more(self, session):
        given.confirmed_enrolment(session)
        keep_letters_in_step(session.pk)
        ask_no_longer(session.asked_fields.get())

        keep_letters_in_step(session.pk)

        assert states() == ["dropped"]

    def test_nobody_is_reminded_before_the_form_is_open(self, session):
        given.confirmed_enrolment(session)
        opens_at = at_noon(in_twenty_days() - timedelta(days=1))
        set_times(session, "after_offer", opens_at, at_noon(in_twenty_days()))

        keep_letters_in_step(session.pk)

        assert planned().get().due_at == opens_at

    def test_midnight_ends_the_day_before(self, session):
        given.confirmed_enrolment(session)
        set_times(session, "after_offer", None, timezone.make_aware(datetime.combine(in_twenty_days(), time.min)))

        keep_letters_in_step(session.pk)

        assert planned().get().due_at == at_nine(in_twenty_days() - timedelta(days=3))


def in_twenty_days():
    return timezone.localdate() + timedelta(days=20)


def at_noon(day):
    return timezone.make_aware(datetime.combine(day, time(12)))
