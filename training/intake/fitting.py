"""How many of the good rows of a list fit into the places that their bodies have left, by category.

The rule is that of sending nominations: whoever is beyond the places of a category may stand on
a place of any category; reserves stand for none. Those who are on the body's list count already.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from training.catalogue.models import Organisation
from training.enrolment.models import Enrolment, Quota
from training.enrolment.states import State
from training.intake.counting import Counted
from training.intake.expecting import Reception
from training.intake.models import Intake

LAST = 10_000  # the rank of whoever has none
Waiting = Sequence[tuple[int, Counted]]
"""What counts of rows that wait, by their keys."""


@dataclass
class Fit:
    """A body's places left by category (None is any), its good rows, and the rows that go beyond."""

    body: Organisation
    left: dict[int | None, int]
    rows: int = 0
    beyond: list[int] = field(default_factory=list)

    @property
    def fitting(self) -> int:
        return self.rows - len(self.beyond)


def fits(intake: Intake, reception: Reception, waiting: Waiting) -> list[Fit]:
    """For each body of the list that has good rows; who is ranked first, or stands first, fits first."""
    by_body: dict[int, list[tuple[int, Counted]]] = defaultdict(list)
    bodies = {intake.body.pk: intake.body} if intake.body else reception.bodies
    for row, counted in sorted(waiting, key=lambda one: one[1].rank or LAST):
        if counted.body in bodies:
            by_body[counted.body].append((row, counted))
    left = _places_left(intake, by_body)
    return [_fit(bodies[body], left[body], rows, reception) for body, rows in by_body.items()]


def _places_left(intake: Intake, bodies: Iterable[int]) -> dict[int, dict[int | None, int]]:
    left: dict[int, dict[int | None, int]] = {body: {} for body in bodies}
    for quota in Quota.objects.filter(session=intake.session, body__in=left).order_by("category", "pk"):
        of_the_body = left[quota.body_id]
        of_the_body[quota.category_id] = of_the_body.get(quota.category_id, 0) + quota.places - quota.places_given_on
    for body, category in _on_the_lists(intake, left):
        purse = category if category in left[body] else None
        left[body][purse] = left[body].get(purse, 0) - 1
    return {body: _with_what_any_category_lends(places) for body, places in left.items()}


def _on_the_lists(intake: Intake, bodies: Iterable[int]) -> list[tuple[int, int | None]]:
    on_the_lists = Enrolment.objects.filter(session=intake.session, body__in=bodies)
    drafts = on_the_lists.filter(state=State.DRAFT, is_reserve=False)
    sent = on_the_lists.standing_for_a_place()
    return [*drafts.values_list("body", "category"), *sent.values_list("body", "category")]


def _with_what_any_category_lends(places: dict[int | None, int]) -> dict[int | None, int]:
    """Who is beyond the places of a category stands on those of any; nothing is left below none."""
    beyond = -sum(min(left, 0) for category, left in places.items() if category is not None)
    made = {category: max(left, 0) for category, left in places.items()}
    if None in places:
        made[None] = max(places[None] - beyond, 0)
    return made


def _fit(body: Organisation, left: dict[int | None, int], rows: Waiting, reception: Reception) -> Fit:
    made, free = Fit(body, left, rows=len(rows)), Counter(left)
    for row, counted in rows:
        category = reception.category(counted.category)
        purse = category.pk if category and free[category.pk] > 0 else None
        if free[purse] > 0:
            free[purse] -= 1
        else:
            made.beyond.append(row)
    return made
