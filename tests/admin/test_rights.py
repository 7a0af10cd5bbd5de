"""Who enters, who grants what to whom, and what whoever runs the platform does not see."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from tests import given
from tests.admin.sheets import errors_of, sheet
from training.catalogue.models import Grant

pytestmark = pytest.mark.django_db

GRANTS = "/admin/training/grant/"
USERS = "/admin/accounts/user/"


@pytest.fixture
def platform(client):
    made = given.user(is_staff=True, is_superuser=True)
    client.force_login(made)
    return made


def give(client, **values):
    page = reverse("admin:training_grant_add")
    return client.post(page, sheet(client.get(page)) | values)


def sections(response):
    return [model["object_name"] for section in response.context["available_apps"] for model in section["models"]]


def test_a_grant_without_the_flag_and_the_flag_without_a_grant_open_nothing(client):
    without_flag = given.user()
    given.grant(without_flag, Role.ORGANISER)
    without_grant = given.user(is_staff=True)
    over = given.user(is_staff=True)
    given.grant(
        over,
        Role.ORGANISER,
        valid_until=timezone.now() + timedelta(seconds=1),
        valid_from=timezone.now() - timedelta(days=1),
    )
    Grant.objects.filter(user=over).update(valid_until=timezone.now() - timedelta(seconds=1))

    for person in (without_flag, without_grant, over):
        client.force_login(person)
        assert client.get("/admin/", follow=True).status_code == 403


def test_whoever_is_not_signed_in_is_led_to_the_sites_own_sign_in_and_back(client):
    answer = client.get("/zh-hans/admin/training/programme/")

    assert answer.status_code == 302
    followed = client.get(answer.url)
    assert followed.url == "/zh-hans/accounts/login/?next=%2Fzh-hans%2Fadmin%2Ftraining%2Fprogramme%2F"


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (
            Role.ORGANISER,
            ["Programme", "TrainingSession", "Venue", "Speaker", "Organisation", "Category", "AgendaItem", "Enrolment",
             "Trainee", "Letter", "Mailing", "LetterTemplate", "LetterTrigger", "ConsentText", "RosterExport", "Grant",
             "EnrolmentEvent", "Reveal"],
        ),
        (
            Role.SESSION_STAFF,
            ["Programme", "TrainingSession", "Venue", "Speaker", "Organisation", "AgendaItem", "Enrolment", "Trainee"],
        ),
        (Role.EXPORTER, ["Enrolment", "Trainee"]),
        (Role.AUDITOR, ["Mailing", "RosterExport", "Grant", "EnrolmentEvent", "Reveal"]),
    ],
)  # fmt: skip
def test_each_role_sees_its_sections(client, role, shown):
    person = given.user(is_staff=True)
    given.grant(person, role, programme=given.programme())
    client.force_login(person)

    assert sections(client.get("/admin/")) == shown


def test_whoever_runs_the_platform_sees_no_trainee(client, platform):
    enrolment = given.applied_enrolment()

    start = client.get("/admin/")

    assert sections(start) == ["Category", "Letter", "LetterTemplate", "LetterTrigger", "ConsentText", "User", "Grant"]
    assert enrolment.session.title not in start.content.decode()
    for page in (
        "enrolment/",
        "trainee/",
        f"enrolment/{enrolment.pk}/change/",
        f"trainee/{enrolment.trainee_id}/change/",
        "programme/",
        "trainingsession/",
        "enrolmentevent/",
        "reveal/",
    ):
        assert client.get(f"/admin/training/{page}").status_code in (403, 404), page


def test_an_organiser_makes_somebody_staff_of_his_session(client):
    session = given.session()
    organiser, helper = given.organiser(session.programme), given.user("helper@example.org")
    client.force_login(organiser)

    answer = give(client, email="Helper@Example.org", role="session_staff", session=session.pk)

    assert answer.status_code == 302
    grant = Grant.objects.get(user=helper)
    assert (grant.role, grant.session, grant.granted_by) == ("session_staff", session, organiser)
    helper.refresh_from_db()
    assert helper.is_staff


def test_an_organiser_gives_no_other_role_and_nothing_in_other_programmes(client):
    mine, theirs = given.session(), given.session()
    given.user("helper@example.org")
    client.force_login(given.organiser(mine.programme))

    other_role = give(client, email="helper@example.org", role="organiser", session=mine.pk)
    other_place = give(client, email="helper@example.org", role="session_staff", session=theirs.pk)
    everywhere = give(client, email="helper@example.org", role="session_staff")

    assert list(errors_of(other_role)) == ["role"]
    assert list(errors_of(other_place)) == ["session"]
    assert errors_of(everywhere) == {"session": ["Choose the programme or the session."]}
    assert not Grant.objects.filter(user__email="helper@example.org").exists()


def test_nobody_grants_to_himself_not_even_the_platform(client, platform):
    answer = give(client, email=platform.email, role="organiser")

    assert errors_of(answer) == {"email": ["Nobody can grant a role to himself or herself."]}


@pytest.mark.usefixtures("platform")
def test_an_address_without_an_account_is_said_so(client):
    answer = give(client, email="nobody@example.org", role="organiser")

    assert errors_of(answer) == {"email": ["Nobody with this address has an account. Ask the person to sign in once."]}


@pytest.mark.usefixtures("platform")
def test_the_platform_gives_any_role_and_ends_it(client):
    holder, programme = given.user("o@example.org"), given.programme()

    give(client, email="o@example.org", role="organiser", programme=programme.pk)
    grant = Grant.objects.get(user=holder)
    page = reverse("admin:training_grant_change", args=[grant.pk])
    client.post(page, sheet(client.get(page)) | {"valid_until_0": "2099-01-01", "valid_until_1": "12:00"})

    grant.refresh_from_db()
    assert (grant.role, grant.programme, grant.valid_until.year) == ("organiser", programme, 2099)
    assert client.post(reverse("admin:training_grant_delete", args=[grant.pk]), {"post": "yes"}).status_code == 403


def test_an_organiser_ends_what_he_may_give_and_only_that(client):
    session = given.session()
    staff_grant = given.grant(given.user(), Role.SESSION_STAFF, session=session)
    exporter_grant = given.grant(given.user(), Role.EXPORTER, session=session)
    foreign_grant = given.grant(given.user(), Role.SESSION_STAFF, session=given.session())
    client.force_login(given.organiser(session.programme))

    answers = [
        client.post(
            reverse("admin:training_grant_change", args=[grant.pk]),
            {"valid_until_0": "2099-01-01", "valid_until_1": "12:00"},
        ).status_code
        for grant in (staff_grant, exporter_grant, foreign_grant)
    ]

    assert answers == [302, 403, 404]


@pytest.mark.usefixtures("platform")
def test_an_account_is_opened_without_a_password_and_with_a_confirmed_address(client):
    client.post(f"{USERS}add/", {"email": "New@Example.org", "name": "New", "language": "en"})

    opened = User.objects.get(email="new@example.org")
    assert not opened.has_usable_password()
    assert opened.emailaddress_set.get().verified


def test_nobody_takes_the_platform_from_himself(client, platform):
    page = reverse("admin:accounts_user_change", args=[platform.pk])

    client.post(page, {"email": platform.email, "name": "Renamed", "language": "en"})

    platform.refresh_from_db()
    assert (platform.name, platform.is_superuser, platform.is_active) == ("Renamed", True, True)


def test_an_organiser_sees_no_accounts(client):
    client.force_login(given.organiser())

    assert client.get(USERS).status_code == 403


def test_people_to_choose_as_speakers_are_not_offered_to_whoever_may_not_see_them(client):
    given.speaker()
    exporter = given.user(is_staff=True)
    given.grant(exporter, Role.EXPORTER)
    client.force_login(exporter)

    answer = client.get(
        reverse("admin:autocomplete"),
        {"app_label": "training", "model_name": "itemspeaker", "field_name": "speaker", "term": "Li"},
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("how_many", [1, 30])
def test_the_list_of_grants_takes_the_same_queries_for_one_and_for_thirty(
    client, platform, how_many, django_assert_num_queries
):
    for _ in range(how_many):
        given.grant(given.user(), Role.SESSION_STAFF, session=given.session(), granted_by=platform)

    with django_assert_num_queries(5):
        client.get(GRANTS)
