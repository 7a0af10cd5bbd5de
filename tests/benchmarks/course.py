"""The course of a measuring: data first, then part after part, the table at the end."""

import io
import itertools
import logging
import os
import platform
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from tests import given
from tests.benchmarks import big_data, deciding, flows, house, intake, letters, quotas, race, rosters, signing_in
from tests.benchmarks.figures import Figure, table
from tests.benchmarks.profiles import profile
from tests.benchmarks.rounds import measure
from tests.benchmarks.rounds import run as visit
from tests.benchmarks.spending import own_memory_mib, yardstick_ms
from tests.benchmarks.visitors import CountedVisitor
from training.catalogue.models import TrainingSession
from training.management.fixtures.loading import load_what_every_house_needs

LETTERS, QUOTAS = "letters", "quotas"  # the part that needs no servers
ROUNDS, AT_ONCE = 7, 4
WARM_UP = 24  # visitors before measuring: both workers have compiled their templates then
ENROLMENTS, MANY_ENROLMENTS = 10_000, 100_000
RACERS, RACERS_AT_ONCE, LAST_PLACES, PLACES = 1_000, 64, 50, 300


@dataclass
class Scene:
    """The running servers, who organises, and what has been measured so far."""

    servers: house.Servers
    organiser: object
    figures: list = field(default_factory=list)
    sentences: list = field(default_factory=list)  # what is wrong with the race


def run(port, mail_server, parts):
    """Measures these parts and prints the table; 1 when the race was not exact, else 0."""
    _keep_the_log_quiet()
    with _step("Preparing the database and the static files"):
        call_command("prepare", verbosity=0, stdout=io.StringIO())
    wrong_with_letters = send_letters_in_a_storm() if LETTERS in parts else []
    wrong_with_quotas = run_quota_races() if QUOTAS in parts else []
    if not PARTS.keys() & set(parts):
        return 1 if wrong_with_letters or wrong_with_quotas else 0
    with _step(f"Writing {ENROLMENTS:,} enrolments and an agenda of {flows.ITEMS} items"):
        organiser = write_data()
    with house.running(port) as servers, mail_server:  # its thread starts when all processes have
        scene = Scene(servers, organiser)
        for name, measure_part in PARTS.items():
            if name in parts:
                measure_part(scene)
    say(f"\n{where_and_when()}\n\n{table(scene.figures)}")
    return 1 if scene.sentences or wrong_with_letters or wrong_with_quotas else 0


def run_quota_races():
    """Needs no servers: what races is the life cycle itself. Returns what was wrong."""
    say(f"{quotas.RUNS} races each for the last places of two quotas and the pool")
    wrong = quotas.run(say)
    say("  exact: " + ("yes" if not wrong else "NO: " + "; ".join(sorted(set(wrong)))))
    return wrong


def send_letters_in_a_storm():
    """Before the servers run: their worker would send the letters without being killed."""
    with _step(f"{letters.LETTERS} letters, and a worker that is killed {letters.KILLS} times"):
        outcome, wrong = letters.storm()
    say(f"  {outcome}")
    say("  as it must be: " + ("yes" if not wrong else "NO: " + "; ".join(wrong)))
    return wrong


def write_data(enrolments=ENROLMENTS):
    """Everything that the parts need; returns the organiser, who may also export."""
    load_what_every_house_needs()
    big_data.make_big_class(slug=flows.BIG, enrolments=enrolments, agenda_items=flows.ITEMS)
    big_data.make_open_class(flows.OPEN, places=1_000_000)
    big_data.make_open_class(flows.LAST_PLACES, places=PLACES, taken=PLACES - LAST_PLACES)
    tidy()
    organiser = given.organiser()
    given.grant(organiser, Role.EXPORTER)
    return organiser


