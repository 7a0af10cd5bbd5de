"""The nominators of a programme: who was invited, who nominates, and inviting more of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.roles import ORGANISE, Role, may_organise
from training.admin.chips import chip
from training.admin.guarded import acting, rights_of
from training.admin.moments import DayInput
from training.catalogue.models import Grant, NominatorInvitation, Organisation, Programme
from training.catalogue.naming import KnownOrganisations
from training.catalogue.nominators import Invitee, end_nominator, invite, invite_again, take_invitation_back
from training.tools.refusals import Refused
from training.tools.text import normalised_email

if TYPE_CHECKING:
    from training.admin.programmes import ProgrammeAdmin

MOST_AT_ONCE = 200  # letters; what goes to more people asks for a fresh sign-in
BETWEEN_PARTS = re.compile(r"[\t,;，；]+")
USUAL_TIME = timedelta(days=180)


class InvitingForm(forms.Form):
    """One address or a whole list, pasted from a sheet: body and name may stand beside each address."""

    body: Any = forms.ModelChoiceField(
        label=_("Recommending body"),
        queryset=Organisation.objects.filter(is_recommending_body=True),
        required=False,
        help_text=_("For every line that does not name one itself."),
    )
    addresses = forms.CharField(
        label=_("Addresses"),
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line: the address, and if you like the name and the body, with a comma or a tab between."),
        error_messages={"required": _("Enter at least one address.")},
    )
    valid_until = forms.DateField(
        label=_("Nominates until"),
        widget=DayInput,
        help_text=_("The last day, in Beijing time. Afterwards the page is closed to this person."),
        error_messages={"required": _("Choose the last day."), "invalid": _("Enter a valid day.")},
    )
    language = forms.ChoiceField(label=_("Language of the letter"), choices=settings.LANGUAGES, initial="zh-hans")

    def __init__(self, data: Any = None) -> None:
        last_day = timezone.localdate() + USUAL_TIME
        super().__init__(data, initial={"valid_until": last_day}, label_suffix="")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "addresses" in cleaned and "addresses" not in self.errors:
            lines = [line.strip() for line in cleaned["addresses"].splitlines() if line.strip()]
            if len(lines) > MOST_AT_ONCE:
                sentence = say("These are %(lines)d lines. Invite at most %(most)d people at once.")
                self.add_error("addresses", sentence % {"lines": len(lines), "most": MOST_AT_ONCE})
            else:
                known = KnownOrganisations(Organisation.objects.all())
                read = (self._read(number, line, known) for number, line in enumerate(lines, 1))
                cleaned["invitees"] = [one for one in read if one is not None]
        return cleaned

    @property
    def end(self) -> datetime:
        """The last moment of the last day."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["valid_until"], time.max))

    def _read(self, number: int, line: str, known: KnownOrganisations) -> Invitee | None:
        try:
            return _invitee(line, self.cleaned_data.get("body"), known)
        except ValidationError as wrong:
            sentence = say("Line %(number)d: %(sentence)s") % {"number": number, "sentence": wrong.messages[0]}
            self.add_error("addresses", sentence)
            return None


def _invitee(line: str, usual_body: Organisation | None, known: KnownOrganisations) -> Invitee:
    """Reads one line; a body that is written otherwise is asked about, never taken for a name."""
    parts = [part.strip() for part in BETWEEN_PARTS.split(line) if part.strip()]
    addresses = [part for part in parts if "@" in part]
    if len(addresses) != 1:
        raise ValidationError(say("there must be one e-mail address."))
    email = normalised_email(addresses[0])
    try:
        validate_email(email)
    except ValidationError as wrong:
        raise ValidationError(say("“%(text)s” is no e-mail address.") % {"text": addresses[0][:100]}) from wrong
    parts.remove(addresses[0])
    body, name = _body_and_name(parts, usual_body, known)
    if body is None:
        raise ValidationError(say("name the body, or choose one above."))
    return Invitee(email, body, name)


def _body_and_name(
    parts: Iterable[str], usual_body: Organisation | None, known: KnownOrganisations
) -> tuple[Organisation | None, str]:
    body = usual_body
    names: list[str] = []
    for part in parts:
        meant = known.meant_by(part)
        if meant is None:
            names.append(part[:100])
        elif meant.by_likeness:
            sentence = say("“%(text)s” is no known body; write “%(body)s” if you mean that one.")
            raise ValidationError(sentence % {"text": part[:100], "body": meant.organisation})
        else:
            body = meant.organisation
    if len(names) > 1:
        sentence = say("none of %(texts)s is a known body; write one name, and the body as it is kept.")
        raise ValidationError(sentence % {"texts": say(", ").join(f"“{one}”" for one in names)})
    return body, "".join(names)


