from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests import given
from training.catalogue.models import TrainingSession
from training.enrolment import lifecycle, nominating, substituting, transferring
from training.enrolment.models import Enrolment, Quota, Trainee
from training.enrolment.standing import why_not_yet
from training.mail.models import Letter
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db
NUMBER = "119999190001010011"


@pytest.fixture
def body():
    return given.body("Department of Industry")


@pytest.fixture
def session(body):
    made = given.session_by_organiser(capacity=5)
    given.quota(made, body, 2)
    made.refresh_from_db()
    return made


def again(row):
    return type(row).objects.get(pk=row.pk)


def counters(session):
    now = again(session)
    return (now.places_held, now.places_from_pool, now.places_in_quotas)


def test_a_draft_is_on_nobody_elses_list_and_tells_nobody(session, body):
    draft = given.drafted(session, body)

    assert draft.state == "draft"
    assert Letter.objects.count() == 0
    organiser = given.organiser(session=session)
    assert not Enrolment.objects.in_care_of(organiser, "organiser").exists()
    assert not Enrolment.objects.visible_to(organiser).exists()


def test_who_is_sent_gets_the_letter_that_asks_to_confirm(session, body):
    sent = given.nominated(session, body)

    assert sent.state == "applied"
    assert list(Letter.objects.about(sent.reference).values_list("template", flat=True)) == ["enrolment_nominated"]


def test_the_first_letter_tells_by_whom_somebody_was_nominated_also_where_places_are_given_at_once(body):
    session = given.session(capacity=5)
    given.quota(session, body, 1)

    sent = given.nominated(session, body)
    waiting = given.nominated(session, body, is_reserve=True)

    assert why_and_letter(sent) == ("Nominated by Department of Industry; a place was free.", True)
    assert why_and_letter(waiting) == ("Nominated by Department of Industry as a reserve.", True)
    successor = substituting.substitute(sent, given.nominee(), by=given.user())
    assert why_and_letter(successor) == ("Nominated by Department of Industry for a place that it holds already.", True)


def why_and_letter(enrolment):
    """The newest reason, and whether the one letter to the person names the body in the person's language."""
    [letter] = Letter.objects.about(enrolment.reference).filter(to=enrolment.trainee.email).exclude(state="planned")
    return enrolment.events.last().reason_en, enrolment.body.name_zh in letter.text


def test_a_body_sends_no_more_people_than_it_has_places_and_all_or_none(session, body):
    drafts = [given.drafted(session, body) for _ in range(3)]

    with pytest.raises(Refused, match="2 places; 1 person too many"):
        nominating.submit(session, [one.reference for one in drafts], by=given.user())

    assert {again(one).state for one in drafts} == {"draft"}
    nominating.change(drafts[2], given.nominee(is_reserve=True), by=given.user())
    assert len(nominating.submit(session, [one.reference for one in drafts], by=given.user())) == 3


def test_people_beyond_their_category_stand_on_places_of_any_category():
    session, body = given.session_by_organiser(capacity=9), given.body()
    process = given.category()
    given.quota(session, body, 1, process)
    given.quota(session, body, 1)

    given.nominated(session, body, category=process)
    given.nominated(session, body, category=process)

    with pytest.raises(Refused):
        given.nominated(session, body, category=process)


def test_the_bodys_own_places_and_those_that_it_was_given_add_up():
    session, body, giver = given.session_by_organiser(capacity=9), given.body(), given.body()
    given.quota(session, body, 1)
    given.quota(session, body, 2, parent=given.quota(session, giver, 3))

    for _ in range(3):
        given.nominated(session, body)

    with pytest.raises(Refused, match="has 3 places; 1 person too many"):
        given.nominated(session, body)


def test_a_reserve_that_was_sent_back_does_not_come_again_for_a_place_that_is_not_there(session, body):
    reserve = given.nominated(session, body, is_reserve=True)
    for _ in range(2):
        given.nominated(session, body)
    lifecycle.send_back(reserve, by=given.user(), reason=given.A_REASON)

    with pytest.raises(Refused, match="2 places; 1 person too many"):
        nominating.change(again(reserve), given.nominee(is_reserve=False), by=given.user())

    assert again(reserve).is_reserve


def test_a_body_without_a_quota_nominates_nobody(session):
    with pytest.raises(Refused, match="has no places in this session"):
        given.drafted(session, given.body())


