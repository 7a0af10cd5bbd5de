"""Fixtures for every test."""

import pytest
from django.utils import translation

from tests import emptied, migrated
from tests.browser import accessibility_violations, browser, complaints, journeys_last, language, new_page, page
from training.management.messages import compile_catalogue

__all__ = ["accessibility_violations", "browser", "complaints", "language", "new_page", "page"]


def pytest_configure():
    compile_catalogue()
    emptied.instead_of_flush()


LONGEST = (
    "bad_input",
    "access",
    "test_demo",
    "test_filling_a_class",
    "crashes",
)  # begun first, none is left for the end


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: not any(part in item.nodeid for part in LONGEST))
    journeys_last(items)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker):
    """Called before the database of this process is made."""
    with django_db_blocker.unblock():
        migrated.ensure()


@pytest.fixture(autouse=True)
def _in_english():
    """A page shown in Chinese leaves its language behind in the thread of the tests."""
    translation.activate("en")
