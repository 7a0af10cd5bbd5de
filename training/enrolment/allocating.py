"""A proposal of who gets a place, by the session's written rule. It decides nothing.

Guards one rule: the same input gives the same proposal. It works on plain figures, reads no
clock and no table, and two people whom nothing tells apart are told apart by their keys.
Whoever has a decision already keeps it and counts; the others follow in the order of the rule,
each takes from the first of his or her purses that has a place left.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from training.enrolment.reasons import NO_REASON, Reason
from training.enrolment.states import State

FROM_A_QUOTA = _("Number %(number)d for the free places of %(purse)s: %(places)d.")
FROM_THE_POOL = _("Number %(number)d for the free places of the free pool: %(places)d.")
FROM_THE_POOL_AFTER = _(
    "The places of %(purse)s go to people before; number %(number)d for the free places of the free pool: %(places)d."
)
WITHOUT_A_NUMBER = _("The number of places is not known yet; everybody gets one.")
ALL_GONE = _("All free places of %(purse)s (%(places)d) go to people before; number %(number)d of those who wait.")
ALL_GONE_BOTH = _(
    "All free places of %(purse)s (%(places)d) and of the free pool (%(pool)d) go to people before;"
    " number %(number)d of those who wait."
)
ALL_GONE_POOL = _(
    "All free places of the free pool (%(pool)d) go to people before; number %(number)d of those who wait."
)
NONE_FREE = _("No place of %(purse)s is free; number %(number)d of those who wait.")
NONE_FREE_BOTH = _("No place of %(purse)s or of the free pool is free; number %(number)d of those who wait.")
NONE_FREE_POOL = _("No place of the free pool is free; number %(number)d of those who wait.")
NO_PURSE = _("The recommending body has no quota for this category, and the free pool is not for bodies.")
DUPLICATE = _("Somebody with the same identity number is in this session already; decide which of the two counts.")
DECIDED = _("Is decided already and keeps the decision.")
DECIDED_WITHOUT_A_PLACE = _("Is decided already, but no place is left for it.")
RESERVES_LATER = _("A reserve; reserves come into line once the lists of the bodies are closed.")
RESERVE = _("A reserve comes after everybody else.")
ATTENDED = _("Newcomers come before people who attended an earlier session.")

PurseKey = int | None
"""The key of a quota; None for the free pool."""


@dataclass(frozen=True, slots=True)
class Places:
    """What a purse has to give: its name in both languages and its free places; None where nobody knows the number."""

    name: Reason
    free: int | None


@dataclass(frozen=True, slots=True)
class Applicant:
    """What the rule looks at. `purses` are those that the person may take from, the first one first."""

    key: int
    applied_at: datetime
    purses: tuple[PurseKey, ...] = (None,)
    rank: int | None = None
    is_reserve: bool = False
    attended_before: bool = False
    line_number: int | None = None
    is_duplicate: bool = False
    decided: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """By what the order of a session goes, besides reserves last and the time of application.

    Reserves wait for as long as the bodies may still change their lists.
    """

    by_rank: bool = False
    newcomers_first: bool = False
    reserves_wait: bool = False


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is proposed for one person and why; `to` is None where nothing is."""

    key: int
    to: State | None
    reason: Reason
    purse: PurseKey = None
    is_decided: bool = False


@dataclass
class _Giving:
    """How many took from each purse so far, and how many go without."""

    places: Mapping[PurseKey, Places]
    taken: dict[PurseKey, int] = field(default_factory=dict)
    waiting: int = 0

    def take(self, purses: Sequence[PurseKey]) -> tuple[bool, PurseKey]:
        """Takes from the first purse that has a place; says whether there was one, and which."""
        for purse in purses:
            free, taken = self.places[purse].free, self.taken.get(purse, 0)
            if free is None or taken < free:
                self.taken[purse] = taken + 1
                return True, purse
        return False, None


def propose(applicants: Collection[Applicant], places: Mapping[PurseKey, Places], rule: Rule) -> list[Proposed]:
    """One line for each person, in the order of the rule."""
    giving = _Giving(places)
    in_order = sorted(applicants, key=lambda one: place_in_order(one, rule))
    decided = {one.key: _of_the_decision(one, giving) for one in in_order if one.decided}
    return [decided.get(one.key) or _by_the_rule(one, giving, rule) for one in in_order]


