"""Which organisation a list means: by full name, by short name, else the most alike to choose from.

Guards one rule: only a name that fits exactly is taken; what is merely alike is proposed. Pairs
of characters and an index of them find the likely ones of ten thousand in a millisecond.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from training.intake.choosing import likeness, pairs

MOST_PROPOSED = 5
SHORTEST_NAME = 2  # characters
ALIKE_ENOUGH = 0.45
CLOSE = 0.6
_DECORATION = re.compile(r"[\s\W_]+")
_COMMON_ENDINGS = re.compile(
    r"(股份有限公司|有限责任公司|集团有限公司|有限公司|集团公司|集团|公司|coltd|inc|ltd|corporation|corp)$"
)


@dataclass(frozen=True)
class Known:
    """An organisation with all of its names; the first is the one that is written."""

    pk: int
    names: tuple[str, ...]
    short_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """The organisation that is meant, if that is certain, and the most alike otherwise."""

    certain: Known | None = None
    by_short_name: bool = False
    proposed: tuple[Known, ...] = ()
    is_close: bool = False  # the most alike is so much alike that the sender should choose


@dataclass(frozen=True)
class Beginning:
    """The beginning of a text that names a known organisation."""

    text: str
    by_short_name: bool


class Organisations:
    """The known organisations, indexed once for many questions."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._by_name: defaultdict[str, list[Known]] = defaultdict(list)
        self._by_short_name: defaultdict[str, list[Known]] = defaultdict(list)
        self._cores: list[tuple[Known, frozenset[str]]] = []
        self._with_pair: defaultdict[str, list[int]] = defaultdict(list)
        self._answers: dict[str, Match] = {}
        for each in known:
            self._add(each)

    def match(self, text: str) -> Match:
        """What a name in a list means; the same name is looked up once."""
        plain = _plain(text)
        if plain not in self._answers:
            self._answers[plain] = self._look_up(plain)
        return self._answers[plain]

    def beginning(self, text: str) -> "Beginning | None":
        """The longest name of a known organisation with which a text begins, as it is written there."""
        ends: list[int] = []  # by characters of the plain text
        for at, character in enumerate(text, start=1):
            ends += [at] * len(_plain(character))
        plain = _plain(text)[: len(ends)]
        for length in range(len(plain), SHORTEST_NAME - 1, -1):
            end = ends[length - 1]
            if _is_within_a_word(text, end):
                continue
            for names, is_short in ((self._by_name, False), (self._by_short_name, True)):
                if len({each.pk for each in names.get(plain[:length], ())}) == 1:
                    return Beginning(text[:end], by_short_name=is_short)
        return None

    def _add(self, known: Known) -> None:
        for name in filter(None, known.names):
            self._by_name[_plain(name)].append(known)
            core = pairs(_core(_plain(name)))
            for pair in core:
                self._with_pair[pair].append(len(self._cores))
            self._cores.append((known, core))
        for name in filter(None, known.short_names):
            self._by_short_name[_plain(name)].append(known)

    def _look_up(self, plain: str) -> Match:
        if not plain:
            return Match()
        for names, is_short in ((self._by_name, False), (self._by_short_name, True)):
            found = names.get(plain, [])
            if len({each.pk for each in found}) == 1:
                return Match(certain=found[0], by_short_name=is_short)
        return self._most_alike(plain)

    def _most_alike(self, plain: str) -> Match:
        wanted = pairs(_core(plain))
        shared = Counter(number for pair in wanted for number in self._with_pair.get(pair, ()))
        scored: dict[int, tuple[float, Known]] = {}
        for number, _count in shared.most_common(50):
            known, core = self._cores[number]
            score = likeness(wanted, core)
            if score >= ALIKE_ENOUGH and score > scored.get(known.pk, (0.0, known))[0]:
                scored[known.pk] = (score, known)
        best = sorted(scored.values(), key=lambda each: (-each[0], each[1].pk))
        proposed = tuple(known for _score, known in best[:MOST_PROPOSED])
        return Match(proposed=proposed, is_close=bool(best) and best[0][0] >= CLOSE)


def _plain(name: str) -> str:
    return _DECORATION.sub("", unicodedata.normalize("NFKC", name).casefold())


def _is_within_a_word(text: str, end: int) -> bool:
    """Whether a text that is cut here would be cut inside a word of Latin letters, or inside a number."""
    return all(character.isascii() and character.isalnum() for character in text[end - 1 : end + 1]) and end < len(text)


def _core(plain: str) -> str:
    """A name without the ending that most share, so that two companies are not alike for being companies."""
    return _COMMON_ENDINGS.sub("", plain) or plain