def test_nobody_is_on_the_list_of_one_body_twice(session, body):
    given.drafted(session, body, identity=given.identity(NUMBER))

    with pytest.raises(Refused) as refused:
        given.drafted(session, body, identity=given.identity(NUMBER))

    assert refused.value.field == "identity_number"


def test_who_takes_part_through_another_body_is_accepted_in_silence_and_shown_to_the_organiser(session, body):
    other = given.body()
    given.quota(session, other, 1)
    first = given.nominated(session, body, identity=given.identity(NUMBER))

    second = given.nominated(session, other, identity=given.identity(NUMBER))

    assert second.state == "applied"
    assert second.duplicate_of == first
    with pytest.raises(Refused, match="Decide first"):
        lifecycle.offer(second, by=given.user())
    lifecycle.decline(first, by=given.user(), reason=given.A_REASON)
    assert lifecycle.offer(second, by=given.user()).state == "offered"


def test_the_database_lets_no_duplicate_hold_a_place(session, body):
    other = given.body()
    given.quota(session, other, 1)
    first = given.nominated(session, body, identity=given.identity(NUMBER))
    second = given.nominated(session, other, identity=given.identity(NUMBER))

    with pytest.raises(IntegrityError, match="a_duplicate_holds_no_place"), transaction.atomic():
        Enrolment.objects.filter(pk=second.pk).update(state="confirmed", duplicate_of=first)


def test_a_body_does_not_learn_that_somebody_is_known(session, body):
    known = given.trainee("Known Already")

    nomination = given.drafted(session, body, name="As Written", email=known.email)

    assert nomination.trainee.name == "As Written"
    assert nomination.trainee_id != known.pk
    assert again(known).name == "Known Already"


def test_ranks_follow_the_order_named_and_the_others_stay_behind(session, body):
    one, two, three = (given.drafted(session, body, is_reserve=True) for _ in range(3))

    nominating.rank(session, body, [three.reference, one.reference], by=given.user())

    assert [again(each).rank for each in (three, one, two)] == [1, 2, 3]


def test_whoever_is_known_keeps_the_own_record_when_taking_over(session, body):
    person = given.trainee("Wang Min")
    nomination = given.nominated(session, body, name="Wang M", email=person.email)

    taken = nominating.take_over(nomination, given.application("Wang Min"), by=person.user)

    assert taken.trainee == person
    assert taken.taken_over_at is not None
    assert not Trainee.objects.filter(is_nominee=True).exists()


def test_whoever_is_new_takes_the_nominees_record(session, body):
    account = given.user()
    nomination = given.nominated(session, body, email=account.email)

    taken = nominating.take_over(nomination, given.application("Wang Min"), by=account)

    assert (taken.trainee.user, taken.trainee.is_nominee, taken.trainee.name) == (account, False, "Wang Min")


def test_the_body_changes_nothing_any_more_once_the_person_has_taken_over(session, body):
    account = given.user()
    nomination = given.nominated(session, body, email=account.email)
    nominating.take_over(nomination, given.application(), by=account)

    with pytest.raises(Refused, match="can no longer change"):
        nominating.change(nomination, given.nominee(), by=given.user())


def test_a_nominated_person_takes_the_bodys_place_first_and_then_one_of_the_pool(session, body):
    people = [given.nominated(session, body), given.nominated(session, body)]
    for one in people:
        lifecycle.offer(one, by=given.user())
    assert counters(session) == (2, 0, 2)
    reserve = given.nominated(session, body, is_reserve=True)

    offered = lifecycle.offer(reserve, by=given.user())

    assert offered.quota is None
    assert counters(session) == (3, 1, 2)


def test_without_the_pool_the_quota_is_the_end(session, body):
    TrainingSession.objects.filter(pk=session.pk).update(pool_serves_bodies=False)
    for _ in range(2):
        lifecycle.offer(given.nominated(session, body), by=given.user())
    reserve = given.nominated(session, body, is_reserve=True)

    with pytest.raises(Refused, match="No place is left for this person in: Department of Industry"):
        lifecycle.offer(reserve, by=given.user())


def test_who_applies_alone_takes_no_place_of_a_quota(session):
    TrainingSession.objects.filter(pk=session.pk).update(capacity=3)
    lifecycle.offer(given.applied_enrolment(session), by=given.user())
    late = given.applied_enrolment(session)

    with pytest.raises(Refused, match="the free pool"):
        lifecycle.offer(late, by=given.user())


