"""Whether somebody showed lately who they are; what matters is done only then."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from accounts.models import User

FRESH_FOR_SECONDS = 10 * 60  # revealing and exporting full numbers need a sign-in that is not older

View = Callable[..., HttpResponseBase]


def signed_in_lately(request: HttpRequest) -> bool:
    """Whether this web session saw a password, a code or a second factor in the last ten minutes."""
    if not request.user.is_authenticated:
        return False
    shown = get_authentication_records(request, request.user)
    return bool(shown) and time.time() - shown[-1]["at"] < FRESH_FOR_SECONDS


def ask_again(request: HttpRequest) -> HttpResponseBase:
    """Sends somebody to show once more who they are, and back here afterwards.

    Who has neither password nor second factor signs in again with a code.
    """
    methods = get_adapter().get_reauthentication_methods(cast("User", request.user))
    if methods:
        return redirect_to_login(request.get_full_path(), methods[0]["url"])
    logout(request)
    messages.info(request, _("Please sign in once more to go on."))
    return redirect_to_login(request.get_full_path())


def lately_signed_in_only(view: View) -> View:
    """Lets in who signed in during the last ten minutes, and asks everybody else again."""

    @login_required
    @wraps(view)
    def looked_at(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not signed_in_lately(request):
            return ask_again(request)
        return view(request, *args, **kwargs)

    return looked_at
