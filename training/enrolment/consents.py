"""What people agree to apart from taking part: given and taken back alike, each time on record.

Guards one rule: nothing counts as agreed but the newest word of the person, and what was kept
only because of an agreement goes when it is taken back. `has_agreed` and `agreed` answer for
lists that leave the house.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
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

    @property
    def shown(self) -> ConsentText:
        """The text that the person agreed to, else the one to read before agreeing."""
        return self.agreement.text if self.agreement is not None and self.agreement.is_given else self.text

    @property
    def has_changed(self) -> bool:
        """Whether the person agreed to an older text than is shown now."""
        return self.shown.pk != self.text.pk


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


@transaction.atomic
def write_text(purpose: str, *, text_en: str, text_zh: str) -> ConsentText:
    """Says it in new words from now on, as the next version; the older ones and what was agreed to stay."""
    versions = ConsentText.objects.filter(purpose=purpose).order_by("pk").select_for_update(of=("self",))
    newest = max((text.version for text in versions), default=0)
    return ConsentText.objects.create(purpose=purpose, version=newest + 1, text_en=text_en, text_zh=text_zh)


def purposes_asked(session: TrainingSession) -> list[str]:
    """What the session asks people to agree to, by itself or for one of its fields."""
    for_fields = AskedField.objects.filter(session=session).exclude(consent="").values_list("consent", flat=True)
    by_itself = AskedConsent.objects.filter(session=session).values_list("purpose", flat=True)
    asked = {*by_itself, *for_fields}
    return [purpose.value for purpose in Purpose if purpose in asked]


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
        erase_answers(current, _kept_only_with(purpose, current), because=Erasure.Because.WITHDRAWN, at=now)


def _kept_only_with(purpose: str, enrolment: Enrolment) -> set[str]:
    """The questions that need this agreement now, and those that needed it when this person answered, at any stage."""
    codes = AskedField.objects.filter(session=enrolment.session_id, consent=purpose).values_list("code", flat=True)
    later = enrolment.answered_forms.values_list("form_version__questions", flat=True)
    asked_then = (question for questions in (enrolment.questions, *later) for question in questions)
    return {*codes, *(question["code"] for question in asked_then if question.get("consent") == purpose)}


def _standing(enrolment: Enrolment) -> list[Agreement]:
    return list(Agreement.objects.filter(enrolment=enrolment).standing().select_related("text"))
