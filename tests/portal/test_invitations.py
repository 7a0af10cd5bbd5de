"""From the organiser's letter to the nominators' door: only the owner of the invited address walks through."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from tests import given
from training.catalogue.models import Grant, NominatorInvitation
from training.mail.models import Letter

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


@pytest.fixture
def programme():
    return given.programme()


@pytest.fixture
def body():
    return given.organisation("Shipyard Group", is_recommending_body=True)


@pytest.fixture
def admin_page(client, programme):
    client.force_login(given.organiser(programme))
    return f"/admin/training/programme/{programme.pk}/nominators/"


@pytest.fixture
def until():
    return timezone.localdate() + timedelta(days=90)


@pytest.fixture
def invite(client, admin_page, body, until):
    """Invites this address as the organiser; returns the link in the letter."""

    def invite(email):
        client.post(admin_page, {"body": body.pk, "addresses": email, "valid_until": until, "language": "en"})
        return newest_link()

    return invite


def newest_link():
    letter = Letter.objects.filter(template="nomination_invitation").latest("pk")
    return re.search(r"(/nominations/invitation/[\w-]+/)", letter.text)[1]


class TestAccepting:
    def test_the_owner_of_the_address_becomes_a_nominator_for_one_body_one_programme_until_the_day(
        self, client, invite, programme, body, until
    ):
        link = invite("Li.Wen@example.org")
        person = given.user("li.wen@example.org")
        client.force_login(person)

        assert client.get(link).url == "/nominations/invitation/"
        assert "Accept and go on" in text_of(client.get("/nominations/invitation/"))
        assert client.post("/nominations/invitation/").url == "/nominations/"

        grant = Grant.objects.get(role=Role.NOMINATOR)
        assert (grant.user, grant.programme, grant.organisation) == (person, programme, body)
        assert timezone.localtime(grant.valid_until).date() == until
        assert grant.granted_by is not None
        person.refresh_from_db()
        assert (person.nominates, person.is_staff) == (True, False)
        assert "Shipyard Group" in text_of(client.get("/nominations/"))

    def test_a_stranger_signs_in_first_and_comes_back(self, client, invite):
        link = invite("li.wen@example.org")
        client.logout()

        client.get(link)
        page = text_of(client.get("/nominations/invitation/"))

        assert "l***@example.org" in page
        assert "li.wen@example.org" not in page
        assert "/accounts/login/?next=/nominations/invitation/" in page

    def test_somebody_else_with_the_link_gets_nothing(self, client, invite):
        link = invite("li.wen@example.org")
        client.force_login(given.user("other@example.org"))
        client.get(link)

        assert "you are signed in as other@example.org" in text_of(client.get("/nominations/invitation/"))
        page = text_of(client.post("/nominations/invitation/", follow=True))

        assert "This invitation is for another address." in page
        assert not Grant.objects.filter(role=Role.NOMINATOR).exists()

    def test_the_confirmed_address_finds_the_invitation_without_the_link(self, client, invite):
        invite("li.wen@example.org")
        client.force_login(given.user("li.wen@example.org"))

        page = text_of(client.get("/nominations/"))
        assert "You are invited to nominate for Shipyard Group" in page
        number = NominatorInvitation.objects.get().pk
        assert client.post("/nominations/invitation/", {"invitation": number}).url == "/nominations/"
        assert Grant.objects.filter(role=Role.NOMINATOR).count() == 1

    def test_a_newer_letter_ends_the_link_of_the_earlier_one(self, client, admin_page, invite):
        link = invite("li.wen@example.org")
        client.post(admin_page, {"deed": "again", "of": NominatorInvitation.objects.get().pk})

        assert client.get(link).status_code == 404
        assert "Open the newest letter" in text_of(client.get(link))
        assert client.get(newest_link()).status_code == 302

    def test_a_link_that_is_over_or_taken_back_says_what_to_do(self, client, admin_page, invite):
        link = invite("li.wen@example.org")
        NominatorInvitation.objects.update(link_ends_at=timezone.now())
        assert "Ask the organiser for a new one." in text_of(client.get(link, follow=True))

        client.post(admin_page, {"deed": "take_back", "of": NominatorInvitation.objects.get().pk})
        assert "has taken this invitation back" in text_of(client.get(link, follow=True))

    def test_the_organiser_finds_the_letter_in_the_outbox_without_its_secret(self, client, invite):
        secret = invite("li.wen@example.org").split("/")[-2]
        letter = Letter.objects.get(template="nomination_invitation")

        assert letter.subject in text_of(client.get("/admin/training/letter/"))
        page = client.get(f"/admin/training/letter/{letter.pk}/change/")
        assert page.status_code == 200
        assert secret not in text_of(page)

    def test_only_the_hash_of_the_secret_is_kept(self, invite):
        secret = invite("li.wen@example.org").split("/")[-2]

        assert len(secret) == 43
        assert secret not in str(NominatorInvitation.objects.values_list().get())
        assert Letter.objects.get(template="nomination_invitation").is_secret


class TestInviting:
    def test_a_pasted_list_invites_each_for_the_body_beside_the_address(self, client, admin_page, body, until):
        rival = given.organisation("Rival Works")
        lines = "li.wen@example.org\nRival Works\tZhao Yun\tZhao.Yun@example.org"

        client.post(admin_page, {"body": body.pk, "addresses": lines, "valid_until": until, "language": "en"})

        invited = NominatorInvitation.objects.order_by("email").values_list("email", "name", "body")
        assert list(invited) == [("li.wen@example.org", "", body.pk), ("zhao.yun@example.org", "Zhao Yun", rival.pk)]
        page = text_of(client.get(admin_page))
        assert page.count("Write again") == 2

    def test_one_wrong_line_is_named_and_nobody_is_invited(self, client, admin_page, body, until):
        sent = {"body": body.pk, "addresses": "li@example.org\nnobody", "valid_until": until, "language": "en"}

        page = text_of(client.post(admin_page, sent))

        assert "Line 2: there must be one e-mail address." in page
        assert "li@example.org" in page
        assert not NominatorInvitation.objects.exists()

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("zhao@example.org, Zhao Yun, Rival Work", "“Rival Work” is no known body; write “Rival Works”"),
            ("zhao@example.org, Zhao Yun, Moon Bureau", "none of “Zhao Yun”, “Moon Bureau” is a known body"),
        ],
    )
    def test_a_body_that_is_written_otherwise_is_not_taken_for_a_name(
        self, client, admin_page, body, until, line, said
    ):
        given.organisation("Rival Works", name_zh="对手厂")
        sent = {"body": body.pk, "addresses": line, "valid_until": until, "language": "en"}

        page = text_of(client.post(admin_page, sent))

        assert f"Line 1: {said}" in page
        assert not NominatorInvitation.objects.exists()

    def test_whoever_nominates_already_is_not_invited_again(self, client, admin_page, programme, body, until):
        nominator = given.nominator(body, programme)
        sent = {"body": body.pk, "addresses": nominator.email, "valid_until": until, "language": "en"}

        assert "nominates for Shipyard Group already." in text_of(client.post(admin_page, sent))
        assert not NominatorInvitation.objects.exists()

    def test_a_day_that_is_past_is_refused_at_its_field(self, client, admin_page, body):
        yesterday = timezone.localdate() - timedelta(days=1)
        sent = {"body": body.pk, "addresses": "li@example.org", "valid_until": yesterday, "language": "en"}

        assert "Choose a day that is still to come." in text_of(client.post(admin_page, sent))

    def test_ending_a_right_closes_the_door_at_once(self, client, admin_page, programme, body):
        nominator = given.nominator(body, programme)

        client.post(admin_page, {"deed": "end", "of": nominator.grants.get().pk})

        assert not nominator.grants.in_force().exists()
        assert "nominates" not in re.findall(r'chip is-open">([^<]+)', text_of(client.get(admin_page)))

    def test_the_nominators_of_another_programme_are_out_of_reach(self, client, admin_page, body):
        elsewhere = given.nominator(body, given.programme("Elsewhere"))

        assert client.post(admin_page, {"deed": "end", "of": elsewhere.grants.get().pk}).status_code == 404
        assert elsewhere.grants.in_force().exists()
