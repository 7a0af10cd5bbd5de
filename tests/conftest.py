"""Fixtures for every test."""

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _in_english():
    """A page shown in Chinese leaves its language behind in the thread of the tests."""
    translation.activate("en")
