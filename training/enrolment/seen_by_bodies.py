"""How a nomination stands, told to the body that made it: about the person, in the words of the other pages.

Guards one rule: the body reads what became of its own nomination and nothing else. Once the
organiser has decided, or the person has confirmed the data, it no longer reads the data; and
whether the person is known through others it never reads.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from training.enrolment.models import Enrolment, EnrolmentEvent
from training.enrolment.standing import Standing, why_not_yet_outside
from training.enrolment.states import State
from training.tools.dates import until_in_words

# Until then a body reads, and may correct, what it wrote itself.
STILL_THE_BODYS = frozenset({State.DRAFT, State.APPLIED, State.RETURNED})

_ALWAYS_THE_SAME = {
    State.DRAFT: (
        gettext_lazy("This person is on your list and not sent yet."),
        gettext_lazy("Check the data and send the list; the person then gets a letter."),
    ),
    State.APPLIED: (
        gettext_lazy("The nomination has arrived."),
        gettext_lazy("The organiser decides; you read the decision here."),
    ),
    State.RETURNED: (
        gettext_lazy("The organiser has sent this nomination back."),
        gettext_lazy("Read the reason, correct the data and send it again."),
    ),
    State.CONFIRMED: (
        gettext_lazy("This person has a place."),
        gettext_lazy("Somebody who cannot come can be replaced until the date of the session."),
    ),
    State.DECLINED: (
        gettext_lazy("The organiser has declined this nomination."),
        gettext_lazy("You may name another person while nominations are open."),
    ),
    State.LAPSED: (
        gettext_lazy("The person did not answer the offer in time."),
        gettext_lazy("You may name another person while nominations are open."),
    ),
    State.WITHDRAWN: (
        gettext_lazy("This nomination was withdrawn."),
        gettext_lazy("You may name another person while nominations are open."),
    ),
    State.SUBSTITUTED: (
        gettext_lazy("Another person has taken over this place."),
        pgettext_lazy("of a nomination that another person goes on with", "Nothing is left to do here."),
    ),
}


def is_masked_for_the_body(enrolment: Enrolment) -> bool:
    """Whether the body no longer reads the data: it was decided on, or the person acts alone now."""
    return enrolment.taken_over_at is not None or enrolment.state not in STILL_THE_BODYS


def standing_for_the_body(enrolment: Enrolment) -> Standing:
    """Like `standing_of`, about the person instead of to the person."""
    match State(enrolment.state):
        case State.WAITLISTED:
            return Standing(_("This person is on the waiting list."), why_not_yet_outside(enrolment))
        case State.OFFERED:
            assert enrolment.offer_expires_at is not None  # noqa: S101 - held by a constraint
            return Standing(
                _("A place is offered to this person."),
                _("The person accepts it by %(deadline)s; after that it goes to the next in line.")
                % {"deadline": until_in_words(enrolment.offer_expires_at)},
                by=enrolment.offer_expires_at,
            )
        case State.RETURNED if enrolment.taken_over_at is not None:
            return Standing(_("The organiser has sent this back to the person."), _("The person corrects the data."))
        case state:
            now, following = _ALWAYS_THE_SAME[state]
            return Standing(str(now), str(following))


def reason_for_the_body(enrolment: Enrolment, event: EnrolmentEvent) -> str:
    """Why a move was made; what the person wrote after taking over went to the organiser alone."""
    is_the_persons_own = enrolment.taken_over_at is not None and event.by_id == enrolment.trainee.user_id
    return "" if is_the_persons_own else event.reason
