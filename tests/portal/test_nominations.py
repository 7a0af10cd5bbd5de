"""The nominators' door: what a body sees and does, and what nobody else does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests import given
from training.catalogue.models import TrainingSession
from training.enrolment import lifecycle
from training.enrolment.consents import ask_consents, has_agreed
from training.enrolment.models import ConsentText, Enrolment
from training.enrolment.nominating import take_back
from training.enrolment.quotas import return_unused

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


@pytest.fixture
def session():
    return given.session_by_organiser()


@pytest.fixture
def body(session):
    body = given.organisation("Shipyard Group")
    given.quota(session, body, 2)
    return body


@pytest.fixture
def nominator(client, session, body):
    made = given.nominator(body, session.programme)
    client.force_login(made)
    return made


@pytest.fixture
def address(session, body):
    return f"/nominations/sessions/{session.slug}/{body.pk}/"


class TestTheList:
    def test_it_tells_places_people_and_what_to_do(self, client, nominator, session, body, address):
        given.drafted(session, body, name="Li Wen")
        given.nominated(session, body, name="Zhao Yun")

        page = text_of(client.get(address))

        assert "1 person is not sent yet" in page
        assert "Nominations close when the session begins." in page
        assert page.index("Li Wen") < page.index("Zhao Yun")
        assert "Send 1 person" in page

    def test_the_front_page_counts_what_is_left_to_name(self, client, nominator, session, body):
        given.nominated(session, body)
        given.drafted(session, body)

        page = text_of(client.get("/nominations/"))

        assert "1 of 2 places to name" in page
        assert "1 person is not sent yet" in page
        assert body.name in page

    @pytest.mark.parametrize("how_many", [1, 30])
    def test_it_asks_the_same_questions_however_long(
        self, client, nominator, session, body, address, how_many, django_assert_num_queries
    ):
        for _ in range(how_many):
            given.drafted(session, body)

        with django_assert_num_queries(6):
            page = text_of(client.get(address))
        assert page.count('class="nominee"') == how_many
        with django_assert_num_queries(7):
            client.get("/nominations/")

    def test_the_people_of_another_body_are_nowhere(self, client, nominator, session, body, address):
        rival = given.organisation("Rival Works")
        given.quota(session, rival, 2)
        other = given.nominated(session, rival, name="Zhao Yun")

        assert "Zhao Yun" not in text_of(client.get(address))
        assert "Rival Works" not in text_of(client.get("/nominations/"))
        assert client.get(f"/nominations/sessions/{session.slug}/{rival.pk}/").status_code == 404
        assert client.get(f"/nominations/people/{other.reference}/").status_code == 404
        for deed in ("change", "send", "withdraw", "replace"):
            assert client.post(f"/nominations/people/{other.reference}/{deed}/").status_code == 404
        client.post(f"{address}send/", {"chosen": [other.reference]})
        client.post(f"{address}rank/", {f"rank-{other.reference}": "1"})
        other.refresh_from_db()
        assert (other.state, other.rank) == ("applied", 1)

    def test_a_right_that_has_ended_closes_every_page(self, client, nominator, session, body, address):
        person = given.nominated(session, body)
        nominator.grants.update(valid_until=timezone.now())

        assert client.get(address).status_code == 404
        assert client.get(f"/nominations/people/{person.reference}/").status_code == 404
        page = text_of(client.get("/nominations/"))
        assert "You nominated for Shipyard Group until" in page
        assert "that right has ended" in page

    def test_nobody_who_never_nominated_reads_of_an_end(self, client):
        client.force_login(given.user())

        assert "You do not nominate for a body." in text_of(client.get("/nominations/"))

    def test_the_reason_of_a_return_stands_where_the_list_begins(self, client, nominator, session, body, address):
        lifecycle.send_back(given.nominated(session, body), by=given.user(), reason=given.A_REASON)

        assert "The organiser writes: The class is for process engineers." in text_of(client.get(address))

    def test_it_tells_when_unused_places_return_and_that_they_did(self, client, nominator, session, body, address):
        day = timezone.now() + timedelta(days=5)
        TrainingSession.objects.filter(pk=session.pk).update(quotas_return_at=day)

        assert "return to the free pool on" in text_of(client.get(address))
        return_unused(session, at=day)
        assert "2 unused places returned to the free pool on" in text_of(client.get(address))

    def test_a_right_in_one_programme_opens_no_session_of_another(self, client, nominator, body):
        elsewhere = given.session_by_organiser()
        given.quota(elsewhere, body, 2)

        assert client.get(f"/nominations/sessions/{elsewhere.slug}/{body.pk}/").status_code == 404
        assert elsewhere.title not in text_of(client.get("/nominations/"))


class TestEntering:
    def test_somebody_is_on_the_list_and_nobody_gets_a_letter(
        self, client, nominator, session, body, address, mailoutbox
    ):
        given.asked(session, "employer", "identity_number", "mobile")

        answer = client.post(
            f"{address}enter/",
            {"name": "李文", "email": "Li.Wen@example.org", "employer": "一号车间", "mobile": "139 1234 5678"},
        )

        assert answer.url == address
        person = Enrolment.objects.get()
        assert (person.state, person.body, person.nominated_by, person.rank) == ("draft", body, nominator, 1)
        assert (person.trainee.name, person.trainee.email) == ("李文", "li.wen@example.org")
        assert person.answers == {"employer": "一号车间"}
        assert person.mobile_masked == "139****5678"

    def test_a_wrong_number_is_said_at_its_field_and_nothing_is_lost(self, client, nominator, session, address):
        given.asked(session, "identity_number")

        page = text_of(client.post(f"{address}enter/", {"name": "李文", "identity_number": "11010519491231002Y"}))

        assert Enrolment.objects.count() == 0
        assert 'value="李文"' in page
        assert 'id="id_identity_number_error"' in page

    def test_somebody_who_is_known_elsewhere_gives_the_same_page(self, client, nominator, session, body, address):
        given.asked(session, "identity_number", required=False)
        rival = given.organisation("Rival Works")
        given.quota(session, rival, 2)
        number = "11010519491231002X"
        known = given.trainee()
        given.nominated(session, rival, identity=given.identity(number))

        first = client.post(f"{address}enter/", {"name": "A", "email": known.email, "identity_number": number})
        second = client.post(f"{address}enter/", {"name": "B", "email": "nobody@example.org"})
        client.post(f"{address}send/", {"all": "yes"})

        assert first.url == second.url == address
        a, b = Enrolment.objects.filter(body=body).order_by("rank")
        assert (a.state, b.state) == ("applied", "applied")
        pages = [text_of(client.get(f"/nominations/people/{one.reference}/")) for one in (a, b)]
        assert all("The organiser decides; you read the decision here." in page for page in pages)
        assert not any("identity number is in this session" in page for page in pages)

    def test_a_form_that_is_sent_twice_enters_one_person(self, client, nominator, session, body, address):
        sent = {"name": "李文", "send_key": str(uuid4())}

        assert client.post(f"{address}enter/", sent).url == address
        assert client.post(f"{address}enter/", sent).url == address
        assert Enrolment.objects.count() == 1

        elsewhere = given.enrolment(given.session())
        page = text_of(client.post(f"{address}enter/", {"name": "赵云", "send_key": str(elsewhere.send_key)}))
        assert "This form was sent by somebody else." in page

    def test_the_body_need_not_know_what_the_person_is_asked(self, client, nominator, session, address):
        given.asked(session, "employer", "mobile", "identity_number", "diet", required=True)

        assert client.post(f"{address}enter/", {"name": "李文"}).url == address

    def test_a_second_person_of_the_same_name_is_entered_and_said(self, client, nominator, session, body, address):
        given.drafted(session, body, name="李文")

        page = text_of(client.post(f"{address}enter/", {"name": "李文"}, follow=True))

        assert "Somebody else on your list has this name." in page
        assert Enrolment.objects.count() == 2


class TestRanking:
    def test_numbers_and_arrows_put_people_in_order(self, client, nominator, session, body, address):
        a, b, c = (given.drafted(session, body, name=name).reference for name in "ABC")

        client.post(f"{address}rank/", {f"rank-{a}": "3", f"rank-{b}": "1", f"rank-{c}": "2"})
        assert order_of(body) == ["B", "C", "A"]
        client.post(f"{address}rank/", {f"rank-{b}": "1", f"rank-{c}": "2", f"rank-{a}": "3", "up": a})
        assert order_of(body) == ["B", "A", "C"]
        client.post(f"{address}rank/", {f"rank-{b}": "1", f"rank-{a}": "2", f"rank-{c}": "3", "down": b})
        assert order_of(body) == ["A", "B", "C"]
        client.post(f"{address}rank/", {f"rank-{c}": "1", f"rank-{a}": "x", f"rank-{b}": ""})
        assert order_of(body) == ["C", "A", "B"]

    @pytest.mark.parametrize(
        ("who", "place", "order"),
        [("E", "2", "AEBCD"), ("B", "5", "ACDEB"), ("D", "１", "DABCE"), ("A", "99", "BCDEA")],
    )
    def test_one_number_that_is_changed_is_the_place_where_the_person_comes_to_stand(
        self, client, nominator, session, body, address, who, place, order
    ):
        references = {name: given.drafted(session, body, name=name).reference for name in "ABCDE"}
        numbers = {f"rank-{reference}": str(number) for number, reference in enumerate(references.values(), 1)}

        client.post(f"{address}rank/", numbers | {f"rank-{references[who]}": place})

        assert "".join(order_of(body)) == order

    def test_the_persons_page_and_the_list_give_the_same_number_when_somebody_before_has_left(
        self, client, nominator, session, body, address
    ):
        _first, second, third = (given.drafted(session, body, name=name) for name in "ABC")
        take_back(second, by=nominator)
        given.drafted(session, body, name="D")

        page = text_of(client.get(f"/nominations/people/{third.reference}/"))

        assert "<dt>Rank</dt><dd>2</dd>" in page
        assert "<dt>Rank</dt>" not in text_of(client.get(f"/nominations/people/{second.reference}/"))
        assert order_of(body) == ["A", "B", "C", "D"]

    def test_numbers_that_were_not_saved_count_when_people_are_sent(self, client, nominator, session, body, address):
        a, b = (given.drafted(session, body, name=name).reference for name in "AB")

        client.post(f"{address}send/", {"chosen": [a, b], f"rank-{a}": "2", f"rank-{b}": "1"})

        assert order_of(body) == ["B", "A"]
        assert set(Enrolment.objects.values_list("state", flat=True)) == {"applied"}


def order_of(body):
    return list(Enrolment.objects.filter(body=body).order_by("rank").values_list("trainee__name", flat=True))


class TestSending:
    def test_more_people_than_places_are_refused_and_stay_on_the_list(self, client, nominator, session, body, address):
        for _ in range(3):
            given.drafted(session, body)

        page = text_of(client.post(f"{address}send/", {"all": "yes"}, follow=True))

        assert "Nothing was sent. Shipyard Group has 2 places; 1 person too many is named." in page
        assert set(Enrolment.objects.values_list("state", flat=True)) == {"draft"}

    def test_those_chosen_are_sent_alone(self, client, nominator, session, body, address):
        chosen, other = given.drafted(session, body), given.drafted(session, body)

        page = text_of(client.post(f"{address}send/", {"chosen": [chosen.reference]}, follow=True))

        assert "1 person is sent to the organiser." in page
        assert [Enrolment.objects.get(pk=one.pk).state for one in (chosen, other)] == ["applied", "draft"]

    def test_nobody_chosen_sends_nobody(self, client, nominator, session, body, address):
        given.drafted(session, body)

        assert "Nobody was chosen." in text_of(client.post(f"{address}send/", follow=True))

    def test_closed_nominations_take_nobody(self, client, nominator, session, body, address):
        given.drafted(session, body)
        session.nominations_close_at = timezone.now() - timedelta(minutes=1)
        session.save()

        assert "Nominations are closed" in text_of(client.get(address))
        page = text_of(client.post(f"{address}send/", {"all": "yes"}, follow=True))
        assert "Nominations for this session are closed." in page
        assert Enrolment.objects.get().state == "draft"


class TestOnePerson:
    def test_what_was_sent_back_is_corrected_and_sent_again(self, client, nominator, session, body):
        person = given.nominated(session, body, name="Li Wen")
        lifecycle.send_back(person, by=given.user(), reason=given.A_REASON)
        page = text_of(client.get(f"/nominations/people/{person.reference}/"))
        assert "The organiser writes: The class is for process engineers." in page

        answer = client.post(
            f"/nominations/people/{person.reference}/change/", {"name": "Li Wenbo", "email": person.trainee.email}
        )

        assert answer.url == f"/nominations/people/{person.reference}/"
        person.refresh_from_db()
        assert (person.state, person.trainee.name) == ("applied", "Li Wenbo")

    def test_the_view_is_masked_once_it_was_decided(self, client, nominator, session, body):
        given.asked(session, "post", "mobile")
        person = given.nominated(
            session, body, email="li.wen@example.org", answers={"post": "Foundry"}, mobile=given.mobile("13912345678")
        )
        address = f"/nominations/people/{person.reference}/"
        before = text_of(client.get(address))
        assert "li.wen@example.org" in before
        assert "Foundry" in before

        lifecycle.offer(person, by=given.user())
        after = text_of(client.get(address))

        assert "l***@example.org" in after
        assert "139****5678" in after
        assert "li.wen@example.org" not in after
        assert "Foundry" not in after
        assert client.get(f"{address}change/").url == address

    def test_another_person_takes_over_the_place_and_both_histories_are_linked(self, client, nominator, session, body):
        person = lifecycle.offer(given.nominated(session, body, name="Li Wen"), by=given.user())
        address = f"/nominations/people/{person.reference}/"

        form = client.get(f"{address}replace/").context["form"]
        answer = client.post(
            f"{address}replace/", {"name": "Zhao Yun", "email": "zhao@example.org", "reason": "Li Wen is ill."}
        )

        assert list(form.fields)[-1] == "reason"
        successor = Enrolment.objects.get(replaces=person)
        assert answer.url == f"/nominations/people/{successor.reference}/"
        assert (successor.state, successor.quota.places_held) == ("offered", 1)
        assert "Takes over the place of Li Wen." in text_of(client.get(answer.url))
        old = text_of(client.get(address))
        assert "Zhao Yun has taken over this place." in old
        assert "Li Wen is ill." in old

    def test_withdrawing_asks_first(self, client, nominator, session, body, address):
        person = given.nominated(session, body)
        withdraw = f"/nominations/people/{person.reference}/withdraw/"

        assert "This cannot be taken back." in text_of(client.get(withdraw))
        assert Enrolment.objects.get().state == "applied"
        assert client.post(withdraw, {"reason": "Changed plans."}).url == address
        assert Enrolment.objects.get().state == "withdrawn"


class TestBeingNominated:
    @pytest.fixture
    def person(self, client, session, body):
        account = given.user("li.wen@example.org")
        client.force_login(account)
        return given.nominated(session, body, name="Li Wen", email=account.email, answers={"employer": "Yard 1"})

    def test_the_person_finds_it_and_the_letters_link_leads_there(self, client, person):
        page = text_of(client.get("/my/enrolments/"))

        assert "Shipyard Group has nominated you." in page
        assert client.get(f"/my/enrolments/{person.reference}/").url == f"/my/nominations/{person.reference}/"

    def test_the_sessions_page_and_the_form_lead_there_too(self, client, person, session):
        mine = f"/my/nominations/{person.reference}/"

        page = text_of(client.get(f"/sessions/{session.slug}/"))

        assert "You are nominated" in page
        assert mine in page
        assert client.get(f"/sessions/{session.slug}/enrol/").url == mine
        client.force_login(given.user())
        assert "You are nominated" not in text_of(client.get(f"/sessions/{session.slug}/"))

    def test_confirming_makes_it_an_enrolment_of_ones_own(self, client, person, session):
        given.asked(session, "employer", "diet")

        answer = client.post(
            f"/my/nominations/{person.reference}/", {"name": "Li Wen", "employer": "Yard 2", "diet": "none"}
        )

        assert answer.url == f"/my/enrolments/{person.reference}/"
        person.refresh_from_db()
        assert person.is_taken_over
        assert person.answers == {"employer": "Yard 2", "diet": "none"}
        assert client.get(answer.url).status_code == 200
        assert client.get(f"/my/nominations/{person.reference}/").status_code == 404

    @pytest.mark.parametrize(("ticked", "is_agreed"), [({"agree_contact_list": "1"}, True), ({}, False)])
    def test_the_person_is_asked_to_agree_and_goes_on_either_way(self, client, person, session, ticked, is_agreed):
        ConsentText.objects.create(
            purpose="contact_list", version=1, text_en="Others see your number.", text_zh="说明。"
        )
        ask_consents(session, ["contact_list"])

        page = text_of(client.get(f"/my/nominations/{person.reference}/"))
        client.post(f"/my/nominations/{person.reference}/", {"name": "Li Wen", **ticked})

        assert "Others see your number." in page
        assert "checked" not in page
        person.refresh_from_db()
        assert person.taken_over_at is not None
        assert has_agreed(person, "contact_list") is is_agreed

    def test_somebody_who_has_a_record_keeps_it(self, client, session, body):
        own = given.trainee("Li Wen")
        person = given.nominated(session, body, email=own.email)
        client.force_login(own.user)

        client.post(f"/my/nominations/{person.reference}/", {"name": "Li Wen"})

        person.refresh_from_db()
        assert person.trainee == own

    def test_an_offer_is_accepted_after_the_data_is_confirmed(self, client, person):
        lifecycle.offer(person, by=given.user())
        assert client.post(f"/my/enrolments/{person.reference}/accept/").status_code == 404

        page = text_of(client.post(f"/my/nominations/{person.reference}/", {"name": "Li Wen"}, follow=True))
        assert "Accept the place" in page
        client.post(f"/my/enrolments/{person.reference}/accept/")
        person.refresh_from_db()
        assert person.state == "confirmed"

    def test_refusing_ends_it_and_the_body_reads_why(self, client, person, session, body):
        refuse = f"/my/nominations/{person.reference}/refuse/"
        assert "The nomination ends." in text_of(client.get(refuse))

        assert client.post(refuse, {"reason": "I am abroad."}).url == "/my/enrolments/"

        client.force_login(given.nominator(body, session.programme))
        assert "I am abroad." in text_of(client.get(f"/nominations/people/{person.reference}/"))

    def test_what_the_person_writes_later_is_not_for_the_body(self, client, person, session, body):
        client.post(f"/my/nominations/{person.reference}/", {"name": "Li Wen"})
        client.post(f"/my/enrolments/{person.reference}/withdraw/", {"reason": "My father is ill."})

        client.force_login(given.nominator(body, session.programme))
        page = text_of(client.get(f"/nominations/people/{person.reference}/"))
        assert "This nomination was withdrawn." in page
        assert "My father is ill." not in page

    def test_nobody_else_sees_it(self, client, person):
        client.force_login(given.user())

        for address in (f"/my/nominations/{person.reference}/", f"/my/nominations/{person.reference}/refuse/"):
            assert client.get(address).status_code == 404
            assert client.post(address).status_code == 404
        assert "has nominated you" not in text_of(client.get("/my/enrolments/"))


class TestGivingPlacesOn:
    @pytest.fixture
    def yard(self):
        return given.organisation("Jiangnan Yard")

    def test_an_organisation_under_the_body_gets_places_and_names_people_itself(
        self, client, nominator, session, body, address, yard
    ):
        quota = session.quotas.get(body=body)

        client.post(
            f"{address}give-on/",
            {"quota": quota.pk, f"quota-{quota.pk}-name": "jiangnan yard", f"quota-{quota.pk}-places": "1"},
        )

        part = session.quotas.get(parent=quota)
        assert (part.body, part.places) == (yard, 1)
        assert "Jiangnan Yard" in text_of(client.get(address))
        theirs = given.nominated(session, yard, name="Zhao Yun")
        page = text_of(client.get(f"/nominations/people/{theirs.reference}/"))
        assert "Nominated by Jiangnan Yard" in page
        assert "/withdraw/" not in page
        assert client.post(f"/nominations/people/{theirs.reference}/withdraw/").status_code == 404

    def test_more_than_the_body_has_is_refused_and_what_was_typed_stays(
        self, client, nominator, session, body, address, yard
    ):
        quota = session.quotas.get(body=body)

        page = text_of(
            client.post(
                f"{address}give-on/",
                {"quota": quota.pk, f"quota-{quota.pk}-name": "Jiangnan Yard", f"quota-{quota.pk}-places": "3"},
            )
        )

        assert "Shipyard Group has 2 places; 3 would be given on." in page
        assert 'value="Jiangnan Yard"' in page
        assert not session.quotas.filter(parent=quota).exists()

    def test_a_name_that_nobody_has_is_said_at_its_field(self, client, nominator, session, body, address):
        quota = session.quotas.get(body=body)
        sent = {"quota": quota.pk, f"quota-{quota.pk}-name": "Nowhere", f"quota-{quota.pk}-places": "1"}

        assert "No organisation has exactly this name." in text_of(client.post(f"{address}give-on/", sent))
