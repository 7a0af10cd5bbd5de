"""Decisions that stay pending until they are published together, as a whole or not at all."""

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from tests import given
from training.catalogue.models import TrainingSession
from training.enrolment import lifecycle, nominating
from training.enrolment.deciding import decide, decide_at_once, drop, fingerprint_of, pending_in, preview, publish
from training.enrolment.models import Decision, Enrolment, Quota
from training.enrolment.reasons import Reason
from training.enrolment.states import State
from training.mail.models import Letter
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db

WHY = Reason("Fits well.", "符合条件。")
NUMBER = "119999190001010011"


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

    assert [letter.to for letter in shown.letters] == [two.trainee.email, one.trainee.email]
    assert "Fits well." in shown.letters[0].text
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


def test_of_one_person_named_thrice_two_are_declined_and_the_third_is_offered_a_place_together(organiser):
    first, second, third = named_by_bodies(3)
    decide([third], State.OFFERED, by=organiser)
    decide([first, second], State.DECLINED, reason=WHY, by=organiser)

    shown = preview(first.session, by=organiser)
    assert publish(first.session, by=organiser, seen=shown.fingerprint) == 3

    assert [letter.about for letter in shown.letters] == [one.reference for one in (first, second, third)]
    assert states(first, second, third) == ["declined", "declined", "offered"]


def test_the_entry_that_counts_once_another_one_is_declined_has_to_be_decided_on_too(organiser):
    first, second, third = named_by_bodies(3)
    decide([first], State.DECLINED, reason=WHY, by=organiser)
    decide([third], State.OFFERED, by=organiser)

    with pytest.raises(Refused, match=r"Nothing was published\. One: The same identity number"):
        publish(first.session, by=organiser)

    assert states(first, second, third) == ["applied"] * 3


def named_by_bodies(times):
    """One person whom so many bodies name, by arrival; all but the first entry are set aside."""
    session = given.session_by_organiser()
    bodies = [given.body() for _ in range(times)]
    for body in bodies:
        given.quota(session, body, 1)
    return [given.nominated(session, body, name="One", identity=given.identity(NUMBER)) for body in bodies]


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


@pytest.mark.parametrize("people", [5, 30])
def test_publishing_asks_as_much_for_thirty_as_for_five(organiser, django_assert_num_queries, people):
    session = given.session_by_organiser(capacity=100, line_order="rank", newcomers_first=True)
    body = given.body("Anhui")
    given.quota(session, body, 40)
    nominees = [given.nominated(session, body) for _ in range(people)]
    decide(nominees, State.WAITLISTED, by=organiser)

    with django_assert_num_queries(16):
        assert publish(session, by=organiser) == people


def test_published_together_everybody_stands_and_reads_as_if_decided_one_after_the_other(organiser):
    together, one_by_one = a_class_to_decide(organiser), a_class_to_decide(organiser)

    publish(together[0].session, by=organiser)

    for decision in pending_in(one_by_one[0].session):
        reason = Reason(decision.reason_en, decision.reason_zh)
        decide_at_once(decision.enrolment, State(decision.to), reason=reason, by=organiser)
    assert [story_of(one) for one in together] == [story_of(one) for one in one_by_one]
    session = TrainingSession.objects.get(pk=together[0].session_id)
    assert (session.places_held, session.places_from_pool, session.people_waiting) == (5, 2, 6)


def a_class_to_decide(organiser):
    """Two bodies, a pool, reserves, people in line already, somebody whom both name, and decisions about nearly all."""
    session = given.session_by_organiser(
        title_en="The class", title_zh="本期", capacity=50, line_order="rank", newcomers_first=True, offer_hours=10_000
    )
    north, south = (given.organisation(name, name_zh=name, is_recommending_body=True) for name in ("North", "South"))
    given.quota(session, north, 20)
    given.quota(session, south, 20)
    waiting = [given.nominated(session, north, name=f"Waiting {number}") for number in range(3)]
    for one in waiting:
        lifecycle.waitlist(one, by=organiser)
    alone = [given.applied_enrolment(session, person=given.trainee(f"Alone {number}")) for number in range(3)]
    norths = [given.nominated(session, north, name=f"North {number}", is_reserve=number == 0) for number in range(3)]
    souths = [given.nominated(session, south, name=f"South {number}") for number in range(3)]
    twice = [given.nominated(session, body, name="Twice", identity=given.identity(NUMBER)) for body in (south, north)]
    last_first = [one.reference for one in reversed([*waiting, *norths])]
    nominating.rank(session, north, last_first, by=organiser)
    for body, places in ((north, 2), (south, 1)):
        Quota.objects.filter(body=body).update(places=places)
    TrainingSession.objects.filter(pk=session.pk).update(capacity=5)
    decide([waiting[0], alone[0], souths[0], souths[1], twice[1]], State.OFFERED, by=organiser)
    decide([norths[0], norths[1], norths[2], alone[1], souths[2]], State.WAITLISTED, by=organiser)
    decide([waiting[2], alone[2], twice[0]], State.DECLINED, reason=WHY, by=organiser)
    return [*waiting, *alone, *norths, *souths, *twice]


def story_of(enrolment):
    """How somebody stands, what happened, and what was read, without what tells two classes apart."""
    one = Enrolment.objects.select_related("quota__body").get(pk=enrolment.pk)
    letters = Letter.objects.filter(about=one.reference).order_by("pk").values_list("subject", "text")
    return (
        one.trainee.name,
        (one.state, one.quota and one.quota.body.name_en, one.line_number, one.offer_expires_at),
        list(one.events.values_list("from_state", "to_state", "reason_en", "reason_zh")),
        one.events.last().by,
        [(subject, text.replace(one.reference, "")) for subject, text in letters],
    )
