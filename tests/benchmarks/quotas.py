"""Hundreds of people at once for the last ten places of two quotas and the pool, run after run."""

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from tests import given
from tests.races import quota_race

RUNS, AT_ONCE = 50, 64
SIZES = ((200, 40), (1_000, 100))  # people in all, and how many of them each body has on its list


def run(say):
    """Races, and returns what was wrong with any of them."""
    wrong = []
    for people, of_each_body in SIZES:
        alone = [given.trainee() for _ in range(people - 2 * of_each_body)]
        started, found = time.monotonic(), []
        for number in range(1, RUNS + 1):
            found.append(_one_race(alone, of_each_body))
            if number % 5 == 0:
                exact, seconds = found.count([]), time.monotonic() - started
                say(f"  {people:,} people for {quota_race.PLACES} places: {exact}/{number} runs exact, {seconds:.0f} s")
        wrong += itertools.chain.from_iterable(found)
    return wrong


def _one_race(alone, of_each_body):
    race = quota_race.race(alone, of_each_body)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        results = list(threads.map(_done, race.deeds))
        everybody_is_there = threading.Barrier(AT_ONCE)
        list(threads.map(_leave, [everybody_is_there] * AT_ONCE))
    return quota_race.what_is_wrong(race, results)


def _done(deed):
    """The result of the deed; an exception is a result, too."""
    try:
        return deed()
    except Exception as problem:  # noqa: BLE001 - the race judges it
        return problem


def _leave(everybody_is_there):
    """Closes the connection of this thread; each one does it once."""
    everybody_is_there.wait()
    connection.close()
