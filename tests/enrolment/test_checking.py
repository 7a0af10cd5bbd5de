"""What the checks of a session find, each in a sentence, and what the other sessions of the programme say."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests import given
from training.enrolment import lifecycle
from training.enrolment.checking import findings_of, months_before, years_between
from training.enrolment.elsewhere import elsewhere_of
from training.enrolment.models import Check, Enrolment

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return given.session_by_organiser(starts_on=timezone.localdate() + timedelta(days=40), ends_on=None)


def check(session, kind, **fields):
    return Check.objects.create(session=session, kind=kind, **fields)


def found(session, enrolment):
    people = Enrolment.objects.filter(pk=enrolment.pk).select_related("trainee", "category")
    return [finding.sentence for finding in findings_of(session, list(people)).get(enrolment.pk, [])]


def someone(session, name="Wang Min", **fields):
    return given.applied_enrolment(session, person=given.trainee(name), **fields)


def test_without_checks_nothing_is_looked_at(session, django_assert_num_queries):
    one = someone(session)

    with django_assert_num_queries(2):
        assert found(session, one) == []


def test_a_title_that_the_category_does_not_ask_for_is_found(session):
    process = given.category()
    check(session, "title_level", category=process, allowed=["senior", "technician"])

    fitting = someone(session, category=process, answers={"title_level": "senior"})
    other = someone(session, category=process, answers={"title_level": "assistant"})
    without_category = someone(session, answers={"title_level": "assistant"})

    assert found(session, fitting) == []
    assert found(session, other) == ["Title or skill level: assistant; asked for is: senior (full), technician."]
    assert found(session, without_category) == []


def test_the_kind_of_the_employer_is_found_by_each_of_its_names(session):
    given.organisation("Lathe Works", kind="enterprise", short_name_en="LW")
    given.organisation("University of Testing", kind="institute")
    check(session, "employer_kind", allowed=["enterprise"])

    assert found(session, someone(session, answers={"employer": "LW"})) == []
    assert found(session, someone(session, answers={"employer": "University of Testing"})) == [
        "Employer: university or research institute; asked for is: enterprise."
    ]
    assert found(session, someone(session, answers={"employer": "Nobody"})) == [
        "The employer is not among the known organisations: Nobody."
    ]


def test_one_person_in_two_categories_of_the_programme_is_found(session):
    process, technology = given.category(), given.category("technology", "technology talents")
    check(session, "one_category")
    other = given.session_by_organiser(programme=session.programme, title_en="Second")
    person = given.trainee()
    here = given.applied_enrolment(session, person=person, category=process)
    there = given.applied_enrolment(other, person=person, category=technology)

    assert found(session, here) == ["Stands in another category in Second: technology talents."]
    lifecycle.withdraw(there, by=person.user)
    assert found(session, here) == []


def test_whoever_took_part_within_the_months_is_found_and_who_stayed_away_is_not(session):
    check(session, "attended", at_most=2)
    earlier = given.session(programme=session.programme, title_en="Earlier")
    person = given.trainee()
    there = given.confirmed_enrolment(earlier, person=person)
    here = given.applied_enrolment(session, person=person)

    assert found(session, here)[0].startswith("Took part in Earlier on ")
    Enrolment.objects.filter(pk=there.pk).update(came=False)
    assert found(session, here) == []


def test_the_age_on_the_first_day_is_looked_at(session):
    check(session, "age", at_least=18, at_most=60)
    first = session.starts_on

    def aged(years):
        return someone(session, answers={"birth_date": first.replace(year=first.year - years, day=1).isoformat()})

    assert found(session, aged(40)) == []
    assert found(session, aged(70)) == ["Is 70 on the first day; asked for is at most 60."]
    assert found(session, aged(10)) == ["Is 10 on the first day; asked for is at least 18."]
    assert found(session, someone(session)) == ["The date of birth is unknown, so the age cannot be looked at."]


def test_required_answers_that_are_missing_are_named(session):
    given.asked(session, "employer", "post", "identity_number")
    check(session, "missing")

    one = someone(session, answers={"employer": "Lathe Works"}, identity=given.identity("11010519491231002X"))

    assert found(session, one) == ["Not answered: Post."]


def test_a_nomination_that_is_not_confirmed_is_said(session):
    body = given.body()
    given.quota(session, body, 1)
    check(session, "missing")

    assert found(session, given.nominated(session, body)) == ["Has not confirmed the nomination yet."]


def test_the_same_name_and_employer_twice_is_found(session):
    check(session, "duplicate")
    one, _other = (someone(session, "李丽", answers={"employer": "第一厂"}) for _ in range(2))
    alone = someone(session, "李丽", answers={"employer": "第二厂"})

    assert found(session, one) == ["Somebody with the same name and employer is in this session, too."]
    assert found(session, alone) == []


def test_an_own_condition_is_asked_of_everybody(session):
    check(session, "own", sentence_en="Has led a national project.")

    [finding] = findings_of(session, [someone(session)]).popitem()[1]

    assert (finding.sentence, finding.is_question) == ("To be looked at: Has led a national project.", True)


@pytest.mark.parametrize(
    ("kind", "fields", "constraint"),
    [
        ("attended", {}, "attended_within_some_months"),
        ("age", {}, "an_age_has_a_limit"),
        ("age", {"at_least": 60, "at_most": 18}, "limits_are_in_order"),
        ("own", {}, "an_own_condition_is_written_down"),
        ("title_level", {}, "a_choice_has_something_to_choose"),
    ],
)
def test_a_check_that_looks_at_nothing_cannot_be_kept(session, kind, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        check(session, kind, **fields)


def test_other_sessions_of_the_programme_say_what_came_of_it_and_other_programmes_nothing(session):
    person = given.trainee()
    past = given.session(programme=session.programme, title_en="Past")
    later = given.session(
        programme=session.programme, title_en="Later", starts_on=session.starts_on + timedelta(days=9), ends_on=None
    )
    attended = given.confirmed_enrolment(past, person=person)
    Enrolment.objects.filter(pk=attended.pk).update(came=True)
    given.withdrawn_enrolment(later, person=person)
    given.confirmed_enrolment(given.session(), person=person)
    here = given.applied_enrolment(session, person=person)

    outcomes = [(other.session, other.outcome) for other in elsewhere_of(session, [here])[here.pk]]

    assert outcomes == [("Later", "withdrawn"), ("Past", "attended")]


def test_a_person_is_known_again_by_the_identity_number(session):
    number = given.identity("11010519491231002X")
    past = given.session(programme=session.programme, title_en="Past")
    given.confirmed_enrolment(past, identity=number)
    here = given.applied_enrolment(session, identity=number)

    assert [other.outcome for other in elsewhere_of(session, [here])[here.pk]] == ["had a place, attendance not noted"]


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 1, 15), 30_000, date(1, 1, 15)),
    ],
)
def test_months_are_counted_back_to_the_last_day_there_is(day, months, before):
    assert months_before(day, months) == before


def test_years_are_counted_as_birthdays():
    assert years_between(date(2000, 5, 2), date(2026, 5, 1)) == 25
    assert years_between(date(2000, 5, 1), date(2026, 5, 1)) == 26
