import smtplib

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from training.mail import outbox, sending
from training.mail.models import Letter, LetterTemplate
from training.mail.wording import delivered_codes, placeholders_of, refuse_unknown_placeholders, wording
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db

VALUES = {"trainee": "王敏", "session": "Forging", "link": "https://cohort.example.org/my/enrolments/K7Q2/"}


def a_letter(**fields):
    values = {"to": "wang@example.org", "template": "enrolment_confirmed", "values": VALUES, "language": "en"}
    return outbox.write(**(values | fields))


def test_a_letter_is_a_row_and_a_job_of_the_deed_that_causes_it():
    letter = a_letter()

    assert letter.state == "waiting"
    job = ProcrastinateJob.objects.get(task_name="training.mail.tasks.send_letter")
    assert job.args == {"letter_id": letter.pk}


def test_a_deed_that_is_rolled_back_leaves_neither_letter_nor_job():
    with transaction.atomic():
        a_letter()
        transaction.set_rollback(True)

    assert not Letter.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_a_letter_is_sent_once_however_often_its_job_runs():
    letter = a_letter()

    assert [sending.send(letter.pk), sending.send(letter.pk)] == [True, False]

    letter.refresh_from_db()
    assert letter.state == "sent"
    assert len(mail.outbox) == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == letter.message_id


@pytest.mark.parametrize("state", ["held", "cancelled", "failed"])
def test_a_letter_that_is_held_or_cancelled_does_not_leave(state):
    letter = a_letter()
    Letter.objects.filter(pk=letter.pk).update(state=state)

    assert not sending.send(letter.pk)

    assert mail.outbox == []


def test_a_letter_in_the_hands_of_a_living_worker_is_left_alone_and_taken_up_when_it_died():
    letter = a_letter()
    Letter.objects.filter(pk=letter.pk).update(leased_until=timezone.now() + sending.LEASE)
    assert not sending.send(letter.pk)

    Letter.objects.filter(pk=letter.pk).update(
        leased_until=timezone.now() - sending.LEASE, written_at=timezone.now() - 2 * sending.LEASE
    )
    assert sending.send_what_was_left_behind() == 1
    assert sending.send(letter.pk)

    assert mail.outbox[0].extra_headers["Message-ID"] == letter.message_id


def test_a_mail_server_that_refuses_leaves_the_letter_waiting_and_after_six_times_failed(settings):
    settings.EMAIL_BACKEND = "tests.mail.refusing.Backend"
    letter = a_letter()

    for attempt in range(1, sending.ATTEMPTS + 1):
        with pytest.raises(smtplib.SMTPServerDisconnected):
            sending.send(letter.pk)
        letter.refresh_from_db()
        assert letter.attempts == attempt
        assert letter.state == ("failed" if attempt == sending.ATTEMPTS else "waiting")

    assert letter.last_error == "SMTPServerDisconnected"


@pytest.mark.parametrize(("demo", "kept"), [(False, ""), (True, "text")], ids=["in production", "in the demo"])
def test_the_text_of_a_letter_with_a_secret_is_erased_once_it_is_sent(settings, demo, kept):
    settings.DEMO = demo
    letter = a_letter(secret=True)
    Letter.objects.filter(pk=letter.pk).update(text="text")

    sending.send(letter.pk)

    letter.refresh_from_db()
    assert letter.text == kept


def test_values_are_text_and_never_a_program():
    letter = a_letter(values=VALUES | {"trainee": "{{ link }}{% now %}\r\nBcc: all@example.org"})

    assert "{{ link }}{% now %}" in letter.text
    assert "\n" not in letter.subject


def test_the_wording_that_an_organiser_adapted_is_used_and_the_missing_language_falls_back():
    LetterTemplate.objects.create(
        code="enrolment_confirmed", subject_en="Come, {{ trainee }}", text_en="See {{ link }}"
    )

    assert a_letter().subject == "Come, 王敏"
    assert a_letter(language="zh-hans").text == f"See {VALUES['link']}"


def test_a_placeholder_that_does_not_exist_is_named_when_the_wording_is_saved():
    with pytest.raises(Refused, match="no placeholder trainer"):
        refuse_unknown_placeholders("enrolment_confirmed", "Dear {{ trainer }}")


@pytest.mark.parametrize(
    "mistyped",
    ["{{ Trainee }}", "{{trainee.name}}", "{{ 姓名 }}", "{{ trainee }", "{trainee}", "｛｛ trainee ｝｝", "{{}}", "{{"],
)
def test_what_only_looks_like_a_placeholder_is_named_when_the_wording_is_saved(mistyped):
    with pytest.raises(Refused) as refused:
        refuse_unknown_placeholders("enrolment_confirmed", f"Dear {mistyped}, see {{{{ link }}}}")

    assert f"no placeholder {mistyped}" in str(refused.value)


@pytest.mark.parametrize("text", ["Rooms {1, 2}", "{a} to {b}", "{{ trainee }}{{link}}", "50 % {}"])
def test_other_braces_are_text(text):
    refuse_unknown_placeholders("enrolment_confirmed", text)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_delivered_wording_has_both_languages_and_only_known_placeholders(language):
    codes = delivered_codes()
    assert "enrolment_offered" in codes

    for code in codes:
        said = wording(code, language)
        refuse_unknown_placeholders(code, said.subject + said.text)
        filled = said.filled(dict.fromkeys(placeholders_of(code), "x"))
        assert "{{" not in filled.subject + filled.text
