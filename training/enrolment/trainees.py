"""The person behind an enrolment: found, claimed with proof, kept up to date."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import BooleanField, F, Func, Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.opening import query_of_confirmed_addresses
from training.enrolment.models import Trainee
from training.tools.names import normalised_name, pinyin_initials, pinyin_key, search_key
from training.tools.refusals import Refused
from training.tools.sealing import fingerprint, seal


@dataclass(frozen=True)
class Sealed:
    """A sensitive value as it is stored: sealed, masked for pages, and a keyed fingerprint for equality."""

    sealed: str = ""
    masked: str = ""
    fingerprint: str = ""
    last_digits: str = ""

    @classmethod
    def of(cls, value: str, masked: str, purpose: str) -> "Sealed":
        return cls(seal(value), masked, fingerprint(value, purpose), value[-4:])


NOTHING = Sealed()


def trainee_of(user: User) -> Trainee | None:
    """The user's own record; one that an organiser made is claimed if its address is confirmed as the user's.

    Without the proof of a confirmed address nobody takes over a record.
    """
    own_first = F("user").asc(nulls_last=True)
    of_the_address = Q(_is_confirmed_of(user), user__isnull=True, is_nominee=False)
    candidates = Trainee.objects.filter(Q(user=user) | of_the_address)
    found: Trainee | None = candidates.order_by(own_first, "pk").first()
    if found is None or found.user_id is not None:
        return found
    return _claim(user, found)


def _is_confirmed_of(user: User) -> Func:
    """`email = ANY (ARRAY(…))`, which finds the index among all trainees, as IN (SELECT …) beside an OR does not."""
    confirmed = ArraySubquery(query_of_confirmed_addresses(user))
    return Func("email", confirmed, arg_joiner=" = ANY (", template="%(expressions)s)", output_field=BooleanField())


@transaction.atomic
def _claim(user: User, record: Trainee) -> Trainee | None:
    unclaimed: Trainee | None = (
        Trainee.objects.select_for_update().filter(user__isnull=True, pk=record.pk, email=record.email).first()
    )
    if unclaimed is not None:
        unclaimed.user = user
        unclaimed.save(update_fields=["user"])
    return unclaimed


def enter_trainee(
    *,
    name: str,
    email: str,
    language: str,
    user: User | None = None,
    is_sample: bool = False,
) -> Trainee:
    """A new person. Raises Refused when the name cannot be kept or the address is somebody's already."""
    trainee = new_trainee(email=email, language=language, user=user, is_sample=is_sample)
    rename(trainee, name)
    trainee.save()
    return trainee


def new_trainee(*, email: str, language: str, user: User | None, is_sample: bool = False) -> Trainee:
    """A new person still without a name, not saved. Raises Refused when the address is somebody's already."""
    if email and Trainee.objects.filter(email=email, is_nominee=False).exists():
        raise Refused(_("There is a trainee with this e-mail address already."), field="email")
    return Trainee(user=user, email=email, language=language, is_sample=is_sample)


def rename(trainee: Trainee, name: str) -> None:
    """Sets the name and the keys by which it is found and ordered; the caller saves."""
    trainee.name = normalised_name(name)
    trainee.name_search = search_key(trainee.name)
    trainee.name_pinyin = pinyin_key(trainee.name)
    trainee.name_initials = pinyin_initials(trainee.name)


NAME_FIELDS = ("name", "name_search", "name_pinyin", "name_initials")


def keep_up_to_date(
    trainee: Trainee, *, name: str, answers: Mapping[str, Any], identity: Sealed, mobile: Sealed
) -> None:
    """The record of the person follows the newest form; earlier enrolments keep what they got."""
    rename(trainee, name)
    trainee.sex = answers.get("sex", "") or trainee.sex
    trainee.employer = answers.get("employer", "") or trainee.employer
    trainee.employer_pinyin = pinyin_key(trainee.employer)
    if identity.sealed:
        trainee.identity_sealed = identity.sealed
        trainee.identity_masked = identity.masked
        trainee.identity_fingerprint = identity.fingerprint
    if mobile.sealed:
        trainee.mobile_sealed = mobile.sealed
        trainee.mobile_masked = mobile.masked
        trainee.mobile_fingerprint = mobile.fingerprint
        trainee.mobile_last_digits = mobile.last_digits
    trainee.save()
