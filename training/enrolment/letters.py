"""The letter that goes with a move: one per move, in the language of the trainee."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from training.catalogue.models import TrainingSession
from training.enrolment.models import Enrolment
from training.enrolment.reasons import Reason
from training.enrolment.states import State
from training.mail import outbox
from training.tools.dates import days_in_words, moment_in_words

TEMPLATES: dict[State, str] = {
    State.APPLIED: "enrolment_applied",
    State.RETURNED: "enrolment_returned",
    State.WAITLISTED: "enrolment_waitlisted",
    State.OFFERED: "enrolment_offered",
    State.CONFIRMED: "enrolment_confirmed",
    State.DECLINED: "enrolment_declined",
    State.LAPSED: "enrolment_lapsed",
    State.WITHDRAWN: "enrolment_withdrawn",
    State.SUBSTITUTED: "enrolment_substituted",
}
NOMINATED = "enrolment_nominated"


def tell_the_trainee(
    enrolment: Enrolment, session: TrainingSession, *, reason: Reason, by: User | None, position: int | None = None
) -> None:
    """Writes the letter about the state that `enrolment` is in now; a person without an address gets none."""
    trainee = enrolment.trainee
    if not trainee.email:
        return
    with override(trainee.language):
        values = {
            "trainee": trainee.name,
            "session": session.title,
            "dates": days_in_words(session.starts_on, session.ends_on),
            "arrival": _moment_or_open(session),
            "place": place_in_words(session),
            "contact": contact_in_words(session),
            "link": settings.BASE_URL + reverse("my_enrolment", args=[enrolment.reference]),
            "reason": reason.in_language(trainee.language) or _("No reason was given."),
            "deadline": moment_in_words(enrolment.offer_expires_at) if enrolment.offer_expires_at else "",
            "body": enrolment.body.name if enrolment.body else "",
            "position": "" if position is None else str(position),
        }
    outbox.write(
        to=trainee.email,
        template=_template_for(enrolment),
        values=values,
        language=trainee.language,
        about=enrolment.reference,
        by=by,
    )


def _template_for(enrolment: Enrolment) -> str:
    """Whoever was nominated learns it from a letter of its own, which asks to confirm the data."""
    if enrolment.state == State.APPLIED and not enrolment.is_taken_over:
        return NOMINATED
    return TEMPLATES[State(enrolment.state)]


def place_in_words(session: TrainingSession) -> str:
    """Venue and city as far as they are known, in the active language."""
    parts = [part for part in (session.venue.name if session.venue else "", session.city) if part]
    return _(", ").join(parts) or _("to be announced")


def contact_in_words(session: TrainingSession) -> str:
    parts = [part for part in (session.contact_name, session.contact_phone, session.contact_email) if part]
    return _(", ").join(parts) or _("to be announced")


def _moment_or_open(session: TrainingSession) -> str:
    return moment_in_words(session.arrival_starts_at) if session.arrival_starts_at else _("to be announced")
