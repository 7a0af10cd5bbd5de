"""What changed on a row, when and by whom, as triggers kept it; to read, for every door alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from training.tools.dates import short_moment_in_words

NEWEST = 200  # changes of one thing that are shown
ONLY_BEFORE = "answers_before"  # the label of rows that tell what stood there, and of no change
Reading = Callable[[Any], Mapping[str, tuple[str, str]]]
"""Takes the value of a column apart: title and text of each part, by its code."""
KEPT_BY_THE_MACHINE = frozenset(
    {
        "id", "name_search", "name_pinyin", "name_initials", "employer_pinyin", "identity_fingerprint",
        "mobile_fingerprint", "mobile_last_digits", "revision", "password",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Difference:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One change: who, when, what. `by` is blank where a rule or the clock acted."""

    at: datetime
    by: str
    what: str
    differences: Sequence[Difference]


def is_tracked(model: type[models.Model]) -> bool:
    return any(relation.name == "changes" for relation in model._meta.related_objects)


def changes_of(thing: models.Model, readings: Mapping[str, Reading] | None = None) -> list[Change]:
    """The newest changes first; each beside what stood there before it. `readings` take columns apart."""
    newest = list(thing.changes.select_related("pgh_context").order_by("-pgh_id")[: NEWEST + 1])  # type: ignore[attr-defined]
    pairs = zip(newest, [*newest[1:], None], strict=False)  # nothing before the first
    pairs_of_changes = [(event, before) for event, before in pairs if event.pgh_label != ONLY_BEFORE][:NEWEST]
    return told(
        [event for event, _before in pairs_of_changes], [before for _event, before in pairs_of_changes], readings
    )


def told(events: Sequence[Any], before: Sequence[Any], readings: Mapping[str, Reading] | None = None) -> list[Change]:
    """Each event beside the one at the same place of `before`, which may be shorter."""
    people = _people(events)
    others = _others([event for event in (*events, *before) if event is not None])
    changes = []
    for place, event in enumerate(events):
        previous = before[place] if place < len(before) else None
        changes.append(
            Change(
                at=event.pgh_created_at,
                by=people.get(_user_id(event), ""),
                what=_what(event),
                differences=_differences(previous, event, others, readings or {}) if previous is not None else (),
            )
        )
    return changes


def _what(event: Any) -> str:
    match event.pgh_label:
        case "insert":
            return pgettext("in the log", "made")
        case "delete":
            return _("deleted")
    return _("changed")


def _user_id(event: Any) -> int | None:
    return (event.pgh_context.metadata or {}).get("user") if event.pgh_context else None


def _people(events: Iterable[Any]) -> dict[int | None, str]:
    keys = {key for key in map(_user_id, events) if key}
    return {user.pk: user.get_short_name() for user in User.objects.filter(pk__in=keys)} if keys else {}


def _fields(event: Any) -> list["models.Field[Any, Any]"]:
    return [
        field
        for field in event._meta.concrete_fields
        if not field.name.startswith("pgh_") and field.name not in KEPT_BY_THE_MACHINE
    ]


def _others(events: Iterable[Any]) -> dict[tuple[type[models.Model], Any], str]:
    """The names of what the rows point to: one query for each kind."""
    wanted: dict[type[models.Model], set[Any]] = {}
    for event in events:
        for field in _fields(event):
            if isinstance(field, models.ForeignKey) and getattr(event, field.attname) is not None:
                wanted.setdefault(field.remote_field.model, set()).add(getattr(event, field.attname))
    return {(model, key): str(thing) for model, keys in wanted.items() for key, thing in _in_bulk(model, keys)}


def _in_bulk(model: Any, keys: set[Any]) -> Iterable[tuple[Any, Any]]:
    found: dict[Any, Any] = model.objects.in_bulk(keys)
    return found.items()


def _differences(before: Any, after: Any, others: dict[Any, str], readings: Mapping[str, Reading]) -> list[Difference]:
    differences: list[Difference] = []
    for field in _fields(after):
        then, now = getattr(before, field.attname), getattr(after, field.attname)
        if then == now:
            continue
        if field.name in readings:
            differences += _in_parts(readings[field.name](then), readings[field.name](now))
        else:
            shown = _shown(before, field, others), _shown(after, field, others)
            differences.append(Difference(str(field.verbose_name), *shown))
    return differences


def _in_parts(before: Mapping[str, tuple[str, str]], after: Mapping[str, tuple[str, str]]) -> list[Difference]:
    """What differs between two values that were taken apart."""
    titles = {code: title for parts in (before, after) for code, (title, _text) in parts.items()}
    nothing = ("", "")
    return [
        Difference(title, before.get(code, nothing)[1], after.get(code, nothing)[1])
        for code, title in titles.items()
        if before.get(code, nothing)[1] != after.get(code, nothing)[1]
    ]


def _shown(event: Any, field: "models.Field[Any, Any]", others: dict[Any, str]) -> str:
    value = getattr(event, field.attname)
    if isinstance(field, models.ForeignKey) and value is not None:
        return others.get((field.remote_field.model, value), str(value))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value) or "")
    return _plainly(value)


def _plainly(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return short_moment_in_words(value)
        case date():
            return date_format(value, "SHORT_DATE_FORMAT")
        case dict():
            return _(", ").join(f"{key}: {one}" for key, one in value.items())
    return str(value)
