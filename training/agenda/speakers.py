"""Who speaks in a session: each person once, in the order in which they first appear."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import get_language

from training.agenda.models import ItemSpeaker
from training.agenda.querysets import AgendaItemQuerySet
from training.catalogue.models import Speaker, SpeakerPost
from training.catalogue.posts import Post, posts_in_words


@dataclass(frozen=True, slots=True)
class PersonWithPosts:
    """A speaker and the lines that say who this is."""

    speaker: Speaker
    posts: list[str]


def who_speaks(items: AgendaItemQuerySet) -> list[PersonWithPosts]:
    """The speakers of these items with their posts; one query."""
    posts = SpeakerPost.objects.filter(speaker=OuterRef("speaker")).order_by("position", "pk")
    parts = (
        ItemSpeaker.objects.filter(item__in=items.order_by())
        .select_related("speaker")
        .annotate(posts=ArraySubquery(posts.values(post=_BOTH_LANGUAGES)))
        .order_by("item__day", F("item__starts_at").asc(nulls_last=True), "item__position", "position", "pk")
    )
    first_parts: dict[int, Any] = {}
    for part in parts:
        first_parts.setdefault(part.speaker_id, part)
    return [
        PersonWithPosts(part.speaker, posts_in_words(map(_in_readers_language, part.posts)))
        for part in first_parts.values()
    ]


_BOTH_LANGUAGES = JSONObject(
    title_en="title_en",
    title_zh="title_zh",
    organisation_en="organisation__name_en",
    organisation_zh="organisation__name_zh",
)


def _in_readers_language(post: dict[str, str | None]) -> Post:
    first, second = ("zh", "en") if get_language() == "zh-hans" else ("en", "zh")
    return Post(
        title=post[f"title_{first}"] or post[f"title_{second}"] or "",
        organisation=post[f"organisation_{first}"] or post[f"organisation_{second}"] or "",
    )
