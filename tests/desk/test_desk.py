"""The desk's first page shows the sessions that one works for, and nobody else enters."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from tests import given

pytestmark = pytest.mark.django_db


def test_a_visitor_is_asked_to_sign_in(client):
    answer = client.get(reverse("desk"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_a_trainee_and_a_superuser_do_not_enter(signed_in):
    trainee = given.enrolment().trainee.user
    for person in (trainee, given.user(is_superuser=True, is_staff=True)):
        assert signed_in(person).get(reverse("desk")).status_code == 403


@pytest.mark.parametrize("role", [Role.SESSION_STAFF, Role.EXPORTER, Role.ORGANISER, Role.AUDITOR])
def test_staff_see_the_sessions_they_work_for_and_no_others(signed_in, role):
    mine, other = (
        given.session(title_en="Forging", title_zh="锻造"),
        given.session(title_en="Welding", title_zh="焊接"),
    )
    person = given.user()
    given.grant(person, role, session=mine)

    page = signed_in(person).get(reverse("desk")).content.decode()

    assert "Forging" in page
    assert "Welding" not in page
    assert other.slug not in page


def test_sessions_that_are_over_stand_apart(signed_in):
    today = timezone.localdate()
    given.session(title_en="Ahead")
    given.session(title_en="Bygone", starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=5))
    staff = given.staff()

    page = signed_in(staff).get(reverse("desk")).content.decode()

    assert page.index("Ahead") < page.index("Over") < page.index("Bygone")


def test_the_page_exists_in_chinese(signed_in):
    given.session(title_en="Forging", title_zh="锻造")
    page = signed_in(given.staff()).get("/zh-hans/desk/").content.decode()
    assert "锻造" in page
    assert 'lang="zh-Hans"' in page


def test_the_number_of_queries_does_not_grow_with_the_sessions(signed_in, django_assert_num_queries):
    client = signed_in(given.staff())
    for more in (1, 29):
        for _ in range(more):
            given.session()
        with django_assert_num_queries(5):
            assert client.get(reverse("desk")).status_code == 200
