"""Letters go out to a slow mail server while the worker is killed again and again, always in the middle of one."""

import collections
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.crashes.mail_server import ACCEPTED, ANNOUNCED, MailServer
from training.mail import outbox, sending
from training.mail.models import Letter
from training.mail.tasks import send_letter

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS_PER_LETTER = 0.05
SECONDS_TO_GET_THERE = 60
VALUES = {"trainee": "王敏", "session": "Forging"}


@dataclass(frozen=True)
class Outcome:
    """How many letters there were, and how often each Message-ID was accepted."""

    letters: int
    kills: int
    accepted: collections.Counter
    written: frozenset
    still_waiting: int

    @property
    def lost(self):
        return len(self.written - set(self.accepted))

    @property
    def most_often(self):
        return max(self.accepted.values())

    @property
    def twice(self):
        return sum(times > 1 for times in self.accepted.values())

    @property
    def under_another_name(self):
        return len(set(self.accepted) - self.written)

    def __str__(self):
        return (
            f"{self.letters} letters, worker killed {self.kills} times: {self.lost} lost, {self.twice} sent twice, "
            f"none more than {self.most_often} times, {self.under_another_name} under another Message-ID"
        )


def rage(letters, kills, *, options=(), seed=1):
    """Writes the letters, kills a worker that often while they leave, then lets one finish.

    Each kill comes before a letter was sent, after it was accepted and before the worker knows it, or
    anywhere between two letters; the mail server waits for it, so that a slow machine changes nothing.
    """
    moments = random.Random(seed)  # noqa: S311 - the same moments each time, no secret
    written = [
        outbox.write(to="wang@example.org", template="enrolment_confirmed", values=VALUES, language="en")
        for _ in range(letters)
    ]
    between = letters // (kills + 1) - 1  # the last kill comes before the last letter
    with MailServer(SECONDS_PER_LETTER) as mail_server, _nursery(mail_server, options) as nursery:
        for moment in moments.choices((_before_it_is_sent, _before_it_is_known, _anywhere), k=kills):
            with _a_worker(nursery):
                moment(mail_server, len(mail_server.accepted) + between, moments)
            mail_server.let_go()
            _the_leases_run_out()
        with _a_worker(nursery):
            _wait_until_nothing_waits(seconds=120)
        accepted = collections.Counter(mail_server.accepted)
    names = frozenset(letter.message_id for letter in written)
    return Outcome(letters, kills, accepted, names, Letter.objects.waiting().count())


def _before_it_is_sent(mail_server, letters, _moments):
    mail_server.hold(ANNOUNCED, letters)
    assert mail_server.is_held.wait(SECONDS_TO_GET_THERE)


def _before_it_is_known(mail_server, letters, _moments):
    mail_server.hold(ACCEPTED, letters + 1)
    assert mail_server.is_held.wait(SECONDS_TO_GET_THERE)


def _anywhere(mail_server, letters, moments):
    mail_server.hold(ANNOUNCED, letters)
    assert mail_server.wait_for(letters, SECONDS_TO_GET_THERE)
    time.sleep(moments.uniform(0, SECONDS_PER_LETTER))


def _address_of_the_database():
    place = connection.get_connection_params()
    return (
        f"postgresql://{quote(place.get('user', ''))}:{quote(place.get('password', ''))}@/"
        f"{quote(place['dbname'])}?host={quote(place.get('host', ''), safe='')}&port={place.get('port', 5432)}"
    )


@contextlib.contextmanager
def _nursery(mail_server, options):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "training.settings",
        "DATABASE_URL": _address_of_the_database(),
        "TRAINING_EMAIL_URL": f"smtp+plain://127.0.0.1:{mail_server.server_address[1]}",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crashes.nursery", *options],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@contextlib.contextmanager
def _a_worker(nursery):
    """A worker that ends by SIGKILL, wherever it is."""
    nursery.stdin.write("one more\n")
    nursery.stdin.flush()
    pid = int(nursery.stdout.readline())
    try:
        yield
    finally:
        os.kill(pid, signal.SIGKILL)


def _the_leases_run_out():
    """What five minutes of waiting do to the letters that the dead worker held, or had just taken up."""
    long_ago = timezone.now() - 2 * sending.LEASE
    in_the_queue = ProcrastinateJob.objects.filter(status="todo", task_name=send_letter.name)
    keys = [job["letter_id"] for job in in_the_queue.values_list("args", flat=True)]
    held = Letter.objects.waiting().exclude(leased_until=None, pk__in=keys)
    held.update(leased_until=long_ago, written_at=long_ago)
    sending.send_what_was_left_behind()


def _wait_until_nothing_waits(seconds):
    until = time.monotonic() + seconds
    while Letter.objects.waiting().exists() and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(3 * SECONDS_PER_LETTER)  # the last one counts once the server has said so
