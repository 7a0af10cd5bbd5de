"""The reader's type size and colours: kept in two cookies, read by `{% look %}` on every page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from training.tools.display import COLOURS, TYPE_SIZES

CHOICES = {"type": TYPE_SIZES, "colours": COLOURS}
ONE_YEAR_IN_SECONDS = 365 * 24 * 60 * 60


@require_POST
def change_display(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(_page_to_go_back_to(request))
    for name, known in CHOICES.items():
        chosen = request.POST.get(name)
        if chosen in known:
            response.set_cookie(
                name,
                chosen,
                max_age=ONE_YEAR_IN_SECONDS,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
    return response


def _page_to_go_back_to(request: HttpRequest) -> str:
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()):
        return address
    return reverse("home")
