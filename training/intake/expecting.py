"""What a session wants to know of the people in a list, and who may send them.

Guards one rule: of a list only what the session asks is taken; the rest stays in the list and
goes with it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from training.catalogue.models import Category, Organisation, TrainingSession
from training.enrolment.models import AskedField, Quota
from training.enrolment.questions import Code
from training.intake.cells import Expected
from training.intake.choosing import Wanted
from training.intake.headings import Beside, Meaning
from training.intake.organisations import Known, Organisations

ALWAYS = (Beside.NAME, Beside.EMAIL, Code.EMPLOYER, Beside.RANK, Beside.RESERVE)


@dataclass
class Reception:
    """Everything about a session that the reading of its lists needs, each asked of the database once."""

    session: TrainingSession
    body: Organisation | None
    _answers: dict[str, Organisation | None] = field(default_factory=dict)

    @cached_property
    def asked(self) -> tuple[Meaning, ...]:
        return tuple(AskedField.objects.filter(session=self.session).values_list("code", flat=True))

    @cached_property
    def meanings(self) -> tuple[Meaning, ...]:
        """What is taken, in the order in which a person looks at it."""
        of_the_body = () if self.body else (Beside.BODY,)
        category = (Code.CATEGORY,) if self.categories else ()
        return tuple(dict.fromkeys(map(str, (*of_the_body, *ALWAYS, *category, *self.asked))))

    @cached_property
    def categories(self) -> Sequence[Category]:
        return list(self.session.programme.categories.all())

    @cached_property
    def expected(self) -> Expected:
        wanted = [Wanted(one.code, (one.name_zh, one.name_en)) for one in self.categories]
        return Expected(frozenset(), wanted)

    @cached_property
    def organisations(self) -> Organisations:
        return Organisations(_known(one) for one in Organisation.objects.order_by("official_order", "pk"))

    @cached_property
    def bodies(self) -> dict[int, Organisation]:
        """Those that have a quota in the session."""
        with_a_quota = Quota.objects.filter(session=self.session).values("body")
        return {one.pk: one for one in Organisation.objects.filter(pk__in=with_a_quota)}

    @cached_property
    def quotas(self) -> dict[int, set[int | None]]:
        """The categories for which each body has a quota; None is one for any."""
        made: dict[int, set[int | None]] = defaultdict(set)
        for body, category in Quota.objects.filter(session=self.session).values_list("body", "category"):
            made[body].add(category)
        return made

    def category(self, code: str) -> Category | None:
        return next((one for one in self.categories if one.code == code), None)

    def body_named(self, name: str) -> Organisation | None:
        """The body of the session that is certainly meant."""
        if name not in self._answers:
            certain = self.organisations.match(name).certain
            self._answers[name] = self.bodies.get(certain.pk) if certain else None
        return self._answers[name]


def _known(organisation: Organisation) -> Known:
    names = (organisation.name_zh or organisation.name_en, organisation.name_zh, organisation.name_en)
    return Known(organisation.pk, names, (organisation.short_name_zh, organisation.short_name_en))
