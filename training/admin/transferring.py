"""Transferring somebody to a later session of the programme: which one, with a place or without, and why."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import ORGANISE, may_organise
from training.admin.guarded import acting, rights_of
from training.catalogue.models import TrainingSession
from training.enrolment.models import Enrolment
from training.enrolment.reasons import Reason
from training.enrolment.transferring import transfer
from training.tools.refusals import Refused

if TYPE_CHECKING:
    from training.admin.enrolments import EnrolmentAdmin


class TransferForm(forms.Form):
    session: Any = forms.ModelChoiceField(label=_("To which session?"), queryset=None)
    with_a_place = forms.BooleanField(
        label=_("offer a place there at once"),
        required=False,
        help_text=_("Otherwise the person stands there as an application that waits for a decision."),
    )
    reason_en = forms.CharField(label=_("Reason (English)"), max_length=500, required=False)
    reason_zh = forms.CharField(label=_("Reason (Chinese)"), max_length=500, required=False)

    def __init__(self, *args: Any, enrolment: Enrolment, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        left, choice = enrolment.session, self.fields["session"]
        mine = TrainingSession.objects.in_care_of(by, *ORGANISE).filter(programme=left.programme_id)
        first_day = max(left.starts_on, timezone.localdate())
        later = mine.filter(starts_on__gt=first_day, status=TrainingSession.Status.PUBLISHED)
        choice.queryset = later.order_by("starts_on", "pk")  # type: ignore[attr-defined]  # a choice of models


def transfer_view(page: "EnrolmentAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Asks where to; the new enrolment is the page that one comes to."""
    enrolment = get_object_or_404(page.get_queryset(request).select_related("trainee", "session"), pk=pk)
    if not may_organise(rights_of(request), enrolment.session):
        raise PermissionDenied
    by = acting(request)
    form = TransferForm(request.POST if request.method == "POST" else None, enrolment=enrolment, by=by)
    if form.is_valid():
        given = form.cleaned_data
        reason = Reason(given["reason_en"], given["reason_zh"])
        try:
            moved = transfer(enrolment, given["session"], with_a_place=given["with_a_place"], by=by, reason=reason)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, say("%(name)s is transferred.") % {"name": enrolment.trainee.name})
            return redirect("admin:training_enrolment_change", moved.pk)
    context = {
        **page.admin_site.each_context(request),
        "title": say("Transfer %(name)s") % {"name": enrolment.trainee.name},
        "enrolment": enrolment,
        "form": form,
        "back": reverse("admin:training_enrolment_change", args=[pk]),
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/enrolments/transfer.html", context)
