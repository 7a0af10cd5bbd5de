"""A letter to many: counted, filled for each, sent once, recorded."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import given
from training.enrolment import mailing
from training.enrolment.mailing import LetterToMany, filled_for, people_meant, send_to_many
from training.enrolment.models import Mailing
from training.mail.models import Letter
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db


def own(session, **fields):
    values = {"states": ["confirmed"], "subject_en": "News, {{ trainee }}", "text_en": "About {{ session }}."}
    return LetterToMany(session, **(values | fields))


def sent(letter, **fields):
    values = {"purpose": "", "send_key": uuid.uuid4(), "by": given.user()}
    return send_to_many(letter, **(values | fields))


def written(of):
    return Letter.objects.filter(series=f"mailing-{of.pk}").order_by("pk")


def test_everybody_who_is_meant_gets_one_letter_and_it_is_recorded():
    session = given.session()
    people = [given.confirmed_enrolment(session) for _ in range(3)]
    given.withdrawn_enrolment(session)
    given.confirmed_enrolment()
    by = given.user()

    record = sent(own(session), by=by)

    assert {letter.about for letter in written(record)} == {one.reference for one in people}
    assert {letter.to for letter in written(record)} == {one.trainee.email for one in people}
    assert (record.people, record.by, record.session) == (3, by, session)
    assert ProcrastinateJob.objects.filter(args__letter_id__in=[letter.pk for letter in written(record)]).count() == 3


def test_it_is_narrowed_by_category():
    session = given.session()
    one = given.confirmed_enrolment(session, category=given.category("a", "casters"))
    given.confirmed_enrolment(session, category=given.category("b", "welders"))

    assert list(people_meant(own(session, category=one.category))) == [one]


def test_each_reads_it_in_the_own_language_and_in_the_other_where_that_is_missing():
    session = given.session()
    chinese = given.confirmed_enrolment(session, person=given.trainee("王敏", language="zh-hans"))
    english = given.confirmed_enrolment(session, person=given.trainee("Ann"))
    both = own(session, subject_zh="通知：{{ trainee }}", text_zh="关于{{ session }}。")

    assert filled_for(both, chinese).subject == "通知：王敏"
    assert filled_for(both, english).subject == "News, Ann"
    assert filled_for(own(session), chinese).text == f"About {session.title_zh}."


def test_a_template_is_used_as_it_stands():
    session = given.session()
    given.confirmed_enrolment(session)

    record = sent(LetterToMany(session, ["confirmed"], template="enrolment_start_reminder"))

    assert written(record).get().subject.startswith("The session begins soon: ")


def test_a_sending_that_is_repeated_writes_once():
    session, key, by = given.session(), uuid.uuid4(), given.user()
    given.confirmed_enrolment(session)

    first, again = (sent(own(session), send_key=key, by=by) for _ in range(2))

    assert first == again
    assert written(first).count() == 1


def test_nobody_is_refused():
    with pytest.raises(Refused, match="Nobody is meant"):
        sent(own(given.session()))


def test_above_the_limit_a_purpose_is_asked_and_kept(monkeypatch):
    monkeypatch.setattr(mailing, "MOST_WITHOUT_A_PURPOSE", 1)
    session = given.session()
    for _ in range(2):
        given.confirmed_enrolment(session)

    with pytest.raises(Refused, match="Say what the letter is for"):
        sent(own(session), purpose="  ")

    assert sent(own(session), purpose="The bus leaves earlier").purpose == "The bus leaves earlier"


def test_the_database_wants_a_purpose_above_200_and_lets_nobody_change_the_record():
    session = given.session()
    values = {"session": session, "states": ["confirmed"], "by": given.user()}
    record = Mailing.objects.create(people=200, send_key=uuid.uuid4(), **values)

    with pytest.raises(IntegrityError, match="a_letter_to_very_many_has_a_purpose"), transaction.atomic():
        Mailing.objects.create(people=201, send_key=uuid.uuid4(), **values)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Mailing.objects.filter(pk=record.pk).update(people=1)


def test_what_it_takes_does_not_grow_with_the_people(django_assert_num_queries):
    session = given.session(capacity=40)
    for _ in range(30):
        given.confirmed_enrolment(session)
    letter, by = own(session), given.user()

    with django_assert_num_queries(10):
        sent(letter, by=by)


@pytest.mark.parametrize("how_many", [1, 30])
def test_telling_everybody_the_own_answers_takes_no_more_for_thirty(how_many, django_assert_num_queries):
    session = given.session(capacity=50)
    given.asked(session, "employer", required=False)
    for _ in range(how_many):
        given.confirmed_enrolment(session, answers={"employer": "Forge"})
    letter, by = own(session, text_en="You wrote: {{ answers }}"), given.user()

    with django_assert_num_queries(11):
        record = sent(letter, by=by)

    assert {one.text for one in written(record)} == {"You wrote: Employer: Forge"}