def tidy():
    """What the database's own housekeeping would have done by the time so much data is there."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


# ── the parts ────────────────────────────────────────────────────────────────────────────────


def measure_pages(scene):
    for what, flow in (
        ("session page, anonymous", flows.session_page),
        ("agenda page of 100 items, anonymous", flows.agenda_page),
        ("agenda.ics of 100 items", flows.agenda_file),
    ):
        measure_flow(scene, what, flow, itertools.repeat(None), visitors=140)


def measure_enrolment(scene):
    visitors = 30
    keys = iter(signing_in.signed_in(big_data.make_accounts(WARM_UP + ROUNDS * visitors + 50, "newcomer")))
    measure_flow(
        scene, "enrolment of a signed-in trainee, 5 requests and a letter", flows.enrolment, keys, visitors=visitors
    )


def measure_admin(scene):
    [key] = signing_in.signed_in([scene.organiser])
    measure_flow(
        scene, "admin list of 10,000 enrolments, 50 a page", flows.admin_list, itertools.repeat(key), visitors=24
    )


def run_race(scene):
    """Prints what the race came to; what is wrong makes the command fail."""
    session = TrainingSession.objects.get(slug=flows.LAST_PLACES)
    people = big_data.make_accounts(RACERS, "racer")
    visitors = list(zip(itertools.count(1_000_000), signing_in.signed_in(people), strict=False))
    with _step(f"{RACERS:,} people, {RACERS_AT_ONCE} at a time, for the last {LAST_PLACES} places"):
        outcomes = visit(flows.one_of_the_last_places, scene.servers.base, visitors, RACERS_AT_ONCE)
    wrong = race.what_is_wrong(session, people, LAST_PLACES)
    wrong += [f"{count} times {word}" for word, count in outcomes.items() if word != "ok"]
    say("  exact: " + ("yes" if not wrong else "NO: " + "; ".join(wrong)))
    scene.sentences += wrong


def measure_rosters(scene):
    idle = own_memory_mib(scene.servers.pids)
    great = TrainingSession.objects.get(slug=flows.BIG)
    with _step(f"Rosters of {ENROLMENTS:,}"):
        scene.figures += rosters.figures(scene.servers, great, scene.organiser, idle, rounds=3)
    with _step(f"Writing {MANY_ENROLMENTS:,} more enrolments"):
        greater = big_data.make_big_class(slug="greater", enrolments=MANY_ENROLMENTS, agenda_items=0)
        tidy()
    with _step(f"Rosters of {MANY_ENROLMENTS:,}"):
        scene.figures += rosters.figures(scene.servers, greater, scene.organiser, idle, rounds=1)


def measure_deciding(scene):
    with _step(f"Writing {deciding.APPLICANTS:,} applications to decide on"):
        session = deciding.make_class_to_decide()
        tidy()
    with _step(deciding.PROPOSAL):
        scene.figures.append(deciding.proposal_figure(session, scene.servers.postgres))
    [key] = signing_in.signed_in([scene.organiser])
    board = deciding.board_page(f"/admin/training/trainingsession/{session.pk}/board/")
    measure_flow(scene, deciding.BOARD, board, itertools.repeat(key), visitors=24)


def measure_intake(scene):
    figure = Figure("dry run of 30 lists with 3,000 people", memory_mib=0.0)
    with TemporaryDirectory() as folder, _step(figure.what):
        paths = intake.write_lists(Path(folder))
        for _ in range(3):
            levels, cpu_seconds, mebibytes, _wall = intake.dry_run(paths)
            figure.cpu_ms.append(cpu_seconds * 1000)
            figure.memory_mib = max(figure.memory_mib, mebibytes)
    if (len(levels), levels.count("red")) != (intake.PEOPLE, intake.PEOPLE // 10):
        figure.remark = f"{len(levels)} people, {levels.count('red')} red"
    scene.figures.append(figure)


PARTS = {
    "pages": measure_pages,
    "admin": measure_admin,
    "enrolment": measure_enrolment,
    "proposal": measure_deciding,
    "race": run_race,
    "rosters": measure_rosters,
    "intake": measure_intake,
}


def measure_flow(scene, what, flow, keys, visitors):
    """CPU over the network first, then queries inside this process; a miss is printed with its profile.

    `keys` are those of the visitors' web sessions, `visitors` how many there are in a round.
    """
    numbers = itertools.count(2_000_000 + 10_000 * len(scene.figures))

    def some(count):
        return list(itertools.islice(zip(numbers, keys, strict=False), count))

    with _step(what):
        visit(flow, scene.servers.base, some(WARM_UP), AT_ONCE)
        measured = measure(flow, scene.servers, some(ROUNDS * visitors), rounds=ROUNDS, at_once=AT_ONCE)
        counted = CountedVisitor(*next(zip(numbers, keys, strict=False)))
        flow(counted)
        again = CountedVisitor(*next(zip(numbers, keys, strict=False)))
        outcome = flow(again)
    wrong = measured.went_wrong | ({} if outcome == "ok" else {outcome: 1})
    figure = Figure(what, measured.cpu_ms, len(again.queries), remark="; ".join(wrong))
    scene.figures.append(figure)
    say(f"  {figure.median_ms:.1f} CPU-ms, {len(again.queries)} queries ({len(counted.queries)} with nothing kept)")
    for word, count in wrong.items():
        say(f"  {count} times {word}")
    if not figure.is_met and not wrong:
        say(profile(flow, lambda: CountedVisitor(*next(zip(numbers, keys, strict=False)))))


# ── what is said ─────────────────────────────────────────────────────────────────────────────


def where_and_when():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        [version] = cursor.fetchone()
    return (
        f"{timezone.localdate():%d %B %Y}, {os.cpu_count()} cores, {platform.machine()},"
        f" Python {platform.python_version()}, PostgreSQL {version}, yardstick {yardstick_ms():.0f} ms"
    )


def _keep_the_log_quiet():
    """Of this process; the servers write theirs into files."""
    logging.disable(logging.INFO)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


def say(text, end="\n"):
    print(text, end=end, flush=True)


@contextmanager
def _step(sentence):
    started = time.monotonic()
    say(f"{sentence} … ", end="")
    yield
    say(f"{time.monotonic() - started:.0f} s")
