"""What a session asks of whoever enrols and who will read it, read together with the session.

Three pages in a row ask for it, so it is one function in the database, `what_a_session_asks`,
whose plan PostgreSQL keeps.
"""

from dataclasses import dataclass

from django.db.models import Func, JSONField

from training.catalogue.models import Category, TrainingSession
from training.catalogue.querysets import TrainingSessionQuerySet
from training.enrolment.questions import Code
from training.tools.bilingual import text_of_pair

Questions = tuple[tuple[str, bool], ...]
"""Code and "is required" of each question, in the order of the form."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions, the categories of talent to choose from where the category is asked, and who reads it."""

    questions: Questions
    categories: tuple[Category, ...]
    organiser: str


def with_what_is_asked(sessions: TrainingSessionQuerySet) -> TrainingSessionQuerySet:
    """Adds what `what_is_asked` needs."""
    return sessions.annotate(
        asks=Func("pk", "programme_id", function="what_a_session_asks", output_field=JSONField()),
    )


def what_is_asked(session: TrainingSession) -> Asked:
    """What a session asks that came `with_what_is_asked`."""
    asks = session.asks  # type: ignore[attr-defined]
    questions = tuple((code, required) for code, required in asks["fields"])
    asks_for_the_category = any(code == Code.CATEGORY for code, _required in questions)
    categories = asks["categories"] if asks_for_the_category else ()
    return Asked(questions, tuple(Category(**one) for one in categories), text_of_pair(asks["organiser"]))
