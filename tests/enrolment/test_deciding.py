"""Decisions that stay pending until they are published together, as a whole or not at all."""

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from tests import given
from training.enrolment import lifecycle
from training.enrolment.deciding import decide, decide_at_once, drop, fingerprint_of, pending_in, preview, publish
from training.enrolment.models import Decision, Enrolment, Quota
from training.enrolment.reasons import Reason
from training.enrolment.states import State
from training.mail.models import Letter
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db

WHY = Reason("Fits well.", "符合条件。")


@pytest.fixture
def session():
    return given.session_by_organiser(capacity=2)


@pytest.fixture
def organiser():
    return given.user()


def applied(session, *names, **fields):
    return [given.applied_enrolment(session, person=given.trainee(name), **fields) for name in names]


def states(*enrolments):
    return [Enrolment.objects.get(pk=one.pk).state for one in enrolments]


def test_a_decision_changes_nothing_and_tells_nobody_until_it_is_published(session, organiser):
    [one] = applied(session, "One")
    letters = Letter.objects.count()

    decide([one], State.OFFERED, reason=WHY, by=organiser)

    assert states(one) == ["applied"]
    assert Letter.objects.count() == letters


def test_publishing_carries_out_everything_with_its_letters_and_reasons(session, organiser):
    one, two, three, four = applied(session, "One", "Two", "Three", "Four")
    decide([one, two], State.OFFERED, by=organiser)
    decide([three], State.WAITLISTED, by=organiser)
    decide([four], State.DECLINED, reason=WHY, by=organiser)
    letters = Letter.objects.count()

    assert publish(session, by=organiser) == 4

    assert states(one, two, three, four) == ["offered", "offered", "waitlisted", "declined"]
    assert Letter.objects.count() == letters + 4
    assert four.events.last().reason_en == "Fits well."
    assert pending_in(session) == []
    assert set(Decision.objects.values_list("published_by", flat=True)) == {organiser.pk}


def test_a_new_decision_takes_the_place_of_the_pending_one(session, organiser):
    [one] = applied(session, "One")
    [old] = decide([one], State.OFFERED, by=organiser)

    [new] = decide([one], State.WAITLISTED, by=organiser)

    old.refresh_from_db()
    assert (old.dropped_by, old.published_at) == (organiser, None)
    assert pending_in(session) == [new]


def test_a_dropped_decision_is_not_published(session, organiser):
    one, two = applied(session, "One", "Two")
    decide([one, two], State.OFFERED, by=organiser)

    assert drop([two], by=organiser) == 1

    publish(session, by=organiser)
    assert states(one, two) == ["offered", "applied"]


def test_too_few_places_refuse_everything_and_name_those_without_one(session, organiser):
    people = applied(session, "One", "Two", "Three")
    [other] = applied(session, "Four")
    decide(people, State.OFFERED, by=organiser)
    decide([other], State.DECLINED, reason=WHY, by=organiser)

    with pytest.raises(Refused) as refused:
        publish(session, by=organiser)

    assert str(refused.value) == (
        "Nothing was published. Three: All 2 places of this session are held."
        " Raise the number of places or wait for a withdrawal."
    )
    assert states(*people, other) == ["applied"] * 4
    assert len(pending_in(session)) == 4


def test_a_quota_without_places_refuses_and_names_the_purses(organiser):
    body = given.body("Anhui")
    session = given.session_by_organiser(capacity=5, pool_serves_bodies=False)
    quota = given.quota(session, body, 2)
    people = [given.nominated(session, body, name=name) for name in ("One", "Two")]
    Quota.objects.filter(pk=quota.pk).update(places=1)
    decide(people, State.OFFERED, by=organiser)

    with pytest.raises(Refused, match="Two: No place is left for this person in: Anhui"):
        publish(session, by=organiser)

    assert states(*people) == ["applied", "applied"]


def test_whoever_has_moved_on_meanwhile_stops_the_publishing_by_name(session, organiser):
    one, two = applied(session, "One", "Two")
    decide([one, two], State.OFFERED, by=organiser)
    lifecycle.withdraw(two, by=two.trainee.user)

    with pytest.raises(Refused, match=r"moved on since it was decided: Two\."):
        publish(session, by=organiser)

    assert states(one) == ["applied"]


def test_whoever_was_sent_back_and_came_again_has_moved_on_too(session, organiser):
    [one] = applied(session, "One")
    decide([one], State.OFFERED, by=organiser)
    lifecycle.send_back(one, by=organiser, reason=WHY)
    lifecycle.withdraw(one, by=one.trainee.user)

    with pytest.raises(Refused, match="moved on"):
        publish(session, by=organiser)


