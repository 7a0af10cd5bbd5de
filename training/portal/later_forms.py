"""A later form on the page of an enrolment: whether it waits for an answer, until when, and what was answered."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from training.enrolment.later_forms import LaterForm
from training.enrolment.models import Enrolment
from training.tools.dates import moment_in_words, until_in_words


@dataclass(frozen=True)
class ShownForm:
    """`button` is blank where nothing can be done now."""

    stage: str
    title: str
    sentence: str
    button: str
    is_waiting: bool
    answers: list[tuple[str, str]]


def shown(form: LaterForm, enrolment: Enrolment, at: datetime) -> ShownForm:
    can_answer = enrolment.holds_a_place and form.is_open(at)
    is_waiting = can_answer and form.answered_at is None
    button = (_("Answer") if is_waiting else _("Change your answers")) if can_answer else ""
    return ShownForm(
        form.stage, form.title, _sentence(form, enrolment, at), button, is_waiting, form.answers_of(enrolment)
    )


def _sentence(form: LaterForm, enrolment: Enrolment, at: datetime) -> str:
    until = {"moment": until_in_words(form.closes_at)}
    if form.is_ahead(at):
        return _("You can answer from %(moment)s on.") % {"moment": moment_in_words(form.opens_at)}
    if not enrolment.holds_a_place:
        return _("Asked once you have a place.")
    if not form.is_open(at):
        if form.answered_at is None:
            return _("It was to be answered until %(moment)s. Write to the contact.") % until
        return _("The time to change your answers is over.")
    if form.answered_at is None:
        return _("Please answer until %(moment)s.") % until
    return _("You have answered; you can change it until %(moment)s.") % until
