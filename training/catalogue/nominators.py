"""Inviting nominators by letter, and what becomes of it: accepted by the owner of the address, taken back, ended.

Guards one rule: whoever nominates was asked by an organiser of the programme, for one body and
until a date, and has shown to own the address that was asked. The link alone gives no right.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.opening import confirmed_addresses
from accounts.roles import Role, may_organise
from training.catalogue.granting import end
from training.catalogue.models import Grant, NominatorInvitation, Organisation, Programme
from training.catalogue.rights import Rights
from training.mail import outbox
from training.tools.dates import until_in_words
from training.tools.refusals import Refused
from training.tools.tokens import secret_token

LINK_LASTS = timedelta(days=30)


@dataclass(frozen=True)
class Invitee:
    """Who is asked, for which body; the address is normalised."""

    email: str
    body: Organisation
    name: str = ""


def invite(
    programme: Programme, invitees: Iterable[Invitee], *, valid_until: datetime, language: str, by: User
) -> list[NominatorInvitation]:
    """Writes a letter to everybody; whoever has an open invitation for the body gets a new one instead.

    All or none. Raises Refused when the date is past, when `by` does not organise the programme
    or invites himself or herself, and when somebody nominates for the body already.
    """
    _refuse_who_does_not_organise(programme, by)
    now = timezone.now()
    if valid_until <= now:
        raise Refused(_("Choose a day that is still to come."), field="valid_until")
    with transaction.atomic():
        return [_invite(programme, one, valid_until=valid_until, language=language, by=by, at=now) for one in invitees]


def invite_again(invitation: NominatorInvitation, *, by: User) -> NominatorInvitation:
    """Another letter with another link; the earlier link ends. Refused once it is accepted or taken back."""
    _refuse_who_does_not_organise(invitation.programme, by)
    with transaction.atomic():
        current = _locked(invitation)
        _refuse_what_is_settled(current)
        if current.valid_until <= timezone.now():
            raise Refused(_("The day until which this person would nominate is past. Invite anew with a later day."))
        current.invited_by = by
        _write(current, at=timezone.now())
    return current


def take_invitation_back(invitation: NominatorInvitation, *, by: User) -> None:
    """Ends an invitation that nobody has accepted; its link then says so."""
    _refuse_who_does_not_organise(invitation.programme, by)
    with transaction.atomic():
        current = _locked(invitation)
        _refuse_what_is_settled(current)
        current.cancelled_at = timezone.now()
        current.save(update_fields=["cancelled_at"])


def end_nominator(grant: Grant, *, by: User) -> None:
    """Ends the right of a nominator now; what was nominated stays."""
    assert grant.role == Role.NOMINATOR  # noqa: S101 - the door offers no other
    assert grant.programme is not None  # noqa: S101 - held by a constraint
    _refuse_who_does_not_organise(grant.programme, by)
    end(grant)


def accept(invitation: NominatorInvitation, *, by: User) -> Grant:
    """Makes `by` a nominator; a repeated acceptance returns the first grant.

    Raises Refused when the invited address is not a confirmed one of `by`, and when the
    invitation was taken back or is over.
    """
    with transaction.atomic():
        current = _locked(invitation)
        if current.email not in confirmed_addresses(by):
            raise Refused(
                _("This invitation is for another address. Sign in with the address that the letter reached.")
            )
        if current.grant is not None and current.grant.user_id == by.pk:
            return current.grant
        _refuse_what_is_settled(current)
        now = timezone.now()
        if current.is_over(now):
            raise Refused(_("This invitation is over. Ask the organiser for a new one."))
        if current.invited_by_id == by.pk:
            raise Refused(_("Nobody can grant a role to himself or herself."))
        current.grant = _grant(current, by, now)
        current.accepted_at = now
        current.save(update_fields=["grant", "accepted_at"])
    return current.grant


def invitation_of_link(secret: str) -> NominatorInvitation | None:
    """The invitation that this link belongs to, whatever became of it; an earlier link belongs to none."""
    return opened_invitation(_hash(secret))


def opened_invitation(link_hash: str) -> NominatorInvitation | None:
    """The invitation whose link was opened: a web session keeps the hash, never the secret."""
    known = NominatorInvitation.objects.select_related("programme", "body", "grant")
    found: NominatorInvitation | None = known.filter(link_hash=link_hash).first()
    return found


def _invite(
    programme: Programme, invitee: Invitee, *, valid_until: datetime, language: str, by: User, at: datetime
) -> NominatorInvitation:
    if invitee.email in confirmed_addresses(by):
        raise Refused(_("Nobody can invite himself or herself."), field="addresses")
    if _nominates_already(programme, invitee):
        raise Refused(
            _("%(email)s nominates for %(body)s already.") % {"email": invitee.email, "body": invitee.body},
            field="addresses",
        )
    asked = {"programme": programme, "body": invitee.body, "email": invitee.email}
    still_open = NominatorInvitation.objects.still_open().select_for_update(of=("self",)).filter(**asked).first()
    invitation = still_open or NominatorInvitation(**asked)
    invitation.name, invitation.valid_until, invitation.language = invitee.name, valid_until, language
    invitation.invited_by = by
    _write(invitation, at=at)
    return invitation


def _nominates_already(programme: Programme, invitee: Invitee) -> bool:
    held = Grant.objects.in_force().filter(role=Role.NOMINATOR, programme=programme, organisation=invitee.body)
    return held.filter(user__email=invitee.email).exists()


def _write(invitation: NominatorInvitation, *, at: datetime) -> None:
    """Gives the invitation a new link and writes the letter; the text of the letter is erased once it is sent."""
    secret = secret_token()
    invitation.link_hash = _hash(secret)
    invitation.link_ends_at = min(at + LINK_LASTS, invitation.valid_until)
    invitation.sent_at = at
    invitation.save()
    with override(invitation.language):
        values = {
            "nominator": invitation.name or invitation.email,
            "body": invitation.body.name,
            "programme": invitation.programme.title,
            "until": until_in_words(invitation.valid_until),
            "link": settings.BASE_URL + reverse("nominator_invitation", args=[secret]),
        }
    outbox.write(
        to=invitation.email,
        template="nomination_invitation",
        values=values,
        language=invitation.language,
        about=f"programme-{invitation.programme_id}",  # how the outbox knows whose letter it is
        by=invitation.invited_by,
        secret=True,
    )


def _grant(invitation: NominatorInvitation, holder: User, at: datetime) -> Grant:
    grant: Grant = Grant.objects.create(
        user=holder,
        role=Role.NOMINATOR,
        programme=invitation.programme,
        organisation=invitation.body,
        valid_from=at,
        valid_until=invitation.valid_until,
        granted_by=invitation.invited_by,
    )
    if not holder.nominates:
        holder.nominates = True
        holder.save(update_fields=["nominates"])
    return grant


def _locked(invitation: NominatorInvitation) -> NominatorInvitation:
    rows = NominatorInvitation.objects.select_for_update(of=("self",))
    current: NominatorInvitation = rows.select_related("programme", "body", "grant", "invited_by").get(pk=invitation.pk)
    return current


def _refuse_what_is_settled(invitation: NominatorInvitation) -> None:
    if invitation.is_cancelled:
        raise Refused(_("This invitation was taken back. Ask the organiser if you think that is a mistake."))
    if invitation.is_accepted:
        raise Refused(_("This invitation was accepted already."))


def _refuse_who_does_not_organise(programme: Programme, by: User) -> None:
    if not may_organise(Rights(by), programme):
        raise Refused(_("Only those who organise the programme invite its nominators."))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
