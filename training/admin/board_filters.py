"""What a review board is narrowed to and in which order it stands, as the address says it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from training.admin.lists import Chip
from training.catalogue.models import Category, Organisation, TrainingSession
from training.enrolment.checking import findings_of
from training.enrolment.deciding import pending_of
from training.enrolment.models import Decision
from training.enrolment.querysets import EnrolmentQuerySet
from training.enrolment.reviewing import by_mean
from training.enrolment.states import OPEN, State
from training.tools.keys import key_or_none

LONGEST_SEARCH = 100
NONE, ANY = "none", "any"
TO_DECIDE = "to_decide"
STATES_TO_DECIDE = (State.APPLIED, State.WAITLISTED)
SORTINGS: dict[str, tuple[str | Promise, tuple[Any, ...]]] = {
    "time": (_("time of application"), ("applied_at", "pk")),
    "rank": (
        _("body and rank"),
        ("body__official_order", "body_id", "is_reserve", F("rank").asc(nulls_last=True), "applied_at", "pk"),
    ),
    "score": (_("score"), ()),
    "name": (_("name"), ("trainee__name_pinyin", "pk")),
}


@dataclass(frozen=True)
class Choice:
    """One value of a filter: its words, how many it finds, and the address of the list with it."""

    words: str
    count: int | None
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class Filter:
    name: str
    title: str
    choices: list[Choice]

    @property
    def chosen(self) -> Choice | None:
        """The value that the list is narrowed to; the first one narrows nothing."""
        return next((choice for choice in self.choices[1:] if choice.is_chosen), None)

    @property
    def listed(self) -> SafeString:
        """The values as places to go to, written without a template: a board may have forty bodies."""
        return SafeString("".join(map(_listed, self.choices)))


@dataclass
class Counts:
    """How many open enrolments there are of each kind: one query for all filters."""

    body: Counter[int | None] = field(default_factory=Counter)
    category: Counter[int | None] = field(default_factory=Counter)
    state: Counter[str] = field(default_factory=Counter)

    @property
    def people(self) -> int:
        return self.state.total()

    @classmethod
    def of(cls, everybody: EnrolmentQuerySet) -> "Counts":
        counts = cls()
        groups = everybody.order_by().values_list("body", "category", "state").annotate(Count("pk"))
        for body, category, state, number in groups:
            counts.body[body] += number
            counts.category[category] += number
            counts.state[state] += number
        return counts


@dataclass(frozen=True)
class Kinds:
    """The bodies and the categories that stand on a board, by their keys. Two queries."""

    bodies: dict[int, Organisation]
    categories: dict[int, Category]

    @classmethod
    def of(cls, counts: Counts) -> "Kinds":
        return cls(
            Organisation.objects.in_bulk([key for key in counts.body if key]),
            Category.objects.in_bulk([key for key in counts.category if key]),
        )


class Wishes:
    """The filters, the search and the sorting of one address; what is no value of a filter counts as nothing."""

    def __init__(self, session: TrainingSession, asked: QueryDict) -> None:
        self.session = session
        self._pairs = [(name, value) for name, values in asked.lists() for value in values]
        self.words = asked.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
        self.body = _key_or_word(asked.get("body"))
        self.category = _key_or_word(asked.get("category"))
        self.state = _one_of(asked.get("state"), (TO_DECIDE, *OPEN))
        self.decision = _one_of(asked.get("decision"), (ANY, NONE, *Decision.To.values))
        self.findings = _one_of(asked.get("findings"), (ANY, NONE))
        self.sorting = _one_of(asked.get("sort"), SORTINGS) or "time"

    @property
    def values(self) -> dict[str, str]:
        return {
            "body": self.body,
            "category": self.category,
            "state": self.state,
            "decision": self.decision,
            "findings": self.findings,
        }

    @property
    def narrow(self) -> bool:
        return bool(self.words or any(self.values.values()))

    def people(self, everybody: EnrolmentQuerySet) -> EnrolmentQuerySet:
        """Those whom the filters leave, in the order that is asked for."""
        found = everybody
        for name, wished in (("body", self.body), ("category", self.category)):
            if wished:
                found = found.filter(**({f"{name}__isnull": True} if wished == NONE else {name: wished}))
        if self.state:
            found = found.filter(state__in=STATES_TO_DECIDE if self.state == TO_DECIDE else [self.state])
        if self.decision:
            found = self._with_decision(found)
        if self.words:
            found = found.found_by(self.words)
        if self.findings:
            found = self._with_findings(found)
        return by_mean(found) if self.sorting == "score" else found.order_by(*SORTINGS[self.sorting][1])

    def _with_findings(self, found: EnrolmentQuerySet) -> EnrolmentQuerySet:
        """Looks at everybody whom the other filters leave: the checks are sentences, not columns."""
        findings = findings_of(self.session, list(found.order_by()))
        wanted = [key for key, several in findings.items() if any(not one.is_question for one in several)]
        return found.filter(pk__in=wanted) if self.findings == ANY else found.exclude(pk__in=wanted)

    def _with_decision(self, found: EnrolmentQuerySet) -> EnrolmentQuerySet:
        pending: QuerySet[Decision] = pending_of(self.session)
        if self.decision == NONE:
            return found.exclude(pk__in=pending.values("enrolment"))
        wished = pending if self.decision == ANY else pending.filter(to=self.decision)
        return found.filter(pk__in=wished.values("enrolment"))

    def address(self, **changes: object) -> str:
        """The list with these changes, from its first page on; None takes something away."""
        kept = [pair for pair in self._pairs if pair[0] != "p" and pair[0] not in changes]
        added = [(name, str(value)) for name, value in changes.items() if value not in (None, "")]
        return f"?{urlencode([*kept, *added])}"

    def filters(self, counts: Counts, kinds: Kinds, decided: Mapping[str, int]) -> list[Filter]:
        """Each filter with its values and how many each finds."""
        bodies, categories = kinds.bodies, kinds.categories
        to_decide = sum(counts.state[state] for state in STATES_TO_DECIDE)
        of_state = [(state, State(state).label, number) for state, number in sorted(counts.state.items())]
        of_findings = [(ANY, say("something was found"), None), (NONE, say("none"), None)]
        of_decision = [(code, label, decided.get(code, 0)) for code, label in Decision.To.choices]
        return [
            self._filter("body", say("recommending body"), _named(bodies.values(), counts.body, say("applied alone"))),
            self._filter("category", say("category"), _named(categories.values(), counts.category, say("no category"))),
            self._filter("state", say("state"), [(TO_DECIDE, say("to be decided"), to_decide), *of_state]),
            self._filter(
                "decision",
                say("pending decision"),
                [(ANY, say("any"), sum(decided.values())), (NONE, say("none"), None), *of_decision],
            ),
            self._filter("findings", say("findings"), of_findings),
        ]

    def sortings(self) -> list[Choice]:
        return [
            Choice(str(words), None, self.address(sort=name), name == self.sorting)
            for name, (words, _order) in SORTINGS.items()
        ]

    def chips(self, filters: Iterable[Filter]) -> list[Chip]:
        """What the list is narrowed to, each with the address of the list without it."""
        chips = [
            Chip(say("%(filter)s: %(choice)s") % {"filter": one.title, "choice": one.chosen.words}, self._without(one))
            for one in filters
            if one.chosen
        ]
        if self.words:
            chips.append(Chip(say("found by “%(words)s”") % {"words": self.words}, self.address(q=None)))
        return chips

    def _without(self, one: Filter) -> str:
        return self.address(**{one.name: None})

    def _filter(self, name: str, title: str, values: Iterable[tuple[object, Any, int | None]]) -> Filter:
        chosen = self.values[name]
        everything = Choice(say("all"), None, self.address(**{name: None}), not chosen)
        rest = [
            Choice(str(words), count, self.address(**{name: value}), str(value) == chosen)
            for value, words, count in values
        ]
        return Filter(name, title, [everything, *rest])


def _named(
    things: Iterable[Organisation | Category], counts: Counter[int | None], without: str
) -> list[tuple[object, str, int | None]]:
    """The things in their official order, and last those who have none."""
    in_order = sorted(things, key=lambda one: (one.official_order, one.pk))
    named: list[tuple[object, str, int | None]] = [(one.pk, one.name, counts[one.pk]) for one in in_order]
    return [*named, (NONE, without, counts[None])] if counts[None] else named


def _listed(choice: Choice) -> str:
    current = ' aria-current="true"' if choice.is_chosen else ""
    count = "" if choice.count is None else f' <span class="quiet">({choice.count})</span>'
    return f'<li><a href="{escape(choice.address)}"{current}>{escape(choice.words)}{count}</a></li>'


def _key_or_word(text: str | None) -> str:
    """A key, or the word for those who have none."""
    return text if text and (text == NONE or key_or_none(text) is not None) else ""


def _one_of(text: str | None, allowed: Iterable[str]) -> str:
    return text if text and text in set(allowed) else ""
