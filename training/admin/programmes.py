from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from accounts.roles import ORGANISE, SEE_DRAFTS, may_organise
from training.admin.guarded import GuardedAdmin, PartInline, acting, rights_of
from training.admin.nominators import nominators_view
from training.catalogue.founding import found
from training.catalogue.models import Aim, Category, Programme
from training.catalogue.rights import Place


class AimInline(PartInline[Aim]):
    model = Aim
    fields = ("position", "text_en", "text_zh")


class ProgrammeAdmin(GuardedAdmin[Programme]):
    """What is run again and again. Whoever makes a programme organises it."""

    seen_by = SEE_DRAFTS
    change_form_template = "admin/programmes/change_form.html"
    inlines = (AimInline,)
    fieldsets = (
        (None, {"fields": (("title_en", "title_zh"), ("summary_en", "summary_zh"), "organiser", "categories")}),
        (_("Decisions"), {"fields": ("needs_four_eyes",)}),
        (_("Marks"), {"fields": ("is_sample",)}),
    )
    autocomplete_fields = ("organiser",)
    list_display = ("title_shown", "organiser", "sessions_shown", "is_sample")
    list_select_related = ("organiser",)
    search_fields = ("title_en", "title_zh")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The few categories as boxes: a list that needs the Control key is none for a tablet."""
        return super().formfield_for_manytomany(db_field, request, **{"widget": CheckboxSelectMultiple, **kwargs})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Programme]:
        mine: QuerySet[Programme] = Programme.objects.in_care_of(request.user, *SEE_DRAFTS)
        return mine.annotate(how_many_sessions=Count("sessions")).order_by("title_en", "pk")

    def choices_for(self, request: HttpRequest) -> QuerySet[Programme]:
        mine: QuerySet[Programme] = Programme.objects.in_care_of(request.user, *ORGANISE)
        return mine

    def place_of(self, thing: Programme) -> Place:
        return thing

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        programme: Programme | None = context.get("original")
        if programme is not None:
            context["may_organise"] = may_organise(rights_of(request), programme)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        nominators = self.admin_site.admin_view(partial(nominators_view, self))
        return [
            path("<int:pk>/nominators/", nominators, name="training_programme_nominators"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Programme, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            found(obj, by=acting(request))

    @admin.display(description=_("programme"), ordering="title_en")
    def title_shown(self, programme: Programme) -> str:
        return programme.title

    @admin.display(description=_("sessions"), ordering="how_many_sessions")
    def sessions_shown(self, programme: Any) -> int:
        number: int = programme.how_many_sessions
        return number


class CategoryAdmin(GuardedAdmin[Category]):
    """The kinds of talent, shared by all programmes."""

    for_superusers = True
    fields = (("name_en", "name_zh"), ("code", "official_order"))
    list_display = ("name_shown", "code", "official_order")
    search_fields = ("name_en", "name_zh")
    ordering = ("official_order", "pk")

    @admin.display(description=_("category"), ordering="name_en")
    def name_shown(self, category: Category) -> str:
        return category.name
