"""Venues with their rooms, and organisations: shared by all programmes."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.roles import SEE_DRAFTS
from training.admin.guarded import GuardedAdmin, PartInline
from training.catalogue.models import Organisation, Room, Venue


class RoomInline(PartInline[Room]):
    model = Room
    fields = ("name_en", "name_zh", "capacity", "layout", "is_step_free")


class VenueAdmin(GuardedAdmin[Venue]):
    seen_by = SEE_DRAFTS
    inlines = (RoomInline,)
    fieldsets = (
        (None, {"fields": (("name_en", "name_zh"), "province", ("city_en", "city_zh"), ("address_en", "address_zh"))}),
        (_("On the way"), {"fields": (("directions_en", "directions_zh"),)}),
        (_("Marks"), {"fields": ("is_sample",)}),
    )
    list_display = ("name_shown", "city_shown", "rooms_shown", "is_sample")
    search_fields = ("name_en", "name_zh", "city_en", "city_zh")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Venue]:
        return super().get_queryset(request).annotate(how_many_rooms=Count("rooms"))

    def choices_for(self, request: HttpRequest) -> QuerySet[Venue]:
        return Venue.objects.order_by("name_en", "pk")

    @admin.display(description=_("venue"), ordering="name_en")
    def name_shown(self, venue: Venue) -> str:
        return venue.name

    @admin.display(description=_("city"), ordering="city_en", empty_value="")
    def city_shown(self, venue: Venue) -> str:
        return venue.city

    @admin.display(description=_("rooms"), ordering="how_many_rooms")
    def rooms_shown(self, venue: Venue) -> int:
        number: int = venue.how_many_rooms  # type: ignore[attr-defined]  # counted by get_queryset
        return number


class OrganisationAdmin(GuardedAdmin[Organisation]):
    seen_by = SEE_DRAFTS
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("name_en", "name_zh"),
                    ("short_name_en", "short_name_zh"),
                    ("kind", "province"),
                    ("official_order", "is_recommending_body"),
                )
            },
        ),
        (_("Marks"), {"fields": ("is_sample",)}),
    )
    list_display = ("name_shown", "kind", "province", "official_order", "is_recommending_body")
    list_filter = ("kind", "is_recommending_body")
    list_select_related = ("province",)
    search_fields = ("name_en", "name_zh", "short_name_en", "short_name_zh")
    ordering = ("official_order", "pk")

    @admin.display(description=_("organisation"), ordering="name_en")
    def name_shown(self, organisation: Organisation) -> str:
        return organisation.name
