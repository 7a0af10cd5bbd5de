"""The parts of the measuring do what they say, on data small enough for every run of the tests."""

import os
import threading
import time

import pytest

from tests.benchmarks import big_data
from tests.benchmarks.figures import BARS, Figure, table
from tests.benchmarks.pages import forms_in
from tests.benchmarks.rounds import Measured
from tests.benchmarks.spending import cpu_ms, own_memory_mib, peak_memory
from training.tools.identity_numbers import checked_resident_number

FORM = """
<form method="post" action="/send/"><input type="hidden" name="key" value="7"><input name="name">
<input type="checkbox" name="lodging" value="yes"><input type="radio" name="sex" value="male" checked>
<select name="diet"><option value="none">no wish<option value="halal" selected>halal</select>
<textarea name="remarks">
by train</textarea><button name="send">Send</button></form>
"""


def test_a_form_is_read_with_what_a_browser_would_send():
    [form] = forms_in(FORM)

    assert (form.method, form.action) == ("post", "/send/")
    assert form.values == {
        "key": ["7"], "name": [""], "lodging": [], "sex": ["male"], "diet": ["halal"], "remarks": ["by train"],
    }  # fmt: skip


def test_answers_take_the_place_of_what_the_form_had_and_unknown_ones_are_left_out():
    [form] = forms_in(FORM)

    assert form.filled(name="Wang", lodging="yes", iris="blue") == form.values | {"name": ["Wang"], "lodging": ["yes"]}


def test_cpu_is_that_of_the_process_and_grows_with_work():
    before = cpu_ms([os.getpid()])

    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass

    assert cpu_ms([os.getpid()]) - before >= 90


def test_a_server_that_is_gone_is_not_measured_as_free():
    with pytest.raises(ProcessLookupError):
        cpu_ms([2**22 + 1])


def test_the_peak_of_memory_is_seen_although_it_is_free_again_afterwards():
    before = own_memory_mib([os.getpid()])

    with peak_memory([os.getpid()]) as peak:
        held = b"x" * (64 * 2**20)
        threading.Event().wait(0.2)
        del held

    assert peak.mib - before > 60


@pytest.mark.parametrize(
    ("cpu", "queries", "wrong", "is_met"),
    [
        (5.9, 5, "", True),
        (6.1, 5, "", False),
        (5.9, 6, "", False),
        (5.9, None, "", False),
        (1, 1, "3 times 500", False),
    ],
)
def test_a_figure_is_met_when_all_its_bars_are_and_nothing_went_wrong(cpu, queries, wrong, is_met):
    figure = Figure("session page, anonymous", [cpu - 0.2, cpu, cpu + 50], queries, remark=wrong)

    assert figure.is_met is is_met


def test_the_table_has_a_line_for_each_figure():
    figures = [Figure(what, [float(number)] * 3) for number, what in enumerate(BARS)]

    lines = table(figures).splitlines()

    assert len(lines) == 2 + len(BARS)
    assert len({len(line) for line in lines}) == 1


def test_what_went_wrong_is_everything_but_ok():
    assert Measured(outcomes={"ok": 4, "500": 1}).went_wrong == {"500": 1}


def test_every_made_up_identity_number_is_valid_and_another_one():
    numbers = {big_data.identity_number(number) for number in range(0, 9_999_999, 9_973)}

    assert len(numbers) == len(range(0, 9_999_999, 9_973))
    assert all(checked_resident_number(number).number == number for number in numbers)
