"""The letter worker is killed again and again while letters leave."""

import collections
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from tests.crashes.mail_server import MailServer
from training.mail import outbox, sending
from training.mail.models import Letter

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parent.parent.parent
LETTERS, KILLS, LETTERS_BETWEEN_KILLS = 30, 4, 4
VALUES = {"trainee": "王敏", "session": "Forging"}


def address_of_the_database():
    place = connection.get_connection_params()
    return (
        f"postgresql://{quote(place.get('user', ''))}:{quote(place.get('password', ''))}@/"
        f"{quote(place['dbname'])}?host={quote(place.get('host', ''), safe='')}&port={place.get('port', 5432)}"
    )


@contextlib.contextmanager
def a_worker(mail_server):
    """A worker that ends by SIGKILL, wherever it is."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "training.settings",
        "DATABASE_URL": address_of_the_database(),
        "TRAINING_EMAIL_URL": f"smtp+plain://127.0.0.1:{mail_server.server_address[1]}",
    }
    command = [
        sys.executable,
        "manage.py",
        "procrastinate",
        "worker",
        "--queues",
        "letters",
        "--fetch-job-polling-interval",
        "0.2",
    ]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def the_leases_run_out():
    """What five minutes of waiting do."""
    long_ago = timezone.now() - 2 * sending.LEASE
    Letter.objects.waiting().update(leased_until=long_ago, written_at=long_ago)
    sending.send_what_was_left_behind()


def test_no_letter_is_lost_and_none_leaves_under_two_names_when_the_worker_is_killed():
    letters = [
        outbox.write(
            to="wang@example.org",
            template="enrolment_confirmed",
            values=VALUES,
            language="en",
        )
        for _ in range(LETTERS)
    ]

    with MailServer(seconds_per_letter=0.05) as mail_server:
        for killed in range(1, KILLS + 1):
            with a_worker(mail_server):
                assert mail_server.wait_for(killed * LETTERS_BETWEEN_KILLS, seconds=30)
            the_leases_run_out()
        with a_worker(mail_server):
            everything_left = wait_until_nothing_waits(seconds=60)

    assert everything_left
    sent = collections.Counter(mail_server.accepted)
    assert set(sent) == {letter.message_id for letter in letters}
    assert max(sent.values()) <= 2
    assert sum(sent.values()) <= LETTERS + KILLS


def wait_until_nothing_waits(seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not Letter.objects.waiting().exists():
            return True
        time.sleep(0.1)
    return False