@dataclass(frozen=True)
class Line:
    """Somebody who is invited or nominates, as the page shows it; `grant` and `invitation` are what can be done."""

    body: Organisation
    name: str
    email: str
    state: SafeString
    since: datetime
    until: datetime
    invitation: NominatorInvitation | None = None
    grant: Grant | None = None


def nominators_view(page: "ProgrammeAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """The list by bodies, the deeds beside each line, and the form below."""
    programme = get_object_or_404(page.get_queryset(request), pk=pk)
    if not may_organise(rights_of(request), programme):
        raise PermissionDenied
    back = redirect("admin:training_programme_nominators", pk)
    if request.method == "POST" and "deed" in request.POST:
        _do(request, programme)
        return back
    form = InvitingForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _invited(request, programme, form):
        return back
    lines = _lines(request, programme)
    context = {
        **page.admin_site.each_context(request),
        "title": say("Nominators"),
        "programme": programme,
        "form": form,
        "lines": [line for line in lines if line.grant or line.invitation],
        "ended": [line for line in lines if not (line.grant or line.invitation)],
        "opts": page.opts,
        "back": reverse("admin:training_programme_change", args=[pk]),
    }
    return TemplateResponse(request, "admin/programmes/nominators.html", context)


def _invited(request: HttpRequest, programme: Programme, form: InvitingForm) -> bool:
    given = form.cleaned_data
    try:
        invited = invite(
            programme, given["invitees"], valid_until=form.end, language=given["language"], by=acting(request)
        )
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return False
    sentence = ngettext("%(count)d invitation is on its way.", "%(count)d invitations are on their way.", len(invited))
    messages.success(request, sentence % {"count": len(invited)})
    return True


def _do(request: HttpRequest, programme: Programme) -> None:
    """One deed with one line; what is not of this programme does not exist."""
    key = request.POST.get("of", "")
    which = int(key) if key.isdecimal() and len(key) < 10 else 0
    invitations = NominatorInvitation.objects.in_care_of(request.user, *ORGANISE).filter(programme=programme)
    try:
        match request.POST["deed"]:
            case "again":
                invite_again(get_object_or_404(invitations, pk=which), by=acting(request))
                messages.success(request, say("Another letter is on its way; the earlier link has ended."))
            case "take_back":
                take_invitation_back(get_object_or_404(invitations, pk=which), by=acting(request))
                messages.success(request, say("The invitation is taken back."))
            case "end":
                end_nominator(get_object_or_404(_grants(request, programme), pk=which), by=acting(request))
                messages.success(request, say("The right has ended. What was nominated stays."))
    except Refused as refused:
        messages.error(request, str(refused))


def _grants(request: HttpRequest, programme: Programme) -> Any:
    return Grant.objects.visible_to(request.user).filter(role=Role.NOMINATOR, programme=programme)


def _lines(request: HttpRequest, programme: Programme) -> list[Line]:
    """Two queries, however many people: rights that were given, and invitations that nobody has accepted."""
    now = timezone.now()
    grants = _grants(request, programme).select_related("organisation", "user")
    invitations = NominatorInvitation.objects.in_care_of(request.user, *ORGANISE).filter(
        programme=programme, accepted_at__isnull=True
    )
    lines = [*_of_grants(grants, now), *_of_invitations(invitations.select_related("body"), now)]
    return sorted(lines, key=lambda line: (line.body.official_order, line.body.pk, line.email, line.since))


def _of_grants(grants: Iterable[Grant], now: datetime) -> Iterable[Line]:
    for grant in grants:
        assert grant.organisation is not None  # noqa: S101 - held by a constraint
        assert grant.valid_until is not None  # noqa: S101 - held by a constraint
        in_force = grant.is_in_force(now)
        yield Line(
            body=grant.organisation,
            name=grant.user.name,
            email=grant.user.email,
            state=chip("open", say("nominates")) if in_force else chip("past", say("over")),
            since=grant.valid_from,
            until=grant.valid_until,
            grant=grant if in_force else None,
        )


def _of_invitations(invitations: Iterable[NominatorInvitation], now: datetime) -> Iterable[Line]:
    for invitation in invitations:
        if invitation.is_cancelled:
            state = chip("withdrawn", say("taken back"))
        elif invitation.is_over(now):
            state = chip("lapsed", say("not accepted in time"))
        else:
            state = chip("waiting", say("invited"))
        yield Line(
            body=invitation.body,
            name=invitation.name,
            email=invitation.email,
            state=state,
            since=invitation.sent_at,
            until=invitation.valid_until,
            invitation=None if invitation.is_cancelled else invitation,
        )
