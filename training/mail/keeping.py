"""What an organiser does with letters in the outbox: hold, release, reword, cancel, send now or again.

Guards one rule: a letter in a worker's hands is left alone, and one that was sent stays as it
was; sending it again writes a new one. A job that finds its letter held or cancelled does nothing.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from training.mail.models import Letter
from training.mail.outbox import new_message_id
from training.mail.tasks import send_letter
from training.tools.refusals import Refused

if TYPE_CHECKING:
    from accounts.models import User  # the floor beside ours

State = Letter.State
REWORDABLE = frozenset({State.HELD, State.PLANNED})


def hold(letter: Letter) -> None:
    """Keeps a waiting or planned letter back until it is released."""
    with _locked(letter) as current:
        _refuse_unless(current, {State.WAITING, State.PLANNED})
        current.state = State.HELD
        current.save(update_fields=["state"])


def release(letter: Letter) -> None:
    """Lets a held letter go: at once, or when it is due."""
    with _locked(letter) as current:
        _refuse_unless(current, {State.HELD})
        if current.due_at is not None and current.due_at > timezone.now():
            current.state = State.PLANNED
            current.save(update_fields=["state"])
        else:
            _put_in_the_queue(current)


def send_now(letter: Letter) -> None:
    """Sends a planned or held letter without waiting until it is due."""
    with _locked(letter) as current:
        _refuse_unless(current, {State.PLANNED, State.HELD})
        _put_in_the_queue(current)


def reword(letter: Letter, *, subject: str, text: str) -> None:
    """Changes what a held or planned letter says; from then on its text is left as it is.

    What it quoted stays noted, as the new words may say it, too.
    """
    with _locked(letter) as current:
        _refuse_unless(current, REWORDABLE)
        current.subject, current.text, current.is_reworded = " ".join(subject.split()), text, True
        current.save(update_fields=["subject", "text", "is_reworded"])


def cancel(letter: Letter) -> None:
    """Sees to it that a letter that has not left never leaves."""
    with _locked(letter) as current:
        _refuse_unless(current, {State.PLANNED, State.WAITING, State.HELD, State.FAILED})
        current.state = State.CANCELLED
        current.save(update_fields=["state"])


def send_again(letter: Letter, *, by: "User") -> Letter:
    """Sends a failed or cancelled letter after all, and a sent one once more as a new letter."""
    with _locked(letter) as current:
        _refuse_unless(current, {State.FAILED, State.CANCELLED, State.SENT})
        if current.is_secret:
            raise Refused(_("This letter holds a secret that is of no use any more; a new one is sent on request."))
        if current.state == State.SENT:
            return _copy(current, by)
        _put_in_the_queue(current)
    return current


def _copy(letter: Letter, by: "User") -> Letter:
    copied = Letter.objects.create(
        to=letter.to,
        language=letter.language,
        template=letter.template,
        subject=letter.subject,
        text=letter.text,
        quotes=letter.quotes,
        about=letter.about,
        message_id=new_message_id(),
        written_by=by,
    )
    send_letter.defer(letter_id=copied.pk)
    return copied


def _put_in_the_queue(letter: Letter) -> None:
    letter.state = State.WAITING
    letter.attempts = 0
    letter.leased_until = None
    if letter.due_at is not None:  # planned long ago: what is left behind is counted from now
        letter.written_at = timezone.now()
    letter.save(update_fields=["state", "attempts", "leased_until", "written_at"])
    send_letter.defer(letter_id=letter.pk)


@contextmanager
def _locked(letter: Letter) -> Iterator[Letter]:
    with transaction.atomic():
        current = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
        if current.leased_until is not None and current.leased_until > timezone.now():
            raise Refused(_("This letter is being sent at this moment. Look again in a minute."))
        yield current


def _refuse_unless(letter: Letter, states: Collection[Letter.State]) -> None:
    if letter.state not in states:
        raise Refused(
            _("This letter is “%(state)s”; that cannot be done with it.") % {"state": letter.get_state_display()}
        )