def test_a_decision_that_does_not_fit_is_refused_for_all_with_the_names(session, organiser):
    one, gone = applied(session, "One", "Gone")
    lifecycle.withdraw(gone, by=gone.trainee.user)

    with pytest.raises(Refused, match="It does not fit how these people stand now: Gone"):
        decide([one, gone], State.OFFERED, by=organiser)

    assert pending_in(session) == []


@pytest.mark.parametrize("to", [State.DECLINED, State.RETURNED])
def test_declining_and_sending_back_need_a_reason(session, organiser, to):
    [one] = applied(session, "One")

    with pytest.raises(Refused, match="Give the reason"):
        decide([one], to, by=organiser)


def test_with_four_eyes_nobody_publishes_what_he_decided(organiser):
    session = given.session_by_organiser(programme=given.programme(needs_four_eyes=True))
    mine, hers = applied(session, "Mine", "Hers")
    colleague = given.user()
    decide([mine], State.OFFERED, by=organiser)

    with pytest.raises(Refused, match="somebody else publishes them"):
        publish(session, by=organiser)

    decide([hers], State.OFFERED, by=colleague)
    assert publish(session, by=organiser) == 1
    assert states(mine, hers) == ["applied", "offered"]
    assert publish(session, by=colleague) == 1
    assert states(mine) == ["offered"]


def test_with_four_eyes_nobody_decides_at_once(organiser):
    session = given.session_by_organiser(programme=given.programme(needs_four_eyes=True))
    [one] = applied(session, "One")

    with pytest.raises(Refused, match="Decide on the review board"):
        decide_at_once(one, State.OFFERED, by=organiser)

    assert states(one) == ["applied"]


def test_a_single_case_is_decided_at_once_and_its_pending_decision_gives_way(session, organiser):
    [one] = applied(session, "One")
    decide([one], State.DECLINED, reason=WHY, by=organiser)

    decide_at_once(one, State.OFFERED, by=organiser)

    assert states(one) == ["offered"]
    assert pending_in(session) == []


def test_only_what_was_seen_is_published(session, organiser):
    one, two = applied(session, "One", "Two")
    decide([one], State.OFFERED, by=organiser)
    seen = fingerprint_of(pending_in(session))
    decide([two], State.OFFERED, by=organiser)

    with pytest.raises(Refused, match="since these letters were shown"):
        publish(session, by=organiser, seen=seen)

    assert states(one, two) == ["applied", "applied"]


def test_the_preview_shows_every_letter_and_the_places_and_changes_nothing(session, organiser):
    one, two = applied(session, "One", "Two")
    decide([one], State.OFFERED, by=organiser)
    decide([two], State.DECLINED, reason=WHY, by=organiser)
    before = Letter.objects.count()

    shown = preview(session, by=organiser)

    assert [letter.to for letter in shown.letters] == [one.trainee.email, two.trainee.email]
    assert "Fits well." in shown.letters[1].text
    assert [(purse.name, purse.places, purse.held, purse.held_then) for purse in shown.places] == [
        ("free pool", 2, 0, 1)
    ]
    assert states(one, two) == ["applied", "applied"]
    assert Letter.objects.count() == before
    assert len(pending_in(session)) == 2


def test_the_preview_says_what_would_be_refused(session, organiser):
    decide(applied(session, "One", "Two", "Three"), State.OFFERED, by=organiser)

    shown = preview(session, by=organiser)

    assert shown.refusal.startswith("Nothing was published. Three: ")
    assert shown.letters == []


def test_those_who_go_to_the_line_together_stand_there_in_the_order_of_the_rule(organiser):
    body = given.body("Anhui")
    session = given.session_by_organiser(line_order="rank")
    given.quota(session, body, 2)
    second, first = given.nominated(session, body, name="Second"), given.nominated(session, body, name="First")
    Enrolment.objects.filter(pk=second.pk).update(rank=2)
    Enrolment.objects.filter(pk=first.pk).update(rank=1)
    decide([second, first], State.WAITLISTED, by=organiser)

    publish(session, by=organiser)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.line_number, second.line_number) == (1, 2)


def test_the_database_keeps_one_pending_decision_per_person_and_every_published_one(session, organiser):
    [one] = applied(session, "One")
    [made] = decide([one], State.OFFERED, by=organiser)

    with pytest.raises(IntegrityError, match="one_pending_decision"), transaction.atomic():
        Decision.objects.create(
            enrolment=one, to="declined", reason_en="No.", decided_by=organiser, decided_at=made.decided_at
        )
    for change in ({"to": "declined"}, {"reason_en": "Otherwise."}):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Decision.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(ProgrammingError), transaction.atomic():
        made.delete()
    publish(session, by=organiser)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Decision.objects.filter(pk=made.pk).update(published_at=None, published_by=None)
