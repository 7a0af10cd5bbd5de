"""The whole life cycle with quotas, driven at random beside a small model (`model.py`).

After each step the model and the database agree on who stands where, on whose place it is, and
on every sum; and what the model refuses is refused in a sentence, before the database has to.
The model reads nothing of the product: it counts ranks, places and the line by itself.
"""

import contextlib
import random
import uuid
from collections import Counter

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as for_all
from hypothesis import strategies as some

from tests import given
from tests.enrolment.model import CATEGORIES, DECIDABLE, HELD, OPEN, POOL, Model, Person
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
from training.enrolment.models import Enrolment, EnrolmentEvent
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
        "nominate decide_to_send_back publish send_again decide_to_offer publish",
        "nominate decide_to_offer send_back send_again publish /drop_the_decision",
        "nominate set_a_date_of_return return_unused return_unused",
        "nominate_reserve waitlist set_a_date_of_return close_the_lists return_unused",
        "nominate_reserve offer nominate_reserve decide_to_offer publish",
        "apply waitlist overbook take_back_what_is_overbooked take_back_what_is_overbooked",
        "apply waitlist /transfer",
        "apply transfer apply transfer",
        "apply send_back withdraw",
        "apply send_back send_again decline",
        "more_quota nominate offer less_quota",
        "overbook_without_a_reason",
        "return_unused",
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
CELLS = [(body, category) for body in "AB" for category in ("", *CATEGORIES)]
CELLS_AT_FIRST = [("A", ""), ("A", "x"), ("B", "x"), ("B", "y")]  # the others until somebody gives them places


