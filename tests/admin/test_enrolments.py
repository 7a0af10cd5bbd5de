"""Enrolments in the admin: who finds whom, the deeds with their results, what is never shown."""

import re

import pytest
from django.urls import reverse

from accounts.roles import Role
from tests import given
from training.enrolment import lifecycle, substituting
from training.enrolment.models import Enrolment, Reveal
from training.mail.models import Letter
from training.tools.identity_numbers import masked_identity_number

pytestmark = pytest.mark.django_db

LIST = "/admin/training/enrolment/"
NUMBER = "11010519491231002X"


def page_of(enrolment):
    return reverse("admin:training_enrolment_change", args=[enrolment.pk])


def deed(code):
    return reverse("admin:training_enrolment_deed", args=[code])


def names(response):
    return [enrolment.trainee.name for enrolment in response.context["cl"].result_list]


@pytest.fixture
def session():
    return given.session_by_organiser(capacity=2)


@pytest.fixture
def organiser(client, session):
    made = given.organiser(session.programme)
    client.force_login(made)
    return made


@pytest.mark.usefixtures("organiser")
def test_an_organiser_finds_the_people_of_his_sessions_and_nobody_else(client, session):
    mine = given.enrolment(session, given.trainee("张明"))
    given.enrolment(given.session(), given.trainee("李丽"))

    assert names(client.get(LIST)) == ["张明"]
    assert client.get(page_of(mine)).status_code == 200


@pytest.mark.usefixtures("organiser")
def test_the_history_tells_the_first_change_of_answers_in_words(client, session):
    given.asked(session, "employer", required=False)
    tour = given.own_field(session, "Which tour?", "choice", [("Mill", None), ("Forge", None)])
    mill, forge = tour.options.values_list("value", flat=True)
    enrolment = given.enrolment(session, answers={"employer": "Works", tour.code: mill})
    Enrolment.objects.filter(pk=enrolment.pk).update(answers={"employer": "Works", tour.code: forge})

    [change] = client.get(reverse("admin:training_enrolment_history", args=[enrolment.pk])).context["changes"]

    assert [(one.label, one.before, one.after) for one in change.differences] == [("Which tour?", "Mill", "Forge")]


@pytest.mark.usefixtures("session")
def test_an_organiser_who_is_enrolled_elsewhere_does_not_find_himself_here(client, organiser):
    own = given.enrolment(given.session(), given.trainee("The organiser", account=organiser))

    assert names(client.get(LIST)) == []
    assert client.get(page_of(own)).status_code == 404


@pytest.mark.usefixtures("organiser")
@pytest.mark.parametrize("words", ["明", "zm", "1111", "张明"])
def test_a_person_is_found_by_part_of_the_name_initials_or_last_digits(client, session, words):
    given.enrolment(session, given.trainee("张明"), mobile=given.mobile("13800001111"))
    given.enrolment(session, given.trainee("李丽"), mobile=given.mobile("13800002222"))

    assert names(client.get(LIST, {"q": words})) == ["张明"]


@pytest.mark.usefixtures("organiser")
def test_a_person_is_found_by_the_reference_read_out_on_the_telephone(client, session):
    enrolment = given.enrolment(session, given.trainee("张明"))
    given.enrolment(session)

    assert names(client.get(LIST, {"q": enrolment.reference.lower()})) == ["张明"]


@pytest.mark.usefixtures("organiser")
def test_filters_narrow_the_list_and_show_as_chips_that_take_them_away(client, session):
    given.enrolment(session, given.trainee("Applied"))
    given.offered_enrolment(session, person=given.trainee("Offered"))

    shown = client.get(LIST, {"session": session.pk, "state": "offered"})

    assert names(shown) == ["Offered"]
    assert [(chip.words, chip.without) for chip in shown.context["cl"].chips] == [
        (f"training session: {session.title}", "?state=offered"),
        ("state: place offered", f"?session={session.pk}"),
    ]


@pytest.mark.usefixtures("organiser")
@pytest.mark.parametrize("wrong", ["session=abc", "session=9" * 30, "category=١", "state=nonsense", "p=99", "o=77"])
def test_a_spoilt_address_of_the_list_breaks_nothing(client, wrong):
    assert client.get(f"{LIST}?{wrong}", follow=True).status_code == 200


@pytest.mark.usefixtures("organiser")
def test_the_ticked_people_are_shown_before_anything_happens(client, session):
    first, second = given.enrolment(session, given.trainee("First")), given.enrolment(session, given.trainee("Second"))

    chosen = client.post(
        f"{LIST}?state=applied", {"action": "offer", "_selected_action": [second.pk, first.pk]}, follow=True
    )

    assert [person.trainee.name for person in chosen.context["fitting"]] == ["First", "Second"]
    assert chosen.context["back"] == f"{LIST}?state=applied"
    first.refresh_from_db()
    assert first.state == "applied"


