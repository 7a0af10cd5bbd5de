"""The orders in which a roster can stand; the order is printed under the title."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import BooleanField, Case, ExpressionWrapper, F, IntegerField, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from training.enrolment.querysets import EnrolmentQuerySet
from training.enrolment.states import State

# Names compare byte by byte, in whatever language the database was made: the key is made for it.
BY_NAME = ("trainee__name_pinyin", "trainee_id", "pk")
STATES_IN_ORDER = (
    State.CONFIRMED, State.OFFERED, State.WAITLISTED, State.APPLIED,
    State.RETURNED, State.DECLINED, State.LAPSED, State.WITHDRAWN, State.SUBSTITUTED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sorting:
    """`label` for the choice, `sentence` for the line under the title."""

    code: str
    label: str | Promise
    sentence: str | Promise
    order: Callable[[EnrolmentQuerySet], EnrolmentQuerySet]


def _by_name(people: EnrolmentQuerySet) -> EnrolmentQuerySet:
    return people.order_by(*BY_NAME)


def _by_application(people: EnrolmentQuerySet) -> EnrolmentQuerySet:
    return people.order_by("applied_at", "pk")


def _by_category(people: EnrolmentQuerySet) -> EnrolmentQuerySet:
    return people.order_by("category__official_order", "category_id", *BY_NAME)


def _by_employer(people: EnrolmentQuerySet) -> EnrolmentQuerySet:
    """Employers by their pinyin, the people of one employer together; those without one at the end."""
    unknown = ExpressionWrapper(Q(trainee__employer_pinyin=""), output_field=BooleanField())
    return people.order_by(unknown, "trainee__employer_pinyin", *BY_NAME)


def _by_body(people: EnrolmentQuerySet) -> EnrolmentQuerySet:
    """Bodies in their official order, each one's people in its own; whoever applied alone at the end."""
    return people.order_by(
        F("body__official_order").asc(nulls_last=True),
        "body_id",
        "is_reserve",
        F("rank").asc(nulls_last=True),
        *BY_NAME,
    )


def _by_province(people: EnrolmentQuerySet) -> EnrolmentQuerySet:
    """The provinces of the recommending bodies by their codes, which is the official order."""
    return people.order_by(
        F("body__province_id").asc(nulls_last=True), F("body__official_order").asc(nulls_last=True), "body_id", *BY_NAME
    )


def _by_state(people: EnrolmentQuerySet) -> EnrolmentQuerySet:
    """Those who hold a place first, then the waiting list in its order."""
    rank = Case(
        *(When(state=state, then=Value(position)) for position, state in enumerate(STATES_IN_ORDER)),
        default=Value(len(STATES_IN_ORDER)),
        output_field=IntegerField(),
    )
    return people.order_by(rank, "line_number", *BY_NAME)


_ALL = (
    Sorting("name", _("Name, by pinyin"), _("in the order of names by pinyin"), _by_name),
    Sorting("applied_at", _("Time of application"), _("in the order of application"), _by_application),
    Sorting("category", _("Category, then name"), _("by category, then by name"), _by_category),
    Sorting(
        "body",
        _("Recommending body, then rank"),
        _("by recommending body in the official order, then by rank"),
        _by_body,
    ),
    Sorting(
        "province",
        _("Province of the body, then name"),
        _("by province in the official order, then by name"),
        _by_province,
    ),
    Sorting("employer", _("Employer, then name"), _("by employer, then by name"), _by_employer),
    Sorting("state", _("State and place in line"), _("by state, the waiting list in its order"), _by_state),
)

SORTINGS = {sorting.code: sorting for sorting in _ALL}
