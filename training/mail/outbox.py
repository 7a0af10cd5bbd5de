"""Writing a letter: a row in the transaction that causes it, and a job that moves it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import get_supported_language_variant

from training.mail.models import Letter
from training.mail.tasks import send_letter
from training.mail.wording import wording
from training.tools.tokens import secret_token

if TYPE_CHECKING:
    from accounts.models import User  # the floor beside ours writes letters through us


def write(
    *,
    to: str,
    template: str,
    values: Mapping[str, str],
    language: str,
    about: str = "",
    by: "User | None" = None,
    secret: bool = False,
) -> Letter:
    """Writes a letter and lets the worker send it once the surrounding transaction commits.

    `values` fill the placeholders of the template; `about` is the reference of what it speaks
    of. A rolled-back deed leaves neither letter nor job.
    """
    language = get_supported_language_variant(language)
    said = wording(template, language).filled(values)
    with transaction.atomic(savepoint=False):
        letter = Letter.objects.create(
            to=to,
            language=language,
            template=template,
            subject=said.subject,
            text=said.text,
            about=about,
            is_secret=secret,
            message_id=f"<{secret_token()}@cohort>",
            written_by=by,
        )
        send_letter.defer(letter_id=letter.pk)
    return letter
