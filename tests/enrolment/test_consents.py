import pytest
from django.db import ProgrammingError, transaction

from tests import given
from training.enrolment.applying import Application
from training.enrolment.asked import questions_at
from training.enrolment.asking import ask_no_longer
from training.enrolment.consents import (
    agree,
    agreed,
    ask_consents,
    consents_of,
    current_texts,
    has_agreed,
    take_back,
    write_text,
)
from training.enrolment.later_forms import Given, answer
from training.enrolment.models import Agreement, ConsentText, Enrolment, Erasure
from training.enrolment.question_forms import FormForSomebody, QuestionsForm
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def texts():
    return {
        purpose: ConsentText.objects.create(purpose=purpose, version=1, text_en=f"About {purpose}.", text_zh="说明。")
        for purpose in ("contact_list", "sensitive")
    }


@pytest.fixture
def enrolment():
    session = given.session()
    ask_consents(session, ["contact_list"])
    return given.enrolment(session)


def words_on_record(enrolment):
    return list(Agreement.objects.filter(enrolment=enrolment).order_by("pk").values_list("text__purpose", "is_given"))


class TestGivingAndTakingBack:
    def test_nothing_counts_as_agreed_before_a_word(self, enrolment):
        [consent] = consents_of(enrolment)

        assert not consent.is_given
        assert not has_agreed(enrolment, "contact_list")

    def test_the_newest_word_counts_and_each_stays_on_record(self, enrolment):
        by = enrolment.trainee.user
        agree(enrolment, "contact_list", by=by)
        agree(enrolment, "contact_list", by=by)
        assert has_agreed(enrolment, "contact_list")
        assert list(agreed(Enrolment.objects.all(), "contact_list")) == [enrolment]

        take_back(enrolment, "contact_list", by=by)
        take_back(enrolment, "contact_list", by=by)

        assert not has_agreed(enrolment, "contact_list")
        assert list(agreed(Enrolment.objects.all(), "contact_list")) == []
        assert words_on_record(enrolment) == [("contact_list", True), ("contact_list", False)]

    def test_purposes_are_separate(self, enrolment):
        agree(enrolment, "contact_list", by=enrolment.trainee.user)

        assert not has_agreed(enrolment, "sensitive")

    def test_who_read_an_older_text_reads_the_new_one_first(self, enrolment):
        ConsentText.objects.create(purpose="contact_list", version=2, text_en="With e-mail.", text_zh="含邮箱。")

        with pytest.raises(Refused, match="Read it once more"):
            agree(enrolment, "contact_list", by=enrolment.trainee.user, version=1)

        assert words_on_record(enrolment) == []

    def test_new_words_are_the_next_version(self, enrolment, texts):
        written = write_text("sensitive", text_en="New.", text_zh="新。")

        assert (written.version, current_texts(["sensitive"])) == (2, {"sensitive": written})
        texts["sensitive"].refresh_from_db()
        assert texts["sensitive"].text_en == "About sensitive."
        assert write_text("photos", text_en="First.", text_zh="首。").version == 1

    def test_the_database_lets_nobody_change_a_word_or_a_text(self, enrolment, texts):
        agree(enrolment, "contact_list", by=enrolment.trainee.user)

        for deed in (
            lambda: Agreement.objects.update(is_given=False),
            lambda: Agreement.objects.all().delete(),
            lambda: ConsentText.objects.update(text_en="Else."),
        ):
            with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
                deed()


class TestFieldsThatNeedAnAgreement:
    @pytest.fixture
    def session(self):
        made = given.session()
        given.asked(made, "diet", required=False)
        made.asked_fields.update(consent="sensitive")
        return made

    def form(self, session, data=None, **fields):
        from django.http import QueryDict

        sent = None
        if data is not None:
            sent = QueryDict(mutable=True)
            sent.update(data)
        return QuestionsForm(sent, questionnaire=questions_at(session, "application"), **fields)

    def test_the_text_stands_before_the_field_and_nothing_is_ticked(self, session):
        form = self.form(session)

        assert list(form.fields) == ["agree_sensitive", "diet"]
        assert form["agree_sensitive"].value() is None
        assert form["agree_sensitive"].help_text == "About sensitive."

    def test_without_the_tick_the_answer_is_not_kept_and_nothing_is_blocked(self, session):
        form = self.form(session, {"diet": "halal"})

        assert form.is_valid()
        assert (form.answers(), form.agreements()) == ({}, [])

    def test_with_the_tick_answer_and_word_are_kept_and_both_go_together(self, session):
        form = self.form(session, {"diet": "halal", "agree_sensitive": "1"})
        assert form.is_valid()
        person = given.trainee()
        application = Application("Wang Min", form.answers(), asked=form.questions, agreed=form.agreements())
        enrolment = given.sent(session, person, application)
        assert enrolment.answers == {"diet": "halal"}
        assert has_agreed(enrolment, "sensitive")
        assert list(self.form(session, enrolment=enrolment).fields) == ["diet"]

        take_back(enrolment, "sensitive", by=person.user)

        enrolment.refresh_from_db()
        assert enrolment.answers == {}
        assert [change.answers for change in enrolment.changes.all()] == [{}, {}]
        erasure = Erasure.objects.get()
        assert (erasure.codes, erasure.because) == (["diet"], "withdrawn")

    def test_what_a_later_form_asked_under_the_agreement_goes_though_the_form_has_changed(self):
        session = given.session()
        field = given.own_field(session, "Allergies", stage="after_offer", consent="sensitive")
        enrolment = given.enrolment(session)
        asked = questions_at(session, "after_offer")
        [text] = current_texts(["sensitive"]).values()
        answer(enrolment, "after_offer", Given(asked, {field.code: "nuts"}, [text]), by=enrolment.trainee.user)
        ask_no_longer(field)

        take_back(enrolment, "sensitive", by=enrolment.trainee.user)

        enrolment.refresh_from_db()
        assert enrolment.answers == {}
        assert Erasure.objects.get().codes == [field.code]

    def test_nobody_agrees_for_somebody_else(self, session):
        form = FormForSomebody(questionnaire=questions_at(session, "application"))

        assert list(form.fields) == []

    def test_what_needs_an_agreement_is_not_asked_where_there_is_no_text(self, session):
        session.asked_fields.update(consent="photos")

        assert list(self.form(session).fields) == []
