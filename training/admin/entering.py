"""Entering an application for somebody who cannot: by letter, by telephone, without an account."""

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import ORGANISE
from training.admin.guarded import acting, rights_of
from training.catalogue.models import Category, TrainingSession
from training.enrolment.applying import Application
from training.enrolment.entering import enter
from training.enrolment.models import Enrolment
from training.enrolment.trainees import NOTHING, Sealed
from training.tools.identity_numbers import IdentityKind, checked_identity_number, masked_identity_number
from training.tools.names import LONGEST_NAME, normalised_name
from training.tools.phones import masked_mobile, normalised_mobile
from training.tools.refusals import Refused
from training.tools.text import normalised_email

if TYPE_CHECKING:
    from training.admin.enrolments import EnrolmentAdmin


class EnteringForm(forms.Form):
    """The least that a place needs; the person may complete the rest with an account of their own."""

    session: Any = forms.ModelChoiceField(label=_("Training session"), queryset=None)
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME * 10)
    email = forms.EmailField(label=_("E-mail address"), required=False, help_text=_("Without one, no letter goes out."))
    language = forms.ChoiceField(label=_("Language of letters"), choices=settings.LANGUAGES, initial="zh-hans")
    category = forms.ModelChoiceField(
        label=_("Category of talent"), queryset=Category.objects.all(), required=False, empty_label=_("unknown")
    )
    employer = forms.CharField(label=_("Employer"), max_length=200, required=False)
    post = forms.CharField(label=_("Post"), max_length=100, required=False)
    identity_kind = forms.ChoiceField(label=_("Kind of document"), choices=IdentityKind.choices, required=False)
    identity_number = forms.CharField(label=_("Identity number"), max_length=40, required=False)
    mobile = forms.CharField(label=_("Mobile phone"), max_length=30, required=False)
    send_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        session: Any = self.fields["session"]
        mine = TrainingSession.objects.in_care_of(by, *ORGANISE)
        session.queryset = mine.open_for_enrolment(timezone.now()).order_by("starts_on")
        self.by = by

    def clean_name(self) -> str:
        return _checked(normalised_name, self.cleaned_data["name"])

    def clean_email(self) -> str:
        return normalised_email(self.cleaned_data["email"])

    def clean_mobile(self) -> str:
        return _checked(normalised_mobile, self.cleaned_data["mobile"]) if self.cleaned_data["mobile"] else ""

    def clean_identity_number(self) -> str:
        number = self.cleaned_data["identity_number"]
        kind = IdentityKind(self.cleaned_data.get("identity_kind") or IdentityKind.RESIDENT)
        return _checked(partial(checked_identity_number, kind), number) if number else ""

    def application(self) -> Application:
        given = self.cleaned_data
        number, mobile = given["identity_number"], given["mobile"]
        return Application(
            name=given["name"],
            answers={code: given[code] for code in self._answered()},
            category=given["category"],
            identity=Sealed.of(number, masked_identity_number(number), "identity") if number else NOTHING,
            mobile=Sealed.of(mobile, masked_mobile(mobile), "mobile") if mobile else NOTHING,
        )

    def enter(self) -> Enrolment:
        given = self.cleaned_data
        return enter(
            given["session"],
            self.application(),
            email=given["email"],
            language=given["language"],
            send_key=given["send_key"],
            by=self.by,
        )

    def _answered(self) -> list[str]:
        codes = [code for code in ("employer", "post") if self.cleaned_data[code]]
        kind = self.cleaned_data["identity_kind"]
        return [*codes, "identity_kind"] if kind and kind != IdentityKind.RESIDENT else codes


def _checked(check: Any, raw: str) -> str:
    try:
        checked = check(raw)
    except Refused as refused:
        raise forms.ValidationError(str(refused)) from refused
    return str(checked)


def enter_view(page: "EnrolmentAdmin", request: HttpRequest) -> HttpResponse:
    """The form, and the application in the name of the organiser who enters it."""
    if not rights_of(request).anywhere(ORGANISE):
        raise PermissionDenied
    by = acting(request)
    initial = {"session": request.GET.get("session")}
    form = EnteringForm(request.POST if request.method == "POST" else None, by=by, initial=initial)
    if form.is_valid():
        try:
            enrolment = form.enter()
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, say("The application of %(name)s is entered.") % {"name": enrolment.trainee.name})
            return redirect("admin:training_enrolment_change", enrolment.pk)
    context = {
        **page.admin_site.each_context(request),
        "title": say("Enter an application"),
        "form": form,
        "back": reverse("admin:training_enrolment_changelist"),
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/enrolments/enter.html", context)
