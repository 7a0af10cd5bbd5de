"""The review board: who stands there, what it is narrowed to, and deciding, dropping and publishing from it."""

import pytest
from django.urls import reverse

from tests import given
from training.enrolment import lifecycle
from training.enrolment.deciding import decide, pending_in
from training.enrolment.models import Enrolment
from training.enrolment.states import State
from training.mail.models import Letter

pytestmark = pytest.mark.django_db


def of(session, name="board", *more):
    return reverse(f"admin:training_trainingsession_{name}", args=[session.pk, *more])


def names(response):
    return [row.enrolment.trainee.name for row in response.context["rows"]]


def said(response):
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def session():
    return given.session_by_organiser(capacity=2)


@pytest.fixture
def organiser(client, session):
    made = given.organiser(session.programme)
    client.force_login(made)
    return made


@pytest.mark.usefixtures("organiser")
def test_everybody_who_is_open_stands_on_the_board_and_nobody_of_another_session(client, session):
    given.applied_enrolment(session, person=given.trainee("Applied"))
    given.offered_enrolment(session, person=given.trainee("Offered"))
    given.declined_enrolment(session, person=given.trainee("Declined"))
    given.applied_enrolment(person=given.trainee("Elsewhere"))

    assert names(client.get(of(session))) == ["Applied", "Offered"]


@pytest.mark.usefixtures("organiser")
def test_the_board_is_narrowed_by_body_category_state_decision_and_words(client, session, organiser):
    body, process = given.body("Anhui"), given.category()
    given.quota(session, body, 2)
    nominated = given.nominated(session, body, name="Nominated", category=process)
    alone = given.applied_enrolment(session, person=given.trainee("Alone"))
    decide([alone], State.WAITLISTED, by=organiser)

    for query, found in (
        (f"body={body.pk}", ["Nominated"]),
        ("body=none", ["Alone"]),
        (f"category={process.pk}", ["Nominated"]),
        ("category=none", ["Alone"]),
        ("state=to_decide", ["Nominated", "Alone"]),
        ("state=confirmed", []),
        ("decision=any", ["Alone"]),
        ("decision=waitlisted", ["Alone"]),
        ("decision=offered", []),
        ("decision=none", ["Nominated"]),
        ("q=Nomin", ["Nominated"]),
        ("sort=name", ["Alone", "Nominated"]),
        ("sort=rank", ["Nominated", "Alone"]),
    ):
        assert names(client.get(f"{of(session)}?{query}")) == found, query
    shown = client.get(f"{of(session)}?body={body.pk}&q=Nomin")
    assert [(chip.words, chip.without) for chip in shown.context["chips"]] == [
        ("recommending body: Anhui", "?q=Nomin"),
        ("found by “Nomin”", f"?body={body.pk}"),
    ]
    assert nominated.state == "applied"


@pytest.mark.usefixtures("organiser")
@pytest.mark.parametrize(
    "query", ["body=abc", f"body={'9' * 30}", "category=١", "state=x", "decision=x", "sort=x", "p=99"]
)
def test_a_spoilt_address_of_the_board_narrows_nothing(client, session, query):
    given.applied_enrolment(session, person=given.trainee("One"))

    assert names(client.get(f"{of(session)}?{query}")) == ["One"]


@pytest.mark.usefixtures("organiser")
def test_ticked_people_are_decided_on_published_and_told(client, session):
    one, two = (given.applied_enrolment(session, person=given.trainee(name)) for name in ("One", "Two"))
    ticked = {"person": [one.pk, two.pk], "back": "state=applied"}

    asked = client.get(of(session, "decide", "offer"), ticked)
    assert [person.trainee.name for person in asked.context["fitting"]] == ["One", "Two"]

    decided = client.post(of(session, "decide", "offer"), {**ticked, "reason_en": "Fits."}, follow=True)
    assert decided.redirect_chain[-1][0] == f"{of(session)}?state=applied"
    assert said(decided) == ["2 decisions are made; they wait to be published."]
    assert Enrolment.objects.filter(state="applied").count() == 2

    shown = client.get(of(session, "publish_decisions"))
    assert [letter.to for _decision, letter, _address in shown.context["letters"]] == [
        one.trainee.email,
        two.trainee.email,
    ]
    published = client.post(of(session, "publish_decisions"), {"seen": shown.context["shown"].fingerprint}, follow=True)
    assert said(published) == ["2 decisions were published."]
    assert Enrolment.objects.filter(state="offered").count() == 2
    assert Letter.objects.filter(template="enrolment_offered").count() == 2


@pytest.mark.usefixtures("organiser")
def test_a_reason_that_is_missing_is_asked_for_and_what_was_typed_stays(client, session):
    one = given.applied_enrolment(session)

    answer = client.post(of(session, "decide", "decline"), {"person": one.pk})

    assert answer.context["form"].errors == {"reason_en": ["Give the reason in at least one language."]}
    assert pending_in(session) == []


@pytest.mark.usefixtures("organiser")
def test_everybody_whom_the_list_finds_is_decided_on(client, session):
    wanted = given.applied_enrolment(session, person=given.trainee("Wanted"))
    given.applied_enrolment(session, person=given.trainee("Other"))

    client.post(of(session, "decide", "waitlist"), {"everybody": 1, "back": "q=Wanted"})

    assert [decision.enrolment for decision in pending_in(session)] == [wanted]


@pytest.mark.usefixtures("organiser")
def test_nobody_ticked_is_said_and_changes_nothing(client, session):
    answer = client.get(of(session, "decide", "offer"), follow=True)

    assert said(answer) == ["Tick somebody first."]


