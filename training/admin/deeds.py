"""What an organiser does with enrolments: one page per deed that shows the people and asks why.

Guards one rule: every move goes through the life cycle, person by person, and each gets a
result. Whom a deed does not fit is said before it is done and again afterwards.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from accounts.models import User
from training.enrolment import lifecycle
from training.enrolment.coming import note_coming
from training.enrolment.deciding import decide_at_once
from training.enrolment.line import beginning_of
from training.enrolment.models import Enrolment
from training.enrolment.reasons import Reason
from training.enrolment.states import MOVES, State
from training.tools.refusals import Refused

MOST_AT_ONCE = 200  # more is a mass letter, which asks for a fresh sign-in
NAMES_SHOWN = 5


@dataclass(frozen=True)
class Deed:
    """One thing to do: into which state it leads, how the page words it, and whether it needs a reason."""

    code: str
    to: State
    title: str | Promise
    explanation: str | Promise
    done: Any  # the sentence afterwards, with %(count)d
    do: Callable[..., object]
    needs_reason: bool = False
    takes_reason: bool = True
    is_danger: bool = False

    def fits(self, enrolment: Enrolment) -> bool:
        return self.to in MOVES[State(enrolment.state)]

    def perform(self, enrolment: Enrolment, *, by: User, reason: Reason) -> None:
        if self.takes_reason:
            self.do(enrolment, by=by, reason=reason)
        else:
            self.do(enrolment, by=by)


@dataclass(frozen=True)
class Coming(Deed):
    """Noting who came: no move, but for those with a place once the session has begun."""

    def fits(self, enrolment: Enrolment) -> bool:
        return enrolment.state == State.CONFIRMED and timezone.now() >= beginning_of(enrolment.session)

    def perform(self, enrolment: Enrolment, *, by: User, reason: Reason) -> None:
        self.do(enrolment)


DEEDS: dict[str, Deed] = {
    deed.code: deed
    for deed in (
        Deed(
            "offer",
            State.OFFERED,
            _("Offer a place"),
            _("Each person gets a letter and keeps the place until the deadline."),
            ngettext_lazy("%(count)d place was offered.", "%(count)d places were offered.", "count"),
            partial(decide_at_once, to=State.OFFERED),
        ),
        Deed(
            "waitlist",
            State.WAITLISTED,
            _("Put on the waiting list"),
            _("Each person joins the end of the line and gets a letter."),
            ngettext_lazy(
                "%(count)d person is on the waiting list now.", "%(count)d people are on the waiting list now.", "count"
            ),
            partial(decide_at_once, to=State.WAITLISTED),
        ),
        Deed(
            "send_back",
            State.RETURNED,
            _("Send back for correction"),
            _("Each person reads your reason, corrects the application and sends it again."),
            ngettext_lazy("%(count)d application was sent back.", "%(count)d applications were sent back.", "count"),
            partial(decide_at_once, to=State.RETURNED),
            needs_reason=True,
        ),
        Deed(
            "decline",
            State.DECLINED,
            _("Decline"),
            _("Each person reads your reason in a letter. This cannot be undone."),
            ngettext_lazy("%(count)d application was declined.", "%(count)d applications were declined.", "count"),
            partial(decide_at_once, to=State.DECLINED),
            needs_reason=True,
            is_danger=True,
        ),
        Deed(
            "confirm",
            State.CONFIRMED,
            _("Accept the offer for the person"),
            _("For somebody who told you so, by telephone for example. Each person gets the letter of confirmation."),
            ngettext_lazy("%(count)d offer was accepted.", "%(count)d offers were accepted.", "count"),
            lifecycle.confirm,
            takes_reason=False,
        ),
        Deed(
            "withdraw",
            State.WITHDRAWN,
            _("Withdraw for the person"),
            _("The place becomes free; with first come it goes to the first in line. This cannot be undone."),
            ngettext_lazy("%(count)d enrolment was withdrawn.", "%(count)d enrolments were withdrawn.", "count"),
            lifecycle.withdraw,
            needs_reason=True,
            is_danger=True,
        ),
        Coming(
            "came",
            State.CONFIRMED,
            _("Note that the person came"),
            _("Later sessions say that the person attended. No letter goes out."),
            ngettext_lazy(
                "It is noted that %(count)d person came.", "It is noted that %(count)d people came.", "count"
            ),
            partial(note_coming, came=True),
            takes_reason=False,
        ),
        Coming(
            "stayed_away",
            State.CONFIRMED,
            _("Note that the person did not come"),
            _("Later sessions say that the person did not come. No letter goes out."),
            ngettext_lazy(
                "It is noted that %(count)d person did not come.",
                "It is noted that %(count)d people did not come.",
                "count",
            ),
            partial(note_coming, came=False),
            takes_reason=False,
        ),
    )
}


def deeds_for(enrolment: Enrolment) -> list[Deed]:
    """What can be done with this enrolment as it stands."""
    return [deed for deed in DEEDS.values() if deed.fits(enrolment)]


class ReasonForm(forms.Form):
    """The reason in one language or both; each person reads it in his own where it is there."""

    reason_en = forms.CharField(
        label=_("Reason (English)"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    reason_zh = forms.CharField(
        label=_("Reason (Chinese)"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, deed: Deed, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.deed = deed
        if not deed.takes_reason:
            del self.fields["reason_en"], self.fields["reason_zh"]
            return
        self.fields["reason_en"].help_text = (
            say("Everybody reads it in the letter. One language is enough.")
            if deed.needs_reason
            else say("Optional. It stands in the letter.")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.deed.needs_reason and not (cleaned.get("reason_en") or cleaned.get("reason_zh")):
            self.add_error("reason_en", say("Give the reason in at least one language."))
        return cleaned

    @property
    def reason(self) -> Reason:
        return Reason(self.cleaned_data.get("reason_en", ""), self.cleaned_data.get("reason_zh", ""))


@dataclass
class Outcome:
    """Who it was done for, and whom it was refused for, under the sentence that says why."""

    done: list[Enrolment] = field(default_factory=list)
    refused: dict[str, list[Enrolment]] = field(default_factory=dict)


def perform(deed: Deed, enrolments: Iterable[Enrolment], *, by: User, reason: Reason) -> Outcome:
    """Does the deed for each person in a transaction of its own: one refusal stops nobody else."""
    outcome = Outcome()
    for enrolment in enrolments:
        try:
            deed.perform(enrolment, by=by, reason=reason)
            outcome.done.append(enrolment)
        except Refused as refused:
            outcome.refused.setdefault(str(refused), []).append(enrolment)
    return outcome


def tell(request: HttpRequest, deed: Deed, outcome: Outcome) -> None:
    """One sentence for what was done, one for each reason why it was not, with the names."""
    if outcome.done:
        messages.success(request, str(deed.done % {"count": len(outcome.done)}))
    for sentence, enrolments in outcome.refused.items():
        messages.warning(request, _refused_in_words(sentence, enrolments))


def _refused_in_words(sentence: str, enrolments: list[Enrolment]) -> str:
    names = say(", ").join(enrolment.trainee.name for enrolment in enrolments[:NAMES_SHOWN])
    more = len(enrolments) - NAMES_SHOWN
    if more > 0:
        names = ngettext("%(names)s and %(more)d more", "%(names)s and %(more)d more", more) % {
            "names": names,
            "more": more,
        }
    return say("Not done for %(names)s: %(sentence)s") % {"names": names, "sentence": sentence}
