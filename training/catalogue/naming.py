"""Which organisation a text means: by full name, by short name, else by likeness.

Guards one rule: a likeness is taken only when one organisation is clearly nearer than all others,
and it is always said.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from training.catalogue.models import Organisation

LIKE_ENOUGH = 0.6  # of all characters stand in both in the same order
CLEARLY_NEARER = 0.08
BEGINS_ALIKE = 0.2  # counts for a name that begins with the other: the short name of a province, say
SHORTEST_PART = 2  # characters of a name that may stand for the whole of it
_DECORATION = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Meant:
    """The organisation, and whether it is only the most alike."""

    organisation: Organisation
    by_likeness: bool = False


class KnownOrganisations:
    """The organisations to choose from, read once for many texts."""

    def __init__(self, organisations: Iterable[Organisation]) -> None:
        self._names: list[tuple[str, Organisation]] = []
        self._by_name: dict[str, set[Organisation]] = {}
        for one in organisations:
            for name in {plain(name) for name in names_of(one)} - {""}:
                self._names.append((name, one))
                self._by_name.setdefault(name, set()).add(one)

    def meant_by(self, text: str) -> Meant | None:
        """What the text means; None where it fits nobody, or several alike."""
        wanted = plain(text)
        exactly = self._by_name.get(wanted, set())
        if len(exactly) == 1:
            return Meant(next(iter(exactly)))
        if exactly or len(wanted) < SHORTEST_PART:
            return None
        return self._most_alike(wanted)

    def _most_alike(self, wanted: str) -> Meant | None:
        best: dict[Organisation, float] = {}
        for name, one in self._names:
            score = SequenceMatcher(None, wanted, name, autojunk=False).ratio()
            best[one] = max(best.get(one, 0.0), score)
        for one in {one for name, one in self._names if name.startswith(wanted) or wanted.startswith(name)}:
            best[one] += BEGINS_ALIKE
        nearest = sorted(best.items(), key=lambda pair: -pair[1])[:2]
        if not nearest or nearest[0][1] < LIKE_ENOUGH:
            return None
        if len(nearest) > 1 and nearest[0][1] - nearest[1][1] < CLEARLY_NEARER:
            return None
        return Meant(nearest[0][0], by_likeness=True)


def names_of(organisation: Organisation) -> tuple[str, ...]:
    return (
        organisation.name_zh,
        organisation.name_en,
        organisation.short_name_zh,
        organisation.short_name_en,
    )


def plain(text: str) -> str:
    """A name as it is compared: one width, small letters, without spaces, brackets and dots."""
    return _DECORATION.sub("", unicodedata.normalize("NFKC", text).casefold())
