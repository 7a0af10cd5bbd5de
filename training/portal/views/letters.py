"""The letters of the demo, which are shown here because they leave nowhere."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from training.mail.models import Letter

PER_PAGE = 20


@require_safe
def demo_letters(request: HttpRequest) -> HttpResponse:
    """Every letter to everybody, for there is nobody but the people of the demo. Outside it, no page at all."""
    if not settings.DEMO:
        raise Http404
    page = Paginator(Letter.objects.order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/letters.html", {"page": page})
