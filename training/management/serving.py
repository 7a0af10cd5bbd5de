"""How the web server is started, in the demo and elsewhere."""

import sys
from ipaddress import ip_address
from pathlib import Path

LOG_CONFIG = Path(__file__).with_name("granian-logs.json")
WORKERS = 2
THREADS = 4  # of each worker; each has its own database connection
SECONDS_TO_FINISH = 10  # what a request under way may take when the server stops


def granian_command(host: str, port: int, workers: int = WORKERS, threads: int = THREADS) -> list[str]:
    """The command line of a web server that replaces a worker that died."""
    return [
        *(sys.executable, "-m", "granian", "training.wsgi:application"),
        *("--interface", "wsgi", "--no-ws"),
        *("--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(threads)),
        *("--respawn-failed-workers", "--respawn-interval", "0.5"),
        *("--workers-kill-timeout", str(SECONDS_TO_FINISH)),
        *("--log-config", str(LOG_CONFIG), "--log-level", "warning"),
    ]


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server on this address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
