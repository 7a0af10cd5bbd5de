"""What a form did not keep, said to whoever sent it: an answer given without the agreement that it needs."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from training.enrolment.question_forms import QuestionsForm


def left_out_in_words(form: QuestionsForm) -> list[str]:
    """One sentence for each answer that is not kept; the form must be valid."""
    sentence = _("“%(question)s” is not kept, because you did not agree to it. Nothing else depends on that.")
    return [sentence % {"question": question} for question in form.left_out()]


def say_what_was_left_out(request: HttpRequest, form: QuestionsForm) -> None:
    for sentence in left_out_in_words(form):
        messages.warning(request, sentence)
