"""What else an organiser does with quotas: overbook, give places on for a body, look back, take the table along."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from accounts.freshness import ask_again, signed_in_lately
from training.admin.guarded import acting
from training.admin.log import newest_changes
from training.admin.quotas import quotas_view, saved_in_words
from training.catalogue.models import Category, Organisation, TrainingSession
from training.catalogue.naming import KnownOrganisations
from training.enrolment.models import Quota
from training.enrolment.quota_grid import Key, grid
from training.enrolment.quota_paste_words import MOST_PLACES, number_of_places
from training.enrolment.quota_workbook import title_of, write_quota_workbook
from training.enrolment.quotas import NumbersRefused, Outcome, give_on, overbook
from training.tools.dates import short_moment_in_words
from training.tools.refusals import Refused

if TYPE_CHECKING:
    from training.admin.sessions import TrainingSessionAdmin

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BLANK_ROWS = 3
MOST_PARTS = 100
MOST_NAMES_PROPOSED = 500


def quota_routes(page: "TrainingSessionAdmin") -> list[URLPattern]:
    """Addresses of the quotas of a session."""
    views: tuple[tuple[str, str, Callable[..., HttpResponse]], ...] = (
        ("quotas/", "quotas", quotas_view),
        ("quotas/overbook/", "overbook", overbook_view),
        ("quotas/history/", "quotas_history", history_view),
        ("quotas/table.xlsx", "quotas_workbook", workbook_view),
        ("quotas/<int:body>/", "quota_parts", parts_view),
    )
    return [
        path(
            f"<int:pk>/{route}",
            page.admin_site.admin_view(partial(view, page)),
            name=f"training_trainingsession_{name}",
        )
        for route, name, view in views
    ]


class OverbookForm(forms.Form):
    places = forms.IntegerField(
        label=_("Places more"),
        min_value=-MOST_PLACES,
        max_value=MOST_PLACES,
        help_text=_("A number below zero takes places back that nobody uses."),
    )
    reason = forms.CharField(
        label=_("Why are more people taken than there are places?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Your name, the time and this sentence are kept and cannot be erased."),
    )


def overbook_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Asks how many and why; only shortly after a sign-in."""
    session = page.session_to_change(request, pk)
    if not signed_in_lately(request):
        return ask_again(request)  # type: ignore[return-value]
    form = OverbookForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_valid():
        given = form.cleaned_data
        try:
            outcome = overbook(session, given["places"], reason=given["reason"], by=acting(request))
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, saved_in_words(outcome))
            return redirect("admin:training_trainingsession_quotas", pk)
    context = {
        **page.admin_site.each_context(request),
        "title": say("Overbook “%(session)s”") % {"session": session},
        "session": session,
        "form": form,
        "opts": page.opts,
        "back": _table_of(session),
    }
    return TemplateResponse(request, "admin/sessions/overbook.html", context)


def history_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed which number when, the newest first; what the clock returned has no name."""
    session = get_object_or_404(page.get_queryset(request), pk=pk)
    bodies = Organisation.objects.in_bulk(Quota.objects.of(session).values_list("body", flat=True))
    categories = Category.objects.in_bulk()

    def named(event: Any) -> str:
        category = categories[event.category_id].name if event.category_id else say("any category")
        return say("%(body)s, %(category)s: %(places)d") % {
            "body": bodies[event.body_id],
            "category": category,
            "places": event.places,
        }

    context = {
        **page.admin_site.each_context(request),
        "title": say("History of the quotas of “%(session)s”") % {"session": session},
        "changes": newest_changes(Quota, Q(session=session), named),
        "session": session,
        "object": session,
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/sessions/quota_history.html", context)


def workbook_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """The table as a workbook. It has numbers and names of bodies, and nobody's data."""
    session = get_object_or_404(page.get_queryset(request), pk=pk)
    table = grid(session)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "quotas.xlsx"
        write_quota_workbook(file, table, mark=f"{acting(request)} · {short_moment_in_words(timezone.now())}")
        answer = HttpResponse(file.read_bytes(), content_type=WORKBOOK)
    answer.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{title_of(table)}.xlsx"
    )
    return answer


