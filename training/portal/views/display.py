"""The reader's type size and colours: kept in two cookies, read by `{% look %}` on every page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from training.tools.display import COLOURS, TYPE_SIZES, chosen

CHOICES = {"type": TYPE_SIZES, "colours": COLOURS}
ONE_YEAR_IN_SECONDS = 365 * 24 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    """Shows what can be chosen; a press keeps it and leads back to where the reader came from."""
    came_from = _page_of_ours(request, (request.POST or request.GET).get("next", ""))
    if request.method != "POST":
        offered = {"sizes": _offered(request, "type"), "colours": _offered(request, "colours")}
        return render(request, "portal/display.html", {"next": came_from} | offered)
    response = HttpResponseRedirect(came_from)
    for name, known in CHOICES.items():
        if request.POST.get(name) in known:
            response.set_cookie(
                name,
                request.POST[name],
                max_age=ONE_YEAR_IN_SECONDS,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
    return response


def _offered(request: HttpRequest, name: str) -> list[dict[str, object]]:
    now = chosen(request.COOKIES, name, CHOICES[name])
    return [{"value": value, "words": words, "is_chosen": value == now} for value, words in CHOICES[name].items()]


def _page_of_ours(request: HttpRequest, address: str) -> str:
    if address.startswith("/") and url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()):
        return address
    return reverse("home")
