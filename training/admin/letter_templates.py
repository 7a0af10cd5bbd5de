"""The wording of letters: the house's, those of programmes, and letters of one's own.

Whoever organises a programme words its letters; what the whole house says is worded by whoever
runs the platform. Each wording is read with a real person in it, in both languages, before it serves.
"""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, Q, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import ORGANISE
from training.admin.guarded import GuardedAdmin, GuardedForm, acting
from training.admin.trigger_words import when_in_words
from training.catalogue.models import Programme
from training.catalogue.rights import Place
from training.enrolment.future_letters import states_of
from training.enrolment.later_forms import times_of_later_forms
from training.enrolment.letters import Told
from training.enrolment.mailing import filled, left_empty
from training.enrolment.models import Enrolment, LetterTrigger
from training.enrolment.standing import place_in_line
from training.enrolment.states import State
from training.mail.models import LetterTemplate
from training.mail.wording import (
    COLUMNS,
    OF_A_SESSION_AS_A_WHOLE,
    Wording,
    adapted_wording,
    delivered_codes,
    kind_of,
    placeholders_in,
    placeholders_of,
    refuse_what_cannot_stand_there,
    wording,
    wording_as_delivered,
)
from training.tools.keys import key_or_none
from training.tools.refusals import Refused
from training.tools.tokens import public_reference

PEOPLE_TO_PREVIEW = 30
SEALED = ("identity_sealed", "mobile_sealed", "trainee__identity_sealed", "trainee__mobile_sealed")
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
    "enrolment_form_reminder": _("Reminder of a form that somebody has not answered"),
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


OWN = {
    "enrolment_own": _("A letter of our own, to people who take part"),
    "nomination_own": _("A letter of our own, to nominators"),
    "session_own": _("A letter of our own, to organisers"),
}
OF_THE_PLATFORM = "account"  # letters about accounts know no programme


def title_of(code: str) -> str:
    return str(TEMPLATES.get(code, code.replace("_", " ")))


def placeholders_in_words(code: str) -> str:
    """All placeholders of a letter, as they are written."""
    return ", ".join(f"{{{{ {name} }}}}" for name in sorted(placeholders_of(code)))


def letters_to_choose(user: User, *kinds: str) -> list[tuple[str, str]]:
    """Codes and titles of the letters of these kinds: the delivered ones, and own ones within reach."""
    delivered = [(code, title_of(code)) for code in delivered_codes() if kind_of(code) in kinds]
    own = [(one.code, str(one)) for one in templates_of(user) if is_own(one.code) and kind_of(one.code) in kinds]
    return own + delivered


def templates_of(user: User) -> QuerySet[LetterTemplate]:
    """The house's, and those of programmes that `user` organises; all for whoever runs the platform."""
    if user.is_superuser:
        return LetterTemplate.objects.order_by("code", "pk")
    mine = Programme.objects.in_care_of(user, *ORGANISE)
    return LetterTemplate.objects.filter(Q(programme=None) | Q(programme__in=mine)).order_by("code", "pk")


def of_a_person_in(*texts: str) -> str:
    """A sentence that names the placeholders which only a letter about one person can fill; blank without any."""
    names = sorted(placeholders_in(*texts) - OF_A_SESSION_AS_A_WHOLE)
    if not names:
        return ""
    sentence = say("On a date of the session this letter speaks of nobody; it cannot say %(names)s.")
    return sentence % {"names": ", ".join(names)}


def is_own(code: str) -> bool:
    return "_own" in code


