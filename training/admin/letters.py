"""The outbox and the wording of letters.

An organiser sees the letters about enrolments of his sessions; whoever runs the platform sees
those about accounts. Addresses are masked, and the text of a letter with a secret is never shown.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy, pgettext_lazy

from accounts.roles import ORGANISE
from training.admin.chips import chip
from training.admin.guarded import GuardedAdmin, GuardedForm, acting
from training.enrolment.models import Enrolment
from training.mail import keeping
from training.mail.models import Letter, LetterTemplate
from training.mail.wording import delivered_codes, placeholders_of, refuse_unknown_placeholders, wording_as_delivered
from training.tools.dates import short_moment_in_words
from training.tools.refusals import Refused
from training.tools.text import masked_email

MOST_AT_ONCE = 200
TEMPLATES = {
    "enrolment_applied": _("An application has arrived"),
    "enrolment_returned": _("An application is sent back"),
    "enrolment_waitlisted": _("A place on the waiting list"),
    "enrolment_offered": _("A place is offered"),
    "enrolment_confirmed": _("A place is confirmed"),
    "enrolment_declined": _("An application is declined"),
    "enrolment_lapsed": _("An offer has lapsed"),
    "enrolment_withdrawn": _("An enrolment is withdrawn"),
    "enrolment_nominated": _("Somebody is nominated and confirms the data"),
    "enrolment_substituted": _("Somebody else takes the place"),
    "enrolment_transferred": _("An enrolment is transferred to another session"),
    "enrolment_offer_reminder": _("Reminder of an offer that nobody has answered"),
    "enrolment_start_reminder": _("Reminder before the session begins"),
    "nomination_invitation": _("A nominator is invited"),
    "nomination_returned": _("A nomination is sent back, to the nominators"),
    "nomination_declined": _("A nomination is declined, to the nominators"),
    "nomination_accepted": _("A nominated person has a place, to the nominators"),
    "nomination_closing": _("Nominations close soon, to the nominators"),
    "session_enrolment_closed": _("Enrolment has closed, to the organisers"),
    "account_sign_in_code": _("The code to sign in"),
    "account_confirm_address": _("The code to confirm an address"),
    "account_password_code": _("The code to set a new password"),
    "account_exists": _("Somebody opens an account that exists"),
    "account_unknown": _("Somebody signs in where there is no account"),
    "account_address_changed": _("The address of an account has changed"),
    "account_password_changed": _("A password has changed"),
    "account_second_factor_on": _("The second factor is on"),
    "account_second_factor_off": _("The second factor is off"),
    "account_recovery_codes": _("New recovery codes"),
}


def title_of(code: str) -> str:
    return str(TEMPLATES.get(code, code.replace("_", " ")))


class LetterForm(GuardedForm[Letter]):
    def clean_subject(self) -> str:
        return " ".join(self.cleaned_data["subject"].split())


class LetterAdmin(GuardedAdmin[Letter]):
    form = LetterForm
    for_superusers = True
    list_display = ("subject", "to_shown", "state_shown", "written_shown", "sent_shown", "last_error")
    list_filter = ("state", "language")
    search_fields = ("subject", "about", "to")
    ordering = ("-pk",)
    actions = ("hold", "release", "cancel", "send_again")
    not_in_lists = ("text",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Letter]:
        user = acting(request)
        mine = Q(about__in=Enrolment.objects.in_care_of(user, *ORGANISE).values("reference"))
        return Letter.objects.filter(mine | Q(about="") if user.is_superuser else mine)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        text = "text_hidden" if obj is not None and obj.is_secret else "text"
        return (
            (None, {"fields": ("subject", text)}),
            (
                _("Way"),
                {
                    "fields": (
                        ("to_shown", "language"),
                        ("state_shown", "about_shown"),
                        ("written_shown", "written_by"),
                        ("sent_shown", "attempts"),
                        "last_error",
                    )
                },
            ),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What it says can be changed while it is held back, and at no other time."""
        facts = (
            "text_hidden",
            "to_shown",
            "language",
            "state_shown",
            "about_shown",
            "written_shown",
            "written_by",
            "sent_shown",
            "attempts",
            "last_error",
        )
        is_open = obj is not None and obj.state == Letter.State.HELD and not obj.is_secret
        return facts if is_open else ("subject", "text", *facts)

    def save_model(self, request: HttpRequest, obj: Letter, form: Any, change: bool) -> None:
        try:
            keeping.reword(obj, subject=form.cleaned_data["subject"], text=form.cleaned_data["text"])
        except Refused as refused:
            messages.error(request, str(refused))

    def has_change_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or (obj.state == Letter.State.HELD and not obj.is_secret))

    @admin.action(description=_("Hold back"))
    def hold(self, request: HttpRequest, letters: QuerySet[Letter]) -> None:
        done = ngettext_lazy("%(count)d letter is held back.", "%(count)d letters are held back.", "count")
        _do(request, letters, keeping.hold, done)

    @admin.action(description=_("Release"))
    def release(self, request: HttpRequest, letters: QuerySet[Letter]) -> None:
        done = ngettext_lazy("%(count)d letter is on its way.", "%(count)d letters are on their way.", "count")
        _do(request, letters, keeping.release, done)

    @admin.action(description=_("Cancel"))
    def cancel(self, request: HttpRequest, letters: QuerySet[Letter]) -> None:
        done = ngettext_lazy("%(count)d letter is cancelled.", "%(count)d letters are cancelled.", "count")
        _do(request, letters, keeping.cancel, done)

    @admin.action(description=pgettext_lazy("of a letter", "Send again"))
    def send_again(self, request: HttpRequest, letters: QuerySet[Letter]) -> None:
        done = ngettext_lazy("%(count)d letter is on its way.", "%(count)d letters are on their way.", "count")
        _do(request, letters, partial(keeping.send_again, by=acting(request)), done)

    @admin.display(description=_("to"))
    def to_shown(self, letter: Letter) -> str:
        return masked_email(letter.to)

    @admin.display(description=_("text"))
    def text_hidden(self, letter: Letter) -> str:
        return say("This letter holds a secret; what it says is not shown.")

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, letter: Letter) -> SafeString:
        return chip(letter.state, letter.get_state_display())

    @admin.display(description=_("about"))
    def about_shown(self, letter: Letter) -> SafeString | str:
        enrolment = Enrolment.objects.filter(reference=letter.about).first() if letter.about else None
        if enrolment is None:
            return "–"
        address = reverse("admin:training_enrolment_change", args=[enrolment.pk])
        return format_html('<a href="{}">{}</a>', address, letter.about)

    @admin.display(description=_("written"), ordering="written_at")
    def written_shown(self, letter: Letter) -> str:
        return short_moment_in_words(letter.written_at)

    @admin.display(description=pgettext_lazy("when", "sent"), ordering="sent_at")
    def sent_shown(self, letter: Letter) -> str:
        return short_moment_in_words(letter.sent_at) if letter.sent_at else ""


