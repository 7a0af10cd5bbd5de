"""Nobody learns a column letter by letter: the admin's lists narrow by what they offer, and by nothing else."""

import pytest
from django.urls import reverse

from tests import given

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("page", "lookup"),
    [
        ("training_enrolment_changelist", "identity_fingerprint__startswith"),
        ("training_enrolment_changelist", "answers__birth_date__startswith"),
        ("training_enrolment_changelist", "trainee__mobile_fingerprint"),
        ("training_trainee_changelist", "email__startswith"),
        ("training_trainee_changelist", "user__password__startswith"),
        ("training_letter_changelist", "to__startswith"),
        ("training_grant_changelist", "user__password__startswith"),
    ],
)
def test_an_organiser_cannot_filter_by_what_the_page_does_not_offer(client, page, lookup):
    client.force_login(given.organiser())

    assert client.get(reverse(f"admin:{page}"), {lookup: "a"}).status_code == 400


def test_whoever_runs_the_platform_cannot_guess_a_password_hash(client):
    client.force_login(given.user(is_staff=True, is_superuser=True))

    assert client.get(reverse("admin:accounts_user_changelist"), {"password__startswith": "argon2"}).status_code == 400


def test_what_the_page_offers_narrows_the_list(client):
    client.force_login(given.user(is_staff=True, is_superuser=True))

    assert client.get(reverse("admin:accounts_user_changelist"), {"is_staff__exact": "1"}).status_code == 200
