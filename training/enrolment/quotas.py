"""What an organiser does with the quotas of a session, and a body with its own.

Guards one rule: no number goes below what is held from it or was given on from it. Whoever
lowers one reads who holds the places, and nothing changes until that is decided. Every deed
locks the session's row first, lowers before it raises, and offers what became free to the line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pghistory
from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from training.catalogue.models import Organisation, TrainingSession
from training.catalogue.querysets import TrainingSessionQuerySet
from training.enrolment.lifecycle import locked_session, offer_free_places
from training.enrolment.models import Enrolment, Overbooking, Quota
from training.enrolment.quota_grid import Key
from training.enrolment.states import HOLDING_A_PLACE, State
from training.tools.dates import moment_in_words
from training.tools.refusals import Refused

NAMES_SHOWN = 5


@dataclass(frozen=True)
class Outcome:
    """How many numbers were changed, and how many people were offered a place for it."""

    changed: int = 0
    offered: int = 0


class NumbersRefused(Refused):
    """Refused because of single numbers; `cells` has a sentence for each of them, by body and category."""

    def __init__(self, cells: Mapping[Key, str]) -> None:
        super().__init__("\n".join(cells.values()))
        self.cells = dict(cells)


def set_grid(session: TrainingSession, cells: Mapping[Key, int], *, by: User) -> Outcome:
    """Sets the places of these bodies and categories, all of them or none; cells not named stay as they are.

    Raises NumbersRefused where a number is lower than what is held and given on, with the names,
    and Refused when the quotas would be more than the session has.
    """
    with transaction.atomic(), pghistory.context(user=by.pk, deed="set_grid"):
        current = locked_session(session.pk)
        there = {(one.body_id, one.category_id): one for one in _locked_quotas(current).filter(parent__isnull=True)}
        changed = {key: places for key, places in cells.items() if places != _places_of(there.get(key))}
        _refuse_less_than_is_held({key: (there[key], places) for key, places in changed.items() if key in there})
        _refuse_more_than_the_session_has(current, _sum_after(there, changed))
        for key in _lowered_first(there, changed):
            _write(there.get(key), changed[key], session=current, key=key)
        offered = offer_free_places(current, at=timezone.now()) if changed else 0
    return Outcome(len(changed), offered)


def give_on(quota: Quota, parts: Mapping[int, int], *, by: User) -> Outcome:
    """Gives places of a quota on to organisations under the body, by their ids; those not named stay.

    Raises NumbersRefused where an organisation would get fewer than its people hold, and Refused
    when more is given on than the body has free, out of a part, or to whoever has places from elsewhere.
    """
    with transaction.atomic(), pghistory.context(user=by.pk, deed="give_on"):
        current = locked_session(quota.session_id)
        quotas = {one.pk: one for one in _locked_quotas(current)}
        whole = quotas[quota.pk]
        if whole.parent_id is not None:
            raise Refused(_("These places were given on already; only the recommending body gives places on."))
        if whole.body_id in parts:
            raise Refused(_("A body keeps its own places; give them on to other organisations."))
        there = {(one.body_id, one.category_id): one for one in quotas.values() if one.parent_id == whole.pk}
        wished = {(body, whole.category_id): places for body, places in parts.items()}
        changed = {key: places for key, places in wished.items() if places != _places_of(there.get(key))}
        _refuse_who_has_places_from_elsewhere(changed, whole, quotas)
        _refuse_less_than_is_held({key: (there[key], places) for key, places in changed.items() if key in there})
        _refuse_more_than_the_body_has(whole, _sum_after(there, changed))
        for key in _lowered_first(there, changed):
            _write(there.get(key), changed[key], session=current, key=key, parent=whole)
        offered = offer_free_places(current, at=timezone.now()) if changed else 0
    return Outcome(len(changed), offered)


def return_unused(session: TrainingSession, *, at: datetime) -> int:
    """Lets the places that nobody holds or is nominated for flow to the free pool; returns how many.

    Once for each date that the organiser sets: before it, and a second time, nothing happens.
    What organisations did not use goes back to their body first.
    """
    with transaction.atomic(), pghistory.context(deed="return_unused"):
        current = locked_session(session.pk)
        if not _is_due(current, at):
            return 0
        quotas = list(_locked_quotas(current))
        unused = _unused(quotas, list(_awaiting(current)))
        for quota in sorted(quotas, key=lambda one: one.parent_id is None):
            if unused[quota.pk]:
                more = {
                    "places": F("places") - unused[quota.pk],
                    "places_returned": F("places_returned") + unused[quota.pk],
                }
                Quota.objects.filter(pk=quota.pk).update(**more)
        current.quotas_returned_at = at
        current.save(update_fields=["quotas_returned_at"])
        offer_free_places(current, at=at)
    return sum(unused[quota.pk] for quota in quotas if quota.parent_id is None)


def return_in_words(session: TrainingSession, returned: int) -> str:
    """When unused places flow back to the pool, or when how many did; empty without a date."""
    due, done = session.quotas_return_at, session.quotas_returned_at
    if due is not None and (done is None or done < due):
        return _("Places that nobody holds or is nominated for return to the free pool on %(moment)s.") % {
            "moment": moment_in_words(due)
        }
    if done is None:
        return ""
    return ngettext(
        "%(count)d unused place returned to the free pool on %(moment)s.",
        "%(count)d unused places returned to the free pool on %(moment)s.",
        returned,
    ) % {"count": returned, "moment": moment_in_words(done)}


def sessions_with_quotas_to_return(at: datetime) -> TrainingSessionQuerySet:
    """Sessions whose date has come and whose unused places have not returned since."""
    not_yet = Q(quotas_returned_at__isnull=True) | Q(quotas_returned_at__lt=F("quotas_return_at"))
    due: TrainingSessionQuerySet = TrainingSession.objects.filter(not_yet, status="published", quotas_return_at__lte=at)
    return due.order_by("pk")


def overbook(session: TrainingSession, places: int, *, reason: str, by: User) -> Outcome:
    """Takes so many more people than there are places, on purpose and on record; below zero takes that back.

    Raises Refused without a reason, while the number of places is unknown, and when more is taken
    back than was overbooked or is free.
    """
    reason = reason.strip()
    with transaction.atomic():
        current = locked_session(session.pk)
        if not reason:
            raise Refused(_("Say why more people are taken than there are places."), field="reason")
        if places == 0:
            raise Refused(_("Say how many places more; a number below zero takes places back."), field="places")
        if current.capacity is None:
            raise Refused(_("The number of places is not known yet, so there is nothing to go beyond."))
        _refuse_to_take_back_what_is_used(current, places)
        Overbooking.objects.create(session=current, places=places, reason=reason, by=by)
        offered = offer_free_places(current, at=timezone.now())
    return Outcome(1, offered)


def who_holds(held: QuerySet[Enrolment]) -> str:
    """The names of those who hold these places, the first five of them, the others counted."""
    people = held.filter(state__in=HOLDING_A_PLACE).order_by("state_since", "pk")
    names = list(people.values_list("trainee__name", flat=True)[:NAMES_SHOWN])
    return _the_first_ones(names, people.count() if len(names) == NAMES_SHOWN else len(names))


def who_has_quotas(session: TrainingSession) -> str:
    """The bodies with their places, the first five of them, the others counted."""
    tops = Quota.objects.filter(session=session, parent__isnull=True, places__gt=0)
    bodies = tops.values("body").annotate(sum=Sum("places")).order_by("-sum", "body")
    places = {row["body"]: row["sum"] for row in bodies}
    shown = list(places)[:NAMES_SHOWN]
    named = Organisation.objects.in_bulk(shown)
    return _the_first_ones([f"{named[key]} {places[key]}" for key in shown], len(places))


def _the_first_ones(names: Sequence[str], count: int) -> str:
    more = count - len(names)
    together = _(", ").join(names)
    if not more:
        return together
    return ngettext("%(names)s and %(more)d more", "%(names)s and %(more)d more", more) % {
        "names": together,
        "more": more,
    }


def who_holds_the_pool(session: TrainingSession) -> str:
    return who_holds(Enrolment.objects.filter(session=session, quota__isnull=True))


def _locked_quotas(session: TrainingSession) -> QuerySet[Quota]:
    quotas: QuerySet[Quota] = Quota.objects.filter(session=session).select_related("body", "category")
    return quotas.select_for_update(of=("self",)).order_by("pk")


def _places_of(quota: Quota | None) -> int:
    return quota.places if quota is not None else 0


def _sum_after(there: Mapping[Key, Quota], changed: Mapping[Key, int]) -> int:
    return sum(changed.values()) + sum(quota.places for key, quota in there.items() if key not in changed)


def _lowered_first(there: Mapping[Key, Quota], changed: Mapping[Key, int]) -> Sequence[Key]:
    """So that the sums are within bounds after every single statement."""
    return sorted(changed, key=lambda key: changed[key] - _places_of(there.get(key)))


def _write(
    quota: Quota | None, places: int, *, session: TrainingSession, key: Key, parent: Quota | None = None
) -> None:
    if quota is not None:
        quota.places = places
        quota.save(update_fields=["places"])
        return
    body, category = key
    Quota.objects.create(session=session, body_id=body, category_id=category, parent=parent, places=places)


def _refuse_less_than_is_held(changed: Mapping[Key, tuple[Quota, int]]) -> None:
    too_low = {
        key: _who_needs(quota)
        for key, (quota, places) in changed.items()
        if places < quota.places_held + quota.places_given_on
    }
    if too_low:
        raise NumbersRefused(too_low)


def _who_needs(quota: Quota) -> str:
    sentences = []
    if quota.places_held:
        names = who_holds(Enrolment.objects.filter(quota=quota))
        sentences.append(
            ngettext(
                "%(held)d place is held by %(names)s.", "%(held)d places are held by %(names)s.", quota.places_held
            )
            % {"held": quota.places_held, "names": names}
        )
    if quota.places_given_on:
        sentences.append(
            ngettext(
                "%(given)d place was given on to %(organisations)s.",
                "%(given)d places were given on to %(organisations)s.",
                quota.places_given_on,
            )
            % {"given": quota.places_given_on, "organisations": _organisations_of(quota)}
        )
    least = quota.places_held + quota.places_given_on
    sentences.append(_("Leave at least %(least)d, or free places first.") % {"least": least})
    return " ".join(sentences)


def _organisations_of(quota: Quota) -> str:
    parts: Iterable[Quota] = Quota.objects.filter(parent=quota, places__gt=0).select_related("body")
    return _(", ").join(f"{part.body} ({part.places})" for part in parts)


def _refuse_more_than_the_session_has(session: TrainingSession, wished: int) -> None:
    if session.capacity is None:
        return
    places = session.places_in_all or 0
    most = places - session.places_from_pool
    if wished <= most:
        return
    if not session.places_from_pool:
        raise Refused(
            _("The quotas would be %(wished)d places; the session has %(places)d.")
            % {"wished": wished, "places": places}
        )
    raise Refused(
        _(
            "The quotas would be %(wished)d places; the session has %(places)d, and %(held)d of them are held from the"
            " free pool by %(names)s. At most %(most)d can be quotas."
        )
        % {
            "wished": wished,
            "places": places,
            "held": session.places_from_pool,
            "names": who_holds_the_pool(session),
            "most": most,
        }
    )


def _refuse_who_has_places_from_elsewhere(
    changed: Mapping[Key, int], whole: Quota, quotas: Mapping[int, Quota]
) -> None:
    """A body reads whom its organisations name; so it names none that another one, or the organiser, gave places."""
    for (body, _any), places in changed.items():
        if not places:
            continue
        others = [one for one in quotas.values() if one.body_id == body and one.places]
        if any(one.parent_id is None or quotas[one.parent_id].body_id != whole.body_id for one in others):
            raise Refused(
                _("%(body)s has places in this session from elsewhere; give them on to another organisation.")
                % {"body": others[0].body}
            )


def _refuse_more_than_the_body_has(whole: Quota, given_on: int) -> None:
    if given_on <= whole.places - whole.places_held:
        return
    sentence = _("%(body)s has %(places)d places; %(wished)d would be given on.") % {
        "body": whole.body,
        "places": whole.places,
        "wished": given_on,
    }
    if whole.places_held:
        sentence = " ".join([sentence, _held_in_words(whole)])
    raise Refused(sentence)


def _held_in_words(quota: Quota) -> str:
    return ngettext(
        "%(held)d place is held by %(names)s.", "%(held)d places are held by %(names)s.", quota.places_held
    ) % {"held": quota.places_held, "names": who_holds(Enrolment.objects.filter(quota=quota))}


def _refuse_to_take_back_what_is_used(session: TrainingSession, places: int) -> None:
    if places > 0:
        return
    if session.places_overbooked + places < 0:
        raise Refused(
            _("Only %(overbooked)d places are overbooked; no more can be taken back.")
            % {"overbooked": session.places_overbooked},
            field="places",
        )
    free = session.pool_left or 0
    if -places > free:
        raise Refused(
            _(
                "%(free)d places of the free pool are free, so no more can be taken back. Places are held from it by"
                " %(names)s."
            )
            % {"free": free, "names": who_holds_the_pool(session) or _("nobody")},
            field="places",
        )


def _is_due(session: TrainingSession, at: datetime) -> bool:
    due = session.quotas_return_at
    if due is None or due > at or not session.is_published:
        return False
    return session.quotas_returned_at is None or session.quotas_returned_at < due


def _awaiting(session: TrainingSession) -> QuerySet[Enrolment, tuple[int, int | None]]:
    """Body and category of everybody who may still get a place: open, no reserve, without one yet."""
    waiting = Q(state__in=[State.APPLIED, State.RETURNED, State.WAITLISTED])
    people = Enrolment.objects.filter(waiting, session=session, body__isnull=False, is_reserve=False)
    return people.order_by("pk").values_list("body", "category")


def _unused(quotas: Sequence[Quota], awaiting: Iterable[tuple[int, int | None]]) -> dict[int, int]:
    """How many places of each quota nobody waits for; a body's number has in it what its parts give back."""
    free = {quota.pk: quota.places_left for quota in quotas}
    unseated = [person for person in awaiting if not _seat(person, quotas, free)]
    for quota in quotas:
        if quota.parent_id is not None:
            free[quota.parent_id] += free[quota.pk]
    tops = [quota for quota in quotas if quota.parent_id is None]
    for person in unseated:
        _seat(person, tops, free)
    return free


def _seat(person: tuple[int, int | None], quotas: Iterable[Quota], free: dict[int, int]) -> bool:
    """Keeps a place for the person in the first quota that has one: that of the category, else that of any."""
    body, category = person
    own = [quota for quota in quotas if quota.body_id == body and quota.category_id in (category, None)]
    for quota in sorted(own, key=lambda one: (one.category_id is None, one.pk)):
        if free[quota.pk]:
            free[quota.pk] -= 1
            return True
    return False
