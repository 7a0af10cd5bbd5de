"""The demo: starts everything, watches over it, and stops it; `make demo` runs this module.

One rule: nothing that it started outlives it. It imports only the standard library, so that the
second start is quick, and leaves all work to the processes that it starts.
"""

import argparse
import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from training.management import embedded_postgres
from training.management.processes import end_with_parent
from training.management.serving import SECONDS_TO_FINISH, granian_command

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = Path(os.environ.get("TRAINING_VAR") or ROOT / "var").absolute()
LOGS = VAR / "log"
CLUSTER = embedded_postgres.Cluster(VAR / "postgres")
PREPARED = VAR / "demo-prepared"  # the fingerprint of what was prepared last
LOCK = VAR / "demo.lock"  # holds the address while the demo runs
MADE_BY_THE_DEMO = ["postgres", "media", "rosters", "static", "log", "demo-prepared", "demo-secrets.json"]

SECONDS_UNTIL_READY = 120
SECONDS_FOR_A_PORT = 5  # a killed demo's web server needs a moment to leave
LONGEST_PAUSE_SECONDS = 15
PREPARED_FROM = [  # what a change of makes another preparation necessary
    "*/migrations/*.py",
    "training/fixtures/**/*",
    "training/locale/**/*.po",
    "static/**/*",
    "requirements.txt",
]


class CannotRun(Exception):  # noqa: N818 - a sentence for whoever typed the command
    """The demo does not start; the sentence says what to do."""


@dataclass
class Service:
    """A process that runs as long as the demo does, and is started again when it ends."""

    name: str
    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    pause_seconds: float = field(default=0.5)

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name.replace(' ', '-')}.log"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the demo alone, and it stops in order
                preexec_fn=end_with_parent,  # noqa: PLW1509 - this process has one thread
            )
        self.started_at = time.monotonic()

    def start_again_if_it_ended(self) -> None:
        if self.process is None or self.process.poll() is None:
            return
        lived = time.monotonic() - self.started_at
        if lived < self.pause_seconds:
            return
        self.pause_seconds = 0.5 if lived > 60 else min(self.pause_seconds * 2, LONGEST_PAUSE_SECONDS)
        say(f"The {self.name} ended ({self.process.returncode}) and is started again; see {self.log}.")
        self.kill()
        self.start()

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_until_stopped(self) -> None:
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(SECONDS_TO_FINISH + 2)
        self.kill()

    def kill(self) -> None:
        """End what is left of it, also what it started itself."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def main() -> None:
    arguments = _arguments()
    _stop_on_signals()
    if "MAKELEVEL" in os.environ:
        end_with_parent()
    VAR.mkdir(parents=True, exist_ok=True)
    try:
        with _the_only_demo(arguments.port) as lock:
            if arguments.reset:
                reset()
            else:
                run(arguments.port, lock)
    except KeyboardInterrupt:
        return
    except (CannotRun, embedded_postgres.NotStarted) as sentence:
        sys.exit(str(sentence))


def run(port: int, lock: int) -> None:
    address = f"http://127.0.0.1:{port}/"
    _wait_for_port(port, was_killed=bool(os.pread(lock, 1, 0)))
    os.pwrite(lock, address.encode(), 0)
    LOGS.mkdir(exist_ok=True)
    environment = _environment(address)
    web = Service("web server", granian_command("127.0.0.1", port), environment)
    letters = Service("letter worker", _manage("procrastinate", "worker"), environment)
    try:
        if _is_embedded():
            with step("Starting PostgreSQL"):
                embedded_postgres.address(CLUSTER)
        _prepare_if_changed(environment)
        with step("Starting the web server"):
            web.start()
            _wait_until_ready(address, web)
        with step("Starting the letter worker"):
            letters.start()
        say(f"Cohort is ready at {address}")
        say("Ctrl-C stops it. People to sign in as are shown on the sign-in page.")
        _watch([web, letters])
    finally:
        _stop_on_signals(ignore=True)
        with step("Stopping"):
            _stop([web, letters])
        os.ftruncate(lock, 0)


def reset() -> None:
    if not _is_embedded():
        raise CannotRun("DATABASE_URL is set: that data is not the demo's to delete.")
    with step("Deleting the demo's data"):
        embedded_postgres.stop(CLUSTER)
        for name in MADE_BY_THE_DEMO:
            path = VAR / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    say("`make demo` begins again.")


def say(sentence: str, end: str = "\n") -> None:
    with contextlib.suppress(BrokenPipeError):  # nobody is listening any more
        print(sentence, end=end, flush=True)  # noqa: T201 - this is how a command speaks


@contextlib.contextmanager
def step(sentence: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    started = time.monotonic()
    say(f"{sentence} … ", end="")
    try:
        yield
    except BaseException:
        say("")
        raise
    say(f"{time.monotonic() - started:.1f} s")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--port", default="8000")
    parser.add_argument("--reset", action="store_true", help="delete the demo's data")
    arguments = parser.parse_args()
    if not arguments.port.isdecimal() or not 0 < int(arguments.port) < 65536:
        sys.exit(f"PORT is “{arguments.port}”: give a number between 1 and 65535.")
    arguments.port = int(arguments.port)
    return arguments


def _stop_on_signals(*, ignore: bool = False) -> None:
    """Ctrl-C, SIGTERM and a closed terminal all mean: stop in order. While stopping: go on."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN if ignore else _interrupt)


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


