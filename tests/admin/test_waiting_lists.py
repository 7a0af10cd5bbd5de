"""The waiting list of a session, transfers, and who came."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import given
from training.catalogue.models import TrainingSession
from training.enrolment.coming import note_coming
from training.enrolment.models import Enrolment
from training.enrolment.standing import why_not_yet
from training.enrolment.waiting import WaitingList
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db


def page_of(session):
    return reverse("admin:training_trainingsession_waiting_list", args=[session.pk])


@pytest.fixture
def session():
    return given.session(capacity=1)


@pytest.fixture
def organiser(client, session):
    made = given.organiser(session.programme)
    client.force_login(made)
    return made


def begun(session):
    session.starts_on = timezone.localdate()
    session.save(update_fields=["starts_on"])


@pytest.mark.usefixtures("organiser")
def test_the_line_says_who_is_next_and_why_each_one_waits(client, session):
    given.confirmed_enrolment(session)
    first, second = (given.waiting_enrolment(session, person=given.trainee(name)) for name in ("First", "Second"))

    shown = client.get(page_of(session)).context

    assert [(line.enrolment, line.place) for line in shown["lines"]] == [(first, 1), (second, 2)]
    assert [line.why for line in shown["lines"]] == [why_not_yet(first), why_not_yet(second)]
    assert [(name, one.places_left, one.enrolment) for name, one in shown["next_places"]] == [("free pool", 0, first)]


@pytest.mark.usefixtures("organiser")
def test_offers_that_are_out_stand_with_their_deadlines(client, session):
    by_organiser = given.session_by_organiser(programme=session.programme)
    offered = given.offered_enrolment(by_organiser)

    assert list(client.get(page_of(by_organiser)).context["offers"]) == [offered]


@pytest.mark.parametrize("serves", [True, False])
@pytest.mark.parametrize("order", ["arrival", "rank"])
def test_everybody_reads_the_same_words_on_every_page(serves, order):
    session = given.session_by_organiser(capacity=9, pool_serves_bodies=serves, line_order=order)
    bodies, by = [given.body("Anhui"), given.body("Henan")], given.user()
    for body in bodies:
        given.quota(session, body, 3)
    people = [given.nominated(session, body, is_reserve=number == 2) for number in range(3) for body in bodies]
    people.append(given.applied_enrolment(session))
    for rank, one in enumerate(reversed(people), 1):
        Enrolment.objects.filter(pk=one.pk).update(rank=rank)
        given.lifecycle.waitlist(one, by=by)
    session.refresh_from_db()

    waiting = WaitingList(session)

    assert len(waiting.people) == 7
    for one in waiting.people:
        alone = Enrolment.objects.select_related("session").get(pk=one.key)
        assert waiting.why(Enrolment.objects.get(pk=one.key), one) == why_not_yet(alone)


@pytest.mark.usefixtures("organiser")
def test_a_reserve_has_no_number_in_line_while_the_lists_are_open(client, session):
    body = given.body("Anhui")
    given.quota(session, body, 1)
    given.nominated(session, body)
    given.nominated(session, body, is_reserve=True)

    [line] = client.get(page_of(session)).context["lines"]

    assert line.place is None
    assert line.why.startswith("A reserve; reserves come into line once the lists of the bodies are closed.")


@pytest.mark.usefixtures("organiser")
def test_trainee_nominator_and_organiser_read_the_same_answer_to_why_not_yet(client, session):
    body = given.body("Anhui")
    given.quota(session, body, 1)
    given.nominated(session, body)
    waiting = given.nominated(session, body, is_reserve=True)
    trainee = given.user()
    given.nominating.take_over(waiting, given.application("Confirmed"), by=trainee)
    TrainingSession.objects.filter(pk=session.pk).update(nominations_close_at=timezone.now())
    waiting = Enrolment.objects.select_related("session").get(pk=waiting.pk)
    answer = (
        "Number 1 in line, in the order: reserves last, once the lists are closed, then time of application."
        " No place is free in: Anhui. No place is free in: the free pool."
        " A place that becomes free is offered to the next in line at once."
    )

    assert waiting.state == "waitlisted"
    assert why_not_yet(waiting) == answer
    for address in (
        page_of(session),
        reverse("admin:training_enrolment_change", args=[waiting.pk]),
        f"{reverse('admin:training_trainingsession_review', args=[session.pk])}?person={waiting.pk}",
    ):
        assert answer in client.get(address).content.decode(), address
    client.force_login(given.nominator(body, session.programme))
    assert answer in client.get(reverse("nominee", args=[waiting.reference])).content.decode()
    client.force_login(trainee)
    assert answer in client.get(reverse("my_enrolment", args=[waiting.reference])).content.decode()


@pytest.mark.usefixtures("organiser")
def test_the_line_needs_as_many_queries_for_twenty_people_as_for_one(client, session, django_assert_num_queries):
    given.confirmed_enrolment(session)
    given.waiting_enrolment(session)
    client.get(page_of(session))
    with django_assert_num_queries(8):
        client.get(page_of(session))
    for _ in range(19):
        given.waiting_enrolment(session)

    with django_assert_num_queries(8):
        client.get(page_of(session))


@pytest.mark.usefixtures("organiser")
def test_a_person_is_transferred_to_a_later_session_with_a_choice(client, session):
    later = given.session(programme=session.programme, starts_on=session.starts_on + timedelta(days=30), ends_on=None)
    given.session(starts_on=later.starts_on, ends_on=None)
    waiting = [given.confirmed_enrolment(session), given.waiting_enrolment(session)][1]
    address = reverse("admin:training_enrolment_transfer", args=[waiting.pk])

    asked = client.get(address)
    assert list(asked.context["form"].fields["session"].queryset) == [later]
    answer = client.post(address, {"session": later.pk, "with_a_place": "on", "reason_en": "The later one fits."})

    moved = Enrolment.objects.get(transferred_from=waiting)
    assert answer.url == reverse("admin:training_enrolment_change", args=[moved.pk])
    assert (moved.session, moved.state) == (later, "offered")


@pytest.mark.usefixtures("organiser")
def test_with_four_eyes_nobody_is_transferred_into_a_place(client, session):
    session.programme.needs_four_eyes = True
    session.programme.save()
    later = given.session(programme=session.programme, starts_on=session.starts_on + timedelta(days=30), ends_on=None)
    held = given.confirmed_enrolment(session)
    address = reverse("admin:training_enrolment_transfer", args=[held.pk])

    answer = client.post(address, {"session": later.pk, "with_a_place": "on"})

    assert answer.context["form"].errors == {
        "with_a_place": ["In this programme a second person publishes who gets a place. Transfer without a place."]
    }
    held.refresh_from_db()
    assert held.state == "confirmed"


@pytest.mark.usefixtures("organiser")
@pytest.mark.parametrize(("deed", "came"), [("came", True), ("stayed_away", False)])
def test_who_came_is_noted_once_the_session_has_begun(client, session, deed, came):
    held = given.confirmed_enrolment(session)
    address = reverse("admin:training_enrolment_deed", args=[deed])

    client.post(address, {"person": held.pk})
    held.refresh_from_db()
    assert held.came is None

    begun(session)
    client.post(address, {"person": held.pk})
    held.refresh_from_db()
    assert held.came is came


def test_whoever_had_no_place_cannot_have_come(session):
    given.confirmed_enrolment(session)
    waiting = given.waiting_enrolment(session)
    begun(session)

    with pytest.raises(Refused, match="Only somebody with a confirmed place"):
        note_coming(waiting, came=True)
