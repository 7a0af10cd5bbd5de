"""What is asked after the offer, and what one agrees to, on one's own pages."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests import given
from tests.portal.test_enrolling import text_of
from training.enrolment.consents import ask_consents, has_agreed, write_text
from training.enrolment.later_forms import set_times
from training.enrolment.models import AnswerFile, ConsentText
from training.tools.dates import day_in_words

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 a paper"


@pytest.fixture
def session():
    made = given.session()
    given.asked(made, "employer")
    return made


@pytest.fixture
def enrolment(client, session):
    made = given.enrolment(session, answers={"employer": "Forge"})
    client.force_login(made.trainee.user)
    return made


def page_of(enrolment):
    return f"/my/enrolments/{enrolment.reference}/"


class TestTheFormAfterTheOffer:
    def test_the_page_asks_for_it_until_it_is_answered_and_shows_what_was_answered(self, client, session, enrolment):
        field = given.own_field(session, "When do you arrive?", stage="after_offer", is_required=True)
        form = f"{page_of(enrolment)}forms/after_offer/"
        assert "Please answer until" in text_of(client.get(page_of(enrolment)))

        missing = client.post(form, {})
        answer = client.post(form, {field.code: "at noon"})

        assert "Fill this in." in text_of(missing)
        assert answer.url == page_of(enrolment)
        page = text_of(client.get(answer.url))
        assert "You have answered; you can change it until" in page
        assert "<dt>When do you arrive?</dt><dd>at noon</dd>" in page
        assert 'value="at noon"' in text_of(client.get(form))

    def test_a_form_that_is_due_when_the_session_begins_names_the_last_day_to_answer(self, client, session, enrolment):
        given.own_field(session, "Which train?", stage="after_offer")
        last_day = day_in_words(session.starts_on - timedelta(days=1))

        pages = [client.get(page_of(enrolment) + tail) for tail in ("", "forms/after_offer/")]

        for page in pages:
            assert f"the end of {last_day}" in text_of(page)
            assert f"{day_in_words(session.starts_on)}, 00:00" not in text_of(page)

    def test_an_answer_without_its_agreement_is_not_kept_and_that_is_said(self, client, session, enrolment):
        ConsentText.objects.create(purpose="sensitive", version=1, text_en="About health.", text_zh="健康。")
        field = given.own_field(session, "Allergies", stage="after_offer", consent="sensitive")
        form = f"{page_of(enrolment)}forms/after_offer/"

        left_out = client.post(form, {field.code: "nuts"}, follow=True)
        agreed = client.post(form, {field.code: "nuts", "agree_sensitive": "1"}, follow=True)

        assert "Your answers have arrived." in text_of(left_out)
        assert "“Allergies” is not kept, because you did not agree to it." in text_of(left_out)
        assert "is not kept" not in text_of(agreed)
        enrolment.refresh_from_db()
        assert enrolment.answers[field.code] == "nuts"

    def test_when_its_time_is_over_it_leads_back_and_says_so(self, client, session, enrolment):
        given.own_field(session, "When do you arrive?", stage="after_offer")
        set_times(session, "after_offer", None, timezone.now() - timedelta(minutes=1))

        answer = client.get(f"{page_of(enrolment)}forms/after_offer/", follow=True)

        assert "This form cannot be answered now." in text_of(answer)
        assert "It was to be answered until" in text_of(answer)

    @pytest.mark.parametrize("stage", ["application", "arrival", "nonsense"])
    def test_a_stage_that_asks_nothing_has_no_page(self, client, enrolment, stage):
        assert client.get(f"{page_of(enrolment)}forms/{stage}/").status_code == 404

    def test_a_page_without_later_forms_asks_no_more_than_before(self, client, enrolment, django_assert_num_queries):
        with django_assert_num_queries(4):
            client.get(page_of(enrolment))


class TestFiles:
    @pytest.fixture(autouse=True)
    def var(self, settings, tmp_path):
        settings.VAR = tmp_path

    def test_a_file_stays_chosen_through_a_mistake_and_comes_back_only_as_an_attachment(
        self, client, session, enrolment
    ):
        field = given.own_field(session, "A paper", "file", stage="after_offer", is_required=True)
        line = given.own_field(session, "Its title", stage="after_offer", is_required=True)
        form = f"{page_of(enrolment)}forms/after_offer/"
        paper = SimpleUploadedFile("<b>代表作.pdf", PDF, "text/html")

        mistaken = client.post(form, {field.code: paper})
        kept = mistaken.context["form"].data[f"{field.code}_kept"]
        client.post(form, {f"{field.code}_kept": kept, line.code: "Casting"})

        assert "Kept: b代表作.pdf." in text_of(mistaken)
        file = AnswerFile.objects.get(enrolment=enrolment)
        page = text_of(client.get(page_of(enrolment)))
        assert f"/files/{file.pk}/" in page
        got = client.get(f"{page_of(enrolment)}files/{file.pk}/")
        assert b"".join(got.streaming_content) == PDF
        assert got["Content-Type"] == "application/pdf"
        assert got["Content-Disposition"].startswith("attachment;")
        assert got["X-Content-Type-Options"] == "nosniff"

    def test_a_file_that_was_sent_stays_when_the_answers_are_changed(self, client, session, enrolment):
        paper = given.own_field(session, "A paper", "file", stage="after_offer", is_required=True)
        title = given.own_field(session, "Its title", stage="after_offer")
        form = f"{page_of(enrolment)}forms/after_offer/"
        client.post(form, {paper.code: SimpleUploadedFile("a.pdf", PDF), title.code: "Casting"})
        file = AnswerFile.objects.get(enrolment=enrolment)
        kept = client.get(form).context["form"][f"{paper.code}_kept"].value()

        answer = client.post(form, {f"{paper.code}_kept": kept, title.code: "Forging"})

        assert answer.url == page_of(enrolment)
        enrolment.refresh_from_db()
        assert enrolment.answers[paper.code] == f"{file.pk} a.pdf"
        assert enrolment.answers[title.code] == "Forging"
        assert AnswerFile.objects.get() == file

    def test_a_file_of_somebody_else_is_not_taken_for_ones_own(self, client, session, enrolment):
        field = given.own_field(session, "A paper", "file", stage="after_offer", is_required=True)
        form = f"{page_of(enrolment)}forms/after_offer/"
        mistaken = client.post(form, {field.code: SimpleUploadedFile("a.exe", b"MZ", "application/pdf")})
        assert "Choose a PDF, a JPEG or a PNG file." in text_of(mistaken)
        client.post(form, {field.code: SimpleUploadedFile("a.pdf", PDF)})
        [file] = AnswerFile.objects.all()

        thief = given.enrolment(session)
        client.force_login(thief.trainee.user)
        answer = client.post(f"{page_of(thief)}forms/after_offer/", {f"{field.code}_kept": f"{file.pk} a.pdf"})

        assert "Choose a file." in text_of(answer)
        file.refresh_from_db()
        assert file.enrolment == enrolment
        assert client.get(f"{page_of(thief)}files/{file.pk}/").status_code == 404


class TestAgreements:
    @pytest.fixture(autouse=True)
    def text(self, session):
        ask_consents(session, ["contact_list"])
        return ConsentText.objects.create(
            purpose="contact_list", version=1, text_en="Name and phone.", text_zh="说明。"
        )

    def test_agreeing_and_taking_it_back_are_one_press_each_on_one_page(self, client, enrolment):
        page = f"{page_of(enrolment)}consents/"
        assert "You have not agreed." in text_of(client.get(page))

        client.post(page, {"purpose": "contact_list", "version": "1", "word": "yes"})
        assert has_agreed(enrolment, "contact_list")
        assert "I agree no longer" in text_of(client.get(page))

        client.post(page, {"purpose": "contact_list", "version": "1", "word": "no"})
        assert not has_agreed(enrolment, "contact_list")
        assert "You took your agreement back on" in text_of(client.get(page))

    def test_after_new_words_both_texts_are_shown_and_the_new_one_is_agreed_to_by_a_press(self, client, enrolment):
        page = f"{page_of(enrolment)}consents/"
        client.post(page, {"purpose": "contact_list", "version": "1", "word": "yes"})
        write_text("contact_list", text_en="Name, phone and post.", text_zh="说明。")

        changed = text_of(client.get(page))
        client.post(page, {"purpose": "contact_list", "version": "2", "word": "yes"})

        assert "Name and phone." in changed
        assert "Name, phone and post." in changed
        assert [one.text.version for one in enrolment.agreements.all()] == [2, 1]
        assert "I agree to the new text" not in text_of(client.get(page))

    @pytest.mark.parametrize(
        "said",
        [
            {"purpose": "photos", "version": "1", "word": "yes"},
            {"purpose": "contact_list", "version": "9", "word": "yes"},
            {"purpose": "contact_list", "version": "x" * 99, "word": "yes"},
            {"purpose": "contact_list", "version": "1", "word": "perhaps"},
        ],
    )
    def test_what_was_not_shown_is_not_agreed_to(self, client, enrolment, said):
        client.post(f"{page_of(enrolment)}consents/", said)

        assert not enrolment.agreements.exists()
