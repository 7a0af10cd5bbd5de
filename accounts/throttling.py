"""How often somebody may try: counted in the database, so exact over all processes.

Guards one rule: a limit is never passed, however many processes and requests try at once.
Who tried rests as a keyed hash only; the rows say nothing about anybody and are forgotten soon.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from accounts.models import Attempts
from training.tools.refusals import Refused

log = structlog.get_logger(__name__)


TABLE = Attempts._meta.db_table


@dataclass(frozen=True)
class Limit:
    """So many tries in so many minutes; the minutes begin with the first try."""

    name: str
    times: int
    minutes: int


# Five wrong passwords and half an hour: the first customer's graded protection, level 3. Whoever
# is kept out by somebody else's guessing signs in with a code, which no stranger can use up.
WRONG_PASSWORDS_OF_ONE_ACCOUNT = Limit("wrong passwords of one account", 5, 30)
# A whole class sits behind one address of a hotel; right passwords do not count.
WRONG_PASSWORDS_FROM_ONE_ADDRESS = Limit("wrong passwords from one address", 60, 30)
# Five tries for one code of eight digits; a stranger's code is another code.
TRIES_OF_ONE_CODE = Limit("tries of one code", 5, 30)
WRONG_CODES_FROM_ONE_ADDRESS = Limit("wrong codes from one address", 60, 30)
# Five letters to one recipient asked for from one address; more recipients for a class behind one.
LETTERS_TO_ONE_RECIPIENT_FROM_ONE_ADDRESS = Limit("letters to one recipient from one address", 5, 15)
LETTERS_TO_ONE_RECIPIENT = Limit("letters to one recipient", 30, 60)
LETTERS_FROM_ONE_ADDRESS = Limit("letters from one address", 150, 60)
# Only who has passed the first factor gets here.
WRONG_SECOND_FACTORS_OF_ONE_ACCOUNT = Limit("wrong second factors of one account", 10, 30)
# A code of an authenticator app holds for three steps of 30 seconds and counts once.
ONE_SECOND_FACTOR = Limit("one second factor", 1, 2)


class TooManyTries(Refused):
    """A limit is used up; the sentence says how long to wait."""

    def __init__(self, limit: Limit, wait: timedelta) -> None:
        minutes = max(1, -(-int(wait.total_seconds()) // 60))
        super().__init__(
            ngettext(
                "That was tried too often. Please wait %(minutes)d minute and try again.",
                "That was tried too often. Please wait %(minutes)d minutes and try again.",
                minutes,
            )
            % {"minutes": minutes}
        )
        self.limit = limit
        self.wait = wait


def count_try(limit: Limit, who: str, at: datetime | None = None) -> None:
    """Counts one try of `who`; raises TooManyTries when the limit was used up before it.

    One statement, so that of many tries at once exactly as many pass as are left. Call it
    outside a transaction: a rollback would forget the try.
    """
    now = at or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {TABLE} AS seen (who, count, until)
            VALUES (%(who)s, 1, %(until)s)
            ON CONFLICT (who) DO UPDATE SET
                count = CASE WHEN seen.until <= %(now)s THEN 1 ELSE seen.count + 1 END,
                until = CASE WHEN seen.until <= %(now)s THEN excluded.until ELSE seen.until END
            RETURNING count, until
            """,  # noqa: S608 - the table's own name
            {"who": _hidden(limit, who), "now": now, "until": now + timedelta(minutes=limit.minutes)},
        )
        count, until = cursor.fetchone()
    if count > limit.times:
        log.warning("limit_used_up", limit=limit.name)
        raise TooManyTries(limit, until - now)


def take_back(limit: Limit, who: str) -> None:
    """A try that turned out right does not count."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} SET count = count - 1 WHERE who = %s AND count > 0",  # noqa: S608
            [_hidden(limit, who)],
        )


def forget(limit: Limit, who: str) -> None:
    """Begins again at zero, for instance after a new password."""
    Attempts.objects.filter(who=_hidden(limit, who)).delete()


def forget_what_is_over(at: datetime | None = None) -> int:
    """Deletes the counts whose time is over; returns how many."""
    return Attempts.objects.filter(until__lte=at or timezone.now()).delete()[0]


def network_address(request: HttpRequest) -> str:
    """Where the request comes from: the first address that no trusted proxy of ours vouches for.

    IPv6 counts by its /64, because a home or a phone owns a whole one. The header can be
    forged up to the entries that our own proxies add (TRAINING_TRUSTED_PROXIES of them).
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        heard = [entry.strip() for entry in request.headers.get("x-forwarded-for", "").split(",") if entry.strip()]
        if heard:
            address = heard[-min(settings.TRUSTED_PROXIES, len(heard))]
    return _whole_network(address)


def _whole_network(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def _hidden(limit: Limit, who: str) -> str:
    return salted_hmac(f"accounts.throttling: {limit.name}", who, algorithm="sha256").hexdigest()
