"""What a roster is to hold: which people, which columns in which order, sorted how."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any, Self

from django.db.models import Count, F, Window
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import TrainingSession
from training.enrolment.asking import OWN
from training.enrolment.querysets import EnrolmentQuerySet
from training.enrolment.states import HOLDING_A_PLACE, State
from training.rosters.columns import COLUMNS, Cell, Column, Person, Reader, columns_of
from training.rosters.sortings import SORTINGS

ROWS_TOGETHER = 2_000  # fetched at once through a cursor of the server; about 2 MB

_FIELDS = (
    "trainee__name",
    "trainee__email",
    "state",
    "applied_at",
    "reference",
    "category__name_en",
    "category__name_zh",
    "answers",
    "identity_masked",
    "mobile_masked",
    "body__name_en",
    "body__name_zh",
    "rank",
    "is_reserve",
)
_SEALED_FIELDS = ("identity_sealed", "mobile_sealed")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A kind of roster: `kind` names the built-in one that it began with and gives the title.

    `words` is what was searched for, `category` the code of a category.
    """

    columns: tuple[str, ...]
    states: tuple[str, ...]
    kind: str = "roster"
    sorting: str = "name"
    category: str = ""
    words: str = ""

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """The recipe as it was kept in an order; unknown columns of older versions are left out."""
        return cls(
            columns=tuple(code for code in record["columns"] if code in COLUMNS or code.startswith(OWN)),
            states=tuple(record["states"]),
            kind=record["kind"],
            sorting=record["sorting"],
            category=record["category"],
            words=record["words"],
        )

    def as_record(self) -> dict[str, Any]:
        record = asdict(self)
        return {**record, "columns": list(self.columns), "states": list(self.states)}

    def columns_for(self, session: TrainingSession) -> list[Column]:
        """Those that were chosen and that the session has; two queries."""
        return self.columns_among(columns_of(session))

    def columns_among(self, available: Mapping[str, Column]) -> list[Column]:
        return [available[code] for code in self.columns if code in available]

    def people(self, enrolments: EnrolmentQuerySet) -> EnrolmentQuerySet:
        """Those of the enrolments whom the recipe means, in its order."""
        meant = enrolments.filter(state__in=self.states)
        if self.category:
            meant = meant.filter(category__code=self.category)
        if self.words.strip():
            meant = meant.found_by(self.words)
        return SORTINGS[self.sorting].order(meant)


@dataclass(frozen=True, slots=True)
class BuiltInRecipe:
    """A roster that every class needs; where a choice of columns begins.

    `title` names the choice, `on_paper` what stands on the sheet where that is another word.
    """

    code: str
    title: str | Promise
    columns: tuple[str, ...]
    on_paper: str | Promise = ""


_HOLDING_A_PLACE = tuple(state.value for state in State if state in HOLDING_A_PLACE)

ROSTER = BuiltInRecipe(
    "roster",
    _("Roster"),
    (
        "number",
        "name",
        "sex",
        "employer",
        "post",
        "category",
        "identity_number",
        "mobile",
        "state",
        "remarks",
    ),
)
EVERYTHING = "everything"
BUILT_IN = {
    recipe.code: recipe
    for recipe in (
        ROSTER,
        BuiltInRecipe("sign_in", _("Sign-in sheet"), ("number", "name", "employer", "post", "mobile", "signature")),
        BuiltInRecipe(
            "arrival",
            _("Arrival list"),
            ("number", "name", "employer", "mobile", "arrival", "departure", "room", "signature"),
        ),
        BuiltInRecipe(
            "rooms",
            _("Rooms and meals"),
            ("number", "name", "sex", "employer", "lodging", "rooming", "diet", "room"),
        ),
        BuiltInRecipe(EVERYTHING, _("Every column"), tuple(COLUMNS), on_paper=_("Roster")),
    )
}
DEFAULT = Recipe(columns=ROSTER.columns, states=_HOLDING_A_PLACE)


def columns_to_begin_with(kind: str, available: Mapping[str, Column]) -> tuple[str, ...]:
    """The columns of a built-in roster; that of every column has the session's own ones, too."""
    return tuple(available) if kind == EVERYTHING else BUILT_IN[kind].columns


def rows_of(people: Sequence[Person], columns: Sequence[Column]) -> list[list[Cell]]:
    """The masked cells of a few people, for a page."""
    readers = [column.reading(in_full=False) for column in columns]
    return [[read(person) for read in readers] for person in people]


def some_people(people: EnrolmentQuerySet, first: int, most: int) -> list[Person]:
    """A page's worth of people, numbered from their place in the whole list; one query."""
    values = people.values_list(*_FIELDS)[first : first + most]
    return [Person(number, *row) for number, row in enumerate(values, first + 1)]


def streamed(
    people: EnrolmentQuerySet, columns: Sequence[Column], *, in_full: bool
) -> tuple[int, Iterator[list[Cell]]]:
    """How many people there are, and their rows one by one.

    One query through a cursor of the server, so memory stays flat; the number comes with the
    first row, so it is that of these very rows.
    """
    fields = _FIELDS + (_SEALED_FIELDS if in_full else ())
    counted = people.annotate(in_all=Window(Count(F("pk")))).values_list("in_all", *fields)
    rows = counted.iterator(chunk_size=ROWS_TOGETHER)
    first = next(rows, None)
    if first is None:
        return 0, iter(())
    return first[0], _cells(chain([first], rows), [column.reading(in_full=in_full) for column in columns])


def _cells(rows: Iterable[tuple[Any, ...]], readers: Sequence[Reader]) -> Iterator[list[Cell]]:
    for number, row in enumerate(rows, start=1):
        person = Person(number, *row[1:])
        yield [read(person) for read in readers]