class LetterTemplateForm(GuardedForm[LetterTemplate]):
    fields_of_constraints: ClassVar = {"one_wording_per_letter_and_programme": "code"}
    for_user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.instance.code or self.initial.get("code", "")
        if "text_en" in self.fields and code:
            names = placeholders_in_words(code)
            self.fields["text_en"].help_text = say("Placeholders of this letter: %(names)s") % {"names": names}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        code = cleaned.get("code") or self.instance.code
        for name in COLUMNS:
            try:
                refuse_what_cannot_stand_there(code, name, cleaned.get(name) or "")
            except Refused as refused:
                self.add_error(name, ValidationError(str(refused)))
        self._look_at_the_scope(code, cleaned)
        self._look_at_the_triggers(code, cleaned)
        if not any(name in self.errors for name in COLUMNS):
            self._look_at_the_texts(cleaned)
        if code in OWN and not (cleaned.get("title_en") or cleaned.get("title_zh")):
            self.add_error("title_en", ValidationError(say("Say what this letter is for; it is found by that.")))
        return cleaned

    def _look_at_the_texts(self, cleaned: dict[str, Any]) -> None:
        """One language is enough, and it is whole: the other one falls back to it."""
        pairs = {code: (cleaned.get(f"subject_{code}"), cleaned.get(f"text_{code}")) for code in ("en", "zh")}
        if not any(all(pair) for pair in pairs.values()):
            self.add_error("subject_en", ValidationError(say("Write subject and text in at least one language.")))
        for code, pair in pairs.items():
            if any(pair) and not all(pair):
                missing = f"subject_{code}" if pair[1] else f"text_{code}"
                self.add_error(missing, ValidationError(say("Write subject and text, or neither of them.")))

    def _look_at_the_triggers(self, code: str, cleaned: dict[str, Any]) -> None:
        """What goes to nominators or organisers on a date speaks of the whole session and of nobody in it."""
        by_date = LetterTrigger.objects.filter(template=code, event=LetterTrigger.Event.DATE)
        if by_date.exclude(recipients=LetterTrigger.Recipients.PERSON).exists():
            for name in COLUMNS:
                if of_a_person := of_a_person_in(cleaned.get(name) or ""):
                    self.add_error(name, ValidationError(of_a_person))

    def _look_at_the_scope(self, code: str, cleaned: dict[str, Any]) -> None:
        if "programme" not in self.fields:
            return
        if cleaned.get("programme") is None and not self.for_user.is_superuser:
            self.add_error("programme", ValidationError(say("Choose the programme whose letters you word.")))
        if cleaned.get("programme") is not None and kind_of(code) == OF_THE_PLATFORM:
            self.add_error("programme", ValidationError(say("Letters about accounts are the whole house's.")))


class LetterTemplateAdmin(GuardedAdmin[LetterTemplate]):
    """The wording of a kind of letter, once it differs from the delivered one; deleting brings that back."""

    form = LetterTemplateForm
    for_superusers = True
    change_list_template = "admin/letters/templates.html"
    change_form_template = "admin/letters/template.html"
    fieldsets = (
        (None, {"fields": (("code", "programme"), ("title_en", "title_zh"))}),
        (_("Wording"), {"fields": (("subject_en", "subject_zh"), ("text_en", "text_zh"))}),
    )
    list_display = ("title_shown", "programme", "subject_en", "subject_zh")
    list_select_related = ("programme",)
    ordering = ("code", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LetterTemplate]:
        return templates_of(acting(request))

    def place_of(self, thing: LetterTemplate) -> Place | None:
        return thing.programme

    def has_change_permission(self, request: HttpRequest, obj: LetterTemplate | None = None) -> bool:
        """What the whole house says is no organiser's to change."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.programme is not None or acting(request).is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: LetterTemplate | None = None) -> bool:
        """A letter of one's own stays while a trigger writes it; without a delivered wording nothing would be left."""
        may = super().has_delete_permission(request, obj)
        return may and not (obj and is_own(obj.code) and LetterTrigger.objects.filter(template=obj.code).exists())

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code", "programme") if obj else ()

    def get_form(self, request: HttpRequest, obj: LetterTemplate | None = None, change: bool = False, **kw: Any) -> Any:
        form = super().get_form(request, obj, change, **kw)
        form.for_user = acting(request)
        return form

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "code":
            codes = [code for code in delivered_codes() if _may_word(acting(request), code)]
            choices = [("", say("choose a letter")), *OWN.items(), *((code, title_of(code)) for code in codes)]
            return forms.ChoiceField(label=db_field.verbose_name, choices=choices)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "programme" and field is not None and acting(request).is_superuser:
            field.queryset = Programme.objects.all()
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The delivered wording, to be adapted."""
        code = request.GET.get("code", "")
        if code not in delivered_codes():
            return {"code": code} if code in OWN else {}
        english, chinese = wording_as_delivered(code, "en"), wording_as_delivered(code, "zh-hans")
        return {
            "code": code,
            "subject_en": english.subject,
            "text_en": english.text,
            "subject_zh": chinese.subject,
            "text_zh": chinese.text,
        }

    def save_model(self, request: HttpRequest, obj: LetterTemplate, form: Any, change: bool) -> None:
        if not change and obj.code in OWN:
            obj.code = f"{obj.code}_{public_reference().lower()}"
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(preview_view, self))
        return [path("preview/<slug:code>/", view, name="training_lettertemplate_preview"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        user = acting(request)
        adapted = {one.code for one in templates_of(user) if one.programme_id is None}
        codes = [code for code in delivered_codes() if code not in adapted and _may_word(user, code)]
        more = {"as_delivered": [(code, title_of(code), kind_of(code) != OF_THE_PLATFORM) for code in codes]}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        template: LetterTemplate | None = context.get("original")
        code = template.code if template else request.GET.get("code", "")
        if code and kind_of(code) != OF_THE_PLATFORM and (code in OWN or template or code in delivered_codes()):
            context |= {"triggers": _triggers_that_write(template, acting(request))} if template else {}
            context |= {"preview": reverse("admin:training_lettertemplate_preview", args=[code])}
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("letter"), ordering="code")
    def title_shown(self, template: LetterTemplate) -> str:
        return template.title or title_of(template.code)


def _triggers_that_write(template: LetterTemplate, user: User) -> list[tuple[str, str, str]]:
    """Why an own letter stays: when triggers write it; where, and their pages, as far as `user` sees them."""
    if not is_own(template.code):
        return []
    seen = set(LetterTrigger.objects.visible_to(user).filter(template=template.code).values_list("pk", flat=True))
    triggers = LetterTrigger.objects.filter(template=template.code).select_related("programme", "session")
    return [
        (
            when_in_words(one),
            str(one.session or one.programme or say("everywhere")) if one.pk in seen else say("elsewhere"),
            reverse("admin:training_lettertrigger_change", args=[one.pk]) if one.pk in seen else "",
        )
        for one in triggers
    ]


def _may_word(user: User, code: str) -> bool:
    return user.is_superuser or kind_of(code) != OF_THE_PLATFORM


def preview_view(page: LetterTemplateAdmin, request: HttpRequest, code: str) -> HttpResponse:
    """The letter as a real person of one's own sessions would read it, in both languages.

    What stands in the form and is not saved yet comes by POST and is shown instead of what is saved.
    """
    user = acting(request)
    if not page.has_view_permission(request):
        raise PermissionDenied
    known = code in OWN or code in delivered_codes() or templates_of(user).filter(code=code).exists()
    if not known or kind_of(code) == OF_THE_PLATFORM:
        raise Http404
    asked = request.POST if request.method == "POST" else request.GET
    name = asked.get("name", "").strip()[:100]
    people = _people_to_read_it_with(user, code, name)
    key = key_or_none(asked.get("person"))
    person = next((one for one in people if one.pk == key), people[0] if people else None)
    context = {
        **page.admin_site.each_context(request),
        "title": say("Preview: %(letter)s") % {"letter": title_of(code)},
        "people": people,
        "person": person,
        "name": name,
        "letters": [_previewed(request, code, person, language) for language in ("en", "zh-hans")] if person else [],
        "typed": {name: request.POST[name] for name in COLUMNS if name in request.POST},
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/letters/preview.html", context)


def _people_to_read_it_with(user: User, code: str, name: str) -> list[Enrolment]:
    """People of one's own sessions, those first whom the letter would be written to as they stand; newest first."""
    fits = Q(state__in=_states_that_fit(code))
    if kind_of(code) == "nomination":
        fits &= Q(body__isnull=False)
    mine = Enrolment.objects.in_care_of(user, *ORGANISE).found_by(name).defer("answers", *SEALED)
    mine = mine.select_related("trainee", "session__programme", "body", "category", "transferred_from__session")
    return list(mine.order_by(Case(When(fits, then=0), default=1), "-applied_at", "-pk")[:PEOPLE_TO_PREVIEW])


