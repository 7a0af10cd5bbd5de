"""People who are signed in already: their web sessions are written straight into the database."""

import time
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import get_random_string

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


def signed_in(users):
    """For each user the key of a web session that has just begun, with both factors shown."""
    shown = [{"method": method, "at": time.time()} for method in ("password", "mfa")]
    until = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    sessions = [
        Session(session_key=get_random_string(32).lower(), session_data=_data(user, shown), expire_date=until)
        for user in users
    ]
    Session.objects.bulk_create(sessions)
    return [session.session_key for session in sessions]


def _data(user, shown):
    return SessionStore().encode(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            "account_authentication_methods": shown,
            "account_authentication_methods_user": str(user.pk),
        }
    )
