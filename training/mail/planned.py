"""Letters that are still to come: rows of the outbox that follow what is wanted until they are due.

Guards two rules: for one occasion a letter is written once, however often and by however many
clocks at once it is planned; and whoever is no longer meant gets nothing, not even a letter that
already waits for the worker. What a person has cancelled, reworded or held back stays so.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from training.mail.models import Letter
from training.mail.outbox import new_message_id
from training.mail.tasks import put_back_in_the_queue
from training.mail.wording import Wording

State = Letter.State
NOT_YET_GONE = frozenset({State.PLANNED, State.HELD, State.WAITING})
MADE_ANEW = frozenset({State.PLANNED, State.HELD, State.DROPPED})
SAME_OCCASION = timedelta(days=1)  # a date that moves by less is no reason to write again
AT_ONCE = 500  # rows of one statement


@dataclass(frozen=True)
class FutureLetter:
    """A letter that is wanted: for which occasion, to whom, when, and how it is worded once that is needed.

    `made_from` changes whenever the wording would: so a letter is worded anew only then.
    """

    occasion: str
    to: str
    language: str
    template: str
    about: str
    due_at: datetime
    made_from: str
    worded: Callable[[], Wording]


@dataclass
class Kept:
    """How many letters were planned, changed, dropped, and put on their way."""

    planned: int = 0
    changed: int = 0
    dropped: int = 0
    released: int = 0


def keep_in_step(series: str, wanted: Iterable[FutureLetter], at: datetime) -> Kept:
    """Makes the letters of `series` those that are wanted, and lets go what is due at `at`.

    The caller holds the lock that keeps `wanted` true until the transaction ends.
    """
    kept = Kept()
    with transaction.atomic():
        there = _newest_of_each_occasion(series)
        wanted_now = {one.occasion: one for one in wanted}
        stale = [letter.pk for letter in there.values() if _is_stale(letter, wanted_now.get(_base(letter)), at)]
        for letter in Letter.objects.filter(pk__in=stale).order_by("pk").select_for_update(of=("self",)):
            _bring_up_to_date(letter, wanted_now.get(_base(letter)), at, kept)
        new = [_planned(one, series, name) for one in wanted_now.values() if (name := _new_occasion(one, there, at))]
        Letter.objects.bulk_create(new, batch_size=AT_ONCE, ignore_conflicts=True)
        kept.planned = len(new)
        kept.released = _let_go(series, at)
    return kept


def _newest_of_each_occasion(series: str) -> Mapping[str, Letter]:
    """The letters written so far; one for each occasion, whatever became of it."""
    return {
        _base(letter): letter
        for letter in Letter.objects.filter(series=series).defer("subject", "text", "quotes").order_by("pk")
    }


def _base(letter: Letter) -> str:
    """The occasion without the day that is added when it comes a second time."""
    return letter.occasion.partition("@")[0]


def _new_occasion(one: FutureLetter, there: Mapping[str, Letter], at: datetime) -> str:
    """Under which name the letter is new; blank when it is written already."""
    before = there.get(one.occasion)
    if before is None:
        return one.occasion
    is_again = before.state == State.SENT and _is_due_again(one, before, at)
    return f"{one.occasion}@{one.due_at:%Y-%m-%d}" if is_again else ""


def _is_stale(letter: Letter, one: FutureLetter | None, at: datetime) -> bool:
    if one is None:
        in_hands = letter.leased_until is not None and letter.leased_until > at
        return letter.state in NOT_YET_GONE and not in_hands
    if letter.state not in MADE_ANEW:
        return False
    return letter.state == State.DROPPED or letter.due_at != one.due_at or letter.made_from != one.made_from


def _bring_up_to_date(letter: Letter, one: FutureLetter | None, at: datetime, kept: Kept) -> None:
    """What has to be done with a row that is locked now and may have changed since it was looked at."""
    if not _is_stale(letter, one, at):
        return
    if one is None:
        letter.state = State.DROPPED
        kept.dropped += 1
    else:
        _follow(letter, one)
        kept.changed += 1
    letter.save(update_fields=["state", "to", "language", "subject", "text", "quotes", "due_at", "made_from"])


def _follow(letter: Letter, one: FutureLetter) -> None:
    if letter.state == State.DROPPED:
        letter.state = State.PLANNED
    letter.due_at = one.due_at
    if letter.made_from != one.made_from:
        letter.to, letter.made_from = one.to, one.made_from
        if not letter.is_reworded:
            said = one.worded()
            letter.language, letter.subject, letter.text = one.language, said.subject, said.text
            letter.quotes = said.quotes


def _is_due_again(one: FutureLetter, sent: Letter, at: datetime) -> bool:
    """Whether the date has moved so far since the letter was sent that it has to be said again."""
    return one.due_at > at and sent.due_at is not None and one.due_at - sent.due_at >= SAME_OCCASION


def _planned(one: FutureLetter, series: str, occasion: str) -> Letter:
    said = one.worded()
    return Letter(
        state=State.PLANNED,
        to=one.to,
        language=one.language,
        template=one.template,
        subject=said.subject,
        text=said.text,
        quotes=said.quotes,
        about=one.about,
        due_at=one.due_at,
        series=series,
        occasion=occasion,
        made_from=one.made_from,
        message_id=new_message_id(),
    )


def _let_go(series: str, at: datetime) -> int:
    due = Letter.objects.filter(series=series, state=State.PLANNED, due_at__lte=at)
    letter_ids = list(due.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    if letter_ids:
        Letter.objects.filter(pk__in=letter_ids).update(state=State.WAITING, written_at=at)
        put_back_in_the_queue(letter_ids)
    return len(letter_ids)
