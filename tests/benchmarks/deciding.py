"""A class with five thousand open applications of forty bodies: the proposal and the review board."""

import os

from tests.benchmarks import big_data
from tests.benchmarks.figures import Figure
from tests.benchmarks.spending import cpu_ms

BODIES, CATEGORIES, APPLICANTS = 40, 3, 5_000
PLACES_OF_A_QUOTA, PLACES = 2, 300
PROPOSAL = "proposal for 5,000 applicants, 40 bodies, 3 categories"
BOARD = "review board with 5,000 open applications"


def make_class_to_decide():
    """A published class decided by the organiser, with quotas of every body and category, and ranks."""
    from training.catalogue.models import Category, Organisation, TrainingSession
    from training.enrolment.models import Check, Criterion, Enrolment, Quota

    session = big_data.make_open_class("to-decide", places=PLACES)
    session.places_given = TrainingSession.PlacesGiven.BY_ORGANISER
    session.line_order, session.newcomers_first = TrainingSession.LineOrder.RANK, True
    session.save()
    big_data.make_enrolments(session, ["applied"] * APPLICANTS)
    categories = [
        Category.objects.get_or_create(code=f"decided-{number}", defaults={"name_en": f"Kind {number}"})[0]
        for number in range(CATEGORIES)
    ]
    bodies = Organisation.objects.bulk_create(
        Organisation(name_en=f"Department {number}", name_zh=f"第{number}厅", is_recommending_body=True)
        for number in range(BODIES)
    )
    for body in bodies:
        for category in categories:
            Quota.objects.create(session=session, body=body, category=category, places=PLACES_OF_A_QUOTA)
    people = list(Enrolment.objects.filter(session=session).order_by("pk"))
    for number, one in enumerate(people):
        one.body, one.rank = (bodies[number % BODIES], number // BODIES + 1) if number % 10 else (None, None)
        one.category = categories[number % CATEGORIES]
        one.taken_over_at = one.applied_at
    Enrolment.objects.bulk_update(people, ["body", "rank", "category", "taken_over_at"], batch_size=1000)
    Check.objects.create(session=session, kind="title_level", allowed=["senior"])
    Check.objects.create(session=session, kind="attended", at_most=24)
    Check.objects.create(session=session, kind="duplicate")
    Criterion.objects.create(session=session, name_en="Practice")
    session.refresh_from_db()
    return session


def proposal_figure(session, postgres, rounds=5):
    """CPU of this process and of PostgreSQL for one proposal from the tables."""
    from training.enrolment.proposing import proposal_for

    figure = Figure(PROPOSAL)
    proposal_for(session)
    for _ in range(rounds):
        before = cpu_ms([os.getpid(), postgres])
        proposal = proposal_for(session)
        figure.cpu_ms.append(cpu_ms([os.getpid(), postgres]) - before)
        if len(proposal.lines) != APPLICANTS:
            figure.remark = f"{len(proposal.lines)} lines"
    return figure


def board_page(address):
    """A visitor that opens the board."""

    def flow(visitor):
        page = visitor.get(address)
        rows = page.text.count('name="person"')
        return "ok" if (page.status, rows) == (200, 50) else f"{page.status}, {rows} rows"

    return flow
