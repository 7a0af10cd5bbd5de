"""Many tries at once: exactly as many pass as the limit says, and looking before counting would not do."""

import functools
import threading

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Attempts
from accounts.opening import open_account
from accounts.throttling import Limit, TooManyTries, count_try
from tests.races.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 16
LIMIT = Limit("a race", 5, 10)


def those_that_passed(results):
    assert all(result is None or isinstance(result, TooManyTries) for result in results)
    return results.count(None)


def test_of_many_tries_at_once_exactly_as_many_pass_as_the_limit_says():
    results = at_once([functools.partial(count_try, LIMIT, "somebody")] * AT_ONCE)

    assert those_that_passed(results) == LIMIT.times


def test_the_control_that_looks_first_and_counts_then_lets_too_many_pass():
    Attempts.objects.create(who="somebody", count=0, until=timezone.now())
    everybody_has_looked = threading.Barrier(AT_ONCE)

    def look_then_count():
        seen = Attempts.objects.get(who="somebody").count
        everybody_has_looked.wait(30)
        if seen >= LIMIT.times:
            raise TooManyTries(LIMIT, timezone.now() - timezone.now())
        Attempts.objects.filter(who="somebody").update(count=seen + 1)

    assert those_that_passed(at_once([look_then_count] * AT_ONCE)) > LIMIT.times


def test_of_many_wrong_passwords_at_once_only_five_are_looked_at():
    open_account("li@example.org", "Li Wen", "a long walk by the lake", "en")

    def guess(number):
        answer = Client().post(
            reverse("account_login"), {"login": "li@example.org", "password": f"guess number {number}"}
        )
        return answer.status_code

    answers = at_once([functools.partial(guess, number) for number in range(AT_ONCE)])

    assert sorted(answers) == [200] * 5 + [429] * (AT_ONCE - 5)
