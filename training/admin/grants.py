"""Who holds which role where and until when. A grant is given and ended, never rewritten."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.roles import ORGANISE, READ_LOG, Role
from training.admin.chips import chip
from training.admin.guarded import GuardedAdmin, GuardedForm, acting, rights_of
from training.catalogue.granting import give, roles_to_give
from training.catalogue.models import Grant
from training.catalogue.rights import Place
from training.tools.dates import short_moment_in_words
from training.tools.text import normalised_email


class GrantForm(GuardedForm[Grant]):
    """The holder is named by address: nobody browses the accounts of others."""

    email = forms.EmailField(
        label=_("e-mail address of the person"), help_text=_("The person needs an account; signing in once makes one.")
    )
    giver: User  # set by the page

    fields_of_constraints = {"grant_ends_after_it_starts": "valid_until", "grant_has_one_scope": "programme"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            role: Any = self.fields["role"]
            role.choices = [(one.value, one.label) for one in Role if one in roles_to_give(self.giver)]

    def clean_email(self) -> str:
        holder = User.objects.filter(email=normalised_email(self.cleaned_data["email"]), is_active=True).first()
        if holder is None:
            raise forms.ValidationError(say("Nobody with this address has an account. Ask the person to sign in once."))
        if holder == self.giver:
            raise forms.ValidationError(say("Nobody can grant a role to himself or herself."))
        self.instance.user = holder
        return holder.email

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        is_new_and_ours = "role" in self.fields and not self.giver.is_superuser
        if is_new_and_ours and not self.errors and not (cleaned.get("programme") or cleaned.get("session")):
            self.add_error("session", say("Choose the programme or the session."))
        return cleaned


class InForceFilter(admin.SimpleListFilter):
    title = pgettext_lazy("of a grant", "in force")
    parameter_name = "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("now")), ("over", _("over"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "now":
            return queryset.in_force()
        return queryset.filter(valid_until__lte=timezone.now()) if self.value() == "over" else queryset


class GrantAdmin(GuardedAdmin[Grant]):
    form = GrantForm
    seen_by = READ_LOG
    for_superusers = True
    list_display = ("user", "role", "place_shown", "from_shown", "until_shown", "state_shown", "granted_by")
    list_filter = (InForceFilter, "role")
    list_select_related = ("user", "programme", "session", "organisation", "granted_by")
    search_fields = ("user__email", "user__name")
    ordering = ("user__email", "pk")
    facts = ("user", "role", "place_shown", "valid_from", "granted_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grant]:
        mine: QuerySet[Grant] = Grant.objects.visible_to(request.user)
        return mine

    def place_of(self, thing: Grant) -> Place | None:
        return thing.session or thing.programme or thing.organisation

    def has_change_permission(self, request: HttpRequest, obj: Grant | None = None) -> bool:
        """An organiser ends what an organiser may give; the rest is the platform's, and nobody's own."""
        if obj is None or acting(request).is_superuser:
            return super().has_change_permission(request, obj) and (obj is None or obj.user_id != acting(request).pk)
        place = self.place_of(obj)
        is_theirs = place is not None and rights_of(request).reach(place, ORGANISE)
        return obj.role == Role.SESSION_STAFF and is_theirs

    def has_delete_permission(self, request: HttpRequest, obj: Grant | None = None) -> bool:
        """No: a grant that is over is part of the record."""
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            fields: tuple[Any, ...] = (("user", "role"), "place_shown", ("valid_from", "valid_until"), "granted_by")
        elif acting(request).is_superuser:
            fields = (("email", "role"), ("programme", "session", "organisation"), ("valid_from", "valid_until"))
        else:
            fields = (("email", "role"), ("programme", "session"), ("valid_from", "valid_until"))
        return ((None, {"fields": fields}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.facts if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.giver = acting(request)
        if obj is not None:
            form.base_fields.pop("email", None)
        return form

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field.widget if field else None, RelatedFieldWidgetWrapper):
            field.widget.can_add_related = False
        return field

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> Any:
        """The platform names every programme and session by its title, and sees nothing else of them."""
        if acting(request).is_superuser and db_field.name in ("programme", "session"):
            return db_field.remote_field.model.objects.all()
        return super().get_field_queryset(db, db_field, request)

    def save_model(self, request: HttpRequest, obj: Grant, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            give(obj, by=acting(request))

    @admin.display(description=_("for"))
    def place_shown(self, grant: Grant) -> str:
        place = self.place_of(grant)
        if grant.programme and grant.organisation:
            return f"{grant.organisation} · {grant.programme}"
        return str(place) if place is not None else say("the whole platform")

    @admin.display(description=_("from"), ordering="valid_from")
    def from_shown(self, grant: Grant) -> str:
        return short_moment_in_words(grant.valid_from)

    @admin.display(description=_("until"), ordering="valid_until")
    def until_shown(self, grant: Grant) -> str:
        return short_moment_in_words(grant.valid_until) if grant.valid_until else ""

    @admin.display(description=_("state"))
    def state_shown(self, grant: Grant) -> SafeString:
        if grant.is_in_force(timezone.now()):
            return chip("open", say("in force"))
        return chip("past", say("over")) if grant.valid_from <= timezone.now() else chip("coming", say("later"))