@pytest.mark.usefixtures("organiser")
def test_people_of_another_session_cannot_be_smuggled_in(client, session):
    stranger = given.applied_enrolment()

    client.post(of(session, "decide", "offer"), {"person": stranger.pk})

    assert pending_in(stranger.session) == []


def test_a_dropped_decision_is_gone_from_the_board(client, session, organiser):
    one = given.applied_enrolment(session)
    decide([one], State.OFFERED, by=organiser)

    assert client.get(of(session, "drop_decisions"), {"person": one.pk}).status_code == 200
    answer = client.post(of(session, "drop_decisions"), {"person": one.pk}, follow=True)

    assert said(answer) == ["1 decision was dropped."]
    assert [row.decision for row in answer.context["rows"]] == [None]


def test_a_decision_about_somebody_who_left_is_dropped_from_the_page_that_it_stops(client, session, organiser):
    gone, stays = (given.applied_enrolment(session, person=given.trainee(name)) for name in ("Gone", "Stays"))
    decide([gone, stays], State.OFFERED, by=organiser)
    lifecycle.withdraw(gone, by=gone.trainee.user)

    shown = client.get(of(session, "publish_decisions"))
    assert [decision.enrolment for decision in shown.context["shown"].overtaken] == [gone]
    assert of(session, "drop_decisions") in shown.content.decode()
    asked = client.get(of(session, "drop_decisions"), {"person": gone.pk})
    assert [person.pk for person in asked.context["people"]] == [gone.pk]
    dropped = client.post(of(session, "drop_decisions"), {"person": gone.pk}, follow=True)

    assert said(dropped) == ["1 decision was dropped."]
    assert [decision.enrolment for decision in pending_in(session)] == [stays]
    assert client.get(of(session, "publish_decisions")).context["shown"].refusal == ""


@pytest.mark.usefixtures("organiser")
def test_dropping_where_nothing_is_decided_says_so(client, session):
    one = given.applied_enrolment(session)

    answer = client.get(of(session, "drop_decisions"), {"person": one.pk}, follow=True)

    assert said(answer) == ["Tick somebody about whom a decision is pending."]


def test_nothing_is_published_that_was_not_shown(client, session, organiser):
    decide([given.applied_enrolment(session)], State.OFFERED, by=organiser)

    answer = client.post(of(session, "publish_decisions"), {"seen": ""}, follow=True)

    assert said(answer) == ["Decisions were made or dropped since these letters were shown. Read them again."]
    assert not Enrolment.objects.filter(state="offered").exists()


def test_with_four_eyes_the_deed_for_one_person_leads_to_the_board(client):
    session = given.session_by_organiser(programme=given.programme(needs_four_eyes=True))
    client.force_login(given.organiser(session.programme))
    one = given.applied_enrolment(session, person=given.trainee("One"))

    answer = client.post(reverse("admin:training_enrolment_deed", args=["offer"]), {"person": one.pk}, follow=True)

    sentence = "In this programme a second person publishes what one has decided. Decide on the review board."
    assert said(answer) == [f"Not done for One: {sentence}"]


@pytest.mark.usefixtures("organiser")
def test_the_board_needs_as_many_queries_for_thirty_people_as_for_one(client, session, django_assert_num_queries):
    given.applied_enrolment(session)
    client.get(of(session))
    with django_assert_num_queries(12):
        client.get(of(session))
    for _ in range(29):
        given.applied_enrolment(session)

    with django_assert_num_queries(12):
        assert len(names(client.get(of(session)))) == 30


@pytest.mark.usefixtures("organiser")
def test_a_proposal_is_read_and_accepted_as_pending_decisions(client, session):
    for name in ("One", "Two", "Three"):
        given.applied_enrolment(session, person=given.trainee(name))

    shown = client.get(of(session, "propose"))
    assert [(line.enrolment.trainee.name, line.reason) for line in shown.context["lines"]] == [
        ("One", "Number 1 for the free places of the free pool: 2."),
        ("Two", "Number 2 for the free places of the free pool: 2."),
        ("Three", "All free places of the free pool (2) go to people before; number 1 of those who wait."),
    ]
    accepted = client.post(of(session, "propose"), {"seen": shown.context["proposal"].fingerprint}, follow=True)

    assert said(accepted) == ["3 decisions are made; they wait to be published."]
    assert [decision.to for decision in pending_in(session)] == ["offered", "offered", "waitlisted"]


@pytest.mark.usefixtures("organiser")
def test_what_if_there_were_other_places_is_shown_and_cannot_be_accepted(client, session):
    given.applied_enrolment(session)
    given.applied_enrolment(session)

    shown = client.get(of(session, "propose"), {"capacity": 1})

    assert [(given.name, given.free, given.given) for given in shown.context["places"]] == [("free pool", 1, 1)]
    assert b'name="seen"' not in shown.content


@pytest.mark.usefixtures("organiser")
@pytest.mark.parametrize("capacity", ["0", "-1", "x", "9" * 30, ""])
def test_a_what_if_that_cannot_be_is_said_at_the_field(client, session, capacity):
    given.applied_enrolment(session)

    assert client.get(of(session, "propose"), {"capacity": capacity}).context["what_if"].errors["capacity"]


@pytest.mark.usefixtures("organiser")
def test_an_old_proposal_is_not_accepted(client, session):
    given.applied_enrolment(session)
    seen = client.get(of(session, "propose")).context["proposal"].fingerprint
    given.applied_enrolment(session)

    answer = client.post(of(session, "propose"), {"seen": seen}, follow=True)

    assert said(answer) == ["Something has changed since this proposal was made. Here is the new one; read it again."]
    assert pending_in(session) == []
