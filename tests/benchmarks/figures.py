"""The bars of the product, and the table that tells what was measured against them."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Bar:
    """`cpu_ms` and `queries` are what one run may cost, `memory_mib` the most it may hold above idle."""

    cpu_ms: float
    queries: int | None = None
    memory_mib: float | None = None


BARS = {
    "session page, anonymous": Bar(6, queries=5),
    "agenda page of 100 items, anonymous": Bar(8, queries=5),
    "agenda.ics of 100 items": Bar(15),
    "enrolment of a signed-in trainee, 5 requests and a letter": Bar(50, queries=30),
    "admin list of 10,000 enrolments, 50 a page": Bar(90, queries=15),
    "proposal for 5,000 applicants, 40 bodies, 3 categories": Bar(2000),
    "review board with 5,000 open applications": Bar(100, queries=20),
    "dry run of 30 lists with 3,000 people": Bar(20_000, memory_mib=200),
    "roster of 10,000, 20 columns, CSV": Bar(1000, memory_mib=100),
    "roster of 10,000, 20 columns, XLSX": Bar(2500, memory_mib=100),
    "roster of 100,000, 20 columns, CSV": Bar(10_000, memory_mib=100),
    "roster of 100,000, 20 columns, XLSX": Bar(25_000, memory_mib=100),
}


@dataclass
class Figure:
    """What was measured; `cpu_ms` holds one figure for each round."""

    what: str
    cpu_ms: list = field(default_factory=list)
    queries: int | None = None
    memory_mib: float | None = None
    remark: str = ""

    @property
    def median_ms(self):
        ordered = sorted(self.cpu_ms)
        return ordered[len(ordered) // 2]

    @property
    def is_met(self):
        bar = BARS[self.what]
        return not self.remark and all(
            found is not None and found <= allowed
            for found, allowed in (
                (self.median_ms, bar.cpu_ms),
                (self.queries, bar.queries),
                (self.memory_mib, bar.memory_mib),
            )
            if allowed is not None
        )


def table(figures):
    """The figures as a table in Markdown, to be read in a terminal and to be put into the README."""
    rows = [("What", "CPU-ms", "bar", "rounds", "queries", "bar", "MiB", "bar", "")]
    rows += [_row(figure) for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    rows.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    )


def _row(figure):
    bar = BARS[figure.what]
    return (
        figure.what,
        _number(figure.median_ms),
        _number(bar.cpu_ms),
        f"{_number(min(figure.cpu_ms))}–{_number(max(figure.cpu_ms))}",
        _number(figure.queries),
        _number(bar.queries),
        _number(figure.memory_mib),
        _number(bar.memory_mib),
        figure.remark or ("met" if figure.is_met else "MISSED"),
    )


def _number(value):
    if value is None:
        return ""
    return f"{value:,.1f}" if isinstance(value, float) and value < 100 else f"{value:,.0f}"
