"""What a nominator stands before: the own bodies, their sessions and places, and what to do next.

Guards one rule: everything begins with a grant that is in force, for this body and the
programme of this session; without one the page does not exist.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import NOMINATE
from training.catalogue.models import Grant, Organisation, TrainingSession
from training.enrolment.asked import with_what_is_asked
from training.enrolment.line import nominations_are_open
from training.enrolment.models import Enrolment, Quota
from training.enrolment.states import HOLDING_A_PLACE, OPEN, State
from training.enrolment.substituting import substitution_is_open
from training.portal.finding import public_sessions
from training.portal.next_steps import NextStep
from training.tools.dates import until_in_words


@dataclass(frozen=True)
class Desk:
    """One body in one session, as its nominator stands before it."""

    session: TrainingSession
    body: Organisation
    until: datetime  # the right of the nominator ends then

    @property
    def takes_nominations(self) -> bool:
        return nominations_are_open(self.session, timezone.now())

    @property
    def takes_substitutes(self) -> bool:
        return substitution_is_open(self.session, timezone.now())


@dataclass(frozen=True)
class Places:
    """One row of the table of places: a quota of the body, or what it gave on to one of its organisations."""

    name: str
    places: int
    named: int
    reserves: int
    held: int
    given_on: int = 0
    returned: int = 0
    is_part: bool = False

    @property
    def left(self) -> int:
        """Places for which nobody is named yet."""
        return max(self.places - self.given_on - self.named, 0)


@dataclass(frozen=True)
class Sums:
    """A body's session in numbers."""

    places: int = 0
    named: int = 0
    held: int = 0
    drafts: int = 0
    returned: int = 0
    places_returned: int = 0

    @property
    def left(self) -> int:
        return max(self.places - self.named, 0)


def desk_of(user: User, slug: str, body: int) -> Desk:
    """The body's place in this session; else a 404, also when the right has ended or the session is a draft."""
    session: TrainingSession | None = with_what_is_asked(public_sessions()).filter(slug=slug).order_by().first()
    if session is None:
        raise Http404
    held = Grant.objects.held_by(user, *NOMINATE).filter(programme=session.programme_id, organisation=body)
    grant = held.select_related("organisation").order_by("-valid_until").first()
    if grant is None or grant.organisation is None or grant.valid_until is None:
        raise Http404
    return Desk(session, grant.organisation, grant.valid_until)


def people_of(desk: Desk, user: User) -> list[Enrolment]:
    """Everybody whom the body has named, in the order of rank; those that ended last. One query."""
    named = Enrolment.objects.nominated_through(user).filter(session=desk.session, body=desk.body)
    people = named.select_related("trainee", "category").order_by("rank", "pk")
    return sorted(people, key=lambda one: one.state not in OPEN | {State.DRAFT})


def place_on_the_list(enrolment: Enrolment) -> int | None:
    """Where the person stands among those of the body who are not ended, as the list numbers them; None once ended."""
    still_there = OPEN | {State.DRAFT}
    if enrolment.state not in still_there or enrolment.rank is None:
        return None
    people = Enrolment.objects.filter(session=enrolment.session_id, body=enrolment.body_id, state__in=still_there)
    before = Q(rank__lt=enrolment.rank) | Q(rank=enrolment.rank, pk__lt=enrolment.pk)
    place: int = people.filter(before).count() + 1
    return place


def places_of(desk: Desk, user: User, people: Sequence[Enrolment]) -> list[Places]:
    """The body's quotas with what `people` take of them, and what it gave on. One query."""
    quotas = Quota.objects.nominated_through(user).filter(session=desk.session)
    known = list(quotas.select_related("body", "category", "parent"))
    rows = _own_places([quota for quota in known if quota.body_id == desk.body.pk], people)
    parts = [quota for quota in known if quota.parent is not None and quota.parent.body_id == desk.body.pk]
    return rows + [_given_on(quota) for quota in parts]


def sums_of(rows: Iterable[Places], people: Iterable[Enrolment]) -> Sums:
    own = [row for row in rows if not row.is_part]
    known = list(people)
    states = [one.state for one in known]
    return Sums(
        places=sum(row.places - row.given_on for row in own),
        named=sum(row.named for row in own),
        held=sum(row.held for row in own),
        places_returned=sum(row.returned for row in own),
        drafts=states.count(State.DRAFT),
        returned=sum(waits_for_the_body(one) for one in known),
    )


def what_to_do(desk: Desk, sums: Sums) -> NextStep:
    """One heading and what it means, until when; the button is the template's."""
    if desk.session.is_cancelled:
        return NextStep(_("This session is cancelled"), (), "urgent")
    if not sums.places and not sums.named and not sums.drafts:
        return NextStep(
            _("No places yet"), (_("The organiser has given this body no places in this session."),), "over"
        )
    if sums.returned:
        heading = ngettext("%(count)d person was sent back", "%(count)d people were sent back", sums.returned)
        sentence = _("Read the reason, correct the data and send it again.")
        return NextStep(heading % {"count": sums.returned}, (sentence,), "waiting")
    if not desk.takes_nominations:
        return NextStep(_("Nominations are closed"), _replacing(desk), "over")
    return _to_complete(desk, sums)


