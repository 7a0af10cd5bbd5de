"""What a person did in the other sessions of the programme: attended, did not come, withdrew.

A person is known again by the record or by the identity number. Other programmes stay out of
sight: whoever organises one has no business in them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from training.catalogue.models import TrainingSession
from training.enrolment.models import Enrolment
from training.enrolment.querysets import EnrolmentQuerySet
from training.enrolment.states import OPEN, State
from training.tools.bilingual import text_of_pair
from training.tools.dates import short_day_in_words


@dataclass(frozen=True)
class Elsewhere:
    """One other enrolment of the same person, in another session of the programme."""

    session: str
    starts_on: date
    state: str
    came: bool | None
    category_id: int | None
    category: str
    is_earlier: bool

    @property
    def attended(self) -> bool:
        """Had a place in an earlier session, and nobody says that the person stayed away."""
        return self.is_earlier and self.state == State.CONFIRMED and self.came is not False

    @property
    def outcome(self) -> str:
        """What it came to, in a word or two."""
        if self.state != State.CONFIRMED:
            return str(State(self.state).label)
        if self.came is None:
            return _("had a place, attendance not noted") if self.is_earlier else _("has a place")
        return _("attended") if self.came else _("did not come")

    @property
    def in_words(self) -> str:
        return _("%(session)s, %(day)s: %(outcome)s") % {
            "session": self.session,
            "day": short_day_in_words(self.starts_on),
            "outcome": self.outcome,
        }

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def elsewhere_of(session: TrainingSession, people: Collection[Enrolment]) -> dict[int, list[Elsewhere]]:
    """For each of these enrolments those in other sessions of the programme, the newest first. One query."""
    trainees = {one.trainee_id for one in people}
    identities = {one.identity_fingerprint for one in people} - {""}
    same = Q(trainee__in=trainees) | Q(identity_fingerprint__in=identities)
    others = Enrolment.objects.filter(same, session__programme=session.programme_id).exclude(session=session)
    rows = others.exclude(state=State.DRAFT).order_by("-session__starts_on", "-pk")
    by_trainee: defaultdict[int, list[tuple[int, Elsewhere]]] = defaultdict(list)
    by_identity: defaultdict[str, list[tuple[int, Elsewhere]]] = defaultdict(list)
    for key, trainee, identity, one in _read(rows, session):
        by_trainee[trainee].append((key, one))
        if identity:
            by_identity[identity].append((key, one))
    return {
        person.pk: list(dict([*by_trainee[person.trainee_id], *by_identity[person.identity_fingerprint]]).values())
        for person in people
    }


_COLUMNS = (
    "pk", "trainee_id", "identity_fingerprint", "state", "came", "category_id",
    "session__title_en", "session__title_zh", "session__starts_on", "category__name_en", "category__name_zh",
)  # fmt: skip


def _read(rows: EnrolmentQuerySet, session: TrainingSession) -> Iterator[tuple[int, int, str, Elsewhere]]:
    for key, trainee, identity, state, came, category_id, *names in rows.values_list(*_COLUMNS):
        title_en, title_zh, starts_on, category_en, category_zh = names
        yield (
            key,
            trainee,
            identity,
            Elsewhere(
                session=text_of_pair({"en": title_en, "zh": title_zh}),
                starts_on=starts_on,
                state=state,
                came=came,
                category_id=category_id,
                category=text_of_pair({"en": category_en, "zh": category_zh}),
                is_earlier=starts_on < session.starts_on,
            ),
        )
