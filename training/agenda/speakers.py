"""Who speaks in a session: each person once, in the order in which they first appear."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject

from training.agenda.models import ItemSpeaker
from training.agenda.querysets import AgendaItemQuerySet
from training.catalogue.models import Speaker, SpeakerPost
from training.catalogue.posts import Post, posts_in_words
from training.tools.bilingual import text_of_pair


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
    title=JSONObject(en="title_en", zh="title_zh"),
    organisation=JSONObject(en="organisation__name_en", zh="organisation__name_zh"),
)


def _in_readers_language(post: dict[str, dict[str, str | None]]) -> Post:
    return Post(title=text_of_pair(post["title"]), organisation=text_of_pair(post["organisation"]))
