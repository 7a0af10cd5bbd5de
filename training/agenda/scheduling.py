"""Whether an item fits: what is in its way, in sentences, before the database refuses it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from training.agenda.models import AgendaItem
from training.catalogue.models import Speaker, TrainingSession


@dataclass(frozen=True)
class Clash:
    """One thing in the way: the form field it belongs to and the sentence that names it."""

    field: str
    sentence: str


def what_is_in_the_way(item: AgendaItem, speakers: Iterable[Speaker] = ()) -> list[Clash]:
    """Published items, of any session, that hold the room or a speaker at the time of `item`.

    A draft and an item without both times are in nobody's way and nothing is in theirs.
    """
    if not (item.is_published and item.starts_at and item.ends_at):
        return []
    others = AgendaItem.objects.at_the_time_of(item.starts_at, item.ends_at).exclude(pk=item.pk)
    clashes = []
    if item.room_id is not None:
        for other in others.filter(room=item.room_id).select_related("session"):
            clashes.append(Clash("room", _("The room is taken: %(item)s.") % {"item": described(other)}))
    for speaker in speakers:
        for other in others.filter(parts__speaker=speaker).select_related("session"):
            sentence = _("%(speaker)s is somewhere else: %(item)s.")
            clashes.append(Clash("speakers", sentence % {"speaker": speaker.name, "item": described(other)}))
    return clashes


def described(item: AgendaItem) -> str:
    """The item as a person would name it: title, day, times and session."""
    times = "–".join(
        date_format(timezone.localtime(moment), "H:i") for moment in (item.starts_at, item.ends_at) if moment
    )
    return _("“%(title)s”, %(day)s, %(times)s, in “%(session)s”") % {
        "title": item.title,
        "day": date_format(item.day, "DATE_FORMAT"),
        "times": times,
        "session": item.session.title,
    }


def day_is_outside(item: AgendaItem, session: TrainingSession) -> bool:
    """Whether the item's day is not one of the session's days; arrival day counts as one."""
    first = session.starts_on
    if session.arrival_starts_at is not None:
        first = min(first, timezone.localtime(session.arrival_starts_at).date())
    return item.day < first or (session.ends_on is not None and item.day > session.ends_on)