def _states_that_fit(code: str) -> set[str]:
    """The states of those to whom the triggers write this letter; all of them where no trigger says."""
    triggers = LetterTrigger.objects.filter(template=code)
    move = LetterTrigger.Event.MOVE
    found = {state for one in triggers for state in ([one.to_state] if one.event == move else states_of(one))}
    return found or set(State.values)


def _told(code: str, person: Enrolment) -> Told:
    """What the deed itself would tell: the place in line, where somebody came from, the form that is due."""
    position = place_in_line(person) if person.state == State.WAITLISTED else None
    earlier = person.transferred_from.session if person.transferred_from else None
    times = times_of_later_forms(person.session)
    of_triggers = LetterTrigger.objects.filter(template=code).exclude(form="").values_list("form", flat=True)
    form = next((stage for stage in [*of_triggers, *times] if stage in times), "")
    if "form" not in code or not form:
        return Told(position=position, earlier=earlier)
    return Told(position=position, earlier=earlier, form=form, deadline=times[form][1])


def left_empty_in_words(names: list[str]) -> str:
    """What is said below a letter in which some placeholders have nothing to say; blank where none is."""
    if not names:
        return ""
    sentence = say("For this person there is nothing to put in place of %(names)s.")
    return sentence % {"names": ", ".join(f"{{{{ {name} }}}}" for name in names)}


def _previewed(request: HttpRequest, code: str, person: Enrolment, language: str) -> tuple[str, Wording, str]:
    typed = {name: request.POST.get(name, "")[:10_000] for name in COLUMNS}
    if any(typed.values()):
        said = adapted_wording(typed, language)
    elif code in OWN:
        said = Wording("", "")
    else:
        said = wording(code, language, person.session.programme_id)
    told = _told(code, person)
    empty = left_empty(said, person, person.session, language, told)
    return language, filled(said, person, person.session, language, told), left_empty_in_words(empty)
