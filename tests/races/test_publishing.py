"""Decisions that two organisers publish at one moment, and that somebody withdraws from meanwhile."""

import functools
import threading

import pytest
from django.db import ProgrammingError, connection

from tests import given
from tests.races.at_once import at_once
from tests.races.test_last_places import no_lock
from training.enrolment import deciding, lifecycle
from training.enrolment.deciding import decide, pending_in, publish
from training.enrolment.models import Enrolment
from training.enrolment.states import State
from training.mail.models import Letter
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 8


@pytest.fixture
def session():
    made = given.session_by_organiser(capacity=PEOPLE)
    decide([given.applied_enrolment(made) for _ in range(PEOPLE)], State.OFFERED, by=given.user())
    return made


def publishing(session):
    return functools.partial(publish, session, by=given.user())


def offers():
    return Letter.objects.filter(template="enrolment_offered").count()


def without_locks(monkeypatch, publishers):
    """Both read the decisions before one of them writes."""
    together = threading.Barrier(publishers)
    monkeypatch.setattr(deciding, "locked_session", no_lock(together))

    def look(session):
        seen = pending_in(session)
        together.wait(30)
        return seen

    monkeypatch.setattr(deciding, "_locked_pending", look)


def test_published_twice_at_once_is_published_once(session):
    results = at_once([publishing(session) for _ in range(4)])

    assert [result for result in results if not isinstance(result, Refused)] == [PEOPLE]
    assert {str(result) for result in results if isinstance(result, Refused)} == {"There is no decision to publish."}
    assert (Enrolment.objects.filter(state="offered").count(), offers()) == (PEOPLE, PEOPLE)


def test_control_without_locks_the_database_still_lets_only_one_publish(session, monkeypatch):
    without_locks(monkeypatch, 2)

    results = at_once([publishing(session) for _ in range(2)])

    assert sorted(type(result) for result in results if result != PEOPLE) == [ProgrammingError]
    assert offers() == PEOPLE


@pytest.fixture
def decisions_may_be_rewritten():
    """Without the trigger that keeps what is published."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE training_decision DISABLE TRIGGER USER")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE training_decision ENABLE TRIGGER USER")


@pytest.mark.usefixtures("decisions_may_be_rewritten")
def test_control_without_locks_and_trigger_everybody_is_told_twice(session, monkeypatch):
    without_locks(monkeypatch, 2)

    assert at_once([publishing(session) for _ in range(2)]) == [PEOPLE, PEOPLE]

    assert offers() == 2 * PEOPLE


def test_a_withdrawal_at_the_same_moment_stops_everything_or_comes_after_it(session):
    gone = Enrolment.objects.filter(session=session).first()

    published, _withdrawn = at_once(
        [publishing(session), functools.partial(lifecycle.withdraw, gone, by=gone.trainee.user)]
    )

    gone.refresh_from_db()
    session.refresh_from_db()
    assert gone.state == "withdrawn"
    if isinstance(published, Refused):
        assert (session.places_held, offers()) == (0, 0)
    else:
        assert (session.places_held, offers()) == (PEOPLE - 1, PEOPLE)