def place_in_order(one: Applicant, rule: Rule) -> tuple[object, ...]:
    """The same order as that of the waiting list; whoever waits comes before new applications."""
    return (
        one.is_reserve,
        one.attended_before if rule.newcomers_first else False,
        (one.rank is None, one.rank or 0) if rule.by_rank else (),
        one.line_number is None,
        one.line_number or 0,
        one.applied_at,
        one.key,
    )


def fingerprint(applicants: Collection[Applicant], places: Mapping[PurseKey, Places], rule: Rule) -> str:
    """The same for the same input: tells whether anything has changed since a proposal was shown."""
    kept = hashlib.sha256(repr((rule, sorted(places.items(), key=lambda pair: pair[0] or 0))).encode())
    for one in sorted(applicants, key=lambda applicant: applicant.key):
        kept.update(repr(one).encode())
    return kept.hexdigest()


def _of_the_decision(one: Applicant, giving: _Giving) -> Proposed:
    found, purse = giving.take(one.purses) if one.decided == State.OFFERED else (True, None)
    reason = Reason.of_rule(DECIDED if found else DECIDED_WITHOUT_A_PLACE)
    return Proposed(one.key, State(one.decided), reason, purse, is_decided=True)


def _by_the_rule(one: Applicant, giving: _Giving, rule: Rule) -> Proposed:
    if one.is_duplicate:
        return Proposed(one.key, None, Reason.of_rule(DUPLICATE))
    if one.is_reserve and rule.reserves_wait:
        return Proposed(one.key, None, Reason.of_rule(RESERVES_LATER))
    found, purse = giving.take(one.purses)
    if found:
        return Proposed(one.key, State.OFFERED, _joined(_why_a_place(one, purse, giving)), purse)
    giving.waiting += 1
    reason = _joined(_why_none(one, giving), *_what_puts_behind(one, rule))
    return Proposed(one.key, None if one.line_number else State.WAITLISTED, reason)


def _why_a_place(one: Applicant, purse: PurseKey, giving: _Giving) -> Reason:
    places, number = giving.places[purse], giving.taken[purse]
    if places.free is None:
        return Reason.of_rule(WITHOUT_A_NUMBER)
    if purse is not None:
        return Reason.of_words(FROM_A_QUOTA, number=number, purse=places.name, places=places.free)
    quotas = [key for key in one.purses if key is not None]
    if not quotas:
        return Reason.of_words(FROM_THE_POOL, number=number, places=places.free)
    first = giving.places[quotas[0]].name
    return Reason.of_words(FROM_THE_POOL_AFTER, number=number, purse=first, places=places.free)


def _why_none(one: Applicant, giving: _Giving) -> Reason:
    quotas = [giving.places[key] for key in one.purses if key is not None]
    pool = giving.places[None].free if None in one.purses else None
    places, number = sum(quota.free or 0 for quota in quotas), giving.waiting
    if quotas and pool is not None:
        sentence = ALL_GONE_BOTH if places or pool else NONE_FREE_BOTH
        return Reason.of_words(sentence, purse=quotas[0].name, places=places, pool=pool, number=number)
    if quotas:
        sentence = ALL_GONE if places else NONE_FREE
        return Reason.of_words(sentence, purse=quotas[0].name, places=places, number=number)
    if pool is not None:
        return Reason.of_words(ALL_GONE_POOL if pool else NONE_FREE_POOL, pool=pool, number=number)
    return Reason.of_rule(NO_PURSE)


def _what_puts_behind(one: Applicant, rule: Rule) -> Iterator[Reason]:
    if one.is_reserve:
        yield Reason.of_rule(RESERVE)
    if rule.newcomers_first and one.attended_before:
        yield Reason.of_rule(ATTENDED)


def _joined(*reasons: Reason) -> Reason:
    """Several sentences in a row; Chinese ones stand without a space."""
    if len(reasons) == 1:
        return reasons[0]
    return Reason(" ".join(one.en for one in reasons), "".join(one.zh for one in reasons)) if reasons else NO_REASON
