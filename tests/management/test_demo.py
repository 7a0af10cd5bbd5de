"""The whole demo, started, killed and stopped as a person would do it."""

import os
import signal
import socket
import urllib.request
from pathlib import Path

import pytest

from tests.a_demo import READY, a_demo, free_port, sentence
from tests.processes import eventually, lives


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture(scope="module")
def var(tmp_path_factory, port):
    """A folder in which the demo has run once and was killed."""
    var = tmp_path_factory.mktemp("var")
    with a_demo(var, port):
        return var


def processes(var):
    """Every process that works for the demo of this folder, PostgreSQL apart."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if str(var).encode() in told and lives(int(folder.name)):
            found.append(int(folder.name))
    return found


def server_of(var):
    return int((var / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])


def status(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        return answer.status


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda end: end.name)
def test_the_demo_answers_and_leaves_nothing_behind_however_it_ends(var, port, end):
    with a_demo(var, port) as demo:
        assert demo.said[-1] == f"{READY}http://127.0.0.1:{port}/\n"
        assert status(port, "/readyz") == 200
        server = server_of(var)

        demo.send_signal(end)
        demo.communicate()

        assert demo.returncode == (0 if end != signal.SIGKILL else -signal.SIGKILL)
        eventually(lambda: processes(var) == [] and not lives(server))


def test_the_next_start_keeps_the_data_and_prepares_nothing_again(var, port):
    with a_demo(var, port) as demo:
        assert "Preparing" not in "".join(demo.said)
        assert status(port, "/sessions/hangzhou-2025/") == 200


def test_what_dies_is_started_again(var, port):
    with a_demo(var, port) as demo:
        for died in [pid for pid in processes(var) if pid != demo.pid]:
            os.kill(died, signal.SIGKILL)

        eventually(lambda: is_ready(port), seconds=60)
        eventually(lambda: "letter worker ended" in demo.stdout.readline())


def is_ready(port):
    try:
        return status(port, "/readyz") == 200
    except OSError:
        return False


def test_a_second_demo_says_where_the_first_one_is(var, port):
    with a_demo(var, port):
        assert sentence(var, "--port", port + 1) == (
            f"The demo already runs at http://127.0.0.1:{port}/; Ctrl-C there stops it.\n"
        )


def test_a_taken_port_is_said_with_a_way_out(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        said = sentence(tmp_path, "--port", port)

    assert said == f"Port {port} is taken; try another one: `make demo PORT={port + 1}`.\n"


@pytest.mark.parametrize("port", ["eighty", "0", "70000"])
def test_a_port_that_is_none_is_said(tmp_path, port):
    assert sentence(tmp_path, "--port", port) == f"PORT is “{port}”: give a number between 1 and 65535.\n"


def test_reset_deletes_the_demos_data_and_nothing_else(var):
    (var / "postgres-for-tests").mkdir()
    assert (var / "postgres" / "data").exists()

    said = sentence(var, "--reset")

    assert said.endswith("`make demo` begins again.\n")
    assert sorted(path.name for path in var.iterdir()) == ["demo.lock", "postgres-for-tests"]
