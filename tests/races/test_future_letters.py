"""Letters by the calendar, planned and let go by several clocks at once while people come and go."""

import functools
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import given
from tests.races.at_once import at_once
from training.enrolment import future_letters, lifecycle
from training.enrolment.future_letters import keep_letters_in_step
from training.mail.models import Letter
from training.mail.planned import FutureLetter

pytestmark = pytest.mark.django_db(transaction=True)

CLOCKS, PEOPLE = 4, 6


@pytest.fixture
def session():
    given.nothing_by_the_calendar()
    given.trigger(changed_at=timezone.now() - timedelta(days=60))
    return given.session()


@pytest.fixture
def due(session):
    return timezone.make_aware(datetime.combine(session.starts_on - timedelta(days=3), time(9)))


def reminders():
    return Letter.objects.exclude(occasion="")


def jobs_of(letters):
    return ProcrastinateJob.objects.filter(args__letter_id__in=list(letters.values_list("pk", flat=True)))


def test_clocks_that_come_at_the_same_moment_write_and_let_go_each_letter_once(session, due):
    for _ in range(PEOPLE):
        given.confirmed_enrolment(session)

    results = at_once([functools.partial(keep_letters_in_step, session.pk, at=due)] * CLOCKS)

    assert sum(kept.planned for kept in results) == PEOPLE
    assert sum(kept.released for kept in results) == PEOPLE
    assert reminders().filter(state="waiting").count() == PEOPLE
    assert jobs_of(reminders()).count() == PEOPLE


def test_control_without_the_lock_and_the_name_of_the_occasion_a_letter_is_written_twice(session, due, monkeypatch):
    given.confirmed_enrolment(session)
    each_its_own = iter(range(CLOCKS))
    monkeypatch.setattr(
        future_letters,
        "locked_session",
        lambda session_id: type(session).objects.select_related("venue").get(pk=session_id),
    )
    monkeypatch.setattr(
        future_letters,
        "FutureLetter",
        lambda occasion, **more: FutureLetter(occasion=f"{occasion}/{next(each_its_own)}", **more),
    )

    at_once([functools.partial(keep_letters_in_step, session.pk, at=due)] * CLOCKS)

    assert reminders().count() > 1


def test_who_withdraws_while_the_clock_comes_is_reminded_before_it_or_not_at_all(session, due):
    people = [given.confirmed_enrolment(session) for _ in range(PEOPLE)]
    keep_letters_in_step(session.pk)

    at_once(
        [functools.partial(lifecycle.withdraw, one, by=one.trainee.user) for one in people]
        + [functools.partial(keep_letters_in_step, session.pk, at=due)] * CLOCKS
    )
    keep_letters_in_step(session.pk, at=due + timedelta(minutes=1))

    assert set(reminders().values_list("state", flat=True)) == {"dropped"}
    assert Letter.objects.filter(template="enrolment_withdrawn").count() == PEOPLE
