"""Keeping answers: word for word what was asked, options held, files claimed.

The application brings its answers with `applying.py`; this module holds what every stage shares.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from training.catalogue.models import TrainingSession
from training.enrolment.asked import questions_at
from training.enrolment.models import AnsweredForm, AskedOption, Choice, Enrolment, FormVersion
from training.enrolment.questionnaires import Questionnaire, values_of
from training.enrolment.questions import WITH_OPTIONS, Answer, FormStage
from training.tools.refusals import Refused


def current_form(
    session: TrainingSession, asked: Questionnaire | None = None, stage: str = FormStage.APPLICATION
) -> FormVersion:
    """The questions `asked`, or those of the session as they stand now, kept word for word."""
    wording = (questions_at(session, stage) if asked is None else asked).wording
    version, _made = FormVersion.objects.get_or_create(
        session=session, stage=stage, fingerprint=wording.fingerprint, defaults={"questions": wording.questions}
    )
    return version


def answers_of_later_stages(enrolment: Enrolment) -> dict[str, Any]:
    """What somebody has answered apart from the application."""
    kept = AnsweredForm.objects.filter(enrolment=enrolment).values_list("form_version__questions", flat=True)
    codes = {question["code"] for questions in kept for question in questions}
    return {code: answer for code, answer in enrolment.answers.items() if code in codes}


def take_options(enrolment: Enrolment, asked: Questionnaire, answers: Mapping[str, Answer]) -> None:
    """Takes the options that were chosen and gives back those that no longer are.

    The caller holds the lock on the session's row. Raises Refused at the question whose option
    is chosen by as many as may; the database refuses it, too.
    """
    codes = [question.code for question in asked if question.is_own and question.kind in WITH_OPTIONS]
    if not codes:
        return
    wished = {(code, value) for code in codes for value in values_of(answers.get(code, []))}
    offered = AskedOption.objects.filter(field__session=enrolment.session_id, field__code__in=codes)
    options = {(one.field.code, one.value): one for one in offered.select_related("field")}
    held = set(Choice.objects.filter(enrolment=enrolment, option__in=offered).values_list("option_id", flat=True))
    chosen = [options[pair] for pair in wished if pair in options]
    for option in chosen:
        if option.left == 0 and option.pk not in held:
            raise Refused(
                _("As many as may have chosen “%(option)s” by now. Choose another one.") % {"option": option.label},
                field=option.field.code,
            )
    keys = {option.pk for option in chosen}
    Choice.objects.filter(enrolment=enrolment, option__in=held - keys).delete()
    Choice.objects.bulk_create(Choice(enrolment=enrolment, option_id=key) for key in sorted(keys - held))
