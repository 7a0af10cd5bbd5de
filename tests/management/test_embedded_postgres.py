"""The server is started by separate processes, which the tests may kill."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.processes import eventually, lives
from training.management.embedded_postgres import Cluster, is_answering

ROOT = Path(__file__).parent.parent.parent
USER = """
import sys
from pathlib import Path
from training.management.embedded_postgres import Cluster, address
print(address(Cluster(Path(sys.argv[1]), forgetful=True))["HOST"], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def cluster(tmp_path):
    cluster = Cluster(tmp_path / ("a-long-name-for-a-folder-" * 5) / "postgres", forgetful=True)
    yield cluster
    eventually(lambda: not (cluster.data / "postmaster.pid").exists())


@contextmanager
def a_user_of(cluster):
    """A process that uses the server until it is told to end, or killed."""
    command = [sys.executable, "-c", USER, str(cluster.folder)]
    user = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with user:
        try:
            user.host = user.stdout.readline().strip()
            assert user.host, cluster.log.read_text()
            yield user
        finally:
            user.kill()


def connect(cluster, user, password=None):
    secret = cluster.password_file.read_text() if password is None else password
    return psycopg.connect(host=user.host, user="cohort", password=secret, dbname="postgres", autocommit=True)


def ask(cluster, user, question):
    with connect(cluster, user) as connection:
        return connection.execute(question).fetchone()[0]


def server_of(cluster):
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def test_the_server_is_private_and_the_same_everywhere(cluster):
    with a_user_of(cluster) as user:
        assert ask(cluster, user, "SHOW listen_addresses") == ""
        assert ask(cluster, user, "SHOW server_encoding") == "UTF8"
        assert ask(cluster, user, "SELECT datlocale FROM pg_database WHERE datname = 'template1'") == "C.UTF-8"
        assert ask(cluster, user, "SELECT string_agg(DISTINCT auth_method, ' ') FROM pg_hba_file_rules") == (
            "scram-sha-256"
        )
        assert Path(user.host).stat().st_mode & 0o777 == 0o700
        assert cluster.password_file.stat().st_mode & 0o777 == 0o600
        assert Path(f"/proc/{server_of(cluster)}").stat().st_uid != 0
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            connect(cluster, user, password="a guess")


def test_the_server_stops_with_its_last_user_even_when_that_one_is_killed(cluster):
    with a_user_of(cluster) as first, a_user_of(cluster) as second:
        server = server_of(cluster)
        first.kill()
        first.wait()
        assert ask(cluster, second, "SELECT 1") == 1

        second.kill()
        second.wait()

        eventually(lambda: not lives(server))
    assert "database system is shut down" in cluster.log.read_text().splitlines()[-1]


def test_a_killed_server_is_started_again_with_its_data(cluster):
    with a_user_of(cluster) as user:
        with connect(cluster, user) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
            connection.execute("CHECKPOINT")
        killed = server_of(cluster)

        os.kill(killed, signal.SIGKILL)

        eventually(lambda: not lives(killed))
        eventually(lambda: is_answering(cluster))
        assert ask(cluster, user, "SELECT answer FROM kept") == 42


def test_a_killed_keeper_takes_the_server_with_it_and_the_next_user_gets_a_new_one(cluster):
    with a_user_of(cluster):
        server = server_of(cluster)

        os.kill(int(cluster.keeper_lock.read_text()), signal.SIGKILL)

        eventually(lambda: not lives(server))
        with a_user_of(cluster) as user:
            assert ask(cluster, user, "SELECT 1") == 1


def test_a_number_left_in_the_pid_file_that_belongs_to_somebody_else_does_no_harm(cluster):
    with a_user_of(cluster):
        pass
    eventually(lambda: not (cluster.data / "postmaster.pid").exists())
    (cluster.data / "postmaster.pid").write_text(f"{os.getppid()}\n{cluster.data}\n")

    with a_user_of(cluster) as user:
        assert ask(cluster, user, "SELECT 1") == 1

    assert lives(os.getppid())


def test_two_servers_of_two_folders_do_not_disturb_each_other(cluster, tmp_path):
    other = Cluster(tmp_path / "other", forgetful=True)
    with a_user_of(cluster) as user:
        with a_user_of(other) as guest:
            assert ask(other, guest, "SELECT 1") == 1
        eventually(lambda: not is_answering(other))
        assert ask(cluster, user, "SELECT 1") == 1


def test_data_of_another_version_is_refused_with_a_sentence(cluster):
    cluster.data.mkdir(parents=True)
    (cluster.data / "PG_VERSION").write_text("12\n")
    command = [sys.executable, "-c", USER, str(cluster.folder)]

    user = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)

    assert "was made by PostgreSQL 12, and this is PostgreSQL 18; `make demo-reset` begins again." in user.stderr
