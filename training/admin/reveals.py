"""Reading one number in full: with the right, a fresh sign-in and a purpose; never stored in a page's address."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from accounts.freshness import ask_again, signed_in_lately
from accounts.roles import READ_LOG, may_read_identity
from training.admin.guarded import GuardedAdmin, acting, rights_of
from training.enrolment.models import Enrolment, Reveal
from training.enrolment.revealing import reveal
from training.tools.dates import short_moment_in_words
from training.tools.refusals import Refused

if TYPE_CHECKING:
    from training.admin.enrolments import EnrolmentAdmin


class RevealForm(forms.Form):
    value = forms.ChoiceField(label=_("Number"), widget=forms.RadioSelect)
    purpose = forms.CharField(
        label=_("What do you need it for?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Your name, the time and this sentence are kept and cannot be erased."),
        error_messages={"required": _("Say what you need the number for.")},
    )

    def __init__(self, *args: Any, enrolment: Enrolment, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        field: Any = self.fields["value"]
        field.choices = [
            (value, f"{value.label}: {masked}")
            for value, masked, sealed in (
                (Reveal.Value.IDENTITY_NUMBER, enrolment.identity_masked, enrolment.identity_sealed),
                (Reveal.Value.MOBILE, enrolment.mobile_masked, enrolment.mobile_sealed),
            )
            if sealed
        ]
        if len(field.choices) == 1:
            field.initial = field.choices[0][0]


def reveal_view(page: "EnrolmentAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the purpose; then shows the number on this one page, which no cache keeps."""
    enrolment = get_object_or_404(page.get_queryset(request).select_related("trainee", "session"), pk=pk)
    if not may_read_identity(rights_of(request), enrolment.session):
        raise PermissionDenied
    if not signed_in_lately(request):
        return ask_again(request)  # type: ignore[return-value]
    form = RevealForm(request.POST if request.method == "POST" else None, enrolment=enrolment)
    number = ""
    if form.is_valid():
        value = Reveal.Value(form.cleaned_data["value"])
        try:
            number = reveal(enrolment, value, purpose=form.cleaned_data["purpose"], by=acting(request))
        except Refused as refused:
            form.add_error(refused.field, str(refused))
    context = {
        **page.admin_site.each_context(request),
        "title": say("Show a number of %(name)s in full") % {"name": enrolment.trainee.name},
        "form": form,
        "number": number,
        "back": reverse("admin:training_enrolment_change", args=[pk]),
        "opts": page.opts,
    }
    answer = TemplateResponse(request, "admin/enrolments/reveal.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


class RevealAdmin(GuardedAdmin[Reveal]):
    """The record of numbers that were read in full: for organisers and auditors, to read."""

    seen_by = READ_LOG
    edited_by = frozenset()
    list_display = ("at_shown", "by", "value", "purpose", "enrolment")
    list_display_links = None
    list_select_related = ("by", "enrolment")
    list_filter = ("value",)
    search_fields = ("purpose", "by__email", "by__name", "enrolment__reference")
    ordering = ("-at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reveal]:
        mine: QuerySet[Reveal] = Reveal.objects.visible_to(request.user)
        return mine

    @admin.display(description=_("at"), ordering="at")
    def at_shown(self, record: Reveal) -> str:
        return short_moment_in_words(record.at)
