"""What a page of the admin makes of values that no page of ours would send."""

import pytest
from django.urls import reverse

from tests import given

pytestmark = pytest.mark.django_db


def management(prefix, total=0):
    return {f"{prefix}-TOTAL_FORMS": total, f"{prefix}-INITIAL_FORMS": 0}


@pytest.mark.parametrize("odd", ["NaN", "[1,2]", "9" * 40, "-1"])
def test_a_key_that_is_none_gets_a_sentence_at_its_field(client, odd):
    client.force_login(given.organiser())

    page = client.post(reverse("admin:training_programme_add"), {"organiser": odd} | management("aims"))

    assert page.context["adminform"].form.errors["organiser"] == [
        "Select a valid choice. That choice is not one of the available choices."
    ]


def test_whoever_says_that_thousands_of_rows_are_coming_costs_no_more_than_hundreds(client):
    client.force_login(given.organiser())

    page = client.post(reverse("admin:training_programme_add"), management("aims", total="9" * 40))

    (rows,) = page.context["inline_admin_formsets"]
    assert len(rows.formset.forms) == 300


def test_a_name_with_a_nul_finds_nobody(client):
    organiser = given.organiser()
    client.force_login(organiser)
    page = reverse("admin:training_lettertemplate_preview", args=["enrolment_offered"])

    assert client.get(page, {"name": "a\0b"}).status_code == 200
