"""The whole life cycle with quotas, driven at random beside a small model that fits on two screens.

After each step the model and the database agree on who stands where, on whose place it is, and
on every sum; and what the model refuses is refused.
"""

import contextlib
import uuid
from dataclasses import dataclass

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as for_all
from hypothesis import strategies as some

from tests import given
from training.catalogue.models import TrainingSession
from training.enrolment import applying, lifecycle, nominating, planning, substituting, transferring
from training.enrolment.models import Enrolment, Quota
from training.mail.models import Letter
from training.tools.refusals import Refused

DEEDS = (
    "apply", "nominate", "nominate", "nominate_reserve", "rank_last_first", "take_over", "offer", "waitlist", "decline",
    "send_back", "confirm", "lapse", "substitute", "transfer", "withdraw", "more_places", "more_quota", "less_quota",
    "close_the_lists",
)  # fmt: skip
STEPS = some.lists(
    some.tuples(some.sampled_from(DEEDS), some.integers(0, 11), some.sampled_from("AB")), min_size=8, max_size=24
)
HELD = ("offered", "confirmed")
OPEN = ("applied", "returned", "waitlisted", *HELD)
POOL = "pool"


@dataclass
class Person:
    """What the model knows of somebody: his body, whose place he holds, where he stands in line."""

    row: Enrolment
    body: str = ""
    is_reserve: bool = False
    rank: int = 0
    state: str = "applied"
    purse: str = ""
    line: int = 0


class Model:
    """The rule of places in plain Python: one list of people, one number per purse."""

    def __init__(self, capacity, quotas, by_rank):
        self.capacity, self.quotas, self.by_rank = capacity, dict(quotas), by_rank
        self.people, self.last_in_line, self.lists_are_open = [], 0, True

    def free(self, purse):
        held = sum(one.state in HELD and one.purse == purse for one in self.people)
        if purse == POOL:
            return self.capacity - sum(self.quotas.values()) - held
        return self.quotas[purse] - held

    def purse_for(self, one):
        return next((purse for purse in (one.body, POOL) if purse and self.free(purse) > 0), None)

    def standing_for_a_place(self, body):
        mine = [one for one in self.people if one.body == body and one.state in OPEN and not one.is_reserve]
        return sum(not (one.state in HELD and one.purse == POOL) for one in mine)

    def offer(self, one, purse):
        one.state, one.purse = "offered", purse

    def move_the_line(self):
        for purse in (*self.quotas, POOL):
            for _ in range(max(self.free(purse), 0)):
                line = [one for one in self.people if one.state == "waitlisted" and purse in (one.body, POOL)]
                line = [one for one in line if not (one.is_reserve and self.lists_are_open)]
                if line:
                    self.offer(min(line, key=self.order), purse)

    def order(self, one):
        return (one.is_reserve, (one.rank or 999) if self.by_rank else 0, one.line)


