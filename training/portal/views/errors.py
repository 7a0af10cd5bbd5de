"""The page for a mistake of ours; it needs neither the database nor a signed-in person."""

import structlog
from django.http import HttpRequest, HttpResponseServerError
from django.template.loader import render_to_string

PLAIN_PAGE = (
    '<!doctype html><html lang="en"><title>Something broke on our side</title>'
    "<p>Something broke on our side. It is recorded. Wait a minute, then try again.</p>"
    '<p lang="zh-Hans">系统出了问题，我们已有记录。请稍后重试。</p></html>'
)


def something_broke(request: HttpRequest) -> HttpResponseServerError:
    """Never fails itself: where even its template cannot be shown, a plain page tells the same."""
    number = structlog.contextvars.get_contextvars().get("request_id")
    page: str
    try:
        page = render_to_string("500.html", {"request": request, "request_id": number})
    except Exception:  # noqa: BLE001 - a missing file, a broken template: whatever it is
        structlog.get_logger(__name__).exception("page_for_mistakes_broke")
        page = PLAIN_PAGE
    return HttpResponseServerError(page)
