"""The states of an enrolment and the moves between them, on one screen.

draft → applied (a nomination is sent)
applied ⇄ returned
applied → confirmed (first come, a place is free) | offered | waitlisted | declined
waitlisted → offered | declined
offered → confirmed | lapsed
offered, confirmed → substituted (the place passes to the linked successor)
draft and any open state → withdrawn
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    DRAFT = "draft", _("being prepared")
    APPLIED = "applied", _("applied")
    RETURNED = "returned", _("sent back for correction")
    WAITLISTED = "waitlisted", _("on the waiting list")
    OFFERED = "offered", _("place offered")
    CONFIRMED = "confirmed", _("confirmed")
    DECLINED = "declined", _("declined")
    LAPSED = "lapsed", _("offer lapsed")
    WITHDRAWN = "withdrawn", _("withdrawn")
    SUBSTITUTED = "substituted", _("replaced by another person")


OPEN = frozenset({State.APPLIED, State.RETURNED, State.WAITLISTED, State.OFFERED, State.CONFIRMED})
HOLDING_A_PLACE = frozenset({State.OFFERED, State.CONFIRMED})
EDITABLE = frozenset({State.APPLIED, State.RETURNED, State.WAITLISTED, State.OFFERED, State.CONFIRMED})

MOVES: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.APPLIED, State.WITHDRAWN}),
    State.APPLIED: frozenset(
        {State.CONFIRMED, State.OFFERED, State.WAITLISTED, State.DECLINED, State.RETURNED, State.WITHDRAWN}
    ),
    State.RETURNED: frozenset({State.APPLIED, State.WITHDRAWN}),
    State.WAITLISTED: frozenset({State.OFFERED, State.DECLINED, State.WITHDRAWN}),
    State.OFFERED: frozenset({State.CONFIRMED, State.LAPSED, State.WITHDRAWN, State.SUBSTITUTED}),
    State.CONFIRMED: frozenset({State.WITHDRAWN, State.SUBSTITUTED}),
    State.DECLINED: frozenset(),
    State.LAPSED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.SUBSTITUTED: frozenset(),
}
