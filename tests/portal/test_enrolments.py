import pytest

from tests import given
from training.enrolment.models import Enrolment
from training.enrolment.transferring import transfer

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


@pytest.fixture
def open_as(client):
    def open_as(enrolment, deed=""):
        client.force_login(enrolment.trainee.user)
        return client.get(f"/my/enrolments/{enrolment.reference}/{deed}")

    return open_as


class TestTheList:
    def test_each_enrolment_says_how_it_stands_and_what_comes_next(self, client):
        person = given.trainee()
        full = given.session(capacity=1)
        given.confirmed_enrolment(full)
        given.waiting_enrolment(full, person=person)
        given.confirmed_enrolment(person=person)
        client.force_login(person.user)

        page = text_of(client.get("/my/enrolments/"))

        assert "You are first in line." in page
        assert "If a place becomes free for you, we write to you and keep it for 48 hours." in page
        assert "You have a place." in page

    @pytest.mark.parametrize("how_many", [1, 30])
    def test_the_list_asks_the_same_questions_however_long(self, client, django_assert_num_queries, how_many):
        person = given.trainee()
        for _ in range(how_many):
            session = given.session(capacity=1)
            given.confirmed_enrolment(session)
            given.waiting_enrolment(session, person=person)
        client.force_login(person.user)

        with django_assert_num_queries(4):
            page = text_of(client.get("/my/enrolments/"))
        assert page.count("You are first in line.") == how_many

    def test_nobody_sees_the_enrolments_of_others(self, client):
        enrolment = given.confirmed_enrolment()
        client.force_login(given.user())

        assert enrolment.session.title not in text_of(client.get("/my/enrolments/"))
        for deed in ("", "change/", "withdraw/"):
            assert client.get(f"/my/enrolments/{enrolment.reference}/{deed}").status_code == 404
        for deed in ("accept/", "change/", "withdraw/"):
            assert client.post(f"/my/enrolments/{enrolment.reference}/{deed}").status_code == 404
        assert Enrolment.objects.get().state == "confirmed"

    def test_a_stranger_signs_in_first(self, client):
        enrolment = given.confirmed_enrolment()

        for address in ("/my/enrolments/", f"/my/enrolments/{enrolment.reference}/"):
            assert client.get(address).url == f"/accounts/login/?next={address}"


