from typing import IO, Any, cast

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.roles import SEE_DRAFTS
from training.admin.guarded import GuardedAdmin, GuardedForm, PartInline
from training.catalogue.models import Speaker, SpeakerPost
from training.tools.pictures import written_anew
from training.tools.refusals import Refused


class SpeakerForm(GuardedForm[Speaker]):
    def clean_picture(self) -> Any:
        picture = self.cleaned_data.get("picture")
        if not isinstance(picture, UploadedFile):
            return picture
        try:
            return written_anew(cast("IO[bytes]", picture), picture.size or 0)
        except Refused as refused:
            self.add_error("picture", str(refused))
            return None


class PostInline(PartInline[SpeakerPost]):
    model = SpeakerPost
    fields = ("position", "title_en", "title_zh", "organisation")
    autocomplete_fields = ("organisation",)


class SpeakerAdmin(GuardedAdmin[Speaker]):
    """One person across all sessions; posts stand in the order of protocol."""

    seen_by = SEE_DRAFTS
    form = SpeakerForm
    formfield_overrides = {
        **GuardedAdmin.formfield_overrides,
        models.ImageField: {"form_class": forms.FileField},  # Django's would decode any format before we look
    }
    inlines = (PostInline,)
    fieldsets = (
        (None, {"fields": (("name_en", "name_zh"), ("biography_en", "biography_zh"), "picture")}),
        (_("Marks"), {"fields": ("is_sample",)}),
    )
    list_display = ("name_shown", "posts_shown", "is_sample")
    search_fields = ("name_en", "name_zh")
    ordering = ("name_en", "pk")

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).prefetch_related("posts")

    @admin.display(description=_("speaker"), ordering="name_en")
    def name_shown(self, speaker: Speaker) -> str:
        return speaker.name

    @admin.display(description=_("posts"))
    def posts_shown(self, speaker: Speaker) -> str:
        return format_html_join(" · ", "{}", ((post.title,) for post in speaker.posts.all()))
