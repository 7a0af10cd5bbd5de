"""The last places of an option, chosen by many at once."""

import functools
import threading
import uuid

import pytest
from django.db import connection

from tests import given
from tests.races.at_once import at_once
from tests.races.test_last_places import no_lock
from training.enrolment import applying
from training.enrolment.answering import current_form
from training.enrolment.applying import Application
from training.enrolment.asked import questions_at
from training.enrolment.models import Choice, Enrolment
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, MAY_CHOOSE = 12, 5


@pytest.fixture
def session():
    return given.session(capacity=100)


@pytest.fixture
def tour(session):
    return given.own_field(session, "Which tour?", "choice", [("Mill", MAY_CHOOSE), ("Forge", None)])


def choosing(session, field):
    """Everybody sends an application that chooses the first option; its wording is kept already."""
    current_form(session)
    asked = questions_at(session, "application")
    answers = {field.code: field.options.get(label_en="Mill").value}
    people = [given.trainee() for _ in range(PEOPLE)]
    return [
        functools.partial(
            applying.apply,
            session,
            Application(person.name, answers, asked=asked),
            trainee=person,
            email=person.email,
            language="en",
            send_key=uuid.uuid4(),
            by=person.user,
        )
        for person in people
    ]


def chosen(field):
    return field.options.get(label_en="Mill").chosen


def test_exactly_as_many_choose_it_as_may_and_the_others_are_told(session, tour):
    results = at_once(choosing(session, tour))

    assert sum(isinstance(one, Enrolment) for one in results) == MAY_CHOOSE
    refused = [one for one in results if isinstance(one, Refused)]
    assert [one.field for one in refused] == [tour.code] * (PEOPLE - MAY_CHOOSE)
    assert chosen(tour) == Choice.objects.count() == Enrolment.objects.count() == MAY_CHOOSE


@pytest.fixture
def constraint_is_put_back():
    yield
    with connection.cursor() as cursor:
        cursor.execute("UPDATE training_askedoption SET capacity = NULL")
        cursor.execute(
            "ALTER TABLE training_askedoption ADD CONSTRAINT chosen_by_no_more_than_may"
            " CHECK (capacity IS NULL OR chosen <= capacity)"
        )


def test_the_control_without_lock_and_constraint_lets_too_many_choose(
    session, tour, monkeypatch, constraint_is_put_back
):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE training_askedoption DROP CONSTRAINT chosen_by_no_more_than_may")
    deeds = choosing(session, tour)
    look_together = threading.Barrier(PEOPLE)
    monkeypatch.setattr(applying, "locked_session", no_lock(look_together))
    waiting = threading.Barrier(PEOPLE)
    take_options = applying.take_options

    def all_together(*arguments):
        waiting.wait(30)
        take_options(*arguments)

    monkeypatch.setattr(applying, "take_options", all_together)

    results = at_once(deeds)

    assert chosen(tour) > MAY_CHOOSE, results
