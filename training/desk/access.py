"""Who enters the desk: whoever holds a role of the staff somewhere."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from accounts.models import User
from accounts.roles import READ_LOG, SEE_ROSTER
from training.catalogue.rights import Rights

KNOWS_THE_DESK = SEE_ROSTER | READ_LOG

Rest = ParamSpec("Rest")


class StaffRequest(HttpRequest):
    """A request of somebody who holds a role; the rights are read once."""

    user: User
    rights: Rights


View = Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]


def for_staff(view: Callable[Concatenate[StaffRequest, Rest], HttpResponseBase]) -> View[Rest]:
    """Lets in who holds a role of the staff; the page itself asks for which sessions.

    No cache may keep a page with people on it.
    """

    @wraps(view)
    def entered(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        staff = cast("StaffRequest", request)
        staff.rights = Rights(staff.user)
        if not staff.rights.anywhere(KNOWS_THE_DESK):
            raise PermissionDenied
        return view(staff, *args, **kwargs)

    return cast("View[Rest]", never_cache(login_required(entered)))