def test_the_database_refuses_one_place_too_many_of_a_quota(session, body):
    quota = Quota.objects.get()
    people = [given.applied_enrolment(session) for _ in range(3)]

    for one in people[:2]:
        Enrolment.objects.filter(pk=one.pk).update(state="confirmed", quota=quota)
    with pytest.raises(IntegrityError, match="quota_covers_what_is_held"), transaction.atomic():
        Enrolment.objects.filter(pk=people[2].pk).update(state="confirmed", quota=quota)

    assert counters(session) == (2, 0, 2)


def test_the_database_refuses_quotas_beyond_the_capacity(session):
    with pytest.raises(IntegrityError, match="pool_and_quotas_within_capacity"), transaction.atomic():
        given.quota(session, given.body(), 4)


def test_the_database_refuses_to_give_on_more_than_the_body_has(session, body):
    with pytest.raises(IntegrityError, match="quota_covers_what_is_held"), transaction.atomic():
        given.quota(session, given.body(), 3, parent=Quota.objects.get())


def test_a_substitute_takes_the_very_place_and_nobody_in_line_comes_between(body):
    session = given.session(capacity=1)
    given.quota(session, body, 1)
    held = given.nominated(session, body)
    assert held.state == "offered"
    waiting = given.nominated(session, body, is_reserve=True)

    successor = substituting.substitute(held, given.nominee("Zhao Qi"), by=given.user(), reason=given.A_REASON)

    held = again(held)
    assert (held.state, held.successor, successor.state) == ("substituted", successor, "offered")
    assert (successor.replaces, successor.quota, successor.rank) == (held, held.quota, held.rank)
    assert again(waiting).state == "waitlisted"
    assert counters(session) == (1, 0, 1)
    letters = Letter.objects.filter(about__in=[held.reference, successor.reference]).order_by("pk")
    assert [letter.template for letter in letters][-2:] == ["enrolment_substituted", "enrolment_offered"]


def test_a_place_of_one_category_passes_to_nobody_of_another():
    session, body = given.session_by_organiser(capacity=5), given.body()
    process, other = given.category(), given.category("technology", "technology talents")
    given.quota(session, body, 1, process)
    given.quota(session, body, 1, other)
    holder = lifecycle.offer(given.nominated(session, body, category=process), by=given.user())

    with pytest.raises(Refused, match="one for “advanced basic process talents”") as refused:
        substituting.substitute(holder, given.nominee(category=other), by=given.user())

    assert refused.value.field == "category"
    assert again(holder).state == "offered"
    assert substituting.substitute(holder, given.nominee(), by=given.user()).category == process


def test_taking_over_keeps_the_category_by_which_the_place_goes_and_the_employer():
    session, body = given.session_by_organiser(capacity=5), given.body()
    process, other = given.category(), given.category("technology", "technology talents")
    given.quota(session, body, 1, process)
    nomination = given.nominated(session, body, category=process, answers={"employer": "Works No. 1"})
    person = given.user()

    with pytest.raises(Refused, match="nominated as “advanced basic process talents”") as refused:
        nominating.take_over(nomination, given.application(category=other), by=person)
    taken = nominating.take_over(nomination, given.application(), by=person)

    assert refused.value.field == "category"
    assert (taken.category, taken.answers) == (process, {"employer": "Works No. 1"})
    assert lifecycle.offer(taken, by=given.user()).state == "offered"


def test_nobody_is_replaced_after_the_date(session, body):
    held = lifecycle.offer(given.nominated(session, body), by=given.user())
    TrainingSession.objects.filter(pk=session.pk).update(substitution_until=timezone.now())

    with pytest.raises(Refused, match="can no longer be replaced"):
        substituting.substitute(held, given.nominee(), by=given.user())


def test_a_reserve_is_offered_the_bodys_place_once_the_lists_are_closed(body):
    session = given.session(capacity=2)
    given.quota(session, body, 1)
    main = given.nominated(session, body)
    reserve = given.nominated(session, body, is_reserve=True)
    lifecycle.withdraw(main, by=given.user())
    assert again(reserve).state == "waitlisted"

    TrainingSession.objects.filter(pk=session.pk).update(nominations_close_at=timezone.now())
    with transaction.atomic():
        assert lifecycle.offer_free_places(lifecycle.locked_session(session.pk), at=timezone.now()) == 1

    assert again(reserve).state == "offered"
    assert again(reserve).quota is not None


