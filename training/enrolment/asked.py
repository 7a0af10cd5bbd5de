"""What a session asks of whoever enrols, read together with the session: no query of its own."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from training.catalogue.models import Category, TrainingSession
from training.catalogue.querysets import TrainingSessionQuerySet
from training.enrolment.models import AskedField
from training.enrolment.questions import Code

Questions = tuple[tuple[str, bool], ...]
"""Code and "is required" of each question, in the order of the form."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions, and the categories of talent to choose from where the category is asked."""

    questions: Questions
    categories: tuple[Category, ...] = ()


def with_what_is_asked(sessions: TrainingSessionQuerySet) -> TrainingSessionQuerySet:
    """Adds what `what_is_asked` needs."""
    fields = AskedField.objects.filter(session=OuterRef("pk")).order_by("position", "pk")
    categories = Category.objects.filter(programmes=OuterRef("programme")).order_by("official_order", "pk")
    return sessions.annotate(
        fields_asked=ArraySubquery(fields.values(field=JSONObject(code="code", required="is_required"))),
        categories_asked=ArraySubquery(
            categories.values(category=JSONObject(id="id", name_en="name_en", name_zh="name_zh"))
        ),
    )


def what_is_asked(session: TrainingSession) -> Asked:
    """What a session asks that came `with_what_is_asked`."""
    questions = tuple((field["code"], field["required"]) for field in session.fields_asked)  # type: ignore[attr-defined]
    if not any(code == Code.CATEGORY for code, _required in questions):
        return Asked(questions)
    return Asked(questions, tuple(Category(**category) for category in session.categories_asked))  # type: ignore[attr-defined]
