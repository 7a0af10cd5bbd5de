"""The door of an invited nominator: the letter's link, and the page on which its owner accepts.

Guards one rule: the secret stands in an address once. From then on the web session knows which
invitation was opened, and only a confirmed address accepts it.
"""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.opening import confirmed_addresses
from training.catalogue.models import NominatorInvitation
from training.catalogue.nominators import accept, invitation_of_link, opened_invitation
from training.tools.refusals import Refused
from training.tools.text import masked_email

PLACE = "opened invitation"


@require_safe
def nominator_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """The first hop: notes which invitation was opened and leaves the secret behind."""
    invitation = invitation_of_link(secret)
    if invitation is None:
        return render(request, "portal/nominations/invitation_unknown.html", status=404)
    request.session[PLACE] = invitation.link_hash
    return redirect("accept_invitation")


@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest) -> HttpResponse:
    """What is asked of whom until when, and the button; everybody else reads what to do."""
    invitation = _invitation_at_hand(request)
    if invitation is None and not request.user.is_authenticated:
        return redirect_to_login(reverse("accept_invitation"))
    if invitation is None:
        return render(request, "portal/nominations/invitation_unknown.html", status=404)
    if request.method == "POST" and isinstance(request.user, User):
        try:
            accept(invitation, by=request.user)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("accept_invitation")
        request.session.pop(PLACE, None)
        messages.success(request, _("You nominate for %(body)s now.") % {"body": invitation.body.name})
        return redirect("nominations")
    return render(
        request,
        "portal/nominations/invitation.html",
        {
            "invitation": invitation,
            "situation": _situation(invitation, request),
            "sent_to": masked_email(invitation.email),
        },
    )


def _invitation_at_hand(request: HttpRequest) -> NominatorInvitation | None:
    """The one that was chosen among one's own, else the one whose link was opened, else one's own open one."""
    own = NominatorInvitation.objects.of(request.user).select_related("programme", "body", "grant")
    chosen = request.POST.get("invitation", "")
    if chosen.isdecimal() and len(chosen) < 10:
        found: NominatorInvitation | None = own.filter(pk=int(chosen)).first()
        return found
    opened = request.session.get(PLACE)
    if opened is not None:
        return opened_invitation(opened)
    waiting: NominatorInvitation | None = own.still_open().first()
    return waiting


def _situation(invitation: NominatorInvitation, request: HttpRequest) -> str:
    """Cancelled, accepted or over for everybody; else whether the reader signs in, is another person, or accepts."""
    if invitation.is_cancelled:
        return "cancelled"
    if invitation.is_accepted:
        return "accepted"
    if invitation.is_over(timezone.now()):
        return "over"
    if not isinstance(request.user, User):
        return "sign in"
    return "accept" if invitation.email in confirmed_addresses(request.user) else "another"
