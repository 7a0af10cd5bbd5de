"""What a session asks of whoever enrols and who will read it, read together with the session.

Three pages in a row ask for it, so it is one function in the database, `what_a_session_asks`,
whose plan PostgreSQL keeps; an answer that was seen before is not read again.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.db.models import Func, TextField, Value

from training.catalogue.models import Category, TrainingSession
from training.catalogue.querysets import TrainingSessionQuerySet
from training.enrolment.models import FormVersion
from training.enrolment.questionnaires import Questionnaire, as_kept, joined, questionnaire_of
from training.enrolment.questions import Code, FormStage, Question
from training.tools.bilingual import Pair


@dataclass(frozen=True, eq=False)
class Asked:
    """The questions, the categories of talent to choose from where the category is asked, and who reads it.

    `consents` are the purposes of agreements that the session asks for by themselves.
    """

    questions: Questionnaire
    all_categories: tuple[Category, ...]
    read_by: Pair
    consents: tuple[str, ...] = ()

    @cached_property
    def categories(self) -> tuple[Category, ...]:
        return self.all_categories if Code.CATEGORY in self.questions.codes else ()

    @property
    def organiser(self) -> str:
        return str(self.read_by)


def with_what_is_asked(sessions: TrainingSessionQuerySet) -> TrainingSessionQuerySet:
    """Adds what `what_is_asked` needs."""
    return sessions.annotate(
        asks=Func("pk", "programme_id", function="what_a_session_asks", output_field=TextField()),
    )


def what_is_asked(session: TrainingSession) -> Asked:
    """What a session asks of an application; it came `with_what_is_asked`."""
    return _asked(session.asks)  # type: ignore[attr-defined]


@lru_cache(maxsize=512)
def _asked(text: str) -> Asked:
    asks = json.loads(text)
    questions = questionnaire_of(json.dumps(asks["fields"]))
    organiser = asks["organiser"]
    return Asked(
        questions,
        tuple(Category(**one) for one in asks["categories"]),
        Pair(organiser["en"] or "", organiser["zh"] or ""),
        tuple(asks["consents"]),
    )


def questions_at(session: TrainingSession, stage: str) -> Questionnaire:
    """What the session asks at a stage now; one query."""
    return questionnaires_at(session, [stage])[stage]


def questionnaires_at(
    session: TrainingSession, stages: Iterable[str] = tuple(FormStage.values)
) -> dict[str, Questionnaire]:
    """What the session asks at several stages now; one query."""
    wished = list(stages)
    asking = {
        f"at_{stage}": Func("pk", Value(stage), function="questions_of_a_form", output_field=TextField())
        for stage in wished
    }
    [texts] = TrainingSession.objects.filter(pk=session.pk).annotate(**asking).values_list(*asking)
    return {stage: questionnaire_of(text) for stage, text in zip(wished, texts, strict=True)}


def as_lists_read(session: TrainingSession, asked: Mapping[str, Questionnaire]) -> dict[str, list[Question]]:
    """What a list of people needs to read every answer of these stages: what is asked now, then what was asked once.

    An option that was taken away keeps its words, and a question that is asked no longer stays
    readable for those who answered it. One query.
    """
    once = _asked_once(session)
    now = {question.code for questionnaire in asked.values() for question in questionnaire}
    return {
        stage: [
            *(joined(one, once[one.code][1]) if one.code in once else one for one in questionnaire),
            *(one for code, (then, one) in once.items() if then == stage and code not in now),
        ]
        for stage, questionnaire in asked.items()
    }


def _asked_once(session: TrainingSession) -> dict[str, tuple[str, Question]]:
    """Every question that somebody answered, by its code: the stage and the newest wording, with all its options."""
    kept = FormVersion.objects.filter(session=session).order_by("pk").values_list("stage", "questions")
    once: dict[str, tuple[str, Question]] = {}
    for stage, questions in kept:
        for question in as_kept(questions):
            before = once.get(question.code)
            once[question.code] = (stage, joined(question, before[1]) if before else question)
    return once
