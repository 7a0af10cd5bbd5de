"""What an account leaves behind and nobody needs: counts, web sessions, accounts never confirmed."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from accounts import throttling
from accounts.models import User

KEPT_UNCONFIRMED = timedelta(days=7)


def forget_what_is_over(at: datetime) -> int:
    """Deletes what has run out at `at`; returns how many rows."""
    counts = throttling.forget_what_is_over(at)
    web_sessions, _ = Session.objects.filter(expire_date__lt=at).delete()
    return counts + web_sessions + _forget_unconfirmed(at - KEPT_UNCONFIRMED)


def _forget_unconfirmed(joined_before: datetime) -> int:
    """Somebody typed an address and never its code: we have no business keeping it."""
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    strangers = User.objects.filter(
        Exists(addresses),
        ~Exists(addresses.filter(verified=True)),
        last_login__isnull=True,
        is_staff=False,
        joined_at__lt=joined_before,
    )
    return strangers.delete()[0]
