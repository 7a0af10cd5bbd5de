"""What a session asks of whoever enrols and who will read it, read together with the session.

Written in SQL because three pages in a row ask for it: the same as querysets takes longer to
put into words than to answer.
"""

from dataclasses import dataclass

from django.db.models import JSONField
from django.db.models.expressions import RawSQL

from training.catalogue.models import Category, TrainingSession
from training.catalogue.querysets import TrainingSessionQuerySet
from training.enrolment.questions import Code
from training.tools.bilingual import text_of_pair

Questions = tuple[tuple[str, bool], ...]
"""Code and "is required" of each question, in the order of the form."""

_FIELDS = """(
    SELECT coalesce(jsonb_agg(jsonb_build_array(code, is_required) ORDER BY position, id), '[]')
      FROM training_askedfield WHERE session_id = training_trainingsession.id)"""

_CATEGORIES = """(
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', category.id, 'name_en', name_en, 'name_zh', name_zh)
                              ORDER BY official_order, category.id), '[]')
      FROM training_category category
      JOIN training_programme_categories chosen ON chosen.category_id = category.id
     WHERE chosen.programme_id = training_trainingsession.programme_id)"""

_ORGANISER = """(
    SELECT jsonb_build_object('en', name_en, 'zh', name_zh)
      FROM training_organisation organisation
      JOIN training_programme programme ON programme.organiser_id = organisation.id
     WHERE programme.id = training_trainingsession.programme_id)"""


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions, the categories of talent to choose from where the category is asked, and who reads it."""

    questions: Questions
    categories: tuple[Category, ...]
    organiser: str


def with_what_is_asked(sessions: TrainingSessionQuerySet) -> TrainingSessionQuerySet:
    """Adds what `what_is_asked` needs."""
    return sessions.annotate(
        fields_asked=RawSQL(_FIELDS, (), JSONField()),  # noqa: S611 - these three hold nothing from outside
        categories_asked=RawSQL(_CATEGORIES, (), JSONField()),  # noqa: S611
        organiser_texts=RawSQL(_ORGANISER, (), JSONField()),  # noqa: S611
    )


def what_is_asked(session: TrainingSession) -> Asked:
    """What a session asks that came `with_what_is_asked`."""
    questions = tuple((code, required) for code, required in session.fields_asked)  # type: ignore[attr-defined]
    asks_for_the_category = any(code == Code.CATEGORY for code, _required in questions)
    categories = session.categories_asked if asks_for_the_category else ()  # type: ignore[attr-defined]
    return Asked(
        questions,
        tuple(Category(**category) for category in categories),
        text_of_pair(session.organiser_texts),  # type: ignore[attr-defined]
    )
