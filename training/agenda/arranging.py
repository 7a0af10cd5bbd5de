"""Saving a session's agenda as one deed: all rows or none, and two that swap their rooms may."""

from collections.abc import Iterable, Sequence

from django.db import IntegrityError, connection, transaction

from training.agenda.models import AgendaItem, ItemSpeaker
from training.agenda.scheduling import Planned
from training.catalogue.models import Speaker
from training.tools.constraints import sentence_of
from training.tools.refusals import Refused


def arrange(*, changed: Iterable[Planned], removed: Iterable[AgendaItem] = ()) -> None:
    """Saves the changed items with their speakers and deletes the removed ones.

    Raises Refused when another item came in the way since somebody looked. The constraints
    are asked at the end, so that items may change places within one deed.
    """
    try:
        with transaction.atomic():
            for item in removed:
                item.delete()
            for planned in changed:
                planned.item.save()
                _let_speak(planned.item, planned.speakers)
            _ask_the_constraints()
    except IntegrityError as refusal:
        sentence = sentence_of(refusal)
        if not sentence:
            raise
        raise Refused(sentence) from refusal


def _let_speak(item: AgendaItem, speakers: Sequence[Speaker]) -> None:
    """Exactly these speakers in this order; a part that somebody keeps stays as it is worded."""
    parts = {part.speaker_id: part for part in item.parts.all()}
    if list(parts) == [speaker.pk for speaker in speakers]:
        return
    for speaker_id in parts.keys() - {speaker.pk for speaker in speakers}:
        parts[speaker_id].delete()
    for position, speaker in enumerate(speakers, start=1):
        part = parts.get(speaker.pk)
        if part is None:
            ItemSpeaker.objects.create(item=item, speaker=speaker, position=position)
        elif part.position != position:
            part.position = position
            part.save(update_fields=["position"])


def _ask_the_constraints() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
