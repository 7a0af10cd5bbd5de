"""Calendar files are read back by the icalendar library, the same text and the same times."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from training.tools.calendar_files import CalendarEvent, calendar_file

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHANGED = datetime(2025, 10, 1, 12, 0, tzinfo=UTC)
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\ufffe\uffff"), max_size=300)


def event(**fields):
    made = {
        "uid": "item-7@cohort",
        "title": "开班式",
        "starts": datetime(2025, 11, 6, 1, 0, tzinfo=UTC),
        "ends": datetime(2025, 11, 6, 2, 0, tzinfo=UTC),
        "changed_at": CHANGED,
    }
    return CalendarEvent(**(made | fields))


def read_back(content):
    return Calendar.from_ical(content).walk("VEVENT")


def test_an_event_is_told_in_the_zone_of_the_place():
    content = calendar_file(
        "杭州班", [event(place="杭州", description="第一行\n第二行", address="https://example.org/a")]
    )

    (read,) = read_back(content)
    assert read["UID"] == "item-7@cohort"
    assert read["SUMMARY"] == "开班式"
    assert read["DTSTART"].dt == datetime(2025, 11, 6, 9, 0, tzinfo=SHANGHAI)
    assert read["DTEND"].dt == datetime(2025, 11, 6, 10, 0, tzinfo=SHANGHAI)
    assert read["DESCRIPTION"] == "第一行\n第二行"
    assert read["LOCATION"] == "杭州"
    assert read["URL"] == "https://example.org/a"
    assert read["STATUS"] == "CONFIRMED"
    assert b"TZID=Asia/Shanghai:20251106T090000" in content


def test_the_time_zone_is_told_whole_once():
    content = calendar_file("杭州班", [event(), event(uid="item-8@cohort")])

    (zone,) = Calendar.from_ical(content).walk("VTIMEZONE")
    assert zone["TZID"] == "Asia/Shanghai"
    assert [part["TZOFFSETTO"].td for part in zone.subcomponents] == [timedelta(hours=8)]


def test_a_zone_with_summer_time_is_told_with_it():
    content = calendar_file("Berlin", [event()], zone="Europe/Berlin")

    (zone,) = Calendar.from_ical(content).walk("VTIMEZONE")
    assert {part.name for part in zone.subcomponents} == {"STANDARD", "DAYLIGHT"}
    assert read_back(content)[0]["DTSTART"].dt == datetime(2025, 11, 6, 2, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def test_an_event_without_times_is_on_whole_days():
    content = calendar_file("班", [event(starts=date(2025, 11, 6), ends=date(2025, 11, 7))])

    (read,) = read_back(content)
    assert read["DTSTART"].dt == date(2025, 11, 6)
    assert read["DTEND"].dt == date(2025, 11, 8)  # the first day after


def test_an_unknown_end_is_left_out():
    (read,) = read_back(calendar_file("班", [event(ends=None)]))
    assert "DTEND" not in read


def test_a_cancelled_event_says_so_and_has_a_higher_sequence():
    content = calendar_file("班", [event(is_cancelled=True, sequence=3)], method="CANCEL")

    (read,) = read_back(content)
    assert (read["STATUS"], read["SEQUENCE"]) == ("CANCELLED", 3)
    assert Calendar.from_ical(content)["METHOD"] == "CANCEL"


def test_the_same_events_give_the_same_file():
    assert calendar_file("班", [event()]) == calendar_file("班", [event()])


@given(TEXTS, TEXTS)
def test_any_text_comes_back_unchanged_from_lines_of_at_most_75_bytes(title, description):
    content = calendar_file("班", [event(title=title, description=description)])

    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    (read,) = read_back(content)
    assert str(read["SUMMARY"]) == title
    assert str(read.get("DESCRIPTION", "")) == description


@pytest.mark.parametrize("hostile", ["x\r\nATTACH:file:///etc/passwd", "x\nEND:VEVENT\nBEGIN:VALARM", "a\x00b\x07"])
def test_a_hostile_text_adds_no_line_of_its_own(hostile):
    content = calendar_file(hostile, [event(title=hostile, place=hostile, address=hostile, uid=hostile)])

    names = {line.split(b":")[0].split(b";")[0] for line in content.split(b"\r\n") if not line.startswith(b" ")}
    assert not {b"ATTACH", b"END:VALARM"} & names
    assert len(read_back(content)) == 1
    assert b"\r\nBEGIN:VALARM" not in content
    assert b"\x00" not in content


def test_a_hundred_events_cost_at_most_ten_milliseconds():
    events = [event(uid=f"item-{number}@cohort", description="说明文字，第一点；第二点。" * 8) for number in range(100)]
    calendar_file("班", events[:1])

    began = time.process_time()
    for _ in range(10):
        calendar_file("班", events)
    assert (time.process_time() - began) / 10 <= 0.010
