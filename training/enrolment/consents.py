"""What people agree to apart from taking part: given and taken back alike, each time on record.

Guards one rule: nothing counts as agreed but the newest word of the person, and what was kept
only because of an agreement goes when it is taken back. `has_agreed` and `agreed` answer for
lists that leave the house.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from training.catalogue.models import TrainingSession
from training.enrolment.erasing import erase_answers
from training.enrolment.lifecycle import locked
from training.enrolment.models import Agreement, AskedConsent, AskedField, ConsentText, Enrolment, Erasure
from training.enrolment.purposes import Purpose
from training.enrolment.querysets import EnrolmentQuerySet
from training.tools.refusals import Refused


@dataclass(frozen=True)
class Consent:
    """A purpose with the text that is shown for it now, and the person's newest word, if any."""

    text: ConsentText
    agreement: Agreement | None

    @property
    def is_given(self) -> bool:
        return self.agreement is not None and self.agreement.is_given


def has_agreed(enrolment: Enrolment, purpose: str) -> bool:
    """Whether the person's newest word on this purpose is yes."""
    return Agreement.objects.filter(enrolment=enrolment).given_for(purpose).exists()


def agreed(enrolments: EnrolmentQuerySet, purpose: str) -> EnrolmentQuerySet:
    """Those whose newest word on this purpose is yes; one query together with theirs."""
    yes = Agreement.objects.given_for(purpose).filter(enrolment=OuterRef("pk"))
    return enrolments.filter(Exists(yes))


def agreed_purposes(enrolment: Enrolment) -> set[str]:
    """Every purpose to which the person's newest word is yes."""
    return {one.text.purpose for one in _standing(enrolment) if one.is_given}


def current_texts(purposes: Iterable[str] = tuple(Purpose)) -> dict[str, ConsentText]:
    """The newest text of each of these purposes; a purpose without a text is left out."""
    newest: dict[str, ConsentText] = {}
    for text in ConsentText.objects.filter(purpose__in=list(purposes)).order_by("purpose", "version"):
        newest[text.purpose] = text
    return newest


def purposes_asked(session: TrainingSession) -> list[str]:
    """What the session asks people to agree to, by itself or for one of its fields."""
    for_fields = AskedField.objects.filter(session=session).exclude(consent="").values_list("consent", flat=True)
    asked = set(purposes_asked_by_itself(session)) | set(for_fields)
    return [purpose.value for purpose in Purpose if purpose in asked]


def purposes_asked_by_itself(session: TrainingSession) -> list[str]:
    """What the session asks people to agree to, whatever else it asks."""
    return list(AskedConsent.objects.filter(session=session).order_by("pk").values_list("purpose", flat=True))


def ask_consents(session: TrainingSession, purposes: Iterable[str]) -> None:
    """Asks for exactly these agreements by themselves; words that were given stay."""
    wished = set(purposes)
    AskedConsent.objects.filter(session=session).exclude(purpose__in=wished).delete()
    for purpose in wished:
        AskedConsent.objects.get_or_create(session=session, purpose=purpose)


def consents_of(enrolment: Enrolment) -> list[Consent]:
    """Everything that this person is asked to agree to, or has agreed to once, with how it stands."""
    newest = {one.text.purpose: one for one in _standing(enrolment)}
    purposes = {*purposes_asked(enrolment.session), *newest}
    texts = current_texts(purposes)
    return [
        Consent(texts[purpose], newest.get(purpose)) for purpose in Purpose if purpose in purposes and purpose in texts
    ]


def agree(enrolment: Enrolment, purpose: str, *, by: User, version: int | None = None) -> None:
    """Keeps that the person agrees to the text as it stands now; a repeated yes changes nothing.

    `version` is the text that was shown. Raises Refused when it is not the present one any more.
    """
    text = current_texts([purpose]).get(purpose)
    if text is None or (version is not None and text.version != version):
        raise Refused(_("The text has changed meanwhile. Read it once more before you agree."))
    with locked(enrolment) as (_session, current):
        record_agreements(current, [text], by=by)


def record_agreements(enrolment: Enrolment, texts: Sequence[ConsentText], *, by: User) -> None:
    """Keeps a yes to each of these texts, unless it stands already. The caller holds the lock."""
    if not texts:
        return
    standing = {(one.text_id, one.is_given) for one in _standing(enrolment)}
    now = timezone.now()
    for text in texts:
        if (text.pk, True) not in standing:
            Agreement.objects.create(enrolment=enrolment, text=text, is_given=True, at=now, by=by)


def take_back(enrolment: Enrolment, purpose: str, *, by: User) -> None:
    """Keeps that the person agrees no longer, and erases what was kept only because of it."""
    with locked(enrolment) as (_session, current):
        standing = next((one for one in _standing(current) if one.text.purpose == purpose), None)
        if standing is None or not standing.is_given:
            return
        now = timezone.now()
        Agreement.objects.create(enrolment=current, text=standing.text, is_given=False, at=now, by=by)
        codes = AskedField.objects.filter(session=current.session_id, consent=purpose).values_list("code", flat=True)
        kept = [question["code"] for question in current.questions if question.get("consent") == purpose]
        erase_answers(current, {*codes, *kept}, because=Erasure.Because.WITHDRAWN, at=now)


def _standing(enrolment: Enrolment) -> list[Agreement]:
    return list(Agreement.objects.filter(enrolment=enrolment).standing().select_related("text"))