class Class:
    """The real session beside the model: each deed says whether the model allows it, and does it to both."""

    def __init__(self, capacity, quotas, by_rank):
        order = TrainingSession.LineOrder.RANK if by_rank else TrainingSession.LineOrder.ARRIVAL
        self.session = given.session_by_organiser(capacity=capacity, line_moves=True, line_order=order)
        self.later = given.session_by_organiser(
            programme=self.session.programme, starts_on=self.session.ends_on, ends_on=None, capacity=500
        )
        self.bodies = {name: given.body(name) for name in quotas}
        for name, places in quotas.items():
            given.quota(self.session, self.bodies[name], places)
        self.organiser = given.user()
        self.model = Model(capacity, quotas, by_rank)

    def happen(self, deed, index, body):
        people = self.model.people
        one = people[index] if index < len(people) else None
        allowed = getattr(self, f"may_{deed}", lambda *_: one is not None)(one, body)
        letters, done = Letter.objects.count(), False
        with contextlib.suppress(Refused, IntegrityError), transaction.atomic():
            if one is not None or deed in self.WITHOUT_A_PERSON:
                done = getattr(self, deed)(one, body) is not False
        assert done == allowed, f"{deed}: the model says {allowed}"
        if not done:
            assert Letter.objects.count() == letters, "what is refused tells nobody"

    WITHOUT_A_PERSON = frozenset(
        {"apply", "nominate", "nominate_reserve", "rank_last_first", "more_places", "more_quota", "less_quota",
         "close_the_lists"}
    )  # fmt: skip

    # Coming in

    def may_apply(self, *_):
        return True

    def apply(self, *_):
        person = given.trainee()
        sent = applying.apply(
            self.session, given.application(person.name), trainee=person, email=person.email, language="en",
            send_key=uuid.uuid4(), by=person.user,
        )  # fmt: skip
        self.model.people.append(Person(sent))

    def may_nominate(self, _, body):
        return self.model.lists_are_open and self.model.standing_for_a_place(body) < self.model.quotas[body]

    def nominate(self, _, body, *, is_reserve=False):
        sent = given.nominated(self.session, self.bodies[body], by=self.organiser, is_reserve=is_reserve)
        self.model.people.append(Person(sent, body, is_reserve, sent.rank))

    def may_nominate_reserve(self, *_):
        return self.model.lists_are_open

    def nominate_reserve(self, _, body):
        self.nominate(None, body, is_reserve=True)

    def may_rank_last_first(self, *_):
        return self.model.lists_are_open

    def rank_last_first(self, _, body):
        mine = [one for one in self.model.people if one.body == body and one.state in OPEN]
        ranked = sorted(mine, key=lambda one: -one.rank)
        nominating.rank(self.session, self.bodies[body], [one.row.reference for one in ranked], by=self.organiser)
        for rank, one in enumerate(ranked, 1):
            one.rank = rank

    def may_take_over(self, one, _):
        return bool(one and one.body and one.state in OPEN and not Enrolment.objects.get(pk=one.row.pk).taken_over_at)

    def take_over(self, one, _):
        if not one.body:
            return False
        account = given.user()
        nominating.take_over(one.row, given.application("Confirmed"), by=account)
        return True

    # Being decided on

    def may_offer(self, one, _):
        return bool(one and one.state in ("applied", "waitlisted") and self.model.purse_for(one))

    def offer(self, one, _):
        lifecycle.offer(one.row, by=self.organiser)
        self.model.offer(one, self.model.purse_for(one))

    def may_waitlist(self, one, _):
        return bool(one and one.state == "applied")

    def waitlist(self, one, _):
        lifecycle.waitlist(one.row, by=self.organiser)
        self.model.last_in_line += 1
        one.state, one.line = "waitlisted", self.model.last_in_line

    def may_decline(self, one, _):
        return bool(one and one.state in ("applied", "waitlisted"))

    def decline(self, one, _):
        lifecycle.decline(one.row, by=self.organiser, reason=given.A_REASON)
        one.state = "declined"

    may_send_back = may_waitlist

    def send_back(self, one, _):
        lifecycle.send_back(one.row, by=self.organiser, reason=given.A_REASON)
        one.state = "returned"

    # Answering, leaving, making room

    def may_confirm(self, one, _):
        return bool(one and one.state == "offered")

    def confirm(self, one, _):
        lifecycle.confirm(one.row, by=self.organiser)
        one.state = "confirmed"

    may_lapse = may_confirm

    def lapse(self, one, _):
        if one.state != "offered":
            return False
        lifecycle.lapse(given.offer_that_is_over(one.row))
        one.state = "lapsed"
        self.model.move_the_line()
        return True

    def may_substitute(self, one, _):
        return bool(one and one.body and one.state in HELD)

    def substitute(self, one, _):
        successor = substituting.substitute(one.row, given.nominee(), by=self.organiser)
        one.state = "substituted"
        rank = successor.rank
        self.model.people.append(Person(successor, one.body, False, rank, "offered", one.purse))

    def may_transfer(self, one, _):
        return bool(one and one.state in OPEN)

    def transfer(self, one, _):
        transferring.transfer(one.row, self.later, with_a_place=True, by=self.organiser)
        one.state = "withdrawn"
        self.model.move_the_line()

    may_withdraw = may_transfer

    def withdraw(self, one, _):
        lifecycle.withdraw(one.row, by=self.organiser)
        one.state = "withdrawn"
        self.model.move_the_line()

    # Changing what there is

    def may_more_places(self, *_):
        return True

    def more_places(self, *_):
        session = TrainingSession.objects.get(pk=self.session.pk)
        session.capacity += 1
        session.save(update_fields=["capacity"])
        planning.offer_what_became_free(session)
        self.model.capacity += 1
        self.model.move_the_line()

    def may_more_quota(self, *_):
        return self.model.free(POOL) > 0

    def more_quota(self, _, body):
        self.change_quota(body, 1)

    def may_less_quota(self, _, body):
        return self.model.free(body) > 0

    def less_quota(self, _, body):
        self.change_quota(body, -1)

    def change_quota(self, body, by):
        places = self.model.quotas[body] + by
        if places < 0:
            raise Refused("A quota is never below nothing.")
        Quota.objects.filter(session=self.session, body=self.bodies[body]).update(places=places)
        planning.offer_what_became_free(self.session)
        self.model.quotas[body] = places
        self.model.move_the_line()

    def may_close_the_lists(self, *_):
        return True

    def close_the_lists(self, *_):
        TrainingSession.objects.filter(pk=self.session.pk).update(nominations_close_at=timezone.now())
        planning.offer_what_became_free(self.session)
        self.model.lists_are_open = False
        self.model.move_the_line()

    def check(self):
        """Everybody and every sum, the database's beside the model's."""
        names = {quota.pk: quota.body.name_en for quota in Quota.objects.select_related("body")}
        rows = {row.pk: row for row in Enrolment.objects.filter(session=self.session)}
        for one in self.model.people:
            row = rows[one.row.pk]
            purse = (names[row.quota_id] if row.quota_id else POOL) if row.state in HELD else one.purse
            assert (row.state, purse) == (one.state, one.purse), row
        held = [one for one in self.model.people if one.state in HELD]
        session = TrainingSession.objects.get(pk=self.session.pk)
        assert session.places_held == len(held) <= session.capacity
        assert session.places_from_pool == sum(one.purse == POOL for one in held)
        assert session.places_in_quotas == sum(self.model.quotas.values())
        assert session.people_waiting == sum(one.state == "waitlisted" for one in self.model.people)
        for quota in Quota.objects.filter(session=self.session).select_related("body"):
            assert quota.places_held == sum(one.purse == quota.body.name_en for one in held) <= quota.places

    def check_the_letters(self):
        """One for each move but those before a nomination was sent and those that another letter speaks of."""
        for one in self.model.people:
            row = Enrolment.objects.get(pk=one.row.pk)
            moves = row.events.exclude(to_state="draft").count()
            silent = (row.replaces_id is not None) + Enrolment.objects.filter(transferred_from=row).count()
            assert Letter.objects.about(row.reference).count() == moves - silent, row


@pytest.mark.django_db
@settings(
    max_examples=12, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@for_all(steps=STEPS, a=some.integers(0, 2), b=some.integers(0, 2), pool=some.integers(0, 2), by_rank=some.booleans())
def test_model_and_database_agree_after_every_step(steps, a, b, pool, by_rank):
    with transaction.atomic():
        real = Class(a + b + pool, {"A": a, "B": b}, by_rank)
        for deed, index, body in steps:
            real.happen(deed, index, body)
            real.check()
        real.check_the_letters()
        transaction.set_rollback(True)