class Class:
    """The real session beside the model: each deed says whether the model allows it, and does it to both."""

    def __init__(self, model):
        order = TrainingSession.LineOrder.RANK if model.by_rank else TrainingSession.LineOrder.ARRIVAL
        self.session = given.session_by_organiser(
            capacity=model.capacity, line_moves=True, line_order=order, pool_serves_bodies=model.pool_serves_bodies
        )
        self.later = given.session_by_organiser(
            programme=self.session.programme, starts_on=self.session.ends_on, ends_on=None, capacity=model.later
        )
        self.bodies = {name: given.body(name) for name in "AB"}
        self.categories = {"": None} | {code: given.category(code, code) for code in CATEGORIES}
        for (body, category), places in model.quotas.items():
            given.quota(self.session, self.bodies[body], places, self.categories[category])
        self.organiser = given.user()
        self.model, self.waiting = model, ()

    def happen(self, deed, one, cell):
        """Does it to both and compares them, unless it was refused: then everything is taken back anyway."""
        allowed, done, refused = getattr(self, f"may_{deed}")(one, cell), False, True
        with contextlib.suppress(Refused), transaction.atomic():
            if one is not None or deed in self.WITHOUT_A_PERSON:
                done = getattr(self, deed)(one, cell) is not False
            refused = False
        assert done == allowed, f"{deed}: the model says {allowed}"
        if not refused:
            self.check()

    def person_for(self, deed, before, cell, chance):
        """The person before or another one whom the deed fits; now and then anybody, who may be refused it."""
        if chance.random() < 0.15:
            return chance.choice([None, *self.model.people])
        fitting = [one for one in self.model.people if getattr(self, f"may_{deed}")(one, cell)]
        if before in fitting:
            return before
        holding = [one for one in fitting if one.state in HELD]
        return chance.choice(holding or fitting or [before])

    WITHOUT_A_PERSON = frozenset(
        {"apply", "nominate", "nominate_reserve", "rank_last_first", "publish", "more_places", "less_places",
         "more_quota", "less_quota", "close_the_lists", "set_a_date_of_return", "return_unused", "overbook",
         "overbook_without_a_reason", "take_back_what_is_overbooked"}
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

    def may_nominate(self, _, cell):
        return self.model.may_name_for_a_place(cell)

    def nominate(self, _, cell, *, is_reserve=False):
        body, category = cell
        sent = given.nominated(
            self.session,
            self.bodies[body],
            by=self.organiser,
            is_reserve=is_reserve,
            category=self.categories[category],
        )
        self.model.people.append(Person(sent, body, category, is_reserve, self.model.next_rank(body)))

    def may_nominate_reserve(self, _, cell):
        return self.model.may_name(cell)

    def nominate_reserve(self, _, cell):
        self.nominate(None, cell, is_reserve=True)

    def may_rank_last_first(self, *_):
        return self.model.lists_are_open

    def rank_last_first(self, _, cell):
        body, _category = cell
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
        one.decide(to)

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

    def may_decide_to_send_back(self, one, _):
        return self.may_be_decided(one, "returned")

    def decide_to_send_back(self, one, _):
        self.decide(one, "returned")

    def may_drop_the_decision(self, one, _):
        return bool(one and one.decided)

    def drop_the_decision(self, one, _):
        dropped = deciding.drop([one.row], by=self.organiser)
        one.decide("")
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
        one.become("declined")

    may_send_back = may_waitlist

    def send_back(self, one, _):
        lifecycle.send_back(one.row, by=self.organiser, reason=given.A_REASON)
        one.become("returned")

    def may_send_again(self, one, _):
        return bool(one and one.state == "returned")

    def send_again(self, one, _):
        """A body's letter is not repeated; whoever answers for himself is told that it has arrived."""
        if one.body and not one.taken_over:
            nominating.send_again(one.row, by=self.organiser)
            one.untold += 1
        elif one.state == "returned":
            applying.change_answers(one.row, given.application("Corrected"), by=self.organiser)
        else:
            return False
        one.become("applied")
        return True

    # Answering, leaving, making room

    def may_confirm(self, one, _):
        return bool(one and one.state == "offered")

    def confirm(self, one, _):
        lifecycle.confirm(one.row, by=self.organiser)
        one.become("confirmed")

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
        one.become("lapsed")
        self.model.move_the_line()
        return True

    def may_substitute(self, one, _):
        return bool(one and one.body and one.state in HELD)

    def substitute(self, one, _):
        successor = substituting.substitute(one.row, given.nominee(), by=self.organiser)
        one.become("substituted")
        _body, category = ("", "") if one.purse == POOL else one.purse
        new = Person(successor, one.body, category, rank=one.rank, untold=1)
        self.model.offer(new, one.purse)
        self.model.people.append(new)

    def may_transfer(self, one, cell):
        return bool(one and one.state in OPEN and (self.model.later or not self.with_a_place(cell)))

    def with_a_place(self, cell):
        return cell[0] == "A"

    def transfer(self, one, cell):
        with_a_place = self.with_a_place(cell)
        moved = transferring.transfer(one.row, self.later, with_a_place=with_a_place, by=self.organiser)
        assert (moved.transferred_from_id, moved.state) == (one.row.pk, "offered" if with_a_place else "applied")
        one.become("withdrawn")
        one.untold += 1
        self.model.later -= with_a_place
        assert TrainingSession.objects.get(pk=self.later.pk).places_left == self.model.later
        self.model.move_the_line()

    def may_withdraw(self, one, _):
        return bool(one and one.state in OPEN)

    def withdraw(self, one, _):
        lifecycle.withdraw(one.row, by=self.organiser)
        one.become("withdrawn")
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
        return self.model.free(POOL) > 0 and self.model.capacity > 0

    def less_places(self, *_):
        capacity = self.model.capacity - 1
        if capacity < 0:
            raise Refused("A session never has fewer places than none.")
        planning.refuse_fewer_places_than_held(self.session, capacity)
        TrainingSession.objects.filter(pk=self.session.pk).update(capacity=capacity)
        self.model.capacity = capacity

    def may_more_quota(self, *_):
        return self.model.free(POOL) > 0

    def more_quota(self, _, cell):
        self.change_quota(cell, 1)

    def may_less_quota(self, _, cell):
        return self.model.free(cell) > 0

    def less_quota(self, _, cell):
        self.change_quota(cell, -1)

    def change_quota(self, cell, by):
        places = self.model.quotas.get(cell, 0) + by
        if places < 0:
            raise Refused("A quota is never below nothing.")
        body, category = self.bodies[cell[0]], self.categories[cell[1]]
        quotas.set_grid(self.session, {(body.pk, category and category.pk): places}, by=self.organiser)
        self.model.quotas[cell] = places
        self.model.move_the_line()

    def may_set_a_date_of_return(self, *_):
        return True

    def set_a_date_of_return(self, *_):
        TrainingSession.objects.filter(pk=self.session.pk).update(quotas_return_at=timezone.now())
        self.model.return_is_due = True

    def may_return_unused(self, *_):
        return True

    def return_unused(self, *_):
        assert quotas.return_unused(self.session, at=timezone.now()) == self.model.return_unused()

    def may_overbook(self, *_):
        return True

    def overbook(self, *_):
        self.change_what_is_overbooked(1)

    def may_take_back_what_is_overbooked(self, *_):
        return self.model.overbooked > 0 and self.model.free(POOL) > 0

    def take_back_what_is_overbooked(self, *_):
        self.change_what_is_overbooked(-1)

    def may_overbook_without_a_reason(self, *_):
        return False

    def overbook_without_a_reason(self, *_):
        self.change_what_is_overbooked(1, reason=" ")

    def change_what_is_overbooked(self, places, reason="Some never come."):
        quotas.overbook(self.session, places, reason=reason, by=self.organiser)
        self.model.overbooked += places
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
        session = TrainingSession.objects.get(pk=self.session.pk)
        purses = purses_of(session)
        names = {purse.key: self.name_of(purse) for purse in purses}
        self.check_the_people(names)
        held = Counter(one.purse for one in self.model.people if one.state in HELD)
        assert session.places_held == held.total() <= session.capacity + session.places_overbooked
        assert (session.places_from_pool, session.places_in_quotas) == (held[POOL], sum(self.model.quotas.values()))
        assert session.people_waiting == sum(one.state == "waitlisted" for one in self.model.people)
        assert session.places_overbooked == self.model.overbooked
        for purse in purses:
            name = names[purse.key]
            if purse.quota:
                assert purse.quota.places_held == held[name] <= purse.quota.places == self.model.quotas[name]
        self.check_the_lines(purses, names)

    def name_of(self, purse):
        if purse.quota is None:
            return POOL
        return (purse.quota.body.name_en, purse.quota.category.code if purse.quota.category else "")

    def check_the_people(self, names):
        columns = ("pk", "state", "quota", "rank", "line_number")
        rows = {row[0]: row[1:] for row in Enrolment.objects.filter(session=self.session).values_list(*columns)}
        assert len(rows) == len(self.model.people)
        for one in self.model.people:
            state, quota, rank, number = rows[one.row.pk]
            assert (state, rank or 0) == (one.state, one.rank), one
            assert state not in HELD or names[quota] == one.purse, one
            assert (number or 0) == (one.line if one.state == "waitlisted" else 0), one
        pending = deciding.pending_of(self.session).values_list("enrolment", "to")
        assert sorted(pending) == sorted((one.row.pk, one.decided) for one in self.model.people if one.decided)

    def check_the_lines(self, purses, names):
        """Asks only where somebody waits, and when something has changed since on which a line depends."""
        people = [(one.row.pk, one.rank, one.line) for one in self.model.people if one.state == "waitlisted"]
        waiting = people and (*people, self.model.lists_are_open, any(self.model.quotas.values()), len(purses))
        if waiting and waiting != self.waiting:
            for purse in purses:
                expected = [one.row.pk for one in self.model.line(names[purse.key])]
                assert [row.pk for row in purse.line().only("pk")] == expected, purse
        self.waiting = waiting

    def check_the_letters(self):
        """One for each move but those before a nomination was sent and those that another letter speaks of."""
        events = EnrolmentEvent.objects.filter(enrolment__session=self.session).exclude(to_state="draft")
        moves = Counter(events.order_by().values_list("enrolment", flat=True))
        letters = Counter(Letter.objects.values_list("about", flat=True))
        for one in self.model.people:
            assert moves[one.row.pk] == 1 + one.moves, one
            assert letters[one.row.reference] == 1 + one.moves - one.untold, one


def walk(seed):
    """One history: threads of deeds at random, compared after every single deed."""
    chance = random.Random(seed)  # noqa: S311 - the same history each time
    model = Model(
        {cell: chance.choice([0, 1, 2, 2]) for cell in CELLS_AT_FIRST},
        pool=chance.randint(0, 2),
        later=chance.randint(0, 2),
        by_rank=chance.random() < 0.7,
        pool_serves_bodies=chance.random() < 0.5,
    )
    with transaction.atomic():
        real = Class(model)
        for _ in range(LENGTH):
            one, cell = None, chance.choice(CELLS)
            for word in chance.choice(THREADS):
                deed, people = word.strip("/"), len(model.people)
                one = real.person_for(deed, None if word[0] == "/" else one, cell, chance)
                real.happen(deed, one, cell)
                if len(model.people) > people:
                    one = model.people[-1]
        real.check_the_letters()
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(
    max_examples=4, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@for_all(seed=some.integers(0, 2**32))
def test_model_and_database_agree_after_every_step(seed):
    walk(seed)


def test_every_deed_of_the_life_cycle_is_a_step():
    for deed in DEEDS:
        assert callable(getattr(Class, deed)), deed
        assert callable(getattr(Class, f"may_{deed}")), deed
