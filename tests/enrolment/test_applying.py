import uuid
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from tests import given
from training.catalogue.models import TrainingSession
from training.enrolment import applying, lifecycle
from training.enrolment.models import Enrolment, FormVersion, Trainee
from training.enrolment.trainees import trainee_of
from training.mail.models import Letter
from training.tools.refusals import Refused
from training.tools.sealing import unseal

pytestmark = pytest.mark.django_db

A_NUMBER = "119999190001010011"


def send(session, person, key=None, **fields):
    return applying.apply(
        session,
        given.application(name=person.name, **fields),
        trainee=person,
        email=person.email,
        language=person.language,
        send_key=key or uuid.uuid4(),
        by=person.user,
    )


def test_a_form_that_is_sent_twice_makes_one_enrolment_and_one_letter():
    session, person, key = given.session(), given.trainee(), uuid.uuid4()

    first, second = send(session, person, key), send(session, person, key)

    assert first == second
    assert Enrolment.objects.count() == 1
    assert Letter.objects.about(first.reference).count() == 1


def test_the_key_of_somebody_elses_form_shows_nothing_of_that_enrolment():
    session, key = given.session(), uuid.uuid4()
    send(session, given.trainee(), key)

    with pytest.raises(Refused, match="sent by somebody else"):
        send(session, given.trainee(), key)


def test_a_second_enrolment_in_the_same_session_is_refused():
    session, person = given.session(), given.trainee()
    send(session, person)

    with pytest.raises(Refused, match="enrolled in this session already"):
        send(session, person)

    assert Enrolment.objects.count() == 1


def test_the_database_refuses_a_second_open_enrolment_of_one_person():
    enrolment = given.confirmed_enrolment()
    enrolment.pk, enrolment.reference, enrolment.send_key = None, "ANOTHER", uuid.uuid4()

    with pytest.raises(IntegrityError, match="one_open_enrolment_per_person"), transaction.atomic():
        enrolment.save(force_insert=True)


def test_somebody_who_withdrew_may_apply_again():
    session = given.session()
    first = given.confirmed_enrolment(session)
    lifecycle.withdraw(first, by=first.trainee.user)

    second = send(session, first.trainee)

    assert second.state == "confirmed"
    assert second.trainee == first.trainee


@pytest.mark.parametrize(
    "change",
    [
        {"enrolment_closes_at": timezone.now() - timedelta(hours=1)},
        {"enrolment_opens_at": timezone.now() + timedelta(days=1)},
        {"enrolment_opens_at": None, "enrolment_closes_at": None},
        {"status": "draft"},
        {"status": "cancelled"},
    ],
    ids=["closed", "not yet open", "without a window", "draft", "cancelled"],
)
def test_a_form_from_an_old_tab_is_refused_once_the_session_is_not_open(change):
    session, person = given.session(), given.trainee()
    TrainingSession.objects.filter(pk=session.pk).update(**change)

    with pytest.raises(Refused, match="Enrolment in this session is closed"):
        send(session, person)

    assert not Enrolment.objects.exists()


def test_an_identity_number_enrols_once_in_a_session_even_under_another_address():
    session = given.session()
    send(session, given.trainee("Wang Min"), identity=given.identity(A_NUMBER))

    with pytest.raises(Refused) as refusal:
        send(session, given.trainee("Wang Min"), identity=given.identity(A_NUMBER))

    assert refusal.value.field == "identity_number"
    assert A_NUMBER not in str(refusal.value)


def test_sensitive_values_are_stored_sealed_and_masked_and_never_among_the_answers():
    enrolment = given.enrolment(identity=given.identity(A_NUMBER), mobile=given.mobile("13800138000"))
    enrolment.refresh_from_db()

    row = str(Enrolment.objects.filter(pk=enrolment.pk).values().get())
    row += str(Trainee.objects.filter(pk=enrolment.trainee_id).values().get())

    assert unseal(enrolment.identity_sealed) == A_NUMBER
    assert unseal(enrolment.mobile_sealed) == "13800138000"
    assert enrolment.identity_masked == "119***********0011"
    assert A_NUMBER not in row
    assert "13800138000" not in row


def test_an_answer_keeps_the_question_as_it_was_asked():
    session = given.session()
    given.asked(session, "employer", "diet")
    enrolment = given.enrolment(session, answers={"employer": "Forge", "diet": "none"})

    session.asked_fields.filter(code="diet").delete()
    given.asked(given.session(), "post")
    later = given.enrolment(session, answers={"employer": "Mill"})

    assert [question["code"] for question in enrolment.questions] == ["employer", "diet"]
    assert [question["code"] for question in later.questions] == ["employer"]
    assert enrolment.questions[1]["label_en"] == "Meals"
    assert enrolment.questions[1]["required"] is True


def test_a_version_of_a_form_is_kept_once_and_can_not_be_changed():
    session = given.session()
    given.asked(session, "employer")
    given.enrolment(session), given.enrolment(session)
    version = FormVersion.objects.get(session=session)

    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
        FormVersion.objects.filter(pk=version.pk).update(questions=[])


def test_a_later_session_leaves_what_an_earlier_one_got():
    person = given.trainee("Wang Min")
    first = given.enrolment(given.session(), person, answers={"employer": "Old Forge"})

    given.enrolment(given.session(), person, answers={"employer": "New Mill"})

    first.refresh_from_db()
    person.refresh_from_db()
    assert first.answers["employer"] == "Old Forge"
    assert person.employer == "New Mill"
    assert Trainee.objects.count() == 1


def test_a_returned_application_is_sent_again_by_correcting_it():
    enrolment = given.returned_enrolment()

    applying.change_answers(enrolment, given.application("Wang Min", {"post": "Engineer"}), by=enrolment.trainee.user)

    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.answers) == ("applied", {"post": "Engineer"})
    assert list(enrolment.events.values_list("to_state", flat=True)) == ["applied", "returned", "applied"]


def test_answers_can_be_corrected_while_enrolment_is_open_without_a_move():
    enrolment = given.confirmed_enrolment()

    applying.change_answers(enrolment, given.application("Wang Min", {"post": "Engineer"}), by=enrolment.trainee.user)

    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.answers) == ("confirmed", {"post": "Engineer"})
    assert enrolment.events.count() == 2


def test_answers_stay_as_they_are_once_enrolment_has_closed_or_ended():
    closed, ended = given.confirmed_enrolment(), given.withdrawn_enrolment()
    TrainingSession.objects.filter(pk=closed.session_id).update(enrolment_closes_at=timezone.now())

    for enrolment in (closed, ended):
        with pytest.raises(Refused):
            applying.change_answers(enrolment, given.application("Wang Min", {"post": "X"}), by=enrolment.trainee.user)


def test_an_account_takes_over_a_record_only_with_a_confirmed_address():
    record = given.trainee("Wang Min", account=given.user("wang@example.org"))
    record_owner = record.user
    Trainee.objects.filter(pk=record.pk).update(user=None)
    newcomer = given.user("other@example.org")

    assert trainee_of(newcomer) is None
    second = EmailAddress.objects.create(user=newcomer, email="wang@example.org", verified=False)
    assert trainee_of(newcomer) is None
    EmailAddress.objects.filter(user=record_owner).delete()
    EmailAddress.objects.filter(pk=second.pk).update(verified=True)
    assert trainee_of(newcomer) == record


def test_nobody_takes_over_a_record_that_has_an_account():
    owner = given.trainee("Wang Min", account=given.user("wang@example.org")).user
    newcomer = given.user("other@example.org")
    EmailAddress.objects.filter(user=owner).update(user=newcomer, primary=False)

    assert trainee_of(newcomer) is None
