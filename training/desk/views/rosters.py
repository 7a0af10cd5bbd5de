"""The people of a session as a roster: choose, look, take."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from accounts.freshness import ask_again, signed_in_lately
from accounts.roles import SEE_ROSTER, may_export, may_export_identity
from training.catalogue.models import TrainingSession
from training.desk.access import StaffRequest, for_staff
from training.desk.choices import RosterChoices, address_of, beginnings, left_out
from training.desk.forms import TakeRosterForm
from training.rosters.columns import COLUMNS, Column, Sensitivity
from training.rosters.making import Wish, people_of, take
from training.rosters.models import Format, RosterOrder
from training.rosters.recipes import Recipe, rows_of, some_people
from training.rosters.sortings import SORTINGS
from training.tools.refusals import Refused

ROWS_PER_PAGE = 50
KEPT_PURPOSE = "purpose of a roster"  # in the web session, while somebody shows again who they are


def _session(request: StaffRequest, slug: str) -> TrainingSession:
    mine = TrainingSession.objects.in_care_of(request.user, *SEE_ROSTER)
    session: TrainingSession = get_object_or_404(mine, slug=slug)
    return session


@require_safe
@for_staff
def roster(request: StaffRequest, slug: str) -> HttpResponseBase:
    """The roster as it would leave, with masked numbers, fifty people a page."""
    session = _session(request, slug)
    choices = RosterChoices(request.GET, session)
    recipe = choices.recipe()
    people = people_of(session, recipe, request.user)
    page = Paginator(people, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    shown = some_people(people, page.start_index() - 1, ROWS_PER_PAGE) if page.paginator.count else []
    columns = recipe.columns_among(choices.available)
    return render(
        request,
        "desk/roster.html",
        {
            "session": session,
            "form": choices,
            "recipe": recipe,
            "columns": columns,
            "other_columns": left_out(recipe.columns, choices.available),
            "built_in": beginnings(recipe),
            "sorting": SORTINGS[recipe.sorting],
            "chips": choices.chips(recipe),
            "page": page,
            "rows": rows_of(shown, columns),
            "query": address_of(recipe),
            "may_export": may_export(request.rights, session),
            "later_forms": choices.later_forms,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def take_roster(request: StaffRequest, slug: str) -> HttpResponseBase:
    """Asks what the roster is for, and takes it; only shortly after a sign-in."""
    session = _session(request, slug)
    if not may_export(request.rights, session):
        raise PermissionDenied
    if not signed_in_lately(request):
        return _ask_again_and_keep_the_purpose(request)
    recipe = RosterChoices(request.GET, session).recipe()
    form = _form(request, session, recipe)
    if request.method == "POST" and form.is_valid():
        try:
            order = take(_wish(session, recipe, form), by=request.user)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            return _to_the_file(order)
    return render(request, "desk/take.html", _what_is_taken(request, session, recipe, form))


def _form(request: StaffRequest, session: TrainingSession, recipe: Recipe) -> TakeRosterForm:
    """Full numbers are offered only where there are masked ones, and with the right to them."""
    kept = request.session.pop(KEPT_PURPOSE, "") if request.method == "GET" else ""
    return TakeRosterForm(
        request.POST if request.method == "POST" else None,
        initial={"purpose": kept},
        may_take_in_full=bool(_masked(recipe)) and may_export_identity(request.rights, session),
    )


def _masked(recipe: Recipe) -> list[Column]:
    return [column for column in recipe.columns_among(COLUMNS) if column.sensitivity is Sensitivity.MASKED]


def _wish(session: TrainingSession, recipe: Recipe, form: TakeRosterForm) -> Wish:
    given = form.cleaned_data
    return Wish(
        session=session,
        recipe=recipe,
        format=Format(given["format"]),
        purpose=given["purpose"],
        in_full=given.get("in_full", False),
        language=get_language() or "en",
        send_key=given["send_key"],
    )


def _to_the_file(order: RosterOrder) -> HttpResponseBase:
    """A small roster comes at once; a big one has a page that tells how far it is."""
    if not order.is_ready:
        return redirect("desk_export", order.reference)
    if order.format == Format.PRINT:
        return redirect("desk_export_print", order.reference)
    return redirect("desk_export_file", order.reference)


def _what_is_taken(
    request: StaffRequest, session: TrainingSession, recipe: Recipe, form: TakeRosterForm
) -> dict[str, object]:
    columns = recipe.columns_for(session)
    return {
        "session": session,
        "form": form,
        "columns": columns,
        "delicate": [column for column in columns if column.sensitivity is Sensitivity.DELICATE],
        "masked": _masked(recipe),
        "count": people_of(session, recipe, request.user).count(),
        "sorting": SORTINGS[recipe.sorting],
        "back": f"{reverse('desk_roster', args=[session.slug])}?{address_of(recipe)}",
    }


def _ask_again_and_keep_the_purpose(request: StaffRequest) -> HttpResponseBase:
    if request.method == "POST":
        request.session[KEPT_PURPOSE] = request.POST.get("purpose", "")[:500]
    return ask_again(request)
