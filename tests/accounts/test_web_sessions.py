from datetime import timedelta

import pytest
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.web_sessions import SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept():
    session = SessionStore()
    session["colour"] = "青"
    session.save()
    return session


def test_what_was_kept_is_read_again_in_one_query(kept, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert SessionStore(kept.session_key)["colour"] == "青"
    assert db.SessionStore(kept.session_key)["colour"] == "青", "Django's own store reads the same"


def test_a_session_that_has_expired_is_empty_and_loses_its_key(kept):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    again = SessionStore(kept.session_key)

    assert "colour" not in again
    assert again.session_key is None


def test_a_key_that_nobody_gave_out_finds_nothing(kept):
    assert "colour" not in SessionStore("0" * 32)


def test_a_session_whose_data_were_changed_by_hand_is_empty(kept):
    Session.objects.update(session_data="nonsense")

    assert "colour" not in SessionStore(kept.session_key)
