import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from tests import given
from training.enrolment import asking
from training.enrolment.answers import answers_as_text, answers_given
from training.enrolment.applying import change_answers
from training.enrolment.asked import questions_at
from training.enrolment.later_forms import Given, answer
from training.enrolment.letters import Reader, Told, about_a_person
from training.enrolment.lifecycle import withdraw
from training.enrolment.models import AskedOption, Choice
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db


def chosen(field):
    return list(field.options.values_list("label_en", "chosen"))


def value_of(field, words):
    return field.options.get(label_en=words).value


def application(session, answers, **fields):
    return applying_with(questions_at(session, "application"), answers, **fields)


def applying_with(asked, answers, **fields):
    from training.enrolment.applying import Application

    return Application(name="Wang Min", answers=answers, asked=asked, **fields)


def enrolled(session, answers):
    made = given.enrolment(session)
    return change_answers(made, application(session, answers), by=made.trainee.user)


class TestWhatIsAsked:
    def test_an_own_field_stands_behind_the_standard_ones_with_its_words_and_options(self):
        session = given.session()
        given.asked(session, "employer")
        tour = given.own_field(session, "Which tour?", "choice", [("Mill", 2), ("Forge", None)], label_zh="参观哪里？")

        first, second = questions_at(session, "application")

        assert (first.code, first.is_required, first.is_own) == ("employer", True, False)
        assert (second.code, str(second.label), second.is_own) == (tour.code, "Which tour?", True)
        assert [str(words) for _value, words in second.choices] == ["Mill", "Forge"]
        with translation.override("zh-hans"):
            assert str(second.label) == "参观哪里？"

    def test_each_stage_asks_its_own(self):
        session = given.session()
        given.own_field(session, "When do you arrive?", stage="after_offer")

        assert list(questions_at(session, "application")) == []
        assert [str(one.label) for one in questions_at(session, "after_offer")] == ["When do you arrive?"]

    def test_a_field_is_asked_once_in_a_session_whatever_the_stage(self):
        session = given.session()
        given.asked(session, "diet")

        with pytest.raises(Refused, match="asked already"):
            asking.ask_standard(session, "after_offer", "diet")


class TestTheOrder:
    def test_a_field_moves_one_place_and_stays_at_the_edge(self):
        session = given.session()
        first, second = given.own_field(session, "First"), given.own_field(session, "Second")

        asking.move_field(second, up=True)
        asking.move_field(second, up=True)

        assert [str(one.label) for one in questions_at(session, "application")] == ["Second", "First"]
        first.refresh_from_db()
        assert first.position == 2

    def test_a_field_does_not_move_before_the_one_it_hangs_on(self):
        session = given.session()
        room = given.own_field(session, "A room?", "yes_no")
        given.own_field(session, "Which room?", shown_if_code=room.code, shown_if_value="yes")

        with pytest.raises(Refused, match="asked only after"):
            asking.move_field(room, up=False)

    def test_a_field_stays_while_another_one_hangs_on_it(self):
        session = given.session()
        room = given.own_field(session, "A room?", "yes_no")
        which = given.own_field(session, "Which room?", shown_if_code=room.code, shown_if_value="yes")

        with pytest.raises(Refused) as refused:
            asking.ask_no_longer(room)
        asking.ask_no_longer(which)
        asking.ask_no_longer(room)

        assert "“A room?” stays: “Which room?” is asked only for an answer to it." in str(refused.value)
        assert not session.asked_fields.exists()

    def test_a_standard_field_stays_as_well_unless_what_hangs_on_it_goes_with_it(self):
        session = given.session()
        given.asked(session, "lodging", "rooming")
        session.asked_fields.filter(code="rooming").update(shown_if_code="lodging", shown_if_value="yes")

        with pytest.raises(Refused, match="Single or shared room"):
            asking.ask(session, {"rooming": True})
        asking.ask(session, {"employer": True})

        assert list(session.asked_fields.values_list("code", flat=True)) == ["employer"]

    def test_an_option_stays_while_a_field_hangs_on_it(self):
        session = given.session()
        tour = given.own_field(session, "Which tour?", "choice", [("Mill", None), ("Forge", None), ("Yard", None)])
        given.own_field(session, "Boots?", shown_if_code=tour.code, shown_if_value=value_of(tour, "Mill"))
        mill, forge, yard = (asking.Option(one.label_en, value=one.value) for one in tour.options.all())

        with pytest.raises(Refused, match=r"The option “Mill” stays: “Boots\?” is asked only for it\."):
            asking.change_field(tour, {}, [forge, yard])
        asking.change_field(tour, {}, [mill, forge])

        assert [one.label_en for one in tour.options.all()] == ["Mill", "Forge"]


class TestCopying:
    def test_a_form_comes_with_codes_options_and_conditions_and_without_what_is_asked_already(self):
        source, session = given.session(), given.session()
        given.asked(source, "employer")
        given.asked(session, "employer")
        tour = given.own_field(source, "Which tour?", "choice", [("Mill", 2), ("Forge", None)])
        given.own_field(source, "Boots?", shown_if_code=tour.code, shown_if_value=value_of(tour, "Mill"))

        count = asking.copy_form(source, session, "application")

        assert count == 2
        assert list(questions_at(session, "application").codes) != []
        copied = session.asked_fields.get(code=tour.code)
        assert list(copied.options.values_list("label_en", "capacity", "chosen")) == [
            ("Mill", 2, 0),
            ("Forge", None, 0),
        ]
        assert session.asked_fields.get(label_en="Boots?").shown_if_value == value_of(copied, "Mill")
        assert source.asked_fields.count() == 3


