"""Staff enter desk and admin with a second factor; the demo, which has no secrets, is spared.

Guards one rule: outside the demo nobody passes these doors on a password or a letter alone.
It looks at the path and the web session, so a new page behind the doors is guarded before
anybody thinks of it, and it asks the database nothing.
"""

from collections.abc import Callable
from typing import cast

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_from_path

from accounts.models import User

DOORS_OF_THE_STAFF = ("/admin/", "/desk/")

Answer = Callable[[HttpRequest], HttpResponse]


class SecondFactorMiddleware:
    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_door_of_the_staff(request.path_info) and lacks_second_factor(request):
            return ask_for_second_factor(request)
        return self.get_response(request)


def is_door_of_the_staff(path: str) -> bool:
    language = get_language_from_path(path)
    return path.removeprefix(f"/{language}").startswith(DOORS_OF_THE_STAFF)


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether somebody is signed in without one; the door itself turns the others away."""
    if not settings.SECOND_FACTOR_DEMANDED or not request.user.is_authenticated:
        return False
    return not any(shown["method"] == "mfa" for shown in get_authentication_records(request, request.user))


def ask_for_second_factor(request: HttpRequest) -> HttpResponse:
    has_one = is_mfa_enabled(cast("User", request.user))
    return render(request, "accounts/second_factor_needed.html", {"has_one": has_one}, status=403)
