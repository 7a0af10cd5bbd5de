"""The reader's own next step in a session: what the card on its page says and offers.

Every reader gets exactly one step: sign in and enrol, answer an offer, correct an application,
look at the own place, or wait for a date.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from training.catalogue.models import TrainingSession
from training.catalogue.querysets import Visitor
from training.catalogue.stages import Stage
from training.enrolment.models import Enrolment
from training.enrolment.standing import standing_of
from training.enrolment.states import State
from training.tools.dates import day_in_words, moment_in_words


@dataclass(frozen=True, slots=True)
class NextStep:
    """`tone` is calm, waiting, urgent or over; without an address there is nothing to press."""

    heading: str
    sentences: tuple[str, ...] = ()
    tone: str = "calm"
    button: str = ""
    address: str = ""
    has_places: bool = True


def next_step(session: TrainingSession, stage: Stage, reader: Visitor) -> NextStep:
    """No query for the public and for somebody who never enrolled here; see `finding.session_to_show`."""
    own = _own_enrolment(session, reader)
    if own is not None and own.is_open:
        return _of_the_enrolment(own)
    nomination = getattr(session, "own_nomination", None)
    if nomination is not None:
        return _to_confirm(nomination)
    if stage.takes_applications:
        return _to_enrol(session, stage, own)
    return _to_wait(session, stage)


def _to_confirm(nomination: str) -> NextStep:
    """A body has nominated the reader."""
    address = reverse("my_nomination", args=[nomination])
    sentence = _("Check what was entered about you, and confirm it.")
    return NextStep(_("You are nominated"), (sentence,), "waiting", _("Confirm your data"), address)


def _own_enrolment(session: TrainingSession, reader: Visitor) -> Enrolment | None:
    """The newest one; an earlier one that ended does not hide it."""
    key = getattr(session, "own_enrolment", None)
    if key is None:
        return None
    own: Enrolment = Enrolment.objects.of(reader).with_place_in_line().get(pk=key)
    own.session = session
    return own


def _of_the_enrolment(enrolment: Enrolment) -> NextStep:
    standing = standing_of(enrolment)
    address = reverse("my_enrolment", args=[enrolment.reference])
    button, tone = {
        State.OFFERED: (_("Answer the offer"), "waiting"),
        State.RETURNED: (_("Correct and send again"), "waiting"),
        State.WAITLISTED: (_("Your enrolment"), "waiting"),
    }.get(State(enrolment.state), (_("Your enrolment"), "calm"))
    if enrolment.state == State.RETURNED:
        address = reverse("change_enrolment", args=[enrolment.reference])
    return NextStep(standing.now, (standing.next,), tone, button, address)


def _to_enrol(session: TrainingSession, stage: Stage, ended: Enrolment | None) -> NextStep:
    address = reverse("enrol", args=[session.slug])
    sentences = [stage.until] if stage.until else []
    if ended is not None:
        sentences.insert(0, standing_of(ended).now)
    if stage.code == "full":
        sentences.append(
            _("Whoever enrols now joins the waiting list. When a place becomes free we write to the next in line.")
        )
        return NextStep(_("All places are taken"), tuple(sentences), "waiting", _("Join the waiting list"), address)
    if session.is_first_come:
        sentences.append(_("Places are given in the order of arrival; you know at once whether you have one."))
        return NextStep(_("Enrolment is open"), tuple(sentences), "calm", _("Enrol"), address)
    sentences.append(_("The organiser decides on each application and writes to you."))
    return NextStep(_("Applications are open"), tuple(sentences), "calm", _("Apply"), address)


def _to_wait(session: TrainingSession, stage: Stage) -> NextStep:
    match stage.code:
        case "coming":
            return NextStep(_("Enrolment is not open yet"), (stage.until,))
        case "unknown":
            return NextStep(_("Enrolment is not open yet"), (_("The dates of enrolment are to be announced."),))
        case "closed":
            closed = session.enrolment_closes_at
            sentence = (_("It closed on %(moment)s.") % {"moment": moment_in_words(closed)},) if closed else ()
            return NextStep(_("Enrolment is closed"), sentence, "over")
        case "underway":
            return NextStep(_("This session is under way"), (), "over")
        case _:
            return _nothing_to_wait_for(session, stage)


def _nothing_to_wait_for(session: TrainingSession, stage: Stage) -> NextStep:
    if stage.code == "cancelled":
        reason = (session.cancelled_because,) if session.cancelled_because else ()
        return NextStep(_("This session is cancelled"), reason, "urgent", has_places=False)
    if stage.code == "draft":
        sentence = _("Only those who prepare this session see the page.")
        return NextStep(_("This is a draft"), (sentence,), "over", has_places=False)
    ended = (_("It ended on %(day)s.") % {"day": day_in_words(session.ends_on)},) if session.ends_on else ()
    return NextStep(
        _("This session is over"), ended, "over", _("See what is open now"), reverse("home"), has_places=False
    )