class TestOneEnrolment:
    def test_its_history_is_told_in_order_with_reasons(self, open_as):
        enrolment = given.declined_enrolment()

        page = text_of(open_as(enrolment))

        history = page[page.index("What happened so far") :]
        order = ["Applied", "Declined", "The class is for process engineers."]
        assert [history.index(words) for words in order] == sorted(history.index(words) for words in order)
        assert "Your application was declined." in page

    def test_somebody_in_line_reads_the_place_in_line_and_why(self, open_as):
        session = given.session(capacity=1)
        given.confirmed_enrolment(session)
        given.waiting_enrolment(session)
        enrolment = given.waiting_enrolment(session)

        page = text_of(open_as(enrolment))

        assert "1 person is before you." in page
        assert "Number 2 in line, in the order: time of application. No place is free." in page
        assert "No place was free when the application arrived." in page

    def test_a_transfer_is_told_as_one_and_leads_to_the_other_enrolment_and_back(self, client, open_as):
        left = given.confirmed_enrolment()
        later = given.session(programme=left.session.programme, starts_on=left.session.ends_on, ends_on=None)
        moved = transfer(left, later, with_a_place=True, by=given.user())

        page = text_of(open_as(left))

        assert f"You were transferred to “{later.title}”." in page
        assert "You have withdrawn." not in page
        assert f'Transferred to: <a href="/my/enrolments/{moved.reference}/">' in page
        assert f'Transferred from: <a href="/my/enrolments/{left.reference}/">' in text_of(open_as(moved))

    def test_an_offer_is_accepted_with_one_press(self, client, open_as):
        enrolment = given.offered_enrolment()
        assert "Accept the place" in text_of(open_as(enrolment))

        client.post(f"/my/enrolments/{enrolment.reference}/accept/")

        enrolment.refresh_from_db()
        assert enrolment.state == "confirmed"

    def test_an_offer_that_ran_out_cannot_be_accepted_and_says_so(self, client, open_as):
        enrolment = given.offer_that_is_over(given.offered_enrolment())
        assert "Accept the place" not in text_of(open_as(enrolment))

        page = client.post(f"/my/enrolments/{enrolment.reference}/accept/", follow=True)

        assert "The time to accept this offer is over." in text_of(page)
        enrolment.refresh_from_db()
        assert enrolment.state == "offered"

    def test_to_withdraw_says_first_what_it_means(self, client, open_as):
        enrolment = given.confirmed_enrolment()
        assert "Your place goes to the next in line." in text_of(open_as(enrolment, "withdraw/"))
        enrolment.refresh_from_db()
        assert enrolment.state == "confirmed"

        client.post(f"/my/enrolments/{enrolment.reference}/withdraw/", {"reason": "I am ill."})

        enrolment.refresh_from_db()
        assert enrolment.state == "withdrawn"
        assert enrolment.events.last().reason_en == "I am ill."

    def test_the_place_of_somebody_who_withdraws_is_offered_to_the_first_in_line(self, client):
        session = given.session(capacity=1)
        enrolment = given.confirmed_enrolment(session)
        waiting = given.waiting_enrolment(session)
        client.force_login(enrolment.trainee.user)

        client.post(f"/my/enrolments/{enrolment.reference}/withdraw/")

        waiting.refresh_from_db()
        assert waiting.state == "offered"

    def test_to_withdraw_twice_is_to_withdraw_once(self, client, open_as):
        enrolment = given.withdrawn_enrolment()
        open_as(enrolment)

        answer = client.post(f"/my/enrolments/{enrolment.reference}/withdraw/")

        assert answer.url == f"/my/enrolments/{enrolment.reference}/"
        assert enrolment.events.filter(to_state="withdrawn").count() == 1

    def test_in_chinese_the_page_is_chinese(self, client):
        enrolment = given.confirmed_enrolment()
        client.force_login(enrolment.trainee.user)

        page = text_of(client.get(f"/zh-hans/my/enrolments/{enrolment.reference}/"))

        assert '<html lang="zh-Hans"' in page
        assert enrolment.session.title_zh in page


class TestChanging:
    def test_what_was_sent_is_changed_while_enrolment_is_open(self, client, open_as):
        session = given.session()
        given.asked(session, "employer")
        enrolment = given.enrolment(session, answers={"employer": "Old works"})
        assert "Old works" in text_of(open_as(enrolment, "change/"))

        client.post(
            f"/my/enrolments/{enrolment.reference}/change/", {"name": enrolment.trainee.name, "employer": "New works"}
        )

        enrolment.refresh_from_db()
        assert enrolment.answers == {"employer": "New works"}
        assert enrolment.state == "confirmed"

    def test_an_empty_number_keeps_the_one_that_was_given(self, client, open_as):
        session = given.session()
        given.asked(session, "mobile")
        enrolment = given.enrolment(session, mobile=given.mobile("13800001111"))
        assert "Kept: 138****1111" in text_of(open_as(enrolment, "change/"))
        sealed = enrolment.mobile_sealed

        client.post(f"/my/enrolments/{enrolment.reference}/change/", {"name": "New Name", "mobile": ""})

        enrolment.refresh_from_db()
        assert enrolment.mobile_sealed == sealed
        assert enrolment.trainee.name == "New Name"

    def test_a_returned_application_shows_the_reason_and_is_sent_again(self, client, open_as):
        enrolment = given.returned_enrolment()
        assert "The class is for process engineers." in text_of(open_as(enrolment, "change/"))

        client.post(f"/my/enrolments/{enrolment.reference}/change/", {"name": "Wang Min"})

        enrolment.refresh_from_db()
        assert enrolment.state == "applied"

    def test_after_the_window_nothing_changes_and_a_sentence_says_why(self, client, open_as):
        enrolment = given.confirmed_enrolment()
        type(enrolment.session).objects.update(enrolment_closes_at="2026-01-01T00:00:00Z", enrolment_opens_at=None)
        open_as(enrolment)

        page = client.post(f"/my/enrolments/{enrolment.reference}/change/", {"name": "Other"}, follow=True)

        assert "can no longer be changed" in text_of(page)
        enrolment.trainee.refresh_from_db()
        assert enrolment.trainee.name != "Other"
