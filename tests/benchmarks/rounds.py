"""Rounds of visitors, several at a time, and what the servers spent on each of them."""

import statistics
import threading
from collections import Counter
from dataclasses import dataclass, field

import httpx

from tests.benchmarks.spending import cpu_ms
from tests.benchmarks.visitors import NetworkVisitor


class SharedConnections(httpx.BaseTransport):
    """Connections that outlive the visitor that opened them, as those of a proxy in front do."""

    def __init__(self, at_once):
        limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
        self._inner = httpx.HTTPTransport(limits=limits)

    def handle_request(self, request):
        return self._inner.handle_request(request)

    def close_all(self):
        self._inner.close()


@dataclass
class Measured:
    """CPU of all servers for one run of a flow, one figure for each round, and how the runs ended."""

    cpu_ms: list = field(default_factory=list)
    outcomes: Counter = field(default_factory=Counter)

    @property
    def median_ms(self):
        return statistics.median(self.cpu_ms)

    @property
    def went_wrong(self):
        return {word: count for word, count in self.outcomes.items() if word != "ok"}


def measure(flow, servers, visitors, *, rounds, at_once):
    """Runs `flow` for every visitor, in so many equal rounds, `at_once` of them at a time.

    `visitors` are pairs of number and web session.
    """
    measured = Measured()
    size = len(visitors) // rounds
    for first in range(0, size * rounds, size):
        before = cpu_ms(servers.pids)
        outcomes = run(flow, servers.base, visitors[first : first + size], at_once)
        measured.cpu_ms.append((cpu_ms(servers.pids) - before) / size)
        measured.outcomes += outcomes
    return measured


def run(flow, base, visitors, at_once):
    """How the runs ended, counted; an exception is counted by its name and first words."""
    connections, to_come, outcomes = SharedConnections(at_once), iter(visitors), Counter()
    one_at_a_time = threading.Lock()

    def go_on():
        while True:
            with one_at_a_time:
                number, web_session = next(to_come, (None, None))
            if number is None:
                return
            outcome = _outcome(flow, NetworkVisitor(number, base, connections, web_session))
            with one_at_a_time:
                outcomes[outcome] += 1

    threads = [threading.Thread(target=go_on) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connections.close_all()
    return outcomes


def _outcome(flow, visitor):
    try:
        return flow(visitor)
    except Exception as problem:  # noqa: BLE001 - counted, never hidden
        return f"{type(problem).__name__}: {problem}"[:200]
