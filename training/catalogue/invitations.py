"""All that the catalogue knows of a session and an invitation says, in one query."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from training.catalogue.models import Aim, Category, TrainingSession
from training.catalogue.querysets import TrainingSessionQuerySet
from training.tools.bilingual import text_of_pair


def with_what_an_invitation_says(sessions: TrainingSessionQuerySet) -> TrainingSessionQuerySet:
    """Programme, organiser, venue and province come along, and for `for_whom` and `aims` their texts."""
    categories = Category.objects.filter(programmes=OuterRef("programme")).order_by("official_order", "pk")
    aims = Aim.objects.filter(programme=OuterRef("programme")).order_by("position", "pk")
    return sessions.select_related("programme__organiser", "venue", "province").annotate(
        category_texts=ArraySubquery(categories.values(texts=JSONObject(en="name_en", zh="name_zh"))),
        aim_texts=ArraySubquery(aims.values(texts=JSONObject(en="text_en", zh="text_zh"))),
    )


def for_whom(session: TrainingSession) -> list[str]:
    """The categories of talent that the session is for, in official order and the reader's language."""
    return [text_of_pair(pair) for pair in session.category_texts]  # type: ignore[attr-defined]


def aims(session: TrainingSession) -> list[str]:
    """The aims of its programme in their order, in the reader's language."""
    return [text_of_pair(pair) for pair in session.aim_texts]  # type: ignore[attr-defined]
