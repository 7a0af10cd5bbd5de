"""Where an organiser goes from a session: its people, its agenda, its roster, its page."""

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from training.admin.elsewhere import address_of
from training.catalogue.models import TrainingSession


def links_of(session: TrainingSession) -> list[tuple[str, str]]:
    """Pairs of address and word; a page that does not exist yet is left out."""
    pairs = [
        (reverse("admin:training_trainingsession_agenda", args=[session.pk]), _("Agenda")),
        (reverse("admin:training_trainingsession_form", args=[session.pk, "application"]), _("Forms")),
        (reverse("admin:training_trainingsession_quotas", args=[session.pk]), _("Quotas")),
        (reverse("admin:training_trainingsession_intakes", args=[session.pk]), _("Lists")),
        (reverse("admin:training_trainingsession_board", args=[session.pk]), _("Review")),
        (reverse("admin:training_trainingsession_waiting_list", args=[session.pk]), _("Waiting list")),
        (f"{reverse('admin:training_enrolment_changelist')}?session={session.pk}", _("Enrolments")),
        (address_of("desk_roster", session.slug), _("Roster")),
        (address_of("session", session.slug), _("Public page")),
    ]
    return [(address, word) for address, word in pairs if address]


def links_shown(session: TrainingSession) -> SafeString:
    return format_html('<span class="links">{}</span>', format_html_join(" ", '<a href="{}">{}</a>', links_of(session)))
