"""The page for a mistake of ours; it needs neither the database nor a signed-in person."""

import structlog
from django.http import HttpRequest, HttpResponseServerError
from django.template.loader import render_to_string


def something_broke(request: HttpRequest) -> HttpResponseServerError:
    number = structlog.contextvars.get_contextvars().get("request_id")
    page = render_to_string("500.html", {"request": request, "request_id": number})
    return HttpResponseServerError(page)