class PartsSheet:
    """What a body gave on, organisation × category: as it stands, or as somebody has filled it in."""

    def __init__(self, session: TrainingSession, body: Organisation, data: Mapping[str, Any] | None) -> None:
        self.body = body
        self.data = data or {}
        self.problems: dict[str, str] = {}
        self.quotas = list(Quota.objects.of(session).filter(body=body, parent__isnull=True, places__gt=0))
        parts = Quota.objects.of(session).filter(parent__in=self.quotas)
        self.there: dict[tuple[int | None, int | None], int] = {
            (part.body_id, part.parent_id): part.places for part in parts
        }
        self.organisations = list({part.body_id: part.body for part in parts}.values())

    @property
    def rows(self) -> list[dict[str, Any]]:
        """A row for each organisation that has got places, and blank ones for others."""
        named = [self._row(f"part-{one.pk}", organisation=one) for one in self.organisations]
        return named + [self._row(f"new-{number}") for number in range(1, BLANK_ROWS + 1)]

    def _row(self, prefix: str, organisation: Organisation | None = None) -> dict[str, Any]:
        key = organisation.pk if organisation else None
        cells = []
        for quota in self.quotas:
            name = f"{prefix}-{quota.pk}"
            shown = self.data.get(name, str(self.there.get((key, quota.pk), "") or ""))
            cells.append({"name": name, "typed": shown, "quota": quota, "problem": self.problems.get(name, "")})
        return {
            "organisation": organisation,
            "name": f"{prefix}-name",
            "typed": self.data.get(f"{prefix}-name", ""),
            "problem": self.problems.get(f"{prefix}-name", ""),
            "cells": cells,
        }

    @property
    def proposed(self) -> list[Organisation]:
        return list(Organisation.objects.exclude(pk=self.body.pk)[:MOST_NAMES_PROPOSED])

    def read(self) -> dict[int, dict[int, int]]:
        """The numbers of each quota by organisation; `problems` has a sentence for each that cannot be read."""
        wished: dict[int, dict[int, int]] = {quota.pk: {} for quota in self.quotas}
        known = KnownOrganisations(Organisation.objects.exclude(pk=self.body.pk))
        for row in self.rows:
            organisation = row["organisation"] or self._named(row, known)
            for cell in row["cells"]:
                places = number_of_places(cell["typed"])
                if places is None:
                    self.problems[cell["name"]] = say("Enter a whole number of places.")
                elif organisation is not None and (places or row["organisation"]):
                    wished[cell["quota"].pk][organisation.pk] = places
        return wished

    def _named(self, row: dict[str, Any], known: KnownOrganisations) -> Organisation | None:
        if not row["typed"].strip():
            if any(cell["typed"].strip() for cell in row["cells"]):
                self.problems[row["name"]] = say("Write the organisation's name.")
            return None
        meant = known.meant_by(row["typed"])
        if meant is None or meant.by_likeness:
            self.problems[row["name"]] = say(
                "No organisation has exactly this name. Choose one of the list, or enter it under “Organisations”."
            )
            return None
        return meant.organisation

    def show(self, refused: Mapping[Key, str]) -> None:
        """Puts sentences to the cells that they are about."""
        quota_of = {quota.category_id: quota for quota in self.quotas}
        for (organisation, category), sentence in refused.items():
            self.problems[f"part-{organisation}-{quota_of[category].pk}"] = sentence


def parts_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int, body: int) -> HttpResponse:
    """For a body that asks the organiser to give its places on."""
    session = page.session_to_change(request, pk)
    sheet = PartsSheet(session, get_object_or_404(Organisation.objects.all(), pk=body), request.POST or None)
    if not sheet.quotas:
        raise Http404
    if request.method == "POST":
        wished = sheet.read()
        outcome = None if sheet.problems else _given_on(sheet, wished, request)
        if outcome is not None:
            messages.success(request, saved_in_words(outcome))
            return redirect("admin:training_trainingsession_quotas", pk)
    context = {
        **page.admin_site.each_context(request),
        "title": say("Places that %(body)s gives on") % {"body": sheet.body},
        "session": session,
        "sheet": sheet,
        "opts": page.opts,
        "back": _table_of(session),
    }
    return TemplateResponse(request, "admin/sessions/quota_parts.html", context)


def _given_on(sheet: PartsSheet, wished: dict[int, dict[int, int]], request: HttpRequest) -> Outcome | None:
    """All categories or none; None when one was refused, with the sentence at its cell or above the table."""
    try:
        with transaction.atomic():
            outcomes = [give_on(quota, wished[quota.pk], by=acting(request)) for quota in sheet.quotas]
    except NumbersRefused as refused:
        sheet.show(refused.cells)
        return None
    except Refused as refused:
        messages.error(request, str(refused))
        return None
    return Outcome(sum(one.changed for one in outcomes), sum(one.offered for one in outcomes))


def _table_of(session: TrainingSession) -> str:
    return reverse("admin:training_trainingsession_quotas", args=[session.pk])
