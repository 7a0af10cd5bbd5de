"""What a session wants to know of the people in a list, and who may send them.

Guards one rule: of a list only what the session asks is taken; the rest stays in the list and
goes with it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils import timezone

from training.catalogue.models import Category, Organisation, TrainingSession
from training.enrolment.asked import questions_at
from training.enrolment.line import nominations_are_open
from training.enrolment.models import Quota
from training.enrolment.questions import Code, FormStage, Kind, Question
from training.intake.cells import Expected
from training.intake.choosing import Wanted
from training.intake.headings import Beside, Meaning, plain_heading
from training.intake.organisations import Known, Organisations
from training.tools.bilingual import Pair

NOT_IN_A_CELL = frozenset({Kind.FILE, Kind.HEADING, Kind.CHOICES})
ALWAYS = (Beside.NAME, Beside.EMAIL, Code.EMPLOYER, Beside.RANK, Beside.RESERVE)


@dataclass
class Reception:
    """Everything about a session that the reading of its lists needs, each asked of the database once."""

    session: TrainingSession
    body: Organisation | None
    _answers: dict[str, Organisation | None] = field(default_factory=dict)

    @cached_property
    def asked(self) -> dict[Meaning, Question]:
        """The questions of the application that a body can answer for somebody.

        Not what the person has to agree to, and not what no cell can hold.
        """
        questions = questions_at(self.session, FormStage.APPLICATION)
        return {one.code: one for one in questions if one.kind not in NOT_IN_A_CELL and not one.consent}

    @cached_property
    def own_titles(self) -> dict[str, Meaning]:
        """The session's own questions by their words in both languages, as titles of columns."""
        own = [one for one in self.asked.values() if one.is_own and isinstance(one.label, Pair)]
        return {
            plain_heading(words): one.code
            for one in own
            if isinstance(one.label, Pair)
            for words in (one.label.en, one.label.zh)
            if plain_heading(words)
        }

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
        return Expected(frozenset(), wanted, self.asked)

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

    @cached_property
    def takes_ranks(self) -> bool:
        """Whether bodies may rank their people still."""
        return nominations_are_open(self.session, timezone.now())

    def category(self, code: str) -> Category | None:
        return next((one for one in self.categories if one.code == code), None)

    def is_chosen(self, meaning: Meaning) -> bool:
        """Whether the answer is chosen, not typed."""
        question = self.expected.question(meaning)
        by_kind = question is not None and question.kind in (Kind.CHOICE, Kind.YES_NO, Kind.CATEGORY)
        return by_kind or meaning in (Beside.BODY, Beside.RESERVE)

    def body_named(self, name: str) -> Organisation | None:
        """The body of the session that is certainly meant."""
        if name not in self._answers:
            certain = self.organisations.match(name).certain
            self._answers[name] = self.bodies.get(certain.pk) if certain else None
        return self._answers[name]


def _known(organisation: Organisation) -> Known:
    names = (organisation.name_zh or organisation.name_en, organisation.name_zh, organisation.name_en)
    return Known(organisation.pk, names, (organisation.short_name_zh, organisation.short_name_en))
