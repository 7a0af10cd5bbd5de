"""The whole life cycle with quotas, driven at random beside a small model that fits on two screens.

After each step the model and the database agree on who stands where, on whose place it is, and
on every sum; and what the model refuses is refused in a sentence, before the database has to.
The model reads nothing of the product: it counts ranks, places and the line by itself.
"""

import contextlib
import copy
import random
import uuid
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as for_all
from hypothesis import strategies as some

from tests import given
from training.catalogue.models import TrainingSession
from training.enrolment import (
    applying,
    deciding,
    lifecycle,
    nominating,
    planning,
    quotas,
    substituting,
    transferring,
)
from training.enrolment.line import purses_of
from training.enrolment.models import Enrolment, Quota
from training.enrolment.states import State
from training.mail.models import Letter
from training.tools.refusals import Refused

# What happens to one person after the other; "/" stands before what happens to somebody else then.
THREADS = tuple(
    thread.split()
    for thread in (
        "apply decide_to_offer publish confirm withdraw",
        "nominate decide_to_offer waitlist publish drop_the_decision",
        "nominate decide_to_decline drop_the_decision publish offer",
        "nominate decide_to_put_in_line nominate decide_to_put_in_line rank_last_first publish",
        "nominate waitlist nominate waitlist rank_last_first close_the_lists /withdraw",
        "nominate offer substitute confirm substitute",
        "nominate offer confirm_too_late confirm less_quota less_quota",
        "nominate offer nominate waitlist /lapse",
        "nominate offer transfer",
        "nominate_reserve waitlist take_over /withdraw",
        "nominate_reserve waitlist nominate_reserve waitlist rank_last_first close_the_lists",
        "apply waitlist /transfer",
        "apply send_back withdraw",
        "apply decline",
        "more_quota nominate offer less_quota",
        "more_places",
        "less_places",
        "less_quota",
        "offer",
        "withdraw",
        "publish",
    )
)
DEEDS = sorted({word.strip("/") for thread in THREADS for word in thread})
LENGTH = 14  # threads of one history
HELD = ("offered", "confirmed")
OPEN = ("applied", "returned", "waitlisted", *HELD)
DECIDABLE = {"applied": ("offered", "waitlisted", "declined"), "waitlisted": ("offered", "declined")}
POOL = "pool"
LAST = 999


@dataclass
class Person:
    """What the model knows of somebody: his body, whose place he holds, where he stands in line.

    `decided` is what is to become of him once it is published, `decided_as` how he stood then.
    """

    row: Enrolment
    body: str = ""
    is_reserve: bool = False
    rank: int = 0
    state: str = "applied"
    purse: str = ""
    line: int = 0
    taken_over: bool = False
    decided: str = ""
    decided_as: str = ""


class Model:
    """The rule of places in plain Python: one list of people, one number per purse."""

    def __init__(self, capacity, quotas, by_rank):
        self.capacity, self.quotas, self.by_rank = capacity, dict(quotas), by_rank
        self.people, self.last_in_line, self.lists_are_open, self.offered_later = [], 0, True, 0

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

    def next_rank(self, body):
        return max((one.rank for one in self.people if one.body == body and one.state in OPEN), default=0) + 1

    def offer(self, one, purse):
        one.state, one.purse = "offered", purse

    def put_in_line(self, one):
        self.last_in_line += 1
        one.state, one.line = "waitlisted", self.last_in_line

    def publish(self):
        """Everything that is decided, in the order of the rule, or nothing; says whether it was done."""
        decided = [one for one in self.people if one.decided]
        if not decided or any(one.state != one.decided_as for one in decided):
            return False
        for one in sorted(decided, key=lambda one: (*self.order(one), self.people.index(one))):
            if one.decided == "offered":
                purse = self.purse_for(one)
                if purse is None:
                    return False
                self.offer(one, purse)
            elif one.decided == "waitlisted":
                self.put_in_line(one)
            else:
                one.state = one.decided
            one.decided = one.decided_as = ""
        return True

    def copied(self):
        """To try something out."""
        trial = copy.copy(self)
        trial.people = [copy.copy(one) for one in self.people]
        return trial

    def move_the_line(self):
        for purse in (*self.quotas, POOL):
            for one in self.line(purse)[: max(self.free(purse), 0)]:
                self.offer(one, purse)

    def line(self, purse):
        reserves_wait = self.lists_are_open and any(self.quotas.values())
        line = [one for one in self.people if one.state == "waitlisted" and purse in (one.body, POOL)]
        return sorted((one for one in line if not (one.is_reserve and reserves_wait)), key=self.order)

    def order(self, one):
        place = one.line if one.state == "waitlisted" else LAST
        return (one.is_reserve, (one.rank or LAST) if self.by_rank else 0, place)


