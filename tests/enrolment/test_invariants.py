"""What stays true whatever happens in whatever order: random histories against a small model."""

import contextlib
import uuid
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as some

from tests import given
from training.catalogue.models import TrainingSession
from training.enrolment import applying, lifecycle, planning
from training.enrolment.models import Enrolment
from training.enrolment.states import HOLDING_A_PLACE, MOVES, OPEN, State
from training.mail.models import Letter
from training.tools.refusals import Refused

PEOPLE = 6
STEPS = some.lists(
    some.tuples(
        some.sampled_from(
            [
                "apply",
                "withdraw",
                "confirm",
                "lapse",
                "offer",
                "waitlist",
                "decline",
                "send_back",
                "correct",
                "add_a_place",
            ]
        ),
        some.integers(0, PEOPLE - 1),
    ),
    max_size=30,
)


@contextlib.contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class History:
    """A session and its people, to whom things happen; refused deeds change nothing."""

    def __init__(self, capacity, first_come):
        make = given.session if first_come else given.session_by_organiser
        self.session = make(capacity=capacity)
        self.organiser = given.user()
        self.people = [given.trainee() for _ in range(PEOPLE)]

    def happen(self, deed, index):
        person = self.people[index]
        current = Enrolment.objects.filter(trainee=person).order_by("-pk").first()
        before = self._picture()
        try:
            with transaction.atomic():
                self._do(deed, person, current)
        except Refused:
            assert self._picture() == before

    def _do(self, deed, person, current):
        if deed == "apply":
            applying.apply(
                self.session,
                given.application(person.name),
                trainee=person,
                email=person.email,
                language="en",
                send_key=uuid.uuid4(),
                by=person.user,
            )
        elif deed == "add_a_place":
            session = TrainingSession.objects.get(pk=self.session.pk)
            session.capacity += 1
            session.save(update_fields=["capacity"])
            planning.offer_what_became_free(session)
        elif current is None:
            return
        elif deed == "lapse":
            lifecycle.lapse(given.offer_that_is_over(current) if current.state == State.OFFERED else current)
        elif deed == "correct":
            applying.change_answers(current, given.application(person.name, {"post": "Engineer"}), by=person.user)
        elif deed in ("withdraw", "confirm"):
            getattr(lifecycle, deed)(current, by=person.user)
        else:
            getattr(lifecycle, deed)(current, by=self.organiser, reason=given.A_REASON)

    def _picture(self):
        return sorted(Enrolment.objects.values_list("pk", "state", "line_number"))

    def check(self):
        session = TrainingSession.objects.get(pk=self.session.pk)
        enrolments = list(Enrolment.objects.all())
        states = [enrolment.state for enrolment in enrolments]
        held = sum(state in HOLDING_A_PLACE for state in states)
        assert session.places_held == held <= session.capacity
        assert session.places_confirmed == states.count("confirmed")
        assert session.people_waiting == states.count("waitlisted")
        for person in self.people:
            assert sum(one.trainee_id == person.pk and one.state in OPEN for one in enrolments) <= 1
        if session.is_first_come and session.people_waiting:
            assert session.places_left == 0, "somebody waits while a place is free"
        for enrolment in enrolments:
            self._check_history(enrolment)

    def _check_history(self, enrolment):
        moves = list(enrolment.events.values_list("from_state", "to_state"))
        assert moves[0] == ("", "applied")
        assert moves[-1][1] == enrolment.state
        for (_, came_to), (left_from, went_to) in pairwise(moves):
            assert left_from == came_to
            assert went_to in MOVES[left_from]
        silent = {"applied"} if self.session.is_first_come else set()
        told = [to for _, to in moves if to not in silent]
        assert Letter.objects.about(enrolment.reference).count() == len(told)


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@for_all(steps=STEPS, capacity=some.integers(1, 3), first_come=some.booleans())
def test_sums_order_and_history_hold_after_every_step(steps, capacity, first_come):
    with rolled_back():
        history = History(capacity, first_come)
        for deed, index in steps:
            history.happen(deed, index)
            history.check()
