"""Rosters as an exporter takes them: ordered, made by the worker, lying ready."""

import time
import uuid

from tests.benchmarks.figures import Figure
from tests.benchmarks.spending import cpu_ms, peak_memory
from training.enrolment.states import State
from training.rosters.columns import COLUMNS
from training.rosters.making import Wish, path_of, take
from training.rosters.models import Format, RosterOrder
from training.rosters.recipes import Recipe

TWENTY_COLUMNS = tuple(COLUMNS)[:20]
ALL_STATES = tuple(state.value for state in State)
SECONDS_TO_MAKE = 300


def figures(servers, session, by, idle_mib, rounds):
    """CPU and the most memory above `idle_mib` for the roster of everybody, in both formats."""
    for kind in (Format.CSV, Format.XLSX):
        figure = Figure(f"roster of {session.enrolments.count():,}, 20 columns, {kind.name}", memory_mib=0.0)
        for _ in range(rounds):
            spent_ms, peak_mib = _take(servers, session, kind, by)
            figure.cpu_ms.append(spent_ms)
            figure.memory_mib = max(figure.memory_mib, peak_mib - idle_mib)
        yield figure


def _take(servers, session, kind, by):
    """Orders the roster and waits for it: what that cost the servers, and the most that they held at once."""
    recipe = Recipe(columns=TWENTY_COLUMNS, states=ALL_STATES)
    wish = Wish(
        session, recipe, kind, purpose="To see what it costs.", in_full=False, language="zh-hans", send_key=uuid.uuid4()
    )
    before = cpu_ms(servers.pids)
    with peak_memory(servers.pids) as peak:
        order = _once_ready(take(wish, by=by))
    spent = cpu_ms(servers.pids) - before
    path_of(order).unlink()
    return spent, peak.mib


def _once_ready(order):
    give_up_at = time.monotonic() + SECONDS_TO_MAKE
    while not order.is_ready:
        if time.monotonic() > give_up_at:
            raise TimeoutError(f"The roster is {order.state} after {SECONDS_TO_MAKE} seconds.")
        time.sleep(0.2)
        order = RosterOrder.objects.get(pk=order.pk)
    return order
