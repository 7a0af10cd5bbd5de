"""The people: one record across all sessions, shown with what the visitor's own sessions know of them."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from accounts.roles import ORGANISE, SEE_ROSTER
from training.admin.chips import chip
from training.admin.guarded import GuardedAdmin, GuardedForm
from training.enrolment.models import Enrolment, Trainee
from training.enrolment.trainees import NAME_FIELDS, rename
from training.tools.names import normalised_name
from training.tools.refusals import Refused
from training.tools.text import masked_email


class TraineeForm(GuardedForm[Trainee]):
    def clean_name(self) -> str:
        try:
            return normalised_name(self.cleaned_data["name"])
        except Refused as refused:
            raise ValidationError(str(refused)) from refused


class TraineeAdmin(GuardedAdmin[Trainee]):
    seen_by = SEE_ROSTER
    form = TraineeForm
    change_form_template = "admin/trainees/change_form.html"
    facts = ("email_shown", "sex", "employer", "identity_masked", "mobile_masked", "account_shown")
    fieldsets = (
        (None, {"fields": (("name", "language"),)}),
        (
            _("From the newest form"),
            {"fields": (("sex", "employer"), ("identity_masked", "mobile_masked"), ("email_shown", "account_shown"))},
        ),
    )
    readonly_fields = facts
    list_display = ("name", "employer", "email_shown", "mobile_masked", "is_sample")
    search_fields = ("name",)
    search_help_text = _("Any part of a name, pinyin initials, the beginning of an e-mail address, or last digits.")
    ordering = ("name_pinyin", "pk")
    not_in_lists = ("identity_sealed", "mobile_sealed")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Trainee]:
        mine: QuerySet[Trainee] = Trainee.objects.in_care_of(request.user, *SEE_ROSTER)
        return mine

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Trainee], bool]:
        return queryset.found_by(search_term) if search_term.strip() else queryset, False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Trainee | None = None) -> bool:
        if obj is None:
            return super().has_change_permission(request)
        return Trainee.objects.in_care_of(request.user, *ORGANISE).filter(pk=obj.pk).exists()

    def has_delete_permission(self, request: HttpRequest, obj: Trainee | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Trainee, form: Any, change: bool) -> None:
        """The keys by which people are found and ordered follow the name."""
        rename(obj, form.cleaned_data["name"])
        obj.save(update_fields=[*NAME_FIELDS, "language"])

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        person = context.get("original")
        if person is not None:
            mine = Enrolment.objects.in_care_of(request.user, *SEE_ROSTER).filter(trainee=person)
            shown = mine.select_related("session").order_by("-applied_at")
            context["enrolments"] = [(one, chip(one.state, one.get_state_display())) for one in shown]
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("e-mail address"))
    def email_shown(self, person: Trainee) -> str | SafeString:
        return masked_email(person.email)

    @admin.display(description=_("has an account"))
    def account_shown(self, person: Trainee) -> str:
        return say("yes") if person.user_id is not None else say("no")
