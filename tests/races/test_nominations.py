"""Bodies that send, replace and withdraw people at one moment."""

import functools
import threading
import uuid

import pytest
from django.db import connection

from tests import given
from tests.races.at_once import at_once
from training.catalogue.models import TrainingSession
from training.enrolment import applying, lifecycle, nominating, substituting
from training.enrolment.models import Enrolment, Quota
from training.mail.models import Letter
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def sums_are_right(session):
    session.refresh_from_db()
    held = Enrolment.objects.filter(session=session).holding_a_place()
    assert session.places_held == held.count()
    assert session.places_from_pool == held.filter(quota__isnull=True).count()
    for quota in Quota.objects.filter(session=session):
        assert quota.places_held == held.filter(quota=quota).count() <= quota.places


def sending(session, drafts):
    return [functools.partial(nominating.submit, session, [draft.reference], by=draft.nominated_by) for draft in drafts]


def test_two_nominators_of_one_body_with_fifty_names_each_fill_exactly_twenty_places():
    session, body = given.session(capacity=30), given.body()
    given.quota(session, body, 20)
    one, two = given.user(), given.user()
    drafts = [given.drafted(session, body, by=by, email="") for by in (one, two) for _ in range(50)]
    half = [sending(session, drafts[:50]), sending(session, drafts[50:])]

    def all_of(deeds):
        results = []
        for deed in deeds:
            try:
                results += deed()
            except Refused as refused:
                results.append(refused)
        return results

    first, second = at_once([functools.partial(all_of, deeds) for deeds in half])

    sent = [one for one in first + second if isinstance(one, Enrolment)]
    assert len(sent) == 20
    assert Enrolment.objects.filter(state="offered", quota__isnull=False).count() == 20
    assert Enrolment.objects.filter(state="draft").count() == 80
    sums_are_right(session)


def test_control_without_the_lock_a_body_sends_more_people_than_it_has_places(monkeypatch):
    session, body = given.session_by_organiser(capacity=30), given.body()
    given.quota(session, body, 1)
    drafts = [given.drafted(session, body, email="") for _ in range(4)]
    look_together = threading.Barrier(len(drafts))

    def no_lock(session_id):
        return TrainingSession.objects.get(pk=session_id)

    def looked_at_the_quotas(session, chosen, check=nominating._refuse_more_than_the_quotas):
        check(session, chosen)
        look_together.wait(30)

    monkeypatch.setattr(nominating, "locked_session", no_lock)
    monkeypatch.setattr(nominating, "_refuse_more_than_the_quotas", looked_at_the_quotas)

    at_once(sending(session, drafts))

    assert Enrolment.objects.filter(state="applied").count() > 1


@pytest.mark.parametrize("_attempt", range(5))
def test_a_person_who_is_replaced_and_withdraws_at_the_same_instant_leaves_one_truth(_attempt):
    session, body = given.session(capacity=1), given.body()
    given.quota(session, body, 1)
    held = given.nominated(session, body)
    waiting = given.waiting_enrolment(session)

    substituted, withdrawn = at_once(
        [
            functools.partial(substituting.substitute, held, given.nominee(), by=given.user()),
            functools.partial(lifecycle.withdraw, held, by=given.user()),
        ]
    )

    held.refresh_from_db()
    refused = [one for one in (substituted, withdrawn) if isinstance(one, Refused)]
    assert len(refused) == 1
    assert held.state == ("substituted" if withdrawn in refused else "withdrawn")
    assert Enrolment.objects.filter(replaces=held).count() == (withdrawn in refused)
    assert Enrolment.objects.get(pk=waiting.pk).state == "waitlisted", "the place belongs to the body's quota"
    assert Letter.objects.about(held.reference).count() == 2
    sums_are_right(session)


def test_an_answer_that_was_lost_after_commit_is_one_enrolment_when_the_client_repeats():
    session, person, key = given.session(), given.trainee(), uuid.uuid4()

    def send():
        return applying.apply(
            session,
            given.application(person.name),
            trainee=person,
            email=person.email,
            language="en",
            send_key=key,
            by=person.user,
        )

    def send_and_lose_the_connection():
        send()
        connection.close()
        raise ConnectionError

    lost = at_once([send_and_lose_the_connection])
    again = [send() for _ in range(3)]

    assert isinstance(lost[0], ConnectionError)
    assert {one.pk for one in again} == {Enrolment.objects.get().pk}
    assert Letter.objects.count() == 1
    sums_are_right(session)
