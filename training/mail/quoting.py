"""Letters that quote what a person answered: once an answer is erased, they say it no longer.

The decision: that a letter was sent stays on record, with subject, recipient, times, wording and
Message-ID, but an erased answer is erased here, too. Where it stands in the text as it was put
there, “[erased]” takes its place. Where that cannot be told apart, in a letter that was reworded
by hand or that is older than `Letter.quotes`, a sentence with the date takes the place of the
whole text. A letter that has not left leaves without the answer, and one of which only that
sentence is left does not leave; one in a worker's hands counts as sent.
"""

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from training.mail.models import Letter
from training.mail.planned import NOT_YET_GONE
from training.tools.dates import day_in_words


@transaction.atomic
def erase_quotes(about: str, codes: Collection[str], *, labels: Callable[[], Collection[str]], at: datetime) -> int:
    """Erases the answers to these questions in every letter about `about`; returns how many letters said one.

    `labels` are what the questions were ever called: a letter older than `quotes` that has one may say the answer.
    """
    letters = Letter.objects.about(about).filter(Q(quotes__has_any_keys=sorted(codes)) | Q(quotes__isnull=True))
    changed = 0
    for letter in letters.order_by("pk").select_for_update(of=("self",)):
        if letter.quotes is None and not any(label in letter.text for label in labels()):
            continue
        if not _erased_in_place(letter, codes):
            _erase_the_text(letter, at)
        letter.save(update_fields=["text", "quotes", "state"])
        changed += 1
    return changed


def _erased_in_place(letter: Letter, codes: Collection[str]) -> bool:
    """Puts “[erased]” where these answers stand; says whether that is all there was to do."""
    quotes = letter.quotes or {}
    gone = [quotes[code] for code in codes if code in quotes]
    if not gone or letter.is_reworded or any(stands not in letter.text for stands, _erased in gone):
        return False
    for stands, erased in gone:
        letter.text = letter.text.replace(stands, erased)
    letter.quotes = {code: both for code, both in quotes.items() if code not in codes}
    return True


def _erase_the_text(letter: Letter, at: datetime) -> None:
    with override(letter.language):
        letter.text = _("This letter quoted data that were erased on %(day)s.") % {"day": day_in_words(at)}
    letter.quotes = {}
    in_hands = letter.leased_until is not None and letter.leased_until > at
    if letter.state in NOT_YET_GONE and not in_hands:
        letter.state = Letter.State.CANCELLED
