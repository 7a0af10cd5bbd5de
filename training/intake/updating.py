"""A row that updates a person on the body's list, through the same deed as a correction by hand; and back again.

Guards one rule: an update is taken back only while the person is as the row left him or her.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from accounts.models import User
from training.catalogue.models import Category
from training.enrolment.models import Enrolment
from training.enrolment.nominating import Nominee, change
from training.enrolment.states import State
from training.enrolment.trainees import Sealed
from training.intake.contents import Content
from training.intake.headings import Beside
from training.intake.models import IntakeRow
from training.tools.sealing import seal, unseal

UNDECIDED = frozenset({State.DRAFT, State.APPLIED, State.WITHDRAWN})


def update(enrolment: Enrolment, row: IntakeRow, content: Content, nominee: Nominee, *, by: User) -> None:
    """Changes the person to what the row says; how he or she stood before is kept sealed in the row."""
    before = _standing(enrolment)
    changed = change(enrolment, _with_what_the_row_leaves_open(nominee, enrolment, content), by=by)
    row.sealed_before = seal(json.dumps({"before": before, "after": _standing(changed)}, ensure_ascii=False))


def can_be_put_back(row: IntakeRow) -> bool:
    """Whether nothing was decided on the person of an update, and nothing changed, since."""
    if row.updates is None or not row.sealed_before:
        return True
    kept = json.loads(unseal(row.sealed_before))
    now = _standing(row.updates)
    if row.updates.state == State.WITHDRAWN:
        return True
    undecided = now["state"] in UNDECIDED or now["state"] == kept["before"]["state"]
    return undecided and row.updates.taken_over_at is None and _without_state(now) == _without_state(kept["after"])


def put_back(row: IntakeRow, *, by: User) -> None:
    """The person stands again as before the update; whoever was withdrawn since is left alone."""
    if row.updates is None or not row.sealed_before or row.updates.state == State.WITHDRAWN:
        return
    before = json.loads(unseal(row.sealed_before))["before"]
    change(row.updates, _as_nominee(before), by=by, numbers_stay=False)


def _with_what_the_row_leaves_open(nominee: Nominee, enrolment: Enrolment, content: Content) -> Nominee:
    return replace(
        nominee,
        email=nominee.email or enrolment.trainee.email,
        language=enrolment.trainee.language,
        category=nominee.category or enrolment.category,
        answers={**enrolment.answers, **nominee.answers},
        is_reserve=nominee.is_reserve if content.values.get(Beside.RESERVE) else enrolment.is_reserve,
    )


def _standing(enrolment: Enrolment) -> dict[str, Any]:
    nominee = enrolment.trainee
    return {
        "state": enrolment.state,
        "name": nominee.name,
        "email": nominee.email,
        "language": nominee.language,
        "category": enrolment.category_id,
        "answers": enrolment.answers,
        "is_reserve": enrolment.is_reserve,
        "identity": asdict(
            Sealed(enrolment.identity_sealed, enrolment.identity_masked, enrolment.identity_fingerprint)
        ),
        "mobile": asdict(
            Sealed(nominee.mobile_sealed, nominee.mobile_masked, nominee.mobile_fingerprint, nominee.mobile_last_digits)
        ),
    }


def _without_state(standing: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in standing.items() if name != "state"}


def _as_nominee(standing: Mapping[str, Any]) -> Nominee:
    return Nominee(
        name=standing["name"],
        email=standing["email"],
        language=standing["language"],
        category=Category.objects.filter(pk=standing["category"]).first(),
        answers=standing["answers"],
        identity=Sealed(**standing["identity"]),
        mobile=Sealed(**standing["mobile"]),
        is_reserve=standing["is_reserve"],
    )
