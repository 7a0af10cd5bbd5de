"""How many of the good rows of a list fit into the places that their bodies have left, by category.

The rule is that of sending nominations: whoever is beyond the places of a category may stand on
a place of any category; reserves stand for none. Those who are on the body's list count already.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from training.catalogue.models import Organisation
from training.enrolment.models import Enrolment, Quota
from training.enrolment.questions import Code
from training.enrolment.states import State
from training.intake.checking import body_of
from training.intake.contents import Content
from training.intake.expecting import Reception
from training.intake.findings import Level
from training.intake.headings import Beside
from training.intake.models import Intake, IntakeRow

LAST = 10_000  # the rank of whoever has none
Pairs = Sequence[tuple[IntakeRow, Content]]


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


def fits(intake: Intake, reception: Reception, waiting: Pairs) -> list[Fit]:
    """For each body of the list that has good rows; who is ranked first, or stands first, fits first."""
    by_body: dict[int, list[tuple[IntakeRow, Content]]] = defaultdict(list)
    bodies: dict[int, Organisation] = {}
    for row, content in _standing_for_a_place(waiting):
        if (body := body_of(intake, content, reception)) is not None:
            bodies[body.pk] = body
            by_body[body.pk].append((row, content))
    left = _places_left(intake, bodies)
    return [_fit(body, left[pk], by_body[pk], reception) for pk, body in bodies.items()]


def _standing_for_a_place(waiting: Pairs) -> Iterable[tuple[IntakeRow, Content]]:
    good = [
        (row, content)
        for row, content in waiting
        if row.level != Level.RED and not content.updates and content.values.get(Beside.RESERVE) != "yes"
    ]
    return sorted(good, key=lambda pair: int(pair[1].values.get(Beside.RANK) or LAST))


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


def _fit(body: Organisation, left: dict[int | None, int], pairs: Pairs, reception: Reception) -> Fit:
    made, free = Fit(body, left, rows=len(pairs)), Counter(left)
    for row, content in pairs:
        category = reception.category(content.values.get(Code.CATEGORY, ""))
        purse = category.pk if category and free[category.pk] > 0 else None
        if free[purse] > 0:
            free[purse] -= 1
        else:
            made.beyond.append(row.pk)
    return made
