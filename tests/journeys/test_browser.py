"""That the journeys' own instruments work: the browser complains, and tests hear it."""

from django.http import HttpResponse
from django.test import override_settings
from django.urls import path


def unsafe(request):
    return HttpResponse('<!doctype html><html lang="en"><title>x</title><p style="color: red">red</p><img src="/x">')


urlpatterns = [path("unsafe/", unsafe)]


@override_settings(ROOT_URLCONF=__name__)
def test_an_inline_style_is_a_complaint(page, complaints):
    page.goto("/unsafe/")

    assert any("Content Security Policy" in complaint for complaint in complaints)
    complaints.clear()


@override_settings(ROOT_URLCONF=__name__)
def test_axe_finds_a_picture_without_words(page, complaints, accessibility_violations):
    page.goto("/unsafe/")

    assert [violation.split(":")[0] for violation in accessibility_violations(page)] == ["image-alt"]
    complaints.clear()


def test_an_address_that_is_not_there_has_a_page_and_no_complaint(page):
    answer = page.goto("/nothing/here/")

    assert answer.status == 404