def _do(request: HttpRequest, letters: QuerySet[Letter], deed: Callable[[Letter], object], done: Any) -> None:
    """The deed for each letter; one sentence for those that went well, one for each reason of the others."""
    count, refused_because = 0, dict[str, int]()
    for letter in letters.defer("text")[:MOST_AT_ONCE]:
        try:
            deed(letter)
            count += 1
        except Refused as refused:
            refused_because[str(refused)] = refused_because.get(str(refused), 0) + 1
    if count:
        messages.success(request, str(done % {"count": count}))
    for sentence, number in refused_because.items():
        left = ngettext(
            "%(number)d letter stays as it is: %(sentence)s",
            "%(number)d letters stay as they are: %(sentence)s",
            number,
        )
        messages.warning(request, left % {"number": number, "sentence": sentence})


class LetterTemplateForm(GuardedForm[LetterTemplate]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.instance.code or self.initial.get("code", "")
        if "text_en" in self.fields and code:
            names = ", ".join(f"{{{{ {name} }}}}" for name in sorted(placeholders_of(code)))
            self.fields["text_en"].help_text = say("Placeholders of this letter: %(names)s") % {"names": names}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        code = cleaned.get("code") or self.instance.code
        for name in ("subject_en", "subject_zh", "text_en", "text_zh"):
            try:
                refuse_unknown_placeholders(code, cleaned.get(name) or "")
            except Refused as refused:
                self.add_error(name, ValidationError(str(refused)))
        return cleaned


class LetterTemplateAdmin(GuardedAdmin[LetterTemplate]):
    """The wording of a kind of letter, once it differs from the delivered one; deleting brings that back."""

    form = LetterTemplateForm
    seen_by = ORGANISE
    edited_by = frozenset()
    for_superusers = True
    change_list_template = "admin/letters/templates.html"
    fieldsets = ((None, {"fields": ("code", ("subject_en", "subject_zh"), ("text_en", "text_zh"))}),)
    list_display = ("title_shown", "subject_en", "subject_zh")
    ordering = ("code",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "code":
            choices = [("", say("choose a letter")), *((code, title_of(code)) for code in delivered_codes())]
            return forms.ChoiceField(label=db_field.verbose_name, choices=choices)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The delivered wording, to be adapted."""
        code = request.GET.get("code", "")
        if code not in delivered_codes():
            return {}
        english, chinese = wording_as_delivered(code, "en"), wording_as_delivered(code, "zh-hans")
        return {
            "code": code,
            "subject_en": english.subject,
            "text_en": english.text,
            "subject_zh": chinese.subject,
            "text_zh": chinese.text,
        }

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        adapted = set(LetterTemplate.objects.values_list("code", flat=True))
        more = {"as_delivered": [(code, title_of(code)) for code in delivered_codes() if code not in adapted]}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    @admin.display(description=_("letter"), ordering="code")
    def title_shown(self, template: LetterTemplate) -> str:
        return title_of(template.code)
