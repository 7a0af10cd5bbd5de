"""Where the time of a flow goes inside the process, for a figure that misses its bar."""

import cProfile
import io
import pstats
import time

LINES = 25


def profile(flow, visitor_of, times=20):
    """The functions that cost most of themselves, over so many runs; `visitor_of` makes a visitor for each."""
    flow(visitor_of())
    profiler = cProfile.Profile(time.process_time)  # CPU, not the waiting for the database
    for _ in range(times):
        visitor = visitor_of()
        profiler.enable()
        flow(visitor)
        profiler.disable()
    text = io.StringIO()
    statistics = pstats.Stats(profiler, stream=text).strip_dirs()
    statistics.sort_stats("tottime").print_stats(LINES)
    statistics.sort_stats("cumulative").print_stats(2 * LINES)
    return text.getvalue()
