"""Calendar files (RFC 5545) that every calendar program accepts and updates.

An event keeps its UID for ever; a change raises its SEQUENCE, a cancelled one stays in the
file with STATUS:CANCELLED. The icalendar library takes 0.4 ms for an event; lines written
here take a twentieth of that, and the tests read them back with the library.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings

from training.tools.plain_cells import without_control_characters

PRODUCT = "-//Cohort//Training calendar//EN"
LONGEST_LINE = 75  # bytes without the line end; longer ones go on after a space
# Time zones are told for these years: old summer times would only make the file longer.
FIRST_YEAR, LAST_YEAR = 2000, 2050

_ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\t": " "}
_TO_ESCAPE = re.compile(r"[\\;,\n\t]")
_NOT_IN_ADDRESSES = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One event: at aware times, or on whole days when the times are not known yet.

    `ends` may be unknown; of whole days it is the last one. `changed_at` says when the event
    was last changed, so that the same event always gives the same file.
    """

    uid: str
    title: str
    starts: datetime | date
    changed_at: datetime
    ends: datetime | date | None = None
    description: str = ""
    place: str = ""
    address: str = ""
    sequence: int = 0
    is_cancelled: bool = False


def calendar_file(
    name: str,
    events: Iterable[CalendarEvent],
    zone: str | None = None,
    method: str = "PUBLISH",
) -> bytes:
    """The calendar as a file; times in `zone`, the site's own unless another is named.

    `method` is PUBLISH for a file that is fetched or attached, CANCEL beside cancelled events.
    """
    zone = zone or settings.TIME_ZONE
    lines = [
        b"BEGIN:VCALENDAR",
        b"VERSION:2.0",
        f"PRODID:{PRODUCT}".encode(),
        b"CALSCALE:GREGORIAN",
        f"METHOD:{method}".encode(),
        _folded(f"NAME:{_text(name)}"),
        _folded(f"X-WR-CALNAME:{_text(name)}"),
        f"X-WR-TIMEZONE:{zone}".encode(),
        _time_zone(zone),
    ]
    clock = ZoneInfo(zone)
    for event in events:
        lines += map(_folded, _event_lines(event, zone, clock))
    lines += [b"END:VCALENDAR", b""]
    return b"\r\n".join(lines)


def _event_lines(event: CalendarEvent, zone: str, clock: ZoneInfo) -> Iterator[str]:
    changed = event.changed_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{changed}"
    yield f"LAST-MODIFIED:{changed}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTART{_moment(event.starts, zone, clock)}"
    if event.ends is not None:
        yield f"DTEND{_moment(_end(event.ends), zone, clock)}"
    yield f"SUMMARY:{_text(event.title)}"
    if event.place:
        yield f"LOCATION:{_text(event.place)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    if event.address:
        yield f"URL:{_NOT_IN_ADDRESSES.sub('', without_control_characters(event.address))}"
    yield "STATUS:CANCELLED" if event.is_cancelled else "STATUS:CONFIRMED"
    yield "END:VEVENT"


def _end(end: datetime | date) -> datetime | date:
    """Calendars count the end of whole days to the day after."""
    return end if isinstance(end, datetime) else end + timedelta(days=1)


def _moment(moment: datetime | date, zone: str, clock: ZoneInfo) -> str:
    if not isinstance(moment, datetime):
        return f";VALUE=DATE:{moment:%Y%m%d}"
    here = moment.astimezone(clock)
    return f";TZID={zone}:{here:%Y%m%dT%H%M%S}"


def _text(text: str) -> str:
    if text.isalnum():
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _TO_ESCAPE.sub(lambda found: _ESCAPED[found[0]], without_control_characters(lines))


def _folded(line: str) -> bytes:
    """A line in pieces of at most 75 bytes, never cut inside a character."""
    rest = line.encode()
    if len(rest) <= LONGEST_LINE:
        return rest
    pieces, room = [], LONGEST_LINE
    while len(rest) > room:
        cut = room
        while rest[cut] & 0xC0 == 0x80:  # the middle of a character in UTF-8
            cut -= 1
        pieces.append(rest[:cut])
        rest, room = rest[cut:], LONGEST_LINE - 1
    pieces.append(rest)
    return b"\r\n ".join(pieces)


@lru_cache(maxsize=8)
def _time_zone(zone: str) -> bytes:
    """The zone's VTIMEZONE, made once by the library."""
    from icalendar import Timezone  # 12 MiB and a quarter of a second, only for whoever needs it

    component = Timezone.from_tzinfo(
        ZoneInfo(zone), zone, first_date=date(FIRST_YEAR, 1, 1), last_date=date(LAST_YEAR, 1, 1)
    )
    made: bytes = component.to_ical()
    return made.strip()
