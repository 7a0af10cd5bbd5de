"""Writing a letter: a row in the transaction that causes it, and a job that moves it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import get_supported_language_variant, override

from training.mail.models import Letter
from training.mail.tasks import put_back_in_the_queue, send_letter
from training.mail.wording import Wording, wording
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
    said: Wording | None = None,
) -> Letter:
    """Writes a letter and lets the worker send it once the surrounding transaction commits.

    The rest is as `worded` says. A rolled-back deed leaves neither letter nor job.
    """
    letter = worded(
        to=to, template=template, values=values, language=language, about=about, by=by, secret=secret, said=said
    )
    with transaction.atomic(savepoint=False):
        letter.save(force_insert=True)
        send_letter.defer(letter_id=letter.pk)
    return letter


def worded(
    *,
    to: str,
    template: str,
    values: Mapping[str, str],
    language: str,
    about: str = "",
    by: "User | None" = None,
    secret: bool = False,
    said: Wording | None = None,
) -> Letter:
    """A letter that is not written yet: `write_many` takes several.

    `values` fill the placeholders of the template, read in the language of the letter; `about` is
    the reference of what it speaks of; `said` is the wording where the caller has it already.
    """
    language = get_supported_language_variant(language)
    with override(language):
        filled = (said or wording(template, language)).filled(values)
    return Letter(
        to=to,
        language=language,
        template=template,
        subject=filled.subject,
        text=filled.text,
        quotes=filled.quotes,
        about=about,
        is_secret=secret,
        message_id=new_message_id(),
        written_by=by,
    )


def write_many(letters: list[Letter]) -> None:
    """Writes letters that the caller has worded, and lets the worker send them once the transaction commits."""
    with transaction.atomic(savepoint=False):
        written = Letter.objects.bulk_create(letters, batch_size=500)
        if written:
            put_back_in_the_queue([letter.pk for letter in written])


def new_message_id() -> str:
    """The name that a letter keeps through every sending."""
    return f"<{secret_token()}@cohort>"
