import pytest

from tests.access.walk import walk


@pytest.fixture(scope="package")
def seen(django_db_setup, django_db_blocker, tmp_path_factory):
    """What the one walk over everything saw."""
    with django_db_blocker.unblock():
        return walk(tmp_path_factory.mktemp("var"))
