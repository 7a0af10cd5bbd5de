"""What nobody needs goes by itself; what somebody uses stays."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.forgetting import forget_what_is_over
from accounts.models import Attempts, User
from accounts.opening import open_account
from accounts.throttling import Limit, count_try

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LONG_AGO = NOW - timedelta(days=8)


def signed_up(client, email, joined_at):
    client.post("/accounts/signup/", {"email": email})
    User.objects.filter(email=email).update(joined_at=joined_at)


def test_an_account_that_was_never_confirmed_is_gone_after_a_week(client):
    signed_up(client, "old@example.org", LONG_AGO)
    signed_up(type(client)(), "new@example.org", NOW)
    opened = open_account("li@example.org", "Li Wen", None, "en")
    User.objects.filter(pk=opened.pk).update(joined_at=LONG_AGO)
    User.objects.create_superuser("root@example.org", joined_at=LONG_AGO)

    forget_what_is_over(NOW)

    assert set(User.objects.values_list("email", flat=True)) == {
        "new@example.org",
        "li@example.org",
        "root@example.org",
    }


def test_web_sessions_and_counts_go_when_they_are_over():
    for days in (-1, 1):
        Session.objects.create(session_key=f"day {days}", expire_date=NOW + timedelta(days=days))
        count_try(Limit("some", 3, 10), f"day {days}", NOW + timedelta(days=days))

    assert forget_what_is_over(NOW) == 2

    assert Session.objects.get().session_key == "day 1"
    assert Attempts.objects.count() == 1
