"""Ranks that a list sent again gives to people who stand on their body's list already; and back again.

Guards two rules. Bodies number each list from 1, whatever stands on their own list before it: ranks
in the order in which the people stand there change nothing. And a body's ranks are only ever set as
one order of all its people (`nominating.rank`), so that no two have the same.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from math import inf
from typing import Any

from accounts.models import User
from training.catalogue.models import Organisation, TrainingSession
from training.enrolment.models import Enrolment
from training.enrolment.nominating import rank
from training.enrolment.states import OPEN, State
from training.intake.contents import Content
from training.intake.headings import Beside
from training.intake.models import IntakeRow
from training.intake.own_lists import Meant, OwnList
from training.tools.sealing import seal, unseal

Taken = Sequence[tuple[IntakeRow, Content]]


def find_new_ranks(rows: Sequence[tuple[Content, Meant | None]], own: OwnList) -> None:
    """Says in each row of a body that moves somebody on its list where the person stands now.

    Those who are not on the list yet are entered behind the others, in the order of their ranks.
    """
    ranked = [(int(written), content, meant) for content, meant in rows if (written := content.values.get(Beside.RANK))]
    ranked.sort(key=lambda one: one[0])
    places = [own.places.get(meant.enrolment.pk, inf) if meant else inf for _rank, _content, meant in ranked]
    if len(ranked) > 1 and ranked[0][0] == 1 and places == sorted(places):
        return
    for (new, content, _meant), place in zip(ranked, places, strict=True):
        if place not in (new, inf):
            content.rank_before = str(place)


def rank_anew(session: TrainingSession, taken: Taken, *, by: User) -> None:
    """Gives the people of these rows their ranks, the others theirs around them; the row keeps how it was."""
    by_body: dict[int | None, list[tuple[IntakeRow, Content]]] = defaultdict(list)
    for row, content in taken:
        by_body[_person(row).body_id].append((row, content))
    for rows in by_body.values():
        moving = next((row for row, content in rows if content.rank_before), None)
        if moving is not None:
            _rank_a_body(session, moving, rows, by)


def ranks_can_be_put_back(row: IntakeRow) -> bool:
    """Whether the body has ranked nobody anew since."""
    if not (ranks := _kept(row).get("ranks")):
        return True
    now = _references(_person(row))
    still_there = [one for one in ranks["after"] if one in now]
    return [one for one in now if one in still_there] == still_there


def put_ranks_back(row: IntakeRow, *, by: User) -> None:
    """The people of the body stand again in the order in which they stood before this row was taken."""
    if ranks := _kept(row).get("ranks"):
        person = _person(row)
        rank(person.session, _body(person), ranks["before"], by=by)


def _rank_a_body(session: TrainingSession, moving: IntakeRow, rows: Taken, by: User) -> None:
    person = _person(moving)
    before = _references(person)
    ranked = [
        (int(written), _person(row).reference) for row, content in rows if (written := content.values.get(Beside.RANK))
    ]
    after = _placed(before, sorted(ranked, key=lambda one: one[0]))
    rank(session, _body(person), after, by=by)
    keeping = _row_that_keeps_the_ranks(moving)
    kept = _kept(keeping)
    kept["ranks"] = {"before": kept.get("ranks", {}).get("before", before), "after": after}
    keeping.sealed_before = seal(json.dumps(kept, ensure_ascii=False))
    keeping.save(update_fields=["sealed_before"])


def _row_that_keeps_the_ranks(moving: IntakeRow) -> IntakeRow:
    """An intake that is taken in two goes is taken back in one: its first row that moved somebody of the body."""
    body = _person(moving).body_id
    taken = IntakeRow.objects.filter(intake=moving.intake_id, updates__body=body).exclude(sealed_before="")
    return next((row for row in taken.order_by("pk") if "ranks" in _kept(row)), moving)


def _placed(people: Sequence[str], ranked: Sequence[tuple[int, str]]) -> list[str]:
    """Everybody in one order: the ranked at their ranks, the others around them as they stood."""
    named = {reference for _rank, reference in ranked}
    others = [one for one in people if one not in named]
    made: list[str] = []
    for number, reference in ranked:
        before = max(number - 1 - len(made), 0)
        made += [*others[:before], reference]
        others = others[before:]
    return made + others


def _references(person: Enrolment) -> list[str]:
    on_the_list = Enrolment.objects.filter(
        session=person.session_id, body=person.body_id, state__in=OPEN | {State.DRAFT}
    )
    return list(on_the_list.order_by("rank", "pk").values_list("reference", flat=True))


def _person(row: IntakeRow) -> Enrolment:
    person = row.updates or row.enrolment
    assert person is not None  # noqa: S101 - held by a constraint of what is taken
    return person


def _body(person: Enrolment) -> Organisation:
    assert person.body is not None  # noqa: S101 - whoever is nominated has a body
    return person.body


def _kept(row: IntakeRow) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(unseal(row.sealed_before)) if row.sealed_before else {}
    return kept
