"""The admin's site: its sections in the order of the house. It ties, it does not decide.

It stands outside `training/admin/` because Django would import it while that package is still
being imported, and models would vanish from the index without an error.
"""

from functools import partial
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import ORGANISE, READ_LOG, SEE_ROSTER
from training.admin.agenda_items import AgendaItemAdmin
from training.admin.consent_texts import ConsentTextAdmin
from training.admin.enrolments import EnrolmentAdmin
from training.admin.grants import GrantAdmin
from training.admin.guarded import rights_of
from training.admin.letter_templates import LetterTemplateAdmin
from training.admin.letter_triggers import LetterTriggerAdmin
from training.admin.letters import LetterAdmin
from training.admin.letters_to_many import MailingAdmin
from training.admin.log import MoveAdmin, RosterExportAdmin, changes_view
from training.admin.places import OrganisationAdmin, VenueAdmin
from training.admin.programmes import CategoryAdmin, ProgrammeAdmin
from training.admin.reveals import RevealAdmin
from training.admin.sessions import TrainingSessionAdmin
from training.admin.speakers import SpeakerAdmin
from training.admin.today import what_needs_a_decision
from training.admin.trainees import TraineeAdmin
from training.admin.users import UserAdmin
from training.agenda.models import AgendaItem
from training.catalogue.models import Category, Grant, Organisation, Programme, Speaker, TrainingSession, Venue
from training.enrolment.models import ConsentText, Enrolment, EnrolmentEvent, LetterTrigger, Mailing, Reveal, Trainee
from training.mail.models import Letter, LetterTemplate
from training.rosters.models import RosterExport

Page = tuple[type[Model], type[Any]]

SECTIONS: tuple[tuple[str | Promise, tuple[Page, ...]], ...] = (
    (
        _("What is offered"),
        (
            (Programme, ProgrammeAdmin),
            (TrainingSession, TrainingSessionAdmin),
            (Venue, VenueAdmin),
            (Speaker, SpeakerAdmin),
            (Organisation, OrganisationAdmin),
            (Category, CategoryAdmin),
        ),
    ),
    (_("What happens when"), ((AgendaItem, AgendaItemAdmin),)),
    (_("Who takes part"), ((Enrolment, EnrolmentAdmin), (Trainee, TraineeAdmin))),
    (
        _("Letters"),
        (
            (Letter, LetterAdmin),
            (Mailing, MailingAdmin),
            (LetterTemplate, LetterTemplateAdmin),
            (LetterTrigger, LetterTriggerAdmin),
            (ConsentText, ConsentTextAdmin),
        ),
    ),
    (_("Rosters"), ((RosterExport, RosterExportAdmin),)),
    (_("Accounts"), ((User, UserAdmin), (Grant, GrantAdmin))),
    (_("Log"), ((EnrolmentEvent, MoveAdmin), (Reveal, RevealAdmin))),
)


class Workplace(AdminSite):
    site_header = site_title = "Cohort"
    index_title = _("Today")
    enable_nav_sidebar = False
    final_catch_all_view = False  # an unknown address is the 404 page of the whole site

    def has_permission(self, request: HttpRequest) -> bool:
        """The flag opens the door, but a grant decides; a superuser comes to run the platform."""
        user = request.user
        if not (user.is_authenticated and user.is_active and user.is_staff):
            return False
        return user.is_superuser or rights_of(request).anywhere(ORGANISE | SEE_ROSTER | READ_LOG)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The site's own sign-in; whoever is signed in without the right gets a plain 403."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        back = request.GET.get("next") or reverse("admin:index")
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': back})}")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return redirect("admin:index")

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        return super().index(request, {**what_needs_a_decision(request), **(extra_context or {})})

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        """There are sections instead of apps, and all of them stand beside every page."""
        return redirect("admin:index")

    def get_urls(self) -> list[Any]:
        return [
            path("changes/", self.admin_view(partial(changes_view, self)), name="changes"),
            *super().get_urls(),
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        reads_log = request.user.is_authenticated and rights_of(request).anywhere(READ_LOG)
        return {**super().each_context(request), "reads_log": reads_log}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        sections = []
        for title, kinds in SECTIONS:
            shown = [entry for model, _page in kinds if (entry := self._entry(request, model))]
            if shown:
                sections.append(
                    {"name": title, "app_label": "", "app_url": "", "has_module_perms": True, "models": shown}
                )
        return sections

    def _entry(self, request: HttpRequest, model: type[Model]) -> dict[str, Any] | None:
        page = self.get_model_admin(model)
        perms = page.get_model_perms(request)
        if not page.has_module_permission(request) or True not in perms.values():
            return None
        address = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        return {
            "model": model,
            "name": capfirst(model._meta.verbose_name_plural),
            "object_name": model._meta.object_name,
            "perms": perms,
            "admin_url": reverse(f"{address}_changelist"),
            "add_url": reverse(f"{address}_add") if perms["add"] else None,
            "view_only": not perms["change"],
        }


site = Workplace(name="admin")
site.disable_action("delete_selected")
for _title, _kinds in SECTIONS:
    for _model, _page in _kinds:
        site.register(_model, _page)
