from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.roles import ORGANISE, Role
from tests import given
from training.catalogue.models import Programme, TrainingSession
from training.catalogue.rights import Rights
from training.enrolment.models import Enrolment, Trainee

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def test_everybody_sees_published_and_cancelled_sessions_and_no_drafts():
    published, cancelled, _draft = (given.session(status=status) for status in ("published", "cancelled", "draft"))

    for visitor in (NOBODY, given.user()):
        assert set(TrainingSession.objects.visible_to(visitor)) == {published, cancelled}


@pytest.mark.parametrize("scope", ["session", "programme", "platform"])
@pytest.mark.parametrize("role", [Role.ORGANISER, Role.SESSION_STAFF])
def test_a_draft_is_seen_by_its_organiser_and_staff_in_every_scope(role, scope):
    draft, holder = given.session(status="draft"), given.user()
    place = {"session": draft} if scope == "session" else {"programme": draft.programme} if scope == "programme" else {}
    given.grant(holder, role, **place)

    assert draft in TrainingSession.objects.visible_to(holder)


@pytest.mark.parametrize("role", [Role.EXPORTER, Role.IDENTITY_READER, Role.AUDITOR])
def test_a_draft_is_not_seen_by_other_roles(role):
    draft, holder = given.session(status="draft"), given.user()
    given.grant(holder, role, session=draft)

    assert draft not in TrainingSession.objects.visible_to(holder)


def test_a_grant_for_one_programme_shows_nothing_of_another():
    own, other = given.session(status="draft"), given.session(status="draft")
    organiser = given.organiser(programme=own.programme)

    assert set(TrainingSession.objects.visible_to(organiser)) == {own}
    assert set(Programme.objects.visible_to(organiser)) == {own.programme}
    assert not TrainingSession.objects.in_care_of(organiser, Role.ORGANISER).filter(pk=other.pk).exists()


@pytest.mark.parametrize(
    "times",
    [{"valid_from": timedelta(hours=1)}, {"valid_from": timedelta(days=-2), "valid_until": timedelta(hours=-1)}],
    ids=["not yet", "no longer"],
)
def test_a_grant_counts_only_from_its_beginning_to_its_end(times):
    draft, holder = given.session(status="draft"), given.user()
    given.grant(
        holder, Role.ORGANISER, session=draft, **{name: timezone.now() + shift for name, shift in times.items()}
    )

    assert draft not in TrainingSession.objects.visible_to(holder)
    assert not Rights(holder).reach(draft, ORGANISE)


def test_a_closed_account_holds_nothing():
    draft, holder = given.session(status="draft"), given.user(is_active=False)
    given.grant(holder, Role.ORGANISER, session=draft)

    assert draft not in TrainingSession.objects.visible_to(holder)


def test_a_superuser_sees_no_drafts_and_no_people():
    given.session(status="draft")
    given.confirmed_enrolment()
    superuser = given.user(is_superuser=True, is_staff=True)

    assert not TrainingSession.objects.visible_to(superuser).filter(status="draft").exists()
    assert not Enrolment.objects.visible_to(superuser).exists()
    assert not Trainee.objects.visible_to(superuser).exists()


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.SESSION_STAFF, Role.EXPORTER])
def test_the_people_of_a_session_are_seen_by_those_who_care_for_it_and_by_nobody_else(role):
    own, other = given.confirmed_enrolment(), given.confirmed_enrolment()
    holder = given.user()
    given.grant(holder, role, session=own.session)

    assert set(Enrolment.objects.visible_to(holder)) == {own}
    assert set(Trainee.objects.visible_to(holder)) == {own.trainee}
    assert set(Enrolment.objects.visible_to(other.trainee.user)) == {other}
    assert not Enrolment.objects.visible_to(NOBODY).exists()


def test_rights_reach_the_sessions_of_a_programme_and_are_read_once(django_assert_num_queries):
    session, other = given.session(), given.session()
    rights = Rights(given.organiser(programme=session.programme))

    with django_assert_num_queries(1):
        assert rights.reach(session, ORGANISE)
        assert rights.reach(session.programme, ORGANISE)
        assert not rights.reach(other, ORGANISE)
        assert not rights.reach(session, {Role.EXPORTER})
