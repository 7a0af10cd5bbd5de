"""Who sees whose roles."""

import pytest

from accounts.roles import Role
from tests import given
from training.catalogue.models import Grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    return given.programme()


@pytest.fixture
def grants(programme):
    """One for the programme, one for a session of it, one for elsewhere, one for the platform."""
    session, holder = given.session(programme=programme), given.user()
    return {
        "programme": given.grant(holder, Role.SESSION_STAFF, programme=programme),
        "session": given.grant(holder, Role.SESSION_STAFF, session=session),
        "elsewhere": given.grant(holder, Role.SESSION_STAFF, session=given.session()),
        "platform": given.grant(holder, Role.SESSION_STAFF),
    }


def seen_by(user, grants):
    keys = set(Grant.objects.visible_to(user).values_list("pk", flat=True))
    return {name for name, grant in grants.items() if grant.pk in keys}


def test_an_organiser_sees_the_roles_in_the_own_programme_and_its_sessions(programme, grants):
    assert seen_by(given.organiser(programme), grants) == {"programme", "session"}


def test_an_auditor_of_the_platform_sees_them_all(grants):
    auditor = given.user()
    given.grant(auditor, Role.AUDITOR)

    assert seen_by(auditor, grants) == set(grants)


def test_whoever_runs_the_platform_sees_them_all(grants):
    assert seen_by(given.user(is_superuser=True), grants) == set(grants)


def test_an_exporter_sees_none(programme, grants):
    exporter = given.user()
    given.grant(exporter, Role.EXPORTER, programme=programme)

    assert seen_by(exporter, grants) == set()