def test_each_person_gets_a_result_and_one_refusal_stops_nobody_else(client, session, organiser):
    people = [given.enrolment(session, given.trainee(name)) for name in ("One", "Two", "Three")]

    answer = client.post(deed("offer"), {"person": [person.pk for person in people], "reason_en": "Fits."}, follow=True)

    said = [str(message) for message in answer.context["messages"]]
    assert said == [
        "2 places were offered.",
        (
            "Not done for Three: All 2 places of this session are held."
            " Raise the number of places or wait for a withdrawal."
        ),
    ]
    assert [Enrolment.objects.get(pk=person.pk).state for person in people] == ["offered", "offered", "applied"]
    event = people[0].events.last()
    assert (event.to_state, event.by, event.reason_en) == ("offered", organiser, "Fits.")


@pytest.mark.usefixtures("organiser")
@pytest.mark.parametrize(
    ("code", "state"), [("decline", "declined"), ("send_back", "returned"), ("withdraw", "withdrawn")]
)
def test_a_deed_that_disappoints_needs_a_reason_in_one_language(client, session, code, state):
    enrolment = given.enrolment(session)

    without = client.post(deed(code), {"person": enrolment.pk, "reason_en": " ", "reason_zh": ""})
    unchanged = Enrolment.objects.get(pk=enrolment.pk).state
    client.post(deed(code), {"person": enrolment.pk, "reason_zh": "名额已满。"})

    assert without.context["form"].errors == {"reason_en": ["Give the reason in at least one language."]}
    assert unchanged == "applied"
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.events.last().reason_zh) == (state, "名额已满。")


@pytest.mark.usefixtures("organiser")
def test_an_offer_is_accepted_for_somebody_who_said_so_on_the_telephone(client, session):
    enrolment = given.offered_enrolment(session)

    client.post(deed("confirm"), {"person": enrolment.pk})

    enrolment.refresh_from_db()
    assert enrolment.state == "confirmed"


@pytest.mark.usefixtures("organiser")
def test_the_people_of_others_cannot_be_moved(client, session):
    theirs = given.applied_enrolment()
    mine = given.enrolment(session)

    alone = client.post(deed("offer"), {"person": theirs.pk})
    together = client.post(deed("offer"), {"person": [theirs.pk, mine.pk]})

    assert (alone.status_code, together.status_code) == (404, 302)
    theirs.refresh_from_db(), mine.refresh_from_db()
    assert (theirs.state, mine.state) == ("applied", "offered")


def test_session_staff_read_and_move_nobody(client, session):
    enrolment = given.enrolment(session)
    client.force_login(given.staff(session))

    shown, moved = client.get(page_of(enrolment)), client.post(deed("offer"), {"person": enrolment.pk})
    listed = client.get(LIST)

    assert (shown.status_code, moved.status_code) == (200, 403)
    assert shown.context["deeds"] == []
    assert 'name="action"' not in listed.content.decode()


@pytest.mark.usefixtures("organiser")
def test_too_many_people_at_once_are_sent_back_with_a_sentence(client, session, monkeypatch):
    monkeypatch.setattr("training.admin.enrolments.MOST_AT_ONCE", 1)
    people = [given.enrolment(session) for _ in range(2)]

    answer = client.post(LIST, {"action": "offer", "_selected_action": [person.pk for person in people]}, follow=True)

    assert "Choose at most 1 people at once; narrow the list by a filter." in answer.content.decode()


@pytest.mark.usefixtures("organiser")
def test_the_page_of_an_enrolment_shows_answers_as_asked_numbers_masked_and_what_happened(client, session):
    given.asked(session, "employer", "identity_number", "diet")
    enrolment = given.enrolment(
        session,
        given.trainee("张明"),
        answers={"employer": "Great Steel", "diet": "halal"},
        identity=given.identity(NUMBER),
    )

    shown = client.get(page_of(enrolment))

    html = shown.content.decode()
    assert dict(shown.context["answers"]) == {
        "Employer": "Great Steel",
        "Identity number": masked_identity_number(NUMBER),
        "Meals": "Halal",
    }
    assert NUMBER not in html
    assert enrolment.trainee.email not in html
    assert [event.to_state for event in shown.context["events"]] == ["applied"]
    assert [letter.subject for letter, _chip in shown.context["letters"]] == [Letter.objects.get().subject]


@pytest.mark.usefixtures("organiser")
def test_nobody_rewrites_or_deletes_an_enrolment_here(client, session):
    enrolment = given.enrolment(session)

    answers = [
        client.post(page_of(enrolment), {"state": "confirmed"}),
        client.post(reverse("admin:training_enrolment_delete", args=[enrolment.pk]), {"post": "yes"}),
        client.get(reverse("admin:training_enrolment_add")),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 404]
    assert Enrolment.objects.get().state == "applied"


PASSWORD = "a lake in the morning"


def sign_in(client, person):
    """Through the site's own page, so that the web session knows when it was."""
    person.set_password(PASSWORD)
    person.save()
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})


