"""The rule of places in plain Python: who holds which, who waits for which, what is refused.

It reads nothing of the product. A purse is a cell (body, category) of the quotas, "" being any
category, or the free pool; a state is its word.
"""

import copy
from collections import Counter
from dataclasses import dataclass
from typing import Any

HELD = ("offered", "confirmed")
AWAITING = ("applied", "returned", "waitlisted")
OPEN = (*AWAITING, *HELD)
DECIDABLE = {"applied": ("offered", "waitlisted", "returned", "declined"), "waitlisted": ("offered", "declined")}
CATEGORIES = ("x", "y")
POOL = "pool"
LAST = 999


@dataclass
class Person:
    """Somebody of a body and category or of none; `moves` counts how often he moved, `untold` how often in silence.

    `decided` is what is to become of him once it is published, `decided_after` how many moves he had made then.
    """

    row: Any  # the same person in the database, which is none of the model's business
    body: str = ""
    category: str = ""
    is_reserve: bool = False
    rank: int = 0
    state: str = "applied"
    moves: int = 0
    untold: int = 0
    purse: Any = ""
    line: int = 0
    taken_over: bool = False
    decided: str = ""
    decided_after: int = 0

    def become(self, state):
        self.state = state
        self.moves += 1

    def decide(self, to):
        self.decided, self.decided_after = to, self.moves

    @property
    def cells(self):
        """The quotas from which he may take a place, in this order."""
        return list(dict.fromkeys([(self.body, self.category), (self.body, "")])) if self.body else []


class Model:
    """One list of people, one number per purse. `later` is how many places a later session has free."""

    def __init__(self, quotas, *, pool, later, by_rank, pool_serves_bodies):
        self.quotas, self.capacity, self.later = dict(quotas), sum(quotas.values()) + pool, later
        self.by_rank, self.pool_serves_bodies = by_rank, pool_serves_bodies
        self.overbooked, self.last_in_line = 0, 0
        self.lists_are_open, self.return_is_due = True, False
        self.people = []

    # Places

    def free(self, purse):
        held = sum(one.state in HELD and one.purse == purse for one in self.people)
        if purse == POOL:
            return self.capacity + self.overbooked - sum(self.quotas.values()) - held
        return self.quotas.get(purse, 0) - held

    def purses_of(self, one):
        """From which purses this person may take a place, in this order."""
        if not one.body or not any(self.quotas.values()):
            return [POOL]
        return [*one.cells, POOL] if self.pool_serves_bodies else one.cells

    def purse_for(self, one):
        return next((purse for purse in self.purses_of(one) if self.free(purse) > 0), None)

    def offer(self, one, purse):
        one.become("offered")
        one.purse = purse

    def return_unused(self):
        """Once for each date: what nobody holds or may still get goes to the pool. Says how many places did."""
        if not self.return_is_due:
            return 0
        self.return_is_due = False
        unused = {cell: self.free(cell) for cell in self.quotas}
        for one in self.people:
            if one.state in AWAITING and not one.is_reserve:
                kept = next((cell for cell in one.cells if unused.get(cell)), None)
                unused.update({kept: unused[kept] - 1} if kept else {})
        self.quotas = {cell: places - unused[cell] for cell, places in self.quotas.items()}
        self.move_the_line()
        return sum(unused.values())

    # Lists of the bodies

    def may_name(self, cell):
        """Whether the body has places at all that somebody of this category may take."""
        body, _category = cell
        return self.lists_are_open and bool({cell, (body, "")} & set(self.quotas))

    def may_name_for_a_place(self, cell):
        """Whether one more fits: beyond the places of their category people stand on those of any."""
        body, category = cell
        mine = [one for one in self.people if one.body == body and one.state in OPEN and not one.is_reserve]
        people = Counter(one.category for one in mine if not (one.state in HELD and one.purse == POOL))
        people[category] += 1
        beyond = sum(max(people[one] - self.quotas.get((body, one), 0), 0) for one in CATEGORIES)
        return self.may_name(cell) and beyond + people[""] <= self.quotas.get((body, ""), 0)

    def next_rank(self, body):
        return max((one.rank for one in self.people if one.body == body and one.state in OPEN), default=0) + 1

    # The line

    def put_in_line(self, one):
        self.last_in_line += 1
        one.become("waitlisted")
        one.line = self.last_in_line

    def line(self, purse):
        reserves_wait = self.lists_are_open and any(self.quotas.values())
        line = [one for one in self.people if one.state == "waitlisted" and purse in self.purses_of(one)]
        return sorted((one for one in line if not (one.is_reserve and reserves_wait)), key=self.order)

    def order(self, one):
        place = one.line if one.state == "waitlisted" else LAST
        return (one.is_reserve, (one.rank or LAST) if self.by_rank else 0, place)

    def move_the_line(self):
        for purse in (*self.quotas, POOL):
            for one in self.line(purse)[: max(self.free(purse), 0)]:
                self.offer(one, purse)

    # Decisions

    def publish(self):
        """Everything that is decided, in the order of the rule, or nothing; says whether it was done."""
        decided = [one for one in self.people if one.decided]
        if not decided or any(one.moves != one.decided_after for one in decided):
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
                one.become(one.decided)
            one.decide("")
        return True

    def copied(self):
        """To try something out."""
        trial = copy.copy(self)
        trial.people = [copy.copy(one) for one in self.people]
        return trial
