"""What all pages of the admin share: who may see and change what, and how a refusal is shown.

Every question goes to the grants. An object out of reach is a 404, a deed without the right is
a 403. Only the columns that somebody changed are written, so that a form that was open for
an hour overwrites nothing that the trigger or somebody else wrote meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NoReturn, TypeVar, cast

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import IntegrityError, models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ORGANISE, Role
from training.admin.history import Reading, changes_of, is_tracked
from training.admin.lists import ListWithChips
from training.admin.moments import DayInput, MomentField, MomentInput
from training.admin.stock import StockAdmin, StockForm, StockInline, StockInlineFormSet
from training.catalogue.rights import Place, Rights
from training.tools.constraints import sentence_of
from training.tools.keys import key_or_none

M = TypeVar("M", bound=models.Model)

MOST_PARTS = 300  # rooms of a venue, speakers of an item


def rights_of(request: HttpRequest) -> Rights:
    """What the visitor holds, read once per request."""
    held: Rights | None = request.__dict__.get("rights")
    if held is None:
        held = request.__dict__["rights"] = Rights(request.user)
    return held


def acting(request: HttpRequest) -> User:
    """Who acts: behind this door everybody is signed in."""
    return cast("User", request.user)


def scoped_choices(site: admin.AdminSite, db_field: Any, request: HttpRequest) -> "models.QuerySet[Any] | None":
    """What the visitor may pick in a field that points to something else; None for what is not guarded."""
    kind = db_field.remote_field.model
    page = site.get_model_admin(kind) if site.is_registered(kind) else None
    return page.choices_for(request) if isinstance(page, GuardedAdmin) else None


def with_nothing_but_add(field: Any) -> Any:
    """Beside a list of other things stands only how to add one; they are changed on their own pages."""
    if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
        field.widget.can_change_related = field.widget.can_delete_related = field.widget.can_view_related = False
    return field


class Finder(AutocompleteSelect):
    """Forgets what cannot be the key of anything: Django would ask the database for it, and break."""

    def optgroups(self, name: str, value: Sequence[str], attrs: Any = None) -> Any:
        return super().optgroups(name, [one for one in value if key_or_none(one)], attrs)


def with_finder(page: Any, db_field: Any, request: HttpRequest, kwargs: dict[str, Any]) -> dict[str, Any]:
    """The widget for a field in which one types to find what it points to."""
    if db_field.name in page.get_autocomplete_fields(request):
        kwargs.setdefault("widget", Finder(db_field, page.admin_site, using=kwargs.get("using")))
    return kwargs


def yes_or_no(column: "models.BooleanField[Any, Any]") -> Callable[[models.Model], str | None]:
    """A column of a list that says the value of a yes-or-no field in words."""

    @admin.display(description=column.verbose_name, ordering=column.name, empty_value="–")
    def shown(thing: models.Model) -> str | None:
        value = getattr(thing, column.name)
        return None if value is None else (_("yes") if value else _("no"))

    shown.__name__ = column.name
    return shown


class GuardedForm(StockForm[M]):
    """Shows the sentence of a constraint at the field where it can be put right.

    `fields_of_constraints` names that field; `refusal` is what the database said when two
    people saved at once.
    """

    fields_of_constraints: ClassVar[Mapping[str, str]] = {}
    refusal: ClassVar[str] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()
        if self.refusal:
            raise ValidationError(self.refusal)
        return cleaned

    def add_error(self, field: str | None, error: Any) -> None:
        """A sentence that belongs to the whole form goes to the field that its constraint names."""
        if field is None and isinstance(error, ValidationError) and hasattr(error, "error_dict"):
            error = ValidationError(self._at_their_fields(error.error_dict))
        super().add_error(field, error)

    def _at_their_fields(self, errors: Mapping[str, list[ValidationError]]) -> dict[str, list[ValidationError]]:
        sentences = {
            str(constraint.violation_error_message): self.fields_of_constraints[constraint.name]
            for constraint in self.instance._meta.constraints
            if self.fields_of_constraints.get(constraint.name) in self.fields
        }
        placed: dict[str, list[ValidationError]] = {}
        for field, several in errors.items():
            for one in several:
                sentence = " ".join(one.messages)
                home = sentences.get(sentence, field) if field == NON_FIELD_ERRORS else field
                placed.setdefault(home, []).append(one)
        return placed


class GuardedAdmin(StockAdmin[M]):
    """A page for one kind of thing, for those whose roles are named here."""

    seen_by: ClassVar[frozenset[Role]] = ORGANISE
    edited_by: ClassVar[frozenset[Role]] = ORGANISE
    for_superusers: ClassVar[bool] = False  # what belongs to running the platform, and holds no trainee's data
    not_in_lists: ClassVar[Sequence[str]] = ()  # columns that a list never shows and need not read
    form: Any = GuardedForm
    list_per_page = 50
    show_full_result_count = False
    actions_on_top = True
    formfield_overrides: ClassVar = {
        models.DateField: {"widget": DayInput},
        models.DateTimeField: {"form_class": MomentField, "widget": MomentInput},
    }

    def place_of(self, thing: M) -> Place | None:
        """What a grant must reach for `thing`; None for what the whole house shares."""
        return None

    def holds(self, request: HttpRequest, roles: frozenset[Role], thing: M | None) -> bool:
        if self.for_superusers and acting(request).is_superuser:
            return True
        held = rights_of(request)
        place = None if thing is None else self.place_of(thing)
        return held.anywhere(roles) if place is None else held.reach(place, roles)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self.holds(request, self.seen_by | self.edited_by, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.holds(request, self.edited_by, None)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self.holds(request, self.edited_by, obj)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """What the page offers as a filter and nothing else: columns could be guessed letter by letter."""
        offered = {getattr(one, "parameter_name", one) for one in self.get_list_filter(request)}
        return lookup in offered or lookup.partition("__")[0] in offered

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return with_nothing_but_add(super().formfield_for_dbfield(db_field, request, **kwargs))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **with_finder(self, db_field, request, kwargs))

    @admin.display(description=mark_safe('<input type="checkbox" id="action-toggle">'))
    def action_checkbox(self, obj: M) -> SafeString:
        """Django's box without a template for each of fifty rows."""
        return format_html(
            '<input type="checkbox" name="_selected_action" value="{}" aria-label="{}" class="action-select">',
            obj.pk,
            _("Choose this row: %(thing)s") % {"thing": obj},
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ListWithChips]:
        return ListWithChips

    def choices_for(self, request: HttpRequest) -> "models.QuerySet[M]":
        """What somebody may pick of this kind in another form."""
        return self.get_queryset(request)

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> "models.QuerySet[Any] | None":
        scoped = scoped_choices(self.admin_site, db_field, request)
        return super().get_field_queryset(db, db_field, request) if scoped is None else scoped

    def get_form(self, request: HttpRequest, obj: M | None = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.refusal = request.__dict__.get("refusal", "")
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Django's, but what the database refuses comes back as a sentence in the filled form."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as refused:
            sentence = sentence_of(refused)
            if not sentence:
                raise
            request.__dict__["refusal"] = sentence
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        own = {field.name for field in obj._meta.concrete_fields}
        obj.save(update_fields=own.intersection(form.changed_data))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """On and off in words, where Django would show an icon that a screen reader calls “True”."""
        columns = {field.name: field for field in self.opts.get_fields() if isinstance(field, models.BooleanField)}
        shown = super().get_list_display(request)
        return [yes_or_no(columns[name]) if name in columns else name for name in shown]

    def readings_of(self, thing: M) -> Mapping[str, Reading]:
        """How its history takes columns apart that hold more than one value."""
        return {}

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What triggers kept of this row, newest first."""
        if not is_tracked(self.model):
            raise Http404
        thing = self.get_object(request, unquote(object_id))
        if thing is None:
            raise Http404
        if not self.has_view_permission(request, thing):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of “%(thing)s”") % {"thing": thing},
            "changes": changes_of(thing, self.readings_of(thing)),
            "object": thing,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        return super().render_change_form(request, context | {"is_tracked": is_tracked(self.model)}, *args, **kwargs)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> NoReturn:
        raise Http404

    def response_add(self, request: HttpRequest, obj: M, post_url_continue: str | None = None) -> HttpResponse:
        request.__dict__["said"] = _("“%(thing)s” is saved.") % {"thing": obj}
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: M) -> HttpResponse:
        request.__dict__["said"] = _("“%(thing)s” is saved.") % {"thing": obj}
        return super().response_change(request, obj)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        request.__dict__["said"] = _("“%(thing)s” is deleted.") % {"thing": obj_display}
        return super().response_delete(request, obj_display, obj_id)

    def message_user(self, request: HttpRequest, message: Any, *args: Any, **kwargs: Any) -> None:
        """What Django says about saving and deleting is said in our words."""
        super().message_user(request, request.__dict__.pop("said", message), *args, **kwargs)

    def _leave_it_to_the_triggers(self, *args: Any) -> None:
        """Nothing: what changed is kept by triggers, for every door alike (see `history.py`)."""

    log_addition = log_change = log_deletions = _leave_it_to_the_triggers  # type: ignore[assignment]


class PartForm(GuardedForm[M]):
    """A row of a table: the column's title is the name of each of its fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("aria-label", str(field.label or "").capitalize())


class PartFormSet(StockInlineFormSet[Any, Any, Any]):
    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> Any:
        """Only the columns that were changed: the database keeps others in step by itself."""
        own = {field.name for field in obj._meta.concrete_fields}
        obj.save(update_fields=own.intersection(form.changed_data))
        return obj


class PartInline(StockInline[M, Any]):
    """Rows that are a part of the thing on the page: whoever may change the one may change the other."""

    form: Any = PartForm
    formset: Any = PartFormSet
    extra = 1  # one to write in at once, script or not
    max_num = MOST_PARTS

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Whoever says that a thousand rows are coming is not believed: each of them costs a look at the database."""
        return super().get_formset(request, obj, **{"absolute_max": MOST_PARTS, **kwargs})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return with_nothing_but_add(super().formfield_for_dbfield(db_field, request, **kwargs))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **with_finder(self, db_field, request, kwargs))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> Any:
        scoped = scoped_choices(self.admin_site, db_field, request)
        return super().get_field_queryset(db, db_field, request) if scoped is None else scoped
