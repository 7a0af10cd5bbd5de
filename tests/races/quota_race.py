"""People of two bodies and people alone, at once, for the last places: body quotas of 3 and 4, and a pool of 3.

The rule: a body sends as many people as its quota has, whoever comes first, and each of them is
offered a place of that quota; its reserves wait; whoever is alone gets a place of the pool in the
order of arrival, or the next number in line. Used by the tests and, with many people, by the benchmarks.
"""

import functools
import random
import uuid
from collections import Counter
from dataclasses import dataclass

from tests import given
from training.catalogue.models import TrainingSession
from training.enrolment import applying, nominating
from training.enrolment.models import Enrolment, EnrolmentEvent, Quota
from training.enrolment.states import State
from training.mail.models import Letter
from training.tools.refusals import Refused

QUOTAS, POOL = (3, 4), 3
PLACES = sum(QUOTAS) + POOL


@dataclass
class Race:
    """A session with its quotas, and everybody who will try: people and reserves of the bodies, people alone."""

    session: TrainingSession
    bodies: list
    nominees: list[Enrolment]
    alone: list

    @property
    def deeds(self):
        """One for each person, in no order."""
        deeds = [functools.partial(sent, self.session, draft) for draft in self.nominees]
        deeds += [functools.partial(applied, self.session, person) for person in self.alone]
        random.shuffle(deeds)
        return deeds


def race(people, nominated_by_each_body):
    """`people` are those who come alone; each body has so many people on its list, every fourth a reserve."""
    session = given.session(capacity=PLACES)
    bodies = [given.body(), given.body()]
    for body, places in zip(bodies, QUOTAS, strict=True):
        given.quota(session, body, places)
    by = given.user()
    nominees = [
        given.drafted(session, body, by=by, email="", is_reserve=number % 4 == 0)
        for body in bodies
        for number in range(1, nominated_by_each_body + 1)
    ]
    return Race(session, bodies, nominees, people)


def sent(session, draft):
    """The nomination, or what was said against it."""
    try:
        [enrolment] = nominating.submit(session, [draft.reference], by=draft.nominated_by)
    except Refused as refused:
        return refused
    return enrolment


def applied(session, person):
    return applying.apply(
        session,
        given.application(person.name),
        trainee=person,
        email=person.email,
        language="en",
        send_key=uuid.uuid4(),
        by=person.user,
    )


def what_is_wrong(race, results):
    """Sentences about what the database holds after the race; none when it went exactly as the rule says."""
    session = race.session
    session.refresh_from_db()
    everybody = Enrolment.objects.filter(session=session)
    reserves = sum(draft.is_reserve for draft in race.nominees)
    refused = len(race.nominees) - reserves - sum(QUOTAS)
    alone = everybody.filter(body__isnull=True)
    line = list(alone.waiting_in_line().values_list("pk", flat=True))
    errors = [result for result in results if isinstance(result, Exception) and not isinstance(result, Refused)]
    checks = {
        f"errors: {errors[:3]}": not errors,
        "not as many were refused as their body's quota is short": (
            sum(isinstance(result, Refused) for result in results) == refused
        ),
        "the places of the quotas were not offered to their bodies' people": _held_by_bodies(race) == list(QUOTAS),
        "the places of the pool were not given to people alone": (
            alone.filter(state=State.CONFIRMED, quota__isnull=True).count() == POOL
        ),
        "the counters are not what people hold": _counters(session) == (PLACES, POOL, list(QUOTAS)),
        "somebody is lost": Counter(everybody.values_list("state", flat=True))
        == Counter(
            {
                State.OFFERED: sum(QUOTAS),
                State.CONFIRMED: POOL,
                State.WAITLISTED: len(race.alone) - POOL + reserves,
                State.DRAFT: refused,
            }
        ),
        "the numbers in line have gaps": _numbers(everybody) == list(range(1, len(race.alone) - POOL + reserves + 1)),
        "the line is not in the order of the decisions": line == _in_the_order_decided(alone),
        "somebody in line was decided on before somebody with a place": _places_were_given_first(alone),
        "somebody has no letter, or two of one kind": _letters_are_right(everybody),
    }
    return [sentence for sentence, is_so in checks.items() if not is_so]


def _held_by_bodies(race):
    offered = Enrolment.objects.filter(session=race.session, state=State.OFFERED)
    return [offered.filter(body=body, quota__body=body, is_reserve=False).count() for body in race.bodies]


def _counters(session):
    quotas = Quota.objects.filter(session=session).order_by("pk").values_list("places_held", flat=True)
    return session.places_held, session.places_from_pool, list(quotas)


def _numbers(everybody):
    return sorted(everybody.filter(state=State.WAITLISTED).values_list("line_number", flat=True))


def _decisions(enrolments):
    """An event is written while the session's row is locked, so their order is that of the decisions."""
    return EnrolmentEvent.objects.filter(enrolment__in=enrolments).exclude(to_state=State.APPLIED).order_by("pk")


def _in_the_order_decided(enrolments):
    return list(_decisions(enrolments).filter(to_state=State.WAITLISTED).values_list("enrolment_id", flat=True))


def _places_were_given_first(enrolments):
    states = list(_decisions(enrolments).values_list("to_state", flat=True))
    return states == sorted(states)  # "confirmed" before "waitlisted"


def _letters_are_right(everybody):
    """Who has an address got one letter about each thing, and who is still on a list none."""
    told = everybody.exclude(state=State.DRAFT).exclude(trainee__email="")
    letters = Counter(Letter.objects.filter(about__in=everybody.values("reference")).values_list("about", "template"))
    with_a_letter = {about for about, _template in letters}
    return set(letters.values()) <= {1} and with_a_letter == set(told.values_list("reference", flat=True))