def _to_complete(desk: Desk, sums: Sums) -> NextStep:
    closes = _closes(desk.session)
    if sums.drafts:
        heading = ngettext("%(count)d person is not sent yet", "%(count)d people are not sent yet", sums.drafts)
        sentences = (_("Put them in order and send the list."), closes)
        return NextStep(heading % {"count": sums.drafts}, sentences, "waiting")
    if sums.left:
        heading = ngettext("Name %(count)d more person", "Name %(count)d more people", sums.left)
        return NextStep(heading % {"count": sums.left}, (closes,))
    return NextStep(_("The list is complete"), (_("You may name reserves, and change what is not decided."), closes))


def sums_by_desk(user: User, sessions: Iterable[TrainingSession]) -> dict[tuple[int, int], Sums]:
    """The numbers for many sessions at once, by (session, body). Two queries."""
    keys = [session.pk for session in sessions]
    found: dict[tuple[int, int], Sums] = {}
    named = Enrolment.objects.nominated_through(user).filter(session__in=keys).order_by()
    counted = named.values("session_id", "body_id").annotate(
        named=Count("pk", filter=_STANDS_FOR_A_PLACE),
        held=Count("pk", filter=Q(state__in=HOLDING_A_PLACE)),
        drafts=Count("pk", filter=Q(state=State.DRAFT)),
        returned=Count("pk", filter=Q(state=State.RETURNED, taken_over_at__isnull=True)),
    )
    people = {(row["session_id"], row["body_id"]): row for row in counted}
    places: dict[tuple[int, int], int] = {}
    for quota in Quota.objects.nominated_through(user).filter(session__in=keys):
        desk = (quota.session_id, quota.body_id)
        places[desk] = places.get(desk, 0) + quota.places - quota.places_given_on
    for desk in people.keys() | places.keys():
        row = people.get(desk)
        found[desk] = Sums(
            places=places.get(desk, 0),
            named=row["named"] if row else 0,
            held=row["held"] if row else 0,
            drafts=row["drafts"] if row else 0,
            returned=row["returned"] if row else 0,
        )
    return found


# As `standing_for_a_place()`: a draft uses nothing up yet.
_STANDS_FOR_A_PLACE = Q(state__in=OPEN, is_reserve=False) & ~Q(state__in=HOLDING_A_PLACE, quota__isnull=True)


def waits_for_the_body(enrolment: Enrolment) -> bool:
    """Sent back, and not yet the person's own to correct."""
    return enrolment.state == State.RETURNED and enrolment.taken_over_at is None


def stands_for_a_place(enrolment: Enrolment) -> bool:
    on_a_place_of_the_pool = enrolment.state in HOLDING_A_PLACE and enrolment.quota_id is None
    return enrolment.state in OPEN and not enrolment.is_reserve and not on_a_place_of_the_pool


def _own_places(quotas: Sequence[Quota], people: Iterable[Enrolment]) -> list[Places]:
    """Whoever finds no place of the own category stands on those of any category, where the body has some."""
    standing = Counter(one.category_id for one in people if stands_for_a_place(one))
    reserves = Counter(one.category_id for one in people if one.is_reserve and one.state in OPEN)
    takes_any = any(quota.category_id is None for quota in quotas)
    rows = []
    for quota in sorted(quotas, key=lambda quota: quota.category_id is None):
        own = quota.category_id
        if own is None:
            named, waiting = standing.total(), reserves.total()
        else:
            own_places = quota.places - quota.places_given_on
            named = min(standing[own], own_places) if takes_any else standing[own]
            waiting = reserves[own]
            standing[own] -= named
            del reserves[own]
        name = quota.category.name if quota.category else _("any category")
        row = Places(
            name, quota.places, named, waiting, quota.places_held, quota.places_given_on, quota.places_returned
        )
        rows.append(row)
    return rows


def _given_on(quota: Quota) -> Places:
    name = f"{quota.body.name} · {quota.category.name}" if quota.category else quota.body.name
    return Places(name, quota.places, named=0, reserves=0, held=quota.places_held, is_part=True)


def _closes(session: TrainingSession) -> str:
    if session.nominations_close_at is None:
        return _("Nominations close when the session begins.")
    return _("Nominations are taken until %(moment)s.") % {"moment": until_in_words(session.nominations_close_at)}


def _replacing(desk: Desk) -> tuple[str, ...]:
    if not desk.takes_substitutes:
        return ()
    if desk.session.substitution_until is None:
        return (_("Somebody who holds a place can be replaced until the session begins."),)
    until = until_in_words(desk.session.substitution_until)
    return (_("Somebody who holds a place can be replaced until %(moment)s.") % {"moment": until},)