@contextlib.contextmanager
def _the_only_demo(port: int) -> Iterator[int]:
    lock = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotRun(f"The demo already runs at {LOCK.read_text()}; Ctrl-C there stops it.") from None
    try:
        yield lock
    finally:
        os.close(lock)


def _wait_for_port(port: int, *, was_killed: bool) -> None:
    """Refuse a port that somebody else has; what a killed demo left behind leaves it soon."""
    give_up_at = time.monotonic() + (SECONDS_FOR_A_PORT if was_killed else 0)
    while obstacle := _obstacle_to_listening(port):
        if time.monotonic() > give_up_at:
            raise CannotRun(obstacle)
        time.sleep(0.1)


def _obstacle_to_listening(port: int) -> str:
    with socket.socket(socket.AF_INET) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except PermissionError:
            return f"Port {port} is only for the administrator; try `make demo PORT=8123`."
        except OSError:
            return f"Port {port} is taken; try another one: `make demo PORT={port + 1}`."
    return ""


def _is_embedded() -> bool:
    return not os.environ.get("DATABASE_URL")


def _environment(address: str) -> dict[str, str]:
    return os.environ | {
        "TRAINING_DEMO": "1",
        "TRAINING_BASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "training.settings",
        "PYTHONUNBUFFERED": "1",
    }


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def _prepare_if_changed(environment: dict[str, str]) -> None:
    fingerprint = _fingerprint()
    if PREPARED.exists() and PREPARED.read_text() == fingerprint:
        return
    say("Preparing:")
    PREPARED.unlink(missing_ok=True)
    preparation = subprocess.Popen(
        _manage("prepare"),
        cwd=ROOT,
        env=environment,
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - this process has one thread
    )
    try:
        code = preparation.wait()
    except KeyboardInterrupt:
        preparation.terminate()
        preparation.wait()
        raise
    if code:
        raise CannotRun("The preparation failed; the lines above say why.")
    PREPARED.write_text(fingerprint)


def _fingerprint() -> str:
    """Of all that is prepared from, of the database it goes into, and of the day (for the sample)."""
    digest = hashlib.sha256()
    for pattern in PREPARED_FROM:
        for file in sorted(ROOT.glob(pattern)):
            found = file.stat()
            digest.update(f"{file}:{found.st_mtime_ns}:{found.st_size}\n".encode())
    digest.update(CLUSTER.password_file.read_bytes() if _is_embedded() else os.environb[b"DATABASE_URL"])
    digest.update(str(datetime.now(UTC).date()).encode())
    return digest.hexdigest()


def _wait_until_ready(address: str, web: Service) -> None:
    deadline = time.monotonic() + SECONDS_UNTIL_READY
    while not _answers(address + "readyz"):
        if web.process is not None and web.process.poll() is not None:
            raise CannotRun(f"The web server did not start; {web.log} says why.")
        if time.monotonic() > deadline:
            raise CannotRun(f"The web server is not ready after two minutes; {web.log} may say why.")
        time.sleep(0.1)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - http, this machine
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _watch(services: list[Service]) -> NoReturn:
    while True:
        if _is_embedded():
            embedded_postgres.ensure_kept(CLUSTER)
        for service in services:
            service.start_again_if_it_ended()
        time.sleep(0.5)


def _stop(services: list[Service]) -> None:
    for service in services:
        service.ask_to_stop()
    for service in services:
        service.wait_until_stopped()
    if _is_embedded():
        embedded_postgres.stop(CLUSTER)


if __name__ == "__main__":
    main()
