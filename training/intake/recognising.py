"""Who in a list is known already: only for organisers, and only from the sessions that they organise.

Guards one rule: a nominator never learns of it. Nothing found here is kept in a row; it is asked
each time for the one who looks.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ORGANISE
from training.enrolment.models import Enrolment, Trainee
from training.enrolment.questions import SEXES, STANDARD, Code
from training.enrolment.states import State
from training.intake.contents import Content
from training.intake.headings import Beside
from training.intake.models import Intake, IntakeRow
from training.tools.identity_numbers import masked_identity_number
from training.tools.names import search_key
from training.tools.phones import masked_mobile

Pairs = Sequence[tuple[IntakeRow, Content]]


@dataclass(frozen=True)
class Difference:
    """What is on record and what the list says, in words; numbers masked."""

    label: str
    on_record: str
    in_the_list: str

    @property
    def is_new(self) -> bool:
        return bool(self.in_the_list) and self.on_record != self.in_the_list


@dataclass
class Recognised:
    """A person on record who is meant by a row, by which sign, and where he or she takes or took part."""

    trainee: Trainee
    by: str
    differences: Sequence[Difference]
    earlier: list[str] = field(default_factory=list)
    in_this_session: list[str] = field(default_factory=list)


def recognised(intake: Intake, pairs: Pairs, *, by: User) -> dict[int, list[Recognised]]:
    """The people on record behind these rows, by the key of the row. Three queries, however many rows."""
    rows = [(row, content) for row, content in pairs if content.values]
    known = Trainee.objects.in_care_of(by, *ORGANISE).filter(is_nominee=False).filter(_meant_by(rows))
    trainees = list(known.distinct()[: 4 * len(rows) or 1])
    made = {
        row.pk: [_found(content, one, sign) for one in trainees if (sign := _sign(row, content, one))]
        for row, content in rows
    }
    _say_where_else(intake, [one for found in made.values() for one in found], by)
    return made


def others_in_this_session(intake: Intake, named: Mapping[IntakeRow, str], *, by: User) -> dict[int, list[str]]:
    """Bodies or “applied alone” of those who take part in the session already, by the key of the row.

    `named` are the rows with the names in them. By identity number, or by name and mobile together.
    """
    identities = {row.identity_fingerprint for row in named} - {""}
    mobiles = {row.mobile_fingerprint for row in named} - {""}
    meant = Q(identity_fingerprint__in=identities) | Q(trainee__mobile_fingerprint__in=mobiles)
    there = Enrolment.objects.in_care_of(by, *ORGANISE).open().filter(meant, session=intake.session)
    others = list(there.exclude(intake_row__intake=intake).select_related("body", "trainee"))
    found: dict[int, list[str]] = defaultdict(list)
    for row, name in named.items():
        same = (one for one in others if _is_the_same(one, row, name))
        found[row.pk] = [one.body.name if one.body else _("applied alone") for one in same]
    return found


def _is_the_same(enrolment: Enrolment, row: IntakeRow, name: str) -> bool:
    if row.identity_fingerprint and row.identity_fingerprint == enrolment.identity_fingerprint:
        return True
    same_mobile = row.mobile_fingerprint and row.mobile_fingerprint == enrolment.trainee.mobile_fingerprint
    return bool(same_mobile) and search_key(name) == enrolment.trainee.name_search


def _meant_by(rows: Pairs) -> Q:
    identities = {row.identity_fingerprint for row, _content in rows} - {""}
    mobiles = {row.mobile_fingerprint for row, _content in rows} - {""}
    names = {search_key(content.values.get(Beside.NAME, "")) for _row, content in rows} - {""}
    employers = {content.values.get(Code.EMPLOYER, "") for _row, content in rows} - {""}
    return (
        Q(identity_fingerprint__in=identities)
        | Q(mobile_fingerprint__in=mobiles)
        | Q(name_search__in=names, employer__in=employers)
    )


def _sign(row: IntakeRow, content: Content, trainee: Trainee) -> str:
    """By what the person is recognised, the strongest sign; blank when it is somebody else."""
    if row.identity_fingerprint and row.identity_fingerprint == trainee.identity_fingerprint:
        return _("the identity number")
    if row.mobile_fingerprint and row.mobile_fingerprint == trainee.mobile_fingerprint:
        return _("the mobile")
    same_name = search_key(content.values.get(Beside.NAME, "")) == trainee.name_search
    if same_name and trainee.employer and content.values.get(Code.EMPLOYER) == trainee.employer:
        return _("name and employer")
    return ""


def _found(content: Content, trainee: Trainee, sign: str) -> Recognised:
    values = content.values
    sexes = {value: capfirst(str(words)) for value, words in SEXES}
    differences = [
        Difference(capfirst(str(Beside.NAME.label)), trainee.name, values.get(Beside.NAME, "")),
        Difference(str(STANDARD[Code.EMPLOYER].label), trainee.employer, values.get(Code.EMPLOYER, "")),
        Difference(capfirst(str(Beside.EMAIL.label)), trainee.email, values.get(Beside.EMAIL, "")),
        Difference(str(STANDARD[Code.SEX].label), sexes.get(trainee.sex, ""), sexes.get(values.get(Code.SEX, ""), "")),
        Difference(
            str(STANDARD[Code.IDENTITY_NUMBER].label),
            trainee.identity_masked,
            masked_identity_number(values.get(Code.IDENTITY_NUMBER, "")),
        ),
        Difference(str(STANDARD[Code.MOBILE].label), trainee.mobile_masked, masked_mobile(values.get(Code.MOBILE, ""))),
    ]
    return Recognised(trainee, sign, differences)


def _say_where_else(intake: Intake, found: Sequence[Recognised], by: User) -> None:
    people = {one.trainee.pk for one in found}
    enrolments = Enrolment.objects.in_care_of(by, *ORGANISE).filter(trainee__in=people).select_related("session")
    by_person: dict[int, list[Enrolment]] = defaultdict(list)
    for enrolment in enrolments.order_by("session__starts_on", "pk"):
        by_person[enrolment.trainee_id].append(enrolment)
    for one in found:
        for enrolment in by_person[one.trainee.pk]:
            if enrolment.session_id == intake.session_id:
                one.in_this_session.append(enrolment.get_state_display())
            elif enrolment.state == State.CONFIRMED and enrolment.came is not False:
                one.earlier.append(enrolment.session.title)