class TestOptionsThatNotEverybodyMayChoose:
    def test_a_choice_is_counted_and_given_back(self):
        session = given.session()
        tour = given.own_field(session, "Which tour?", "choices", [("Mill", 2), ("Forge", None)])
        mill, forge = value_of(tour, "Mill"), value_of(tour, "Forge")
        enrolment = enrolled(session, {tour.code: [mill, forge]})
        assert chosen(tour) == [("Mill", 1), ("Forge", 1)]

        change_answers(enrolment, application(session, {tour.code: [forge]}), by=enrolment.trainee.user)

        assert chosen(tour) == [("Mill", 0), ("Forge", 1)]

    def test_whoever_withdraws_leaves_the_option_to_others(self):
        session = given.session()
        tour = given.own_field(session, "Which tour?", "choice", [("Mill", 1), ("Forge", None)])
        enrolment = enrolled(session, {tour.code: value_of(tour, "Mill")})

        withdraw(enrolment, by=enrolment.trainee.user)

        assert chosen(tour) == [("Mill", 0), ("Forge", 0)]
        assert not Choice.objects.exists()

    def test_one_too_many_is_told_to_choose_another(self):
        session = given.session()
        tour = given.own_field(session, "Which tour?", "choice", [("Mill", 1), ("Forge", None)])
        enrolled(session, {tour.code: value_of(tour, "Mill")})

        with pytest.raises(Refused, match="As many as may have chosen “Mill”") as refused:
            enrolled(session, {tour.code: value_of(tour, "Mill")})

        assert refused.value.field == tour.code
        assert chosen(tour) == [("Mill", 1), ("Forge", 0)]

    def test_the_database_itself_refuses_one_too_many(self):
        session = given.session()
        tour = given.own_field(session, "Which tour?", "choice", [("Mill", 0), ("Forge", None)])
        enrolment = given.enrolment(session)

        with pytest.raises(IntegrityError, match="chosen_by_no_more_than_may"), transaction.atomic():
            Choice.objects.create(enrolment=enrolment, option=tour.options.get(label_en="Mill"))

    def test_no_fewer_may_choose_an_option_than_have(self):
        session = given.session()
        tour = given.own_field(session, "Which tour?", "choice", [("Mill", 2), ("Forge", None)])
        enrolled(session, {tour.code: value_of(tour, "Mill")})
        lower = [asking.Option("Mill", "", 0, value_of(tour, "Mill")), asking.Option("Forge", "", None)]

        with pytest.raises(Refused, match="1 person has chosen"):
            asking.change_field(tour, {}, lower)

    def test_no_page_writes_the_count(self):
        tour = given.own_field(given.session(), "Which tour?", "choice", [("Mill", 2), ("Forge", None)])

        AskedOption.objects.filter(field=tour).update(chosen=2)

        assert chosen(tour) == [("Mill", 0), ("Forge", 0)]


class TestTheAnswers:
    def test_an_answer_keeps_the_words_of_question_and_option_as_they_were(self):
        session = given.session()
        tour = given.own_field(session, "Which tour?", "choices", [("Mill", None), ("Forge", None)])
        enrolment = enrolled(session, {tour.code: [value_of(tour, "Mill"), value_of(tour, "Forge")]})

        asking.change_field(tour, {"label_en": "Which visit?"}, [asking.Option("Rolling mill", "", None)])

        enrolment.refresh_from_db()
        assert answers_given(enrolment) == [("Which tour?", "Mill, Forge")]
        assert answers_as_text(enrolment, "zh-hans") == "自问：Mill（中文）、Forge（中文）"

    def test_a_question_that_was_not_asked_because_of_an_answer_stands_nowhere(self):
        session = given.session()
        given.asked(session, "lodging")
        given.own_field(session, "Which room?", shown_if_code="lodging", shown_if_value="yes")

        enrolment = enrolled(session, {"lodging": "no"})

        assert answers_given(enrolment) == [("Do you need a room?", "No")]


def test_a_letter_tells_what_was_answered_at_later_stages_too():
    session = given.session()
    given.asked(session, "employer", required=False)
    train = given.own_field(session, "Which train?", stage="after_offer")
    enrolment = given.enrolment(session, answers={"employer": "Forge"})
    asked = questions_at(session, "after_offer")
    answer(enrolment, "after_offer", Given(asked, {train.code: "G7"}), by=enrolment.trainee.user)

    enrolment.refresh_from_db()

    assert answers_as_text(enrolment, "en") == "Employer: Forge\nWhich train?: G7"


def test_a_letter_tells_the_person_what_was_answered_and_nobody_else():
    session = given.session()
    given.asked(session, "employer", "mobile", required=False)
    enrolment = given.enrolment(session, answers={"employer": "Forge"}, mobile=given.mobile("13800001111"))
    person, other = enrolment.trainee, given.user()

    def told(email):
        return about_a_person(enrolment, session, Told(), Reader(email, "", "en", "contact"))["answers"]()

    assert told(person.email) == "Employer: Forge\nMobile phone: 138****1111"
    assert told(other.email) == ""
