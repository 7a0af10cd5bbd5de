"""A thousand people for the last fifty places: who got one, and whether the line is in order."""

from training.enrolment.models import Enrolment, EnrolmentEvent
from training.enrolment.states import State
from training.mail.models import Letter


def what_is_wrong(session, people, places):
    """Sentences about what the database holds after the race; none when it was exact.

    `people` are the users who raced for the last `places` places.
    """
    raced = Enrolment.objects.filter(session=session, trainee__user__in=people)
    confirmed = raced.filter(state=State.CONFIRMED)
    line = list(raced.waiting_in_line().values_list("pk", flat=True))
    numbers = list(raced.waiting_in_line().values_list("line_number", flat=True))
    session.refresh_from_db()
    checks = {
        f"{raced.count()} of {len(people)} people have an enrolment": raced.count() == len(people),
        f"{confirmed.count()} places were given": confirmed.count() == places,
        f"{session.places_held} of {session.capacity} places are held": session.places_held == session.capacity,
        f"{len(line)} people are in line": len(line) == len(people) - places,
        "the numbers in line have gaps": numbers == list(range(numbers[0], numbers[0] + len(numbers))),
        "the line is not in the order of the decisions": line == _in_the_order_decided(State.WAITLISTED, raced),
        "somebody in line was decided on before somebody with a place": _places_were_given_first(raced),
        "somebody has no letter": _letters(raced) == len(people),
    }
    return [sentence for sentence, is_so in checks.items() if not is_so]


def _in_the_order_decided(state, enrolments):
    """The keys in the order of the events; an event is written while the session's row is locked."""
    return list(_decisions(enrolments).filter(to_state=state).values_list("enrolment_id", flat=True))


def _places_were_given_first(enrolments):
    states = list(_decisions(enrolments).values_list("to_state", flat=True))
    return states == sorted(states)  # "confirmed" before "waitlisted"


def _decisions(enrolments):
    decided = EnrolmentEvent.objects.filter(enrolment__in=enrolments).exclude(to_state=State.APPLIED)
    return decided.order_by("pk")


def _letters(enrolments):
    """How many of them have exactly one letter."""
    about = list(Letter.objects.filter(about__in=enrolments.values("reference")).values_list("about", flat=True))
    return len(about) if len(about) == len(set(about)) else 0
