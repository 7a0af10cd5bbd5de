"""Fixtures for every test."""

import pytest
from django.utils import translation

from tests.browser import accessibility_violations, browser, complaints, journeys_last, language, new_page, page
from training.management.messages import compile_catalogue

__all__ = ["accessibility_violations", "browser", "complaints", "language", "new_page", "page"]


def pytest_configure():
    compile_catalogue()


def pytest_collection_modifyitems(items):
    journeys_last(items)


@pytest.fixture(autouse=True)
def _in_english():
    """A page shown in Chinese leaves its language behind in the thread of the tests."""
    translation.activate("en")
