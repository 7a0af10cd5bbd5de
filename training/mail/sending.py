"""Sending one letter: lease, send, mark.

The network is never inside a transaction. A worker that dies between sending and marking
leaves a lease that runs out; the letter is then sent once more with the same Message-ID, so
that mail programs show it once.
"""

from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone

from training.mail.models import Letter
from training.mail.tasks import put_back_in_the_queue

LEASE = timedelta(minutes=5)  # longer than any mail server takes to answer
ATTEMPTS = 6  # about five hours with the waits of the job


def send(letter_id: int) -> bool:
    """Sends the letter if it still waits and nobody else holds it; says whether it left now."""
    letter = _lease(letter_id)
    if letter is None:
        return False
    try:
        _message(letter).send()
    except Exception as problem:
        _give_back(letter, problem)
        raise
    _mark_sent(letter)
    return True


def send_what_was_left_behind() -> int:
    """Puts letters back in the queue whose worker died or whose job is lost; returns how many."""
    now = timezone.now()
    left = Letter.objects.free_to_send(now).filter(written_at__lt=now - LEASE, attempts__lt=ATTEMPTS)
    letter_ids = list(left.values_list("pk", flat=True)[:1000])
    if letter_ids:
        put_back_in_the_queue(letter_ids)
    return len(letter_ids)


def _lease(letter_id: int) -> Letter | None:
    now = timezone.now()
    leased = (
        Letter.objects.free_to_send(now)
        .filter(pk=letter_id)
        .update(leased_until=now + LEASE, attempts=F("attempts") + 1)
    )
    return Letter.objects.get(pk=letter_id) if leased else None


def _message(letter: Letter) -> EmailMessage:
    return EmailMessage(
        subject=letter.subject,
        body=letter.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[letter.to],
        headers={"Message-ID": letter.message_id, "Content-Language": letter.language},
    )


def _mark_sent(letter: Letter) -> None:
    erased = {"text": ""} if letter.is_secret and not settings.DEMO else {}
    Letter.objects.filter(pk=letter.pk).update(
        state=Letter.State.SENT, sent_at=timezone.now(), leased_until=None, last_error="", **erased
    )


def _give_back(letter: Letter, problem: Exception) -> None:
    given_up = letter.attempts >= ATTEMPTS
    Letter.objects.filter(pk=letter.pk).update(
        state=Letter.State.FAILED if given_up else Letter.State.WAITING,
        leased_until=None,
        last_error=type(problem).__name__,  # the text of a mail server's answer may hold the address
    )
