"""The start page: what needs a decision today."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import given
from training.enrolment.deciding import decide
from training.enrolment.models import Enrolment
from training.enrolment.states import State
from training.mail.models import Letter

pytestmark = pytest.mark.django_db


def lines(response):
    return [(line.count, line.sentence, line.address) for line in response.context["lines"]]


def test_a_quiet_day_says_so(client):
    client.force_login(given.organiser(given.session().programme))

    shown = client.get("/admin/")

    assert lines(shown) == []
    assert "Nothing needs a decision today." in shown.content.decode()


def test_applications_offers_letters_windows_and_items_each_make_a_line_that_leads_there(client):
    session = given.session_by_organiser(capacity=9, enrolment_closes_at=timezone.now() + timedelta(days=2))
    given.applied_enrolment(session)
    given.applied_enrolment(session)
    offered = given.offered_enrolment(session)
    Enrolment.objects.filter(pk=offered.pk).update(offer_expires_at=timezone.now() + timedelta(hours=3))
    Letter.objects.filter(about=offered.reference, template="enrolment_offered").update(state="failed")
    given.item(session, None, None)
    client.force_login(given.organiser(session.programme))

    shown = lines(client.get("/admin/"))

    title = session.title
    assert [(count, sentence.split(";")[0]) for count, sentence, _address in shown] == [
        (1, "offer lapses within 24 hours"),
        (2, f"applications to “{title}” wait for your decision"),
        (1, "letter could not be sent"),
        (8, f"places are free in “{title}”"),
        (1, f"item of “{title}” has no time yet"),
    ]
    assert all(client.get(address).status_code == 200 for _count, _sentence, address in shown)


def test_the_lists_behind_the_lines_hold_exactly_those_counted(client):
    session = given.session_by_organiser()
    to_decide = given.applied_enrolment(session)
    given.offered_enrolment(session)
    client.force_login(given.organiser(session.programme))

    (line,) = client.get("/admin/").context["lines"]

    assert list(client.get(line.address).context["cl"].result_list) == [to_decide]


def test_decisions_that_wait_are_told_to_whoever_may_publish_them(client):
    session = given.session_by_organiser(programme=given.programme(needs_four_eyes=True))
    first, second = (given.organiser(session.programme) for _ in range(2))
    decide([given.applied_enrolment(session)], State.OFFERED, by=first)

    def told(user):
        client.force_login(user)
        return [line for line in lines(client.get("/admin/")) if "published" in line[1]]

    assert told(first) == []
    [(count, sentence, address)] = told(second)
    assert (count, sentence) == (1, f"decision about “{session.title}” waits to be published")
    assert client.get(address).context["shown"].refusal == ""


def test_what_others_have_to_decide_is_not_told(client):
    given.applied_enrolment()
    client.force_login(given.organiser(given.programme("Other")))

    shown = client.get("/admin/")

    assert lines(shown) == []
    assert shown.context["sessions"] == []


def test_session_staff_see_their_sessions_and_no_decisions(client):
    session = given.session_by_organiser()
    given.applied_enrolment(session)
    client.force_login(given.staff(session))

    shown = client.get("/admin/")

    assert [line.title for line in shown.context["sessions"]] == [session.title]
    assert lines(shown) == []


@pytest.mark.parametrize("how_many", [1, 10])
def test_the_start_page_takes_the_same_queries_for_one_session_and_for_ten(client, how_many, django_assert_num_queries):
    programme = given.programme()
    for _ in range(how_many):
        given.applied_enrolment(given.session_by_organiser(programme=programme))
    client.force_login(given.organiser(programme))

    with django_assert_num_queries(10):
        client.get("/admin/")