class Class:
    """The real session beside the model: each deed says whether the model allows it, and does it to both."""

    def __init__(self, capacity, places_of_bodies, by_rank):
        order = TrainingSession.LineOrder.RANK if by_rank else TrainingSession.LineOrder.ARRIVAL
        self.session = given.session_by_organiser(capacity=capacity, line_moves=True, line_order=order)
        self.later = given.session_by_organiser(
            programme=self.session.programme, starts_on=self.session.ends_on, ends_on=None, capacity=500
        )
        self.bodies = {name: given.body(name) for name in places_of_bodies}
        for name, places in places_of_bodies.items():
            given.quota(self.session, self.bodies[name], places)
        self.organiser = given.user()
        self.model = Model(capacity, places_of_bodies, by_rank)

    def happen(self, deed, one, body):
        allowed = getattr(self, f"may_{deed}")(one, body)
        letters, done = Letter.objects.count(), False
        with contextlib.suppress(Refused), transaction.atomic():
            if one is not None or deed in self.WITHOUT_A_PERSON:
                done = getattr(self, deed)(one, body) is not False
        assert done == allowed, f"{deed}: the model says {allowed}"
        if not done:
            assert Letter.objects.count() == letters, "what is refused tells nobody"

    def person_for(self, deed, before, body, chance):
        """The person before or another one whom the deed fits; now and then anybody, who may be refused it."""
        if chance.random() < 0.15:
            return chance.choice([None, *self.model.people])
        fitting = [one for one in self.model.people if getattr(self, f"may_{deed}")(one, body)]
        if before in fitting:
            return before
        holding = [one for one in fitting if one.state in HELD]
        return chance.choice(holding or fitting or [before])

    WITHOUT_A_PERSON = frozenset(
        {"apply", "nominate", "nominate_reserve", "rank_last_first", "publish", "more_places", "less_places",
         "more_quota", "less_quota", "close_the_lists"}
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
        self.model.people.append(Person(sent, body, is_reserve, self.model.next_rank(body)))

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
        return bool(one and one.body and one.state in OPEN and not one.taken_over)

    def take_over(self, one, _):
        if not one.body:
            return False
        account = given.user()
        nominating.take_over(one.row, given.application("Confirmed"), by=account)
        one.taken_over = True
        return True

    # Being decided on, first on paper

    def may_be_decided(self, one, to):
        return bool(one and to in DECIDABLE.get(one.state, ()))

    def decide(self, one, to):
        deciding.decide([one.row], State(to), by=self.organiser, reason=given.A_REASON)
        one.decided, one.decided_as = to, one.state

    def may_decide_to_offer(self, one, _):
        return self.may_be_decided(one, "offered")

    def decide_to_offer(self, one, _):
        self.decide(one, "offered")

    def may_decide_to_put_in_line(self, one, _):
        return self.may_be_decided(one, "waitlisted")

    def decide_to_put_in_line(self, one, _):
        self.decide(one, "waitlisted")

    def may_decide_to_decline(self, one, _):
        return self.may_be_decided(one, "declined")

    def decide_to_decline(self, one, _):
        self.decide(one, "declined")

    def may_drop_the_decision(self, one, _):
        return bool(one and one.decided)

    def drop_the_decision(self, one, _):
        dropped = deciding.drop([one.row], by=self.organiser)
        one.decided = one.decided_as = ""
        return dropped == 1

    def may_publish(self, *_):
        return self.model.copied().publish()

    def publish(self, *_):
        shown = deciding.preview(self.session, by=self.organiser)
        letters = Letter.objects.count()
        published = deciding.publish(self.session, by=self.organiser, seen=shown.fingerprint)
        assert published == len(shown.letters) == Letter.objects.count() - letters
        assert self.model.publish()

    # Being decided on at once

    def may_offer(self, one, _):
        return bool(one and one.state in ("applied", "waitlisted") and self.model.purse_for(one))

    def offer(self, one, _):
        lifecycle.offer(one.row, by=self.organiser)
        self.model.offer(one, self.model.purse_for(one))

    def may_waitlist(self, one, _):
        return bool(one and one.state == "applied")

    def waitlist(self, one, _):
        lifecycle.waitlist(one.row, by=self.organiser)
        self.model.put_in_line(one)

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

    def may_confirm_too_late(self, *_):
        return False

    def confirm_too_late(self, one, _):
        if one.state != "offered":
            return False
        lifecycle.confirm(given.offer_that_is_over(one.row), by=self.organiser)
        return True

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
        self.model.people.append(Person(successor, one.body, False, one.rank, "offered", one.purse))

    def may_transfer(self, one, _):
        return bool(one and one.state in OPEN)

    def transfer(self, one, letter):
        with_a_place = letter == "A"
        moved = transferring.transfer(one.row, self.later, with_a_place=with_a_place, by=self.organiser)
        assert (moved.transferred_from_id, moved.state) == (one.row.pk, "offered" if with_a_place else "applied")
        one.state = "withdrawn"
        self.model.offered_later += with_a_place
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

    def may_less_places(self, *_):
        return self.model.free(POOL) > 0

    def less_places(self, *_):
        capacity = self.model.capacity - 1
        planning.refuse_fewer_places_than_held(self.session, capacity)
        TrainingSession.objects.filter(pk=self.session.pk).update(capacity=capacity)
        self.model.capacity = capacity

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
        quotas.set_grid(self.session, {(self.bodies[body].pk, None): places}, by=self.organiser)
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
            number = one.line if one.state == "waitlisted" else 0
            assert (row.rank or 0, row.line_number or 0) == (one.rank, number), row
        held = [one for one in self.model.people if one.state in HELD]
        session = TrainingSession.objects.get(pk=self.session.pk)
        assert session.places_held == len(held) <= session.capacity
        assert session.places_from_pool == sum(one.purse == POOL for one in held)
        assert session.places_in_quotas == sum(self.model.quotas.values())
        assert session.people_waiting == sum(one.state == "waitlisted" for one in self.model.people)
        for purse in purses_of(session):
            line = self.model.line(purse.quota.body.name_en if purse.quota else POOL)
            assert [row.pk for row in purse.line()] == [one.row.pk for one in line], purse
        pending = deciding.pending_of(session).values_list("enrolment", "to")
        assert sorted(pending) == sorted((one.row.pk, one.decided) for one in self.model.people if one.decided)
        assert TrainingSession.objects.get(pk=self.later.pk).places_held == self.model.offered_later
        for quota in Quota.objects.filter(session=self.session).select_related("body"):
            assert quota.places_held == sum(one.purse == quota.body.name_en for one in held) <= quota.places

    def check_the_letters(self):
        """One for each move but those before a nomination was sent and those that another letter speaks of."""
        for one in self.model.people:
            row = Enrolment.objects.get(pk=one.row.pk)
            moves = row.events.exclude(to_state="draft").count()
            silent = (row.replaces_id is not None) + Enrolment.objects.filter(transferred_from=row).count()
            assert Letter.objects.about(row.reference).count() == moves - silent, row


def walk(seed):
    """One history: threads of deeds at random, compared after every single deed."""
    chance = random.Random(seed)  # noqa: S311 - the same history each time
    a, b, pool = chance.randint(0, 2), chance.randint(1, 2), chance.randint(0, 2)
    with transaction.atomic():
        real = Class(a + b + pool, {"A": a, "B": b}, by_rank=chance.random() < 0.7)
        for _ in range(LENGTH):
            one, body = None, chance.choice("AB")
            for word in chance.choice(THREADS):
                deed, people = word.strip("/"), len(real.model.people)
                one = real.person_for(deed, None if word[0] == "/" else one, body, chance)
                real.happen(deed, one, body)
                real.check()
                if len(real.model.people) > people:
                    one = real.model.people[-1]
        real.check_the_letters()
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(
    max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@for_all(seed=some.integers(0, 2**32))
def test_model_and_database_agree_after_every_step(seed):
    walk(seed)


def test_every_deed_of_the_life_cycle_is_a_step():
    for deed in DEEDS:
        assert callable(getattr(Class, deed)), deed
        assert callable(getattr(Class, f"may_{deed}")), deed
