"""What happens by itself: the clock lets offers lapse and the line moves on."""

import pytest
from django.db import connection

from tests import given
from training.enrolment.models import Enrolment
from training.mail.models import Letter
from training.management.clock import lapse_overdue_offers

pytestmark = pytest.mark.django_db


def states(*enrolments):
    return [Enrolment.objects.get(pk=one.pk).state for one in enrolments]


def an_offer_that_is_over_and_somebody_who_waits():
    session = given.session_by_organiser(capacity=1, line_moves=True)
    offered = given.offered_enrolment(session)
    waiting = given.lifecycle.waitlist(given.applied_enrolment(session), by=given.user())
    return given.offer_that_is_over(offered), waiting


def broken_for(enrolment):
    """From now on the database refuses every change of this row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_it() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'It is broken.'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refuse_it BEFORE UPDATE ON training_enrolment FOR EACH ROW"
            f" WHEN (OLD.id = {enrolment.pk}) EXECUTE FUNCTION refuse_it()"
        )


def test_an_offer_lapses_and_the_place_is_offered_to_the_next_once_however_often_the_clock_asks():
    over, waiting = an_offer_that_is_over_and_somebody_who_waits()

    for _ in range(3):
        lapse_overdue_offers(timestamp=0)

    assert states(over, waiting) == ["lapsed", "offered"]
    assert Letter.objects.about(waiting.reference).filter(template="enrolment_offered").count() == 1
    assert Letter.objects.about(over.reference).filter(template="enrolment_lapsed").count() == 1


def test_an_offer_that_cannot_lapse_holds_up_nobody_else():
    (broken, stays), (over, waiting) = (an_offer_that_is_over_and_somebody_who_waits() for _ in range(2))
    broken_for(broken)

    lapse_overdue_offers(timestamp=0)

    assert states(broken, stays) == ["offered", "waitlisted"]
    assert states(over, waiting) == ["lapsed", "offered"]
