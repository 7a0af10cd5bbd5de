"""Consent texts: read by organisers, written anew by whoever runs the platform, never changed."""

import pytest
from django.urls import reverse

from tests import given
from tests.admin.sheets import sheet
from training.enrolment.models import ConsentText

pytestmark = pytest.mark.django_db

LIST = "/admin/training/consenttext/"


@pytest.fixture
def text():
    return ConsentText.objects.create(purpose="photos", version=1, text_en="Old words.", text_zh="旧文。")


def test_new_words_begin_with_the_present_ones_and_are_the_next_version(client, text):
    client.force_login(given.user(is_staff=True, is_superuser=True))
    page = f"{LIST}add/?purpose=photos"

    client.post(page, sheet(client.get(page)) | {"text_en": "New words."})

    newest, oldest = ConsentText.objects.filter(purpose="photos")
    assert (newest.version, newest.text_en, newest.text_zh) == (2, "New words.", "旧文。")
    assert oldest == text
    assert "New words." in client.get(LIST).content.decode()


def test_an_organiser_reads_every_version_and_writes_none(client, text):
    client.force_login(given.organiser(given.programme()))

    assert "Old words." in client.get(LIST).content.decode()
    assert client.get(reverse("admin:training_consenttext_change", args=[text.pk])).status_code == 200
    assert client.post(f"{LIST}add/", {"purpose": "photos", "text_en": "x", "text_zh": "x"}).status_code == 403


def test_nobody_changes_or_deletes_a_text(client, text):
    client.force_login(given.user(is_staff=True, is_superuser=True))
    page = reverse("admin:training_consenttext_change", args=[text.pk])

    assert client.post(page, {"purpose": "photos", "text_en": "x", "text_zh": "x"}).status_code == 403
    assert client.post(page.replace("/change/", "/delete/"), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("how_many", [1, 30])
def test_the_list_takes_the_same_queries_for_one_and_for_thirty(client, how_many, django_assert_num_queries):
    for version in range(1, how_many + 1):
        ConsentText.objects.create(purpose="photos", version=version, text_en="Words.", text_zh="文。")
    client.force_login(given.user(is_staff=True, is_superuser=True))

    with django_assert_num_queries(5):
        client.get(LIST)