def test_a_number_is_shown_in_full_to_whoever_holds_the_right_and_says_why(client, session):
    enrolment = given.enrolment(session, identity=given.identity(NUMBER))
    reader = given.organiser(session.programme)
    given.grant(reader, Role.IDENTITY_READER, programme=session.programme)
    sign_in(client, reader)
    page = reverse("admin:training_enrolment_reveal", args=[enrolment.pk])

    asked = client.get(page)
    without = client.post(page, {"value": "identity_number", "purpose": ""})
    shown = client.post(page, {"value": "identity_number", "purpose": "Hotel list"})

    assert NUMBER not in asked.content.decode()
    assert without.context["form"].errors == {"purpose": ["Say what you need the number for."]}
    assert NUMBER in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert [(record.by, record.purpose) for record in Reveal.objects.all()] == [(reader, "Hotel list")]


def test_an_organiser_without_the_right_is_refused_a_number(client, session, organiser):
    enrolment = given.enrolment(session, identity=given.identity(NUMBER))
    sign_in(client, organiser)

    answer = client.post(
        reverse("admin:training_enrolment_reveal", args=[enrolment.pk]), {"value": "identity_number", "purpose": "x"}
    )

    assert answer.status_code == 403
    assert not Reveal.objects.exists()


def test_the_right_to_read_numbers_alone_opens_nothing(client, session):
    enrolment = given.enrolment(session, identity=given.identity(NUMBER))
    reader = given.organiser(given.programme("Other"))
    given.grant(reader, Role.IDENTITY_READER, programme=session.programme)
    sign_in(client, reader)

    assert client.get(reverse("admin:training_enrolment_reveal", args=[enrolment.pk])).status_code == 404


def test_an_old_sign_in_is_asked_again_before_a_number_is_shown(client, session):
    enrolment = given.enrolment(session, identity=given.identity(NUMBER))
    reader = given.organiser(session.programme)
    given.grant(reader, Role.IDENTITY_READER, programme=session.programme)
    client.force_login(reader)

    answer = client.post(
        reverse("admin:training_enrolment_reveal", args=[enrolment.pk]), {"value": "identity_number", "purpose": "x"}
    )

    assert answer.status_code == 302
    assert not Reveal.objects.exists()


@pytest.mark.usefixtures("organiser")
@pytest.mark.parametrize("how_many", [1, 30])
def test_the_list_takes_the_same_queries_for_one_and_for_thirty(client, session, how_many, django_assert_num_queries):
    for _ in range(how_many):
        given.enrolment(session, category=given.category())

    with django_assert_num_queries(9):
        client.get(LIST, {"session": session.pk})


@pytest.mark.usefixtures("organiser")
@pytest.mark.parametrize("how_many", [1, 30])
def test_the_page_of_a_deed_takes_the_same_queries_for_one_and_for_thirty(
    client, session, how_many, django_assert_num_queries
):
    people = [given.enrolment(session).pk for _ in range(how_many)]

    with django_assert_num_queries(4):
        client.get(deed("decline"), {"person": people})


@pytest.mark.usefixtures("organiser")
def test_no_page_needs_an_inline_style_or_script(client, session):
    enrolment = given.enrolment(session)

    pages = [LIST, page_of(enrolment), f"{deed('decline')}?person={enrolment.pk}"]
    for page in pages:
        html = client.get(page).content.decode()
        assert not re.search(r"<[^>]+\sstyle=|<style|<script(?![^>]*\ssrc=)[^>]*>|\son\w+=", html), page


@pytest.mark.usefixtures("organiser")
def test_a_nomination_says_whose_it_is_where_its_place_comes_from_and_who_was_replaced(client):
    organised = given.session_by_organiser(capacity=2)
    given.grant(given.User.objects.get(is_staff=True), Role.ORGANISER, session=organised)
    body = given.body("Department of Sample Industry")
    given.quota(organised, body, 1)
    held = lifecycle.offer(given.nominated(organised, body, name="张明"), by=given.user())
    successor = substituting.substitute(held, given.nominee("李丽"), by=given.user())

    page = client.get(page_of(successor)).content.decode()

    assert page.count("Department of Sample Industry") == 3, "body, quota, and why the place was offered"
    assert f'<dt>Replaces</dt><dd><a href="{page_of(held)}">张明</a>' in page


@pytest.mark.usefixtures("organiser")
def test_the_list_narrows_to_one_body_and_to_those_who_applied_alone(client, session):
    body = given.body()
    given.quota(session, body, 1)
    given.nominated(session, body, name="张明")
    given.enrolment(session, given.trainee("李丽"))

    assert names(client.get(LIST, {"body": body.pk})) == ["张明"]
    assert names(client.get(LIST, {"body": "none"})) == ["李丽"]
    assert names(client.get(LIST, {"body": "x"})) == ["李丽", "张明"]
