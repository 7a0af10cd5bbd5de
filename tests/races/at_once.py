"""Runs deeds on threads at one moment, each with a database connection of its own."""

import threading
from collections.abc import Callable, Sequence

from django.db import connection


def at_once(deeds: Sequence[Callable[[], object]], seconds: float = 60) -> list[object]:
    """The results in order; an exception is a result, too. All deeds start together."""
    start = threading.Barrier(len(deeds))
    results: list[object] = [None] * len(deeds)

    def run(index: int, deed: Callable[[], object]) -> None:
        try:
            start.wait(seconds)
            results[index] = deed()
        except Exception as problem:  # noqa: BLE001 - the test judges it
            results[index] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    assert not any(thread.is_alive() for thread in threads), "the deeds did not end in time"
    return results
