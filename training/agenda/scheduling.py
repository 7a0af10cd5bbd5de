"""Whether an item fits: what is in its way, in sentences, before the database refuses it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from training.agenda.models import AgendaItem
from training.catalogue.models import Speaker, TrainingSession
from training.catalogue.querysets import Visitor
from training.tools.dates import days_in_words


@dataclass(frozen=True)
class Clash:
    """One thing in the way: the form field it belongs to and the sentence that names it."""

    field: str
    sentence: str


@dataclass(frozen=True)
class Planned:
    """An item as it is about to be saved, with its speakers in order."""

    item: AgendaItem
    speakers: Sequence[Speaker] = ()

    @property
    def takes_its_room(self) -> bool:
        """Whether it can be in anything's way: a draft and an item without both times cannot."""
        return bool(self.item.is_published and self.item.starts_at and self.item.ends_at)


def what_does_not_fit(item: AgendaItem, session: TrainingSession) -> list[Clash]:
    """What is wrong with an item by itself: its title, its times, its day."""
    wrong = []
    if not (item.title_en or item.title_zh):
        wrong.append(Clash("title_en", _("Give the item's title in at least one language.")))
    if item.ends_at and not item.starts_at:
        wrong.append(Clash("starts", _("An item that has an end needs a start.")))
    if item.starts_at and item.ends_at and item.ends_at <= item.starts_at:
        wrong.append(Clash("ends", _("An item must end after it starts.")))
    if day_is_outside(item, session):
        days = days_in_words(session.starts_on, session.ends_on)
        wrong.append(Clash("day", _("The session does not run on this day; its days are %(days)s.") % {"days": days}))
    return wrong


def what_is_in_the_way(
    item: AgendaItem,
    speakers: Iterable[Speaker] = (),
    *,
    apart_from: Collection[int] = (),
    reader: Visitor | None = None,
) -> list[Clash]:
    """Published items, of any session, that hold the room or a speaker at the time of `item`.

    A draft and an item without both times are in nobody's way and nothing is in theirs. Items
    `apart_from` are about to change themselves. What `reader` may not see is not named.
    """
    if not (item.is_published and item.starts_at and item.ends_at):
        return []
    at_once = AgendaItem.objects.at_the_time_of(item.starts_at, item.ends_at)
    others = at_once.exclude(pk__in={item.pk, *apart_from}).select_related("session")
    clashes = []
    if item.room_id is not None:
        clashes += [_room_is_taken(_named(other, reader)) for other in others.filter(room=item.room_id)]
    for speaker in speakers:
        for other in others.filter(parts__speaker=speaker):
            clashes.append(_speaker_is_elsewhere(speaker, _named(other, reader)))
    return clashes


def clashes_among(plan: Sequence[Planned]) -> list[tuple[Planned, Clash]]:
    """Items that would be in each other's way if all of `plan` were saved, each with its sentence."""
    found = []
    taking = [one for one in plan if one.takes_its_room]
    for one in taking:
        for other in taking:
            if one is other or not _at_one_time(one.item, other.item):
                continue
            if one.item.room_id is not None and one.item.room_id == other.item.room_id:
                found.append((one, _room_is_taken(described(other.item))))
            found += [
                (one, _speaker_is_elsewhere(speaker, described(other.item)))
                for speaker in one.speakers
                if speaker in other.speakers
            ]
    return found


def _at_one_time(one: AgendaItem, other: AgendaItem) -> bool:
    return bool(one.starts_at < other.ends_at and other.starts_at < one.ends_at)  # type: ignore[operator]


def _room_is_taken(by: str) -> Clash:
    return Clash("room", _("The room is taken: %(item)s.") % {"item": by})


def _speaker_is_elsewhere(speaker: Speaker, where: str) -> Clash:
    sentence = _("%(speaker)s is somewhere else: %(item)s.") % {"speaker": speaker.name, "item": where}
    return Clash("speakers", sentence)


def _named(item: AgendaItem, reader: Visitor | None) -> str:
    if reader is None or AgendaItem.objects.visible_to(reader).filter(pk=item.pk).exists():
        return described(item)
    return _("an item of a session that is not public")


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
