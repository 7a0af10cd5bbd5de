from datetime import timedelta
from io import BytesIO

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from tests import given
from training.catalogue.models import TrainingSession
from training.enrolment.answer_files import keep_file, path_of
from training.enrolment.applying import Application, change_answers
from training.enrolment.asked import questions_at
from training.enrolment.erasing import erase_answers_over_time, erase_files_never_sent
from training.enrolment.models import AnswerFile, Erasure
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 a paper"


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR = tmp_path


def ended(session, days_ago):
    day = timezone.localdate() - timedelta(days=days_ago)
    TrainingSession.objects.filter(pk=session.pk).update(starts_on=day, ends_on=day)


@pytest.fixture
def session():
    made = given.session()
    given.asked(made, "employer", "arrival", "identity_number", required=False)
    made.asked_fields.filter(code="arrival").update(keep_days=30)
    return made


def test_an_answer_goes_when_its_time_is_over_and_not_a_day_earlier(session):
    enrolment = given.enrolment(session, answers={"employer": "Forge", "arrival": "G7349"})
    ended(session, 30)
    assert erase_answers_over_time(timezone.now()) == 0

    ended(session, 31)
    assert erase_answers_over_time(timezone.now()) == 1
    assert erase_answers_over_time(timezone.now()) == 0

    enrolment.refresh_from_db()
    assert enrolment.answers == {"employer": "Forge"}
    assert list(Erasure.objects.values_list("enrolment", "codes", "because")) == [(enrolment.pk, ["arrival"], "time")]


def test_it_goes_from_the_history_of_changes_too(session):
    enrolment = given.enrolment(session, answers={"employer": "Forge", "arrival": "G7349"})
    asked = questions_at(session, "application")
    change_answers(enrolment, Application("Wang", {"arrival": "G1"}, asked=asked), by=enrolment.trainee.user)
    ended(session, 31)

    erase_answers_over_time(timezone.now())

    assert "G7349" not in str([change.answers for change in enrolment.changes.all()])
    assert "G1" not in str([change.answers for change in enrolment.changes.all()])


def test_it_goes_from_there_though_the_person_had_taken_it_out(session):
    enrolment = given.enrolment(session, answers={"employer": "Forge", "arrival": "G7349"})
    asked = questions_at(session, "application")
    change_answers(enrolment, Application("Wang", {"employer": "Forge"}, asked=asked), by=enrolment.trainee.user)
    ended(session, 31)

    assert [erase_answers_over_time(timezone.now()) for _ in range(2)] == [1, 0]

    assert [change.answers for change in enrolment.changes.all()] == [{"employer": "Forge"}] * 2
    assert Erasure.objects.get(enrolment=enrolment).codes == ["arrival"]


def test_what_was_promised_when_somebody_answered_holds_though_the_field_is_gone(session):
    enrolment = given.enrolment(session, answers={"arrival": "G7349"})
    session.asked_fields.filter(code="arrival").delete()
    ended(session, 31)

    erase_answers_over_time(timezone.now())

    enrolment.refresh_from_db()
    assert enrolment.answers == {}


def test_a_sealed_number_goes_with_its_mask_and_fingerprint(session):
    session.asked_fields.filter(code="identity_number").update(keep_days=0)
    enrolment = given.enrolment(session, identity=given.identity("11010519491231002X"))
    ended(session, 1)

    assert erase_answers_over_time(timezone.now()) == 1

    enrolment.refresh_from_db()
    assert (enrolment.identity_sealed, enrolment.identity_masked, enrolment.identity_fingerprint) == ("", "", "")


def test_the_record_of_an_erasure_stays(session):
    enrolment = given.enrolment(session, answers={"arrival": "G7349"})
    ended(session, 31)
    erase_answers_over_time(timezone.now())

    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
        Erasure.objects.filter(enrolment=enrolment).delete()


def kept_paper(code, by, content=PDF, name="代表作.pdf"):
    return keep_file(code, BytesIO(content), name=name, size=len(content), by=by)


def test_a_file_goes_with_its_answer(session, django_capture_on_commit_callbacks):
    field = given.own_field(session, "A paper", "file", keep_days=10)
    person = given.trainee()
    answer = kept_paper(field.code, person.user)
    application = Application("Wang", {field.code: answer}, asked=questions_at(session, "application"))
    enrolment = given.sent(session, person, application)
    file = AnswerFile.objects.get(enrolment=enrolment)
    assert (file.name, path_of(file.pk).read_bytes()) == ("代表作.pdf", PDF)
    ended(session, 11)

    with django_capture_on_commit_callbacks(execute=True):
        erase_answers_over_time(timezone.now())

    assert not AnswerFile.objects.exists()
    assert not path_of(file.pk).exists()


def test_a_file_that_nobody_sent_goes_after_a_day(django_capture_on_commit_callbacks):
    kept_paper("own_x", given.user())

    assert erase_files_never_sent(timezone.now() + timedelta(hours=23)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_files_never_sent(timezone.now() + timedelta(hours=25)) == 1
    assert not AnswerFile.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"MZ\x90\x00", "Choose a PDF, a JPEG or a PNG file."),
        (b"<html><script>", "Choose a PDF, a JPEG or a PNG file."),
        (b"\x89PNG\r\n\x1a\nbroken", "cannot be read"),
        (b"%PDF-" + b"x" * (8 * 1024 * 1024), "at most 8 MB"),
    ],
)
def test_what_may_not_be_kept_is_refused_by_what_it_holds(content, sentence):
    with pytest.raises(Refused, match=sentence):
        kept_paper("own_x", given.user(), content, "harmless.pdf")
    assert not AnswerFile.objects.exists()
