"""What processes have spent, read from /proc: CPU with what their children spent, and memory of their own.

Memory is what a process holds for itself (RssAnon): PostgreSQL's shared buffers are everybody's
and would be counted once for each of its processes.
"""

import os
import statistics
import threading
import time
from collections import defaultdict
from contextlib import contextmanager, suppress
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")
SECONDS_BETWEEN_LOOKS = 0.02


def cpu_ms(roots):
    """Milliseconds of CPU, user and system, of these processes and all that they ever started."""
    parents, ticks = {}, {}
    for pid in _all_pids():
        with suppress(OSError):
            parents[pid], ticks[pid] = _parent_and_ticks(pid)
    return 1000 * sum(ticks[pid] for pid in _trees(roots, parents)) / TICKS_PER_SECOND


def own_memory_mib(roots):
    """MiB that these processes and their children hold for themselves at this moment."""
    parents = {}
    for pid in _all_pids():
        with suppress(OSError):
            parents[pid], _ticks = _parent_and_ticks(pid)
    return sum(_anonymous_kib(pid) for pid in _trees(roots, parents)) / 1024


@contextmanager
def peak_memory(roots):
    """Looks fifty times a second while the block runs; `peak.mib` is the most that was seen."""
    peak, done = _Peak(), threading.Event()

    def look():
        while not done.wait(SECONDS_BETWEEN_LOOKS):
            peak.mib = max(peak.mib, own_memory_mib(roots))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


class _Peak:
    mib = 0.0


def yardstick_ms(times=5):
    """What a fixed piece of Python costs here and now; tells a quiet machine from a crowded one."""
    return statistics.median(_one_measure() for _ in range(times))


def _one_measure():
    started, number, seen = time.process_time(), 0, {}
    for step in range(120_000):
        number = (number * 1_103_515_245 + step) & 0x7FFF_FFFF
        seen[number & 0xFFF] = str(number)
    "".join(sorted(seen.values()))
    return 1000 * (time.process_time() - started)


def _all_pids():
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal()]


def _parent_and_ticks(pid):
    """proc(5): the fields behind the name are state, parent, …, 12 to 15 the CPU with that of ended children."""
    fields = (PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
    return int(fields[1]), sum(map(int, fields[11:15]))


def _anonymous_kib(pid):
    with suppress(OSError):
        for line in (PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    return 0


def _trees(roots, parents):
    """The roots and all below them; a root that is gone is a mistake of the measuring."""
    children = defaultdict(list)
    for pid, parent in parents.items():
        children[parent].append(pid)
    found, to_visit = [], list(roots)
    for root in roots:
        if root not in parents:
            raise ProcessLookupError(f"The server process {root} is not running.")
    while to_visit:
        pid = to_visit.pop()
        found.append(pid)
        to_visit += children[pid]
    return found
