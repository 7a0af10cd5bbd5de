"""Own questions of a session, from the form to what was sent."""

import re

import pytest

from tests import given
from tests.portal.test_enrolling import check, send, text_of
from training.enrolment.models import Enrolment

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return given.session()


@pytest.fixture
def trainee(client):
    account = given.user(name="Wang Min")
    client.force_login(account)
    return account


def checkboxes(field):
    return list(field.options.values_list("value", flat=True))


def test_all_kinds_are_asked_checked_and_kept(client, session, trainee):
    fields = {
        kind: given.own_field(session, f"A {kind}?", kind, is_required=True)
        for kind in ("line", "text", "number", "yes_no", "date")
    }
    tour = given.own_field(session, "Which tours?", "choices", [("Mill", 2), ("Forge", None)], is_required=True)
    given.own_field(session, "Travel", "heading", purpose_en="How you come.")
    mill, forge = checkboxes(tour)
    typed = {
        fields["line"].code: "L", fields["text"].code: "several\nlines", fields["number"].code: "12.50",
        fields["yes_no"].code: "no", fields["date"].code: "2027-03-01", tour.code: [mill, forge],
    }  # fmt: skip

    form = text_of(client.get(f"/sessions/{session.slug}/enrol/"))
    checked = check(client, session, **typed)
    answer = send_all(client, session, checked)

    assert '<div class="part"><h2>Travel</h2><p class="quiet">How you come.</p></div>' in form
    assert "Mill (2 left)" in form
    assert "<dd>Mill, Forge</dd>" in text_of(checked)
    assert Enrolment.objects.get().answers == {**typed, fields["number"].code: "12.5"}
    assert "Mill, Forge" in text_of(client.get(answer.url))


def send_all(client, session, checked):
    """As a browser would: a name may come more than once."""
    fields = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', text_of(checked))
    data = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    return client.post(f"/sessions/{session.slug}/enrol/send/", data)


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("line", "", "Fill this in."),
        ("line", "x" * 201, "at most 200 characters"),
        ("number", "many", "Enter a number."),
        ("number", "1e400", "digits"),
        ("yes_no", "perhaps", "Select a valid choice."),
        ("date", "2027-02-30", "Enter a valid date."),
        ("choice", "elsewhere", "Select a valid choice."),
        ("choices", "elsewhere", "Select a valid choice."),
        ("choices", "", "Choose at least one."),
    ],
)
def test_a_mistake_gets_a_sentence_at_its_field(client, session, trainee, kind, value, sentence):
    options = [("Mill", None), ("Forge", None)] if kind.startswith("choice") else ()
    field = given.own_field(session, "Own", kind, options, is_required=True)

    page = text_of(check(client, session, **({field.code: value} if value else {})))

    assert sentence in re.search(rf'id="id_{field.code}_error">(.*?)</div>', page, re.DOTALL)[1]
    assert not Enrolment.objects.exists()


class TestConditions:
    @pytest.fixture
    def room(self, session):
        given.asked(session, "lodging")
        field = given.own_field(session, "Which room?", is_required=True, shown_if_code="lodging", shown_if_value="yes")
        given.own_field(session, "Near whom?", is_required=True, shown_if_code=field.code, shown_if_value="Garden")
        return field

    def test_what_is_not_asked_is_neither_missed_nor_kept(self, client, session, trainee, room):
        checked = check(client, session, lodging="no", **{room.code: "sent all the same"})
        send(client, session, checked)

        assert "Which room?" not in text_of(checked)
        assert Enrolment.objects.get().answers == {"lodging": "no"}

    def test_what_is_asked_is_missed(self, client, session, trainee, room):
        page = check(client, session, lodging="yes")

        assert f'id="id_{room.code}_error"' in text_of(page)
        assert text_of(page).count('class="wrong"') == 1
        assert not Enrolment.objects.exists()

    def test_the_page_says_on_what_a_question_hangs(self, client, session, trainee, room):
        page = text_of(client.get(f"/sessions/{session.slug}/enrol/"))

        assert 'data-shown-if="lodging=yes"' in page
        assert "conditions" in page

    def test_without_conditions_there_is_no_script(self, client, session, trainee):
        assert "<script" not in text_of(client.get(f"/sessions/{session.slug}/enrol/"))


def test_an_option_that_is_taken_meanwhile_is_said_at_the_question(client, session, trainee):
    tour = given.own_field(session, "Which tour?", "choice", [("Mill", 1), ("Forge", None)])
    mill, _forge = checkboxes(tour)
    checked = check(client, session, **{tour.code: mill})
    tour.options.filter(value=mill).update(capacity=0)

    page = send(client, session, checked)

    assert "As many as may have chosen “Mill” by now." in text_of(page)
    assert "Mill (taken)" in text_of(page)
    assert not Enrolment.objects.exists()


def test_ones_own_choice_stays_open_to_oneself(client, session, trainee):
    tour = given.own_field(session, "Which tour?", "choice", [("Mill", 1), ("Forge", None)])
    mill, _forge = checkboxes(tour)
    enrolment = Enrolment.objects.get(
        reference=send(client, session, check(client, session, **{tour.code: mill})).url.split("/")[-2]
    )

    page = text_of(client.get(f"/my/enrolments/{enrolment.reference}/change/"))
    answer = client.post(f"/my/enrolments/{enrolment.reference}/change/", {"name": "Wang Min", tour.code: mill})

    assert "(taken)" not in page
    assert answer.status_code == 302
    assert tour.options.get(value=mill).chosen == 1
