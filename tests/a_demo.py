"""The whole demo as a process, in a folder of its own."""

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
READY = "Cohort is ready at "


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def begin(var, *arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TRAINING_", "DATABASE_"))}
    environment |= {"TRAINING_VAR": str(var)}
    return subprocess.Popen(
        [sys.executable, "-m", "training.management.demo", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def a_demo(var, port):
    """The demo once it is ready, with what it said until then."""
    with begin(var, "--port", port) as demo:
        try:
            demo.said = list(until_ready(demo))
            yield demo
        finally:
            demo.kill()


def until_ready(demo):
    """The lines up to the one that says that it is ready."""
    for line in demo.stdout:
        yield line
        if line.startswith(READY):
            return
    raise AssertionError("The demo ended before it was ready.")


def sentence(var, *arguments):
    with begin(var, *arguments) as demo:
        return demo.stdout.read()