def test_the_same_words_say_to_everybody_why_there_is_no_place_yet(body):
    session = given.session(capacity=1)
    given.quota(session, body, 1)
    given.nominated(session, body)
    reserve = given.nominated(session, body, is_reserve=True)
    nothing_is_free = " No place is free in: Department of Industry. No place is free in: the free pool."

    assert why_not_yet(again(reserve)) == (
        "A reserve; reserves come into line once the lists of the bodies are closed." + nothing_is_free
    )
    TrainingSession.objects.filter(pk=session.pk).update(nominations_close_at=timezone.now())
    assert why_not_yet(again(reserve)) == (
        "Number 1 in line, in the order: reserves last, once the lists are closed, then time of application."
        + nothing_is_free
        + " A place that becomes free is offered to the next in line at once."
    )
    TrainingSession.objects.filter(pk=session.pk).update(starts_on=timezone.localdate())
    assert why_not_yet(again(reserve)) == "The session has begun; places are no longer offered by themselves."


def test_a_transfer_links_the_two_enrolments_and_frees_the_place():
    session = given.session(capacity=1)
    held, waiting = given.confirmed_enrolment(session), given.waiting_enrolment(session)
    later = given.session(programme=session.programme, starts_on=session.ends_on, ends_on=None)

    moved = transferring.transfer(held, later, with_a_place=True, by=given.user())

    assert (moved.state, moved.transferred_from, moved.trainee) == ("offered", held, held.trainee)
    assert (again(held).state, again(waiting).state) == ("withdrawn", "offered")
    assert list(Letter.objects.about(moved.reference).values_list("template", flat=True)) == ["enrolment_offered"]


def test_nobody_is_transferred_to_a_session_that_has_begun():
    today = timezone.localdate()
    held = given.confirmed_enrolment()
    TrainingSession.objects.filter(pk=held.session_id).update(starts_on=today - timedelta(days=20))
    begun = given.session(programme=held.session.programme, starts_on=today, ends_on=None)

    with pytest.raises(Refused, match="That session has begun"):
        transferring.transfer(held, begun, with_a_place=False, by=given.user())

    assert again(held).state == "confirmed"


def test_nobody_is_transferred_to_a_full_session_and_nothing_changes():
    held = given.confirmed_enrolment()
    later = given.session(programme=held.session.programme, starts_on=held.session.ends_on, ends_on=None, capacity=0)

    with pytest.raises(Refused):
        transferring.transfer(held, later, with_a_place=True, by=given.user())

    assert again(held).state == "confirmed"


def test_a_nominator_sees_the_own_bodys_people_and_those_of_the_parts_it_gave_on(session, body):
    part, other = given.body(), given.body()
    given.quota(session, part, 1, parent=Quota.objects.get())
    given.quota(session, other, 1)
    own, of_the_part, foreign = (given.drafted(session, each) for each in (body, part, other))
    nominator = given.nominator(body, session.programme)

    assert set(Enrolment.objects.nominated_through(nominator)) == {own, of_the_part}
    assert set(Enrolment.objects.nominated_through(given.nominator(part, session.programme))) == {of_the_part}
    assert foreign not in Enrolment.objects.nominated_through(given.nominator(body, given.programme()))


def test_a_body_that_gives_a_place_to_another_body_does_not_see_whom_that_one_names_for_its_own(session, body):
    other = given.body()
    given.quota(session, other, 2)
    given.quota(session, other, 1, parent=Quota.objects.get(body=body))

    given.nominated(session, other)

    assert not Enrolment.objects.nominated_through(given.nominator(body, session.programme)).exists()


def test_whoever_was_nominated_is_sent_to_the_nomination_instead_of_applying_a_second_time(session, body):
    person = given.trainee()
    given.nominated(session, body, email=person.email)

    with pytest.raises(Refused, match="has nominated you for this session"):
        given.enrolment(session, person)

    assert Enrolment.objects.filter(session=session).count() == 1


def test_a_draft_of_a_body_stands_in_nobodys_way(session, body):
    person = given.trainee()
    given.drafted(session, body, email=person.email)

    assert given.enrolment(session, person).state == "applied"


def test_nobody_who_takes_part_already_takes_a_place_over_and_nothing_changes(session, body):
    other = given.body()
    given.quota(session, other, 1)
    given.nominated(session, other, identity=given.identity(NUMBER))
    held = lifecycle.offer(given.nominated(session, body), by=given.user())

    with pytest.raises(Refused, match="cannot take over the place"):
        substituting.substitute(held, given.nominee(identity=given.identity(NUMBER)), by=given.user())

    assert again(held).state == "offered"
    assert not Enrolment.objects.filter(replaces=held).exists()
