"""Asks one route as one person and sorts the answer; whatever the question did is undone."""

from http.cookies import SimpleCookie

from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

OK, SIGN_IN = "ok", "sign in"


def answer(browser: Client, method: str, path: str, said: dict[str, object]) -> str:
    """`ok` for a page or a redirect after a deed, `sign in`, or the number of a refusal."""
    cookies = browser.cookies.output(header="", sep=";")
    with transaction.atomic():
        response = getattr(browser, method.lower())(path, said)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    browser.cookies = SimpleCookie(cookies)
    if response.status_code in {301, 302} and response.url.startswith(reverse("admin:login")):
        return answer(browser, "GET", response.url, said)
    return _sorted(response)


def _sorted(response: HttpResponseBase) -> str:
    if response.status_code in {301, 302} and response.url.startswith(reverse("account_login")):
        return SIGN_IN
    return OK if response.status_code < 400 else str(response.status_code)
