"""Pages for what goes wrong: a mistake of ours, and a form that cannot be trusted to come from the reader."""

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string

from training.portal.views.enrolling import keep_what_was_typed

PLAIN_PAGE = (
    '<!doctype html><html lang="en"><title>Something broke on our side</title>'
    "<p>Something broke on our side. It is recorded. Wait a minute, then try again.</p>"
    '<p lang="zh-Hans">系统出了问题，我们已有记录。请稍后重试。</p></html>'
)


def something_broke(request: HttpRequest) -> HttpResponseServerError:
    """Needs neither the database nor a signed-in person, and never fails itself: where even its
    template cannot be shown, a plain page tells the same.
    """
    number = structlog.contextvars.get_contextvars().get("request_id")
    page: str
    try:
        page = render_to_string("500.html", {"request": request, "request_id": number})
    except Exception:  # noqa: BLE001 - a missing file, a broken template: whatever it is
        structlog.get_logger(__name__).exception("page_for_mistakes_broke")
        page = PLAIN_PAGE
    return HttpResponseServerError(page)


def form_not_trusted(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is not the reader's any more, because of a sign-in or sign-out in another window.

    Nothing is done with it. An application that demonstrably comes from a page of ours is kept
    and shown again, to be looked at and sent once more.
    """
    match = request.resolver_match
    is_an_application = match is not None and match.url_name in {"enrol", "send_enrolment"}
    if match is not None and is_an_application and _comes_from_a_page_of_ours(request):
        slug = match.kwargs["slug"]
        keep_what_was_typed(request, slug)
        return redirect("enrol", slug)
    return render(request, "403_csrf.html", {"reason": reason}, status=403)


def _comes_from_a_page_of_ours(request: HttpRequest) -> bool:
    """By the header that browsers write and pages of others cannot."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
