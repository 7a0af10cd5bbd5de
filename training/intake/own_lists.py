"""People of a list who stand on their body's own list already: who is meant, and what the row would change.

Guards two rules. Only the body's own list is asked, never what others know of a person. And only
what the body itself wrote and may still change is held beside a row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from training.enrolment.models import Enrolment
from training.enrolment.nominating import CHANGEABLE
from training.enrolment.questions import Code
from training.enrolment.states import OPEN, State
from training.intake.contents import Content
from training.intake.expecting import Reception
from training.intake.headings import Beside, Meaning
from training.intake.models import Intake, IntakeRow
from training.intake.plain import folded
from training.tools.identity_numbers import masked_identity_number
from training.tools.phones import masked_mobile
from training.tools.sealing import fingerprint


@dataclass(frozen=True)
class Meant:
    """Somebody on the body's list, by which sign; `is_certain` when the row can mean nobody else."""

    enrolment: Enrolment
    by: Meaning
    is_certain: bool

    @property
    def may_be_changed(self) -> bool:
        return self.enrolment.state in CHANGEABLE and self.enrolment.taken_over_at is None


@dataclass(frozen=True)
class Change:
    """What stands on the body's list and what the row says instead; numbers masked."""

    meaning: Meaning
    before: str
    after: str


@dataclass
class OwnList:
    """By what the people on a body's list are known again; of whoever took over, only what the body itself sent."""

    numbers: dict[str, Enrolment] = field(default_factory=dict)
    addresses: dict[str, Enrolment] = field(default_factory=dict)
    names_with_mobiles: dict[tuple[str, str], Enrolment] = field(default_factory=dict)
    names_with_employers: dict[str, Enrolment] = field(default_factory=dict)
    mobiles: dict[str, list[Enrolment]] = field(default_factory=dict)
    people: list[Enrolment] = field(default_factory=list)

    @cached_property
    def places(self) -> dict[int, int]:
        """Where each one stands in the order of the body, by the key of the enrolment, from 1."""
        in_order = sorted(self.people, key=lambda one: (one.rank is None, one.rank, one.pk))
        return {one.pk: place for place, one in enumerate(in_order, start=1)}

    def add(self, one: Enrolment) -> None:
        self.people.append(one)
        self.numbers.setdefault(one.identity_fingerprint, one)
        row = getattr(one, "intake_row", None)
        self.names_with_employers.setdefault(row.person_fingerprint if row else "", one)
        if one.trainee.is_nominee:
            self._add_what_the_body_wrote(one)

    def _add_what_the_body_wrote(self, one: Enrolment) -> None:
        nominee = one.trainee
        name, employer = folded(nominee.name), folded(nominee.employer)
        self.addresses.setdefault(nominee.email, one)
        self.names_with_mobiles.setdefault((name, nominee.mobile_fingerprint), one)
        self.mobiles.setdefault(nominee.mobile_fingerprint, []).append(one)
        if employer:
            self.names_with_employers.setdefault(fingerprint(f"{name} {employer}", "name and employer"), one)

    def with_this_address(self, content: Content) -> Enrolment | None:
        email = content.values.get(Beside.EMAIL, "")
        return self.addresses.get(email) if email else None

    def meant(self, row: IntakeRow, content: Content) -> Meant | None:
        """Whom the row means, by the strongest sign: number, name and mobile, name and employer, mobile alone."""
        if row.identity_fingerprint and (one := self.numbers.get(row.identity_fingerprint)):
            return Meant(one, Code.IDENTITY_NUMBER, is_certain=True)
        name = folded(content.values.get(Beside.NAME, ""))
        if row.mobile_fingerprint and (one := self.names_with_mobiles.get((name, row.mobile_fingerprint))):
            return Meant(one, Beside.NAME, is_certain=True)
        if row.person_fingerprint and (one := self.names_with_employers.get(row.person_fingerprint)):
            return Meant(one, Beside.NAME, is_certain=False)
        return self._meant_by_the_mobile_alone(row)

    def _meant_by_the_mobile_alone(self, row: IntakeRow) -> Meant | None:
        """Several people may share the telephone of an office; two identity numbers are two people."""
        same = self.mobiles.get(row.mobile_fingerprint, []) if row.mobile_fingerprint else []
        if len(same) != 1 or (row.identity_fingerprint and same[0].identity_fingerprint):
            return None
        return Meant(same[0], Code.MOBILE, is_certain=False)


def own_lists(intake: Intake) -> dict[int, OwnList]:
    """Who stands on the lists of the body, or of each body where the rows name them."""
    people = Enrolment.objects.filter(session=intake.session, body__isnull=False, state__in=OPEN | {State.DRAFT})
    if intake.body_id is not None:
        people = people.filter(body=intake.body_id)
    made: dict[int, OwnList] = {}
    for one in people.select_related("trainee", "category", "intake_row").order_by("pk"):
        made.setdefault(one.body_id or 0, OwnList()).add(one)
    return made


def changes(enrolment: Enrolment, row: IntakeRow, content: Content, reception: Reception) -> list[Change]:
    """What the row would change of the person; what it does not say stays as it is."""
    return list(_changes(enrolment, row, content, reception))


def _changes(enrolment: Enrolment, row: IntakeRow, content: Content, reception: Reception) -> Iterable[Change]:
    for meaning in reception.meanings:
        after = content.values.get(meaning, "")
        if after and meaning != Beside.BODY and (change := _change(enrolment, row, content, meaning, after)):
            yield change


def _change(enrolment: Enrolment, row: IntakeRow, content: Content, meaning: Meaning, after: str) -> Change | None:
    if meaning == Beside.RANK:
        return Change(meaning, content.rank_before, after) if content.rank_before else None
    if meaning == Code.IDENTITY_NUMBER:
        same = row.identity_fingerprint == enrolment.identity_fingerprint
        return None if same else Change(meaning, enrolment.identity_masked, masked_identity_number(after))
    if meaning == Code.MOBILE:
        same = row.mobile_fingerprint == enrolment.trainee.mobile_fingerprint
        return None if same else Change(meaning, enrolment.trainee.mobile_masked, masked_mobile(after))
    before = _on_the_list(enrolment, meaning)
    return None if before == after else Change(meaning, before, after)


def _on_the_list(enrolment: Enrolment, meaning: Meaning) -> str:
    if meaning == Beside.NAME:
        return enrolment.trainee.name
    if meaning == Beside.EMAIL:
        return enrolment.trainee.email
    if meaning == Code.CATEGORY:
        return enrolment.category.code if enrolment.category else ""
    if meaning == Beside.RESERVE:
        return "yes" if enrolment.is_reserve else "no"
    return str(enrolment.answers.get(meaning, ""))
