"""What is said before somebody agrees: every version, and how a new one is written.

Guards one rule: a text that somebody may have read is never changed; new words are a new version.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from training.admin.guarded import GuardedAdmin
from training.enrolment.consents import current_texts, write_text
from training.enrolment.models import ConsentText
from training.tools.dates import short_moment_in_words


class ConsentTextAdmin(GuardedAdmin[ConsentText]):
    """Organisers read them; whoever runs the platform writes the next version, which is the whole house's."""

    edited_by = frozenset()
    for_superusers = True
    list_display = ("purpose", "version", "text_shown", "made_shown", "agreed_shown")
    list_filter = ("purpose",)
    ordering = ("purpose", "-version")
    fields = ("purpose", ("text_en", "text_zh"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsentText]:
        agreed = Count("agreements", filter=Q(agreements__is_given=True))
        texts: QuerySet[ConsentText] = ConsentText.objects.annotate(agreed=agreed).order_by(*self.ordering)
        return texts

    def has_change_permission(self, request: HttpRequest, obj: ConsentText | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ConsentText | None = None) -> bool:
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The present text, to be written anew."""
        text = current_texts([request.GET.get("purpose", "")]).get(request.GET.get("purpose", ""))
        return {"purpose": text.purpose, "text_en": text.text_en, "text_zh": text.text_zh} if text else {}

    def save_model(self, request: HttpRequest, obj: ConsentText, form: Any, change: bool) -> None:
        written = write_text(obj.purpose, text_en=obj.text_en, text_zh=obj.text_zh)
        obj.pk, obj.version = written.pk, written.version

    @admin.display(description=_("text"))
    def text_shown(self, text: ConsentText) -> str:
        return text.text

    @admin.display(description=_("made"), ordering="made_at")
    def made_shown(self, text: ConsentText) -> str:
        return short_moment_in_words(text.made_at)

    @admin.display(description=_("times agreed"))
    def agreed_shown(self, text: Any) -> int:
        count: int = text.agreed
        return count
