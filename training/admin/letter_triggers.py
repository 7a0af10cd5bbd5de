"""Triggers of letters: when which letter is written, to whom; the house's, and those of programmes and sessions."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from training.admin.guarded import GuardedAdmin, GuardedForm, acting
from training.admin.letter_templates import letters_to_choose, of_a_person_in, title_of
from training.admin.moments import ClockField, ClockInput
from training.admin.trigger_words import when_in_words
from training.catalogue.rights import Place
from training.enrolment.models import LetterTrigger
from training.enrolment.states import State
from training.mail.models import LetterTemplate
from training.mail.wording import has_wording, kind_of, wording

Event, Recipients = LetterTrigger.Event, LetterTrigger.Recipients
KINDS_FOR = {
    Recipients.PERSON: ("enrolment",),
    Recipients.NOMINATORS: ("nomination",),
    Recipients.ORGANISERS: ("session", "enrolment", "nomination"),
}
BELONGS_TO = {
    Event.MOVE: ("to_state", "from_state"),
    Event.TRANSFER: (),
    Event.DATE: ("date", "days", "side", "time_of_day", "states", "is_for_latecomers"),
    Event.DEADLINE: ("hours", "is_for_latecomers"),
    Event.FORM: ("form", "days", "time_of_day", "is_for_latecomers"),
}
BLANK = {
    "to_state": "", "from_state": "", "date": "", "side": LetterTrigger.Side.BEFORE, "form": "", "days": 0, "hours": 0,
    "states": [], "is_for_latecomers": False,
}  # fmt: skip


class LetterTriggerForm(GuardedForm[LetterTrigger]):
    fields_of_constraints: ClassVar = {
        "trigger_of_a_move_names_the_state": "to_state",
        "trigger_of_a_date_names_it": "date",
        "trigger_of_a_form_names_it": "form",
        "trigger_of_a_deadline_says_how_long_before": "hours",
        "trigger_has_one_scope": "session",
        "one_trigger_per_event_and_scope": "event",
    }
    for_user: User

    def clean(self) -> dict[str, Any] | None:
        """What belongs to another kind of event is not kept, whatever stood in the field."""
        cleaned = super().clean() or {}
        event = cleaned.get("event") or self.instance.event
        if event in BELONGS_TO:
            for name, nothing in BLANK.items():
                if name not in BELONGS_TO[Event(event)] and name in self.fields:
                    cleaned[name] = nothing
                    self.errors.pop(name, None)
        self._look_at_the_readers(cleaned)
        is_new = "programme" in self.fields
        if is_new and not self.for_user.is_superuser and not (cleaned.get("programme") or cleaned.get("session")):
            self.add_error("programme", ValidationError(say("Choose your programme, or one of your sessions.")))
        return cleaned

    def _look_at_the_readers(self, cleaned: dict[str, Any]) -> None:
        readers, template = cleaned.get("recipients"), cleaned.get("template")
        if readers in KINDS_FOR and template and kind_of(template) not in KINDS_FOR[Recipients(readers)]:
            self.add_error(
                "template", ValidationError(say("This letter is written for other readers; choose another."))
            )
        elif template:
            self._look_at_the_wording(cleaned, template)
        if cleaned.get("event") == Event.DATE and readers == Recipients.PERSON and not cleaned.get("states"):
            self.add_error("states", ValidationError(say("Tick the states of those who get it.")))

    def _look_at_the_wording(self, cleaned: dict[str, Any], template: str) -> None:
        """It must be known where the trigger holds, and on a date it fills only what is said of the whole session."""
        session = cleaned.get("session") or self.instance.session
        programme = session.programme if session else cleaned.get("programme") or self.instance.programme
        programme_id = programme.pk if programme else None
        if not has_wording(template, programme_id):
            self.add_error(
                "template", ValidationError(say("This letter belongs to another programme; choose another."))
            )
        elif cleaned.get("event") == Event.DATE and cleaned.get("recipients") != Recipients.PERSON:
            wordings = [wording(template, language, programme_id) for language in ("en", "zh-hans")]
            of_a_person = of_a_person_in(*(text for one in wordings for text in (one.subject, one.text)))
            if of_a_person:
                self.add_error("template", ValidationError(of_a_person))


class LetterTriggerAdmin(GuardedAdmin[LetterTrigger]):
    """Whoever organises a programme or a session sets its triggers; the house's are set by the platform."""

    form = LetterTriggerForm
    for_superusers = True
    list_display = ("when_shown", "recipients", "letter_shown", "scope_shown", "is_on")
    list_filter = ("event", "recipients", "is_on")
    list_select_related = ("programme", "session")
    ordering = ("event", "to_state", "date", "pk")
    fieldsets = (
        (
            _("When"),
            {
                "fields": (
                    "event",
                    ("to_state", "from_state"),
                    "date",
                    "form",
                    ("days", "side", "time_of_day"),
                    "hours",
                )
            },
        ),
        (_("To whom"), {"fields": ("recipients", "states", "is_for_latecomers")}),
        (_("Which letter"), {"fields": ("template",)}),
        (_("Where it holds"), {"fields": (("programme", "session"), "is_on")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[LetterTrigger]:
        mine: QuerySet[LetterTrigger] = LetterTrigger.objects.visible_to(request.user)
        own = LetterTemplate.objects.filter(code=OuterRef("template")).order_by("programme")
        titles = {f"own_{code}": Subquery(own.values(f"title_{code}")[:1]) for code in ("en", "zh")}
        return mine.annotate(**titles).order_by(*self.ordering)

    def place_of(self, thing: LetterTrigger) -> Place | None:
        return thing.session or thing.programme

    def has_change_permission(self, request: HttpRequest, obj: LetterTrigger | None = None) -> bool:
        """The house's triggers are no organiser's to change."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or self.place_of(obj) is not None or acting(request).is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: LetterTrigger | None = None) -> bool:
        """A delivered one is switched off: taken away, it would come back with the next version."""
        return super().has_delete_permission(request, obj) and not (obj and obj.code)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A trigger stays where it holds."""
        return ("programme", "session") if obj else ()

    def get_form(self, request: HttpRequest, obj: LetterTrigger | None = None, change: bool = False, **kw: Any) -> Any:
        form = super().get_form(request, obj, change, **kw)
        form.for_user = acting(request)
        return form

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "template":
            choices = letters_to_choose(acting(request), "enrolment", "nomination", "session")
            return forms.ChoiceField(label=db_field.verbose_name, choices=[("", say("choose a letter")), *choices])
        if db_field.name == "states":
            boxes = forms.CheckboxSelectMultiple
            return forms.MultipleChoiceField(
                label=db_field.verbose_name,
                choices=State.choices,
                widget=boxes,
                required=False,
                help_text=say("For letters to the person before or after a date."),
            )
        if db_field.name == "time_of_day":
            kwargs |= {"form_class": ClockField, "widget": ClockInput}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: LetterTrigger, form: Any, change: bool) -> None:
        """From now on: what a changed trigger would have written before is not written belatedly."""
        obj.changed_at = timezone.now()
        if change:
            obj.save()
        else:
            super().save_model(request, obj, form, change)

    @admin.display(description=_("when"), ordering="event")
    def when_shown(self, trigger: LetterTrigger) -> str:
        return when_in_words(trigger)

    @admin.display(description=_("letter"), ordering="template")
    def letter_shown(self, trigger: Any) -> str:
        own: tuple[str, str] = (trigger.own_en or "", trigger.own_zh or "")
        first, second = reversed(own) if get_language() == "zh-hans" else own
        return first or second or title_of(trigger.template)

    @admin.display(description=_("where it holds"))
    def scope_shown(self, trigger: LetterTrigger) -> str:
        return str(trigger.session or trigger.programme or say("everywhere"))
