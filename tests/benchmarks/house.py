"""The product, started as it is served: PostgreSQL with durable settings, two web workers, the letter worker.

It runs as outside the demo, in a folder and a database of its own, and ends with this process.
"""

import contextlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from training.management.embedded_postgres import USER, Cluster, address
from training.management.processes import end_with_parent
from training.management.serving import granian_command

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = ROOT / "var" / "bench"
CLUSTER = Cluster(VAR / "postgres")
DATABASE = "cohort_bench"
SECONDS_UNTIL_READY = 60
SECONDS_TO_STOP = 15


@dataclass(frozen=True)
class Servers:
    """Where the web answers, and the first process of each server."""

    base: str
    web: int
    worker: int
    postgres: int

    @property
    def pids(self):
        return [self.web, self.worker, self.postgres]


def surroundings(port, mail_port):
    """The settings of the product, for this process and for the servers; makes an empty database."""
    place = address(CLUSTER)
    shutil.rmtree(VAR / "rosters", ignore_errors=True)
    with psycopg.connect(
        host=place["HOST"],
        port=place["PORT"],
        user=USER,
        password=place["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    ) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {DATABASE}")
    socket_folder = quote(place["HOST"], safe="")
    return {
        "DJANGO_SETTINGS_MODULE": "training.settings",
        "DATABASE_URL": f"postgresql://{USER}:{quote(place['PASSWORD'])}@/{DATABASE}?host={socket_folder}",
        "TRAINING_VAR": str(VAR),
        "TRAINING_SECRET_KEY": "known to everybody who reads the benchmarks: the secret key",
        "TRAINING_ENCRYPTION_KEYS": "known to everybody who reads the benchmarks: the encryption key",
        "TRAINING_HOSTS": "127.0.0.1",
        "TRAINING_BASE_URL": f"http://127.0.0.1:{port}",
        "TRAINING_EMAIL_URL": f"smtp+plain://127.0.0.1:{mail_port}",
        "TRAINING_EMAIL_FROM": "Cohort <cohort@example.org>",
    }


def free_port():
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return attempt.getsockname()[1]


@contextlib.contextmanager
def running(port):
    """The servers, ready to answer; os.environ holds their settings already."""
    VAR.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as started:
        web = started.enter_context(_process("web", granian_command("127.0.0.1", port)))
        worker = started.enter_context(_process("worker", [sys.executable, "manage.py", "procrastinate", "worker"]))
        base = f"http://127.0.0.1:{port}"
        _wait_until_ready(base + "/readyz")
        yield Servers(base, web.pid, worker.pid, _postmaster())


@contextlib.contextmanager
def _process(name, command):
    with (VAR / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - there is one thread
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(page):
    give_up_at = time.monotonic() + SECONDS_UNTIL_READY
    while True:
        try:
            with urllib.request.urlopen(page, timeout=5):
                return
        except OSError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.1)


def _postmaster():
    return int((CLUSTER.data / "postmaster.pid").read_text().splitlines()[0])
