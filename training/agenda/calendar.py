"""A session in calendars: one event for each item of its agenda, or one for its days while there is none.

A subscribed calendar replaces what it has; an item keeps its UID and counts its changes.
"""

from collections.abc import Iterator
from datetime import date, datetime, time

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from training.agenda.models import AgendaItem
from training.agenda.querysets import AgendaItemQuerySet
from training.catalogue.models import TrainingSession
from training.catalogue.places import city_in_words
from training.tools.calendar_files import CalendarEvent, calendar_file


def agenda_calendar(session: TrainingSession, items: AgendaItemQuerySet) -> bytes:
    """The calendar file of these items of the session, in the active language. Six queries."""
    events = list(_events_of_items(session, items)) or [event_of_the_session(session)]
    return calendar_file(session.title, events)


def event_of_the_session(session: TrainingSession) -> CalendarEvent:
    """The session as a whole, from its first to its last day; a cancelled one is marked as cancelled."""
    changes = session.changes.aggregate(last=Max("pgh_created_at"), count=Max("pgh_id"))  # type: ignore[attr-defined]
    return CalendarEvent(
        uid=f"session-{session.pk}@cohort",
        title=session.title,
        starts=session.starts_on,
        ends=session.ends_on or session.starts_on,
        changed_at=changes["last"] or _beginning_of(session.starts_on),
        sequence=changes["count"] or 0,
        place=_place_of(session),
        address=settings.BASE_URL + reverse("session", args=[session.slug]),
        is_cancelled=session.is_cancelled,
    )


def _events_of_items(session: TrainingSession, items: AgendaItemQuerySet) -> Iterator[CalendarEvent]:
    place = _place_of(session)
    address = settings.BASE_URL + reverse("agenda", args=[session.slug])
    for item in items.with_everything_shown().with_the_time_of_the_last_change():
        yield CalendarEvent(
            uid=str(item.uid),
            title=item.title if item.starts_at else _("%(title)s (time to be announced)") % {"title": item.title},
            starts=item.starts_at or item.day,
            ends=item.ends_at,
            changed_at=item.changed_at or _beginning_of(item.day),  # type: ignore[attr-defined]
            sequence=item.revision,
            place=_(", ").join(filter(None, [item.room.name if item.room else "", place])),
            description=_description_of(item),
            address=f"{address}#day-{item.day:%Y-%m-%d}",
        )


def _place_of(session: TrainingSession) -> str:
    venue = session.venue
    parts = [venue.name, venue.address or city_in_words(session)] if venue else [city_in_words(session)]
    return _(", ").join(filter(None, parts))


def _description_of(item: AgendaItem) -> str:
    speakers = _(", ").join(part.speaker.name for part in item.parts.all())
    points = "\n".join(f"{number}. {point}" for number, point in enumerate(item.key_points.all(), 1))
    return "\n\n".join(filter(None, [speakers, item.description, points]))


def _beginning_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
