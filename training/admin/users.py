"""Accounts, for whoever runs the platform. Rights are grants and stand on a page of their own."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.opening import open_account
from training.admin.guarded import GuardedAdmin, acting
from training.tools.dates import short_moment_in_words


class UserAdmin(GuardedAdmin[User]):
    """Opened for somebody who then signs in by code; closed, never deleted."""

    seen_by = edited_by = frozenset()
    for_superusers = True
    list_display = ("email", "name", "is_active", "is_staff", "is_superuser", "joined_shown")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "name")
    ordering = ("email",)
    not_in_lists = ("password",)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        who = ("email", ("name", "language"))
        if obj is None:
            return ((None, {"fields": who}),)
        return ((None, {"fields": who}), (_("Doors"), {"fields": ("is_active", "is_staff", "is_superuser")}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """An address is changed by its owner, who proves it; nobody locks himself out or in."""
        if obj is None:
            return ()
        return ("email", "is_active", "is_staff", "is_superuser") if obj == acting(request) else ("email",)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        opened = open_account(obj.email, obj.name, None, obj.language)
        obj.pk = opened.pk

    @admin.display(description=_("joined"), ordering="joined_at")
    def joined_shown(self, user: User) -> str:
        return short_moment_in_words(user.joined_at)
