"""Which people stand on a roster, and in which order."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.utils.translation import override

from tests import given
from training.enrolment.answers import file_answer
from training.enrolment.asking import Option, ask_no_longer, change_field
from training.enrolment.models import Enrolment
from training.rosters.columns import COLUMNS, Sensitivity, columns_of
from training.rosters.recipes import BUILT_IN, DEFAULT, Recipe, columns_to_begin_with, rows_of, some_people, streamed
from training.rosters.sortings import SORTINGS

pytestmark = pytest.mark.django_db


def names(session, **fields):
    recipe = Recipe(columns=("name",), states=fields.pop("states", DEFAULT.states), **fields)
    found = recipe.people(Enrolment.objects.filter(session=session))
    return [row[0] for row in rows_of(some_people(found, 0, 100), [COLUMNS["name"]])]


def add(session, name, **fields):
    return given.enrolment(session, person=given.trainee(name), **fields)


def test_people_stand_in_the_order_of_their_names_as_they_are_read():
    session = given.session()
    for name in ("张明", "单雄信", "Zhang Wei", "曾国", "欧阳修", "任重"):
        add(session, name)

    assert names(session) == ["欧阳修", "任重", "单雄信", "曾国", "Zhang Wei", "张明"]


def test_people_stand_in_the_order_of_their_applications():
    session = given.session()
    for name in ("张明", "李四", "王五"):
        add(session, name)

    assert names(session, sorting="applied_at") == ["张明", "李四", "王五"]


def test_people_stand_by_category_in_its_official_order_and_those_without_at_the_end():
    session = given.session()
    second = given.category("process")
    first = given.category("technology", "advanced manufacturing technology talents")
    second.official_order, first.official_order = 2, 1
    second.save()
    first.save()
    add(session, "张明")
    add(session, "李四", category=second)
    add(session, "王五", category=first)
    add(session, "陈一", category=first)

    assert names(session, sorting="category") == ["陈一", "王五", "李四", "张明"]


def test_the_people_of_one_employer_stand_together_by_the_employers_pinyin():
    session = given.session()
    add(session, "张明", answers={"employer": "重庆机床厂"})
    add(session, "李四", answers={"employer": "安徽研究院"})
    add(session, "王五", answers={"employer": "重庆机床厂"})
    add(session, "陈一")

    assert names(session, sorting="employer")[0] == "李四"
    assert names(session, sorting="employer")[3] == "陈一"
    assert names(session, sorting="employer")[1:3] == ["王五", "张明"]


def test_the_waiting_list_stands_in_its_order_after_those_with_a_place():
    session = given.session(capacity=1)
    for name in ("张明", "王五", "李四"):
        add(session, name)

    assert names(session, sorting="state", states=("confirmed", "waitlisted")) == ["张明", "王五", "李四"]


def test_only_those_who_hold_a_place_stand_on_a_roster_unless_others_are_asked_for():
    session = given.session(capacity=1)
    add(session, "张明")
    add(session, "王五")

    assert names(session) == ["张明"]
    assert names(session, states=("waitlisted",)) == ["王五"]


@pytest.mark.parametrize("words", ["小明", "zxm", "1111", "张 小"])
def test_people_are_found_by_name_initials_and_last_digits(words):
    session = given.session()
    given.enrolment(session, person=given.trainee("张小明"), mobile=given.mobile("13800001111"))
    add(session, "李四")

    assert names(session, words=words) == ["张小明"]


def test_the_number_of_people_comes_with_their_rows():
    session = given.session()
    for name in ("张明", "李四"):
        add(session, name)
    people = DEFAULT.people(Enrolment.objects.filter(session=session))

    count, rows = streamed(people, [COLUMNS["number"], COLUMNS["name"]], in_full=False)

    assert count == 2
    assert list(rows) == [[1, "李四"], [2, "张明"]]


def test_nobody_is_no_row():
    count, rows = streamed(DEFAULT.people(Enrolment.objects.none()), [COLUMNS["name"]], in_full=True)
    assert (count, list(rows)) == (0, [])


def test_a_recipe_is_kept_and_read_again():
    recipe = Recipe(("name", "state"), ("confirmed",), "sign_in", "employer", "process", "张")
    assert Recipe.from_record(recipe.as_record()) == recipe


def test_choices_and_categories_are_in_the_language_of_the_reader():
    session = given.session()
    add(session, "张明", category=given.category(), answers={"sex": "male"})
    (person,) = some_people(DEFAULT.people(Enrolment.objects.filter(session=session)), 0, 10)
    columns = [COLUMNS[code] for code in ("category", "applied_at")]

    with override("zh-hans"):
        assert rows_of([person], columns)[0][0] == "先进基础工艺人才"
        assert [column.title for column in columns] == ["人才类别", "报名时间"]
    with override("en"):
        assert rows_of([person], columns)[0][0] == "advanced basic process talents"
        assert [column.title for column in columns] == ["Category", "Applied"]


def test_every_built_in_recipe_has_columns_that_exist_and_every_sealed_column_is_masked():
    for recipe in BUILT_IN.values():
        assert set(recipe.columns) <= set(COLUMNS)
    assert len(COLUMNS) >= 20
    masked = {code for code, column in COLUMNS.items() if column.sensitivity is Sensitivity.MASKED}
    assert masked == {"identity_number", "mobile", "email"}
    assert {code for code, column in COLUMNS.items() if column.full_reader} == masked


def test_every_sorting_gives_every_person_one_place():
    session = given.session()
    for name in ("张明", "张明", "李四"):
        add(session, name)
    for code in SORTINGS:
        assert len(names(session, sorting=code)) == 3


def test_own_questions_are_columns_of_their_session_with_answers_in_words():
    session = given.session()
    tour = given.own_field(session, "Which tour?", "choices", [("Mill", 2), ("Forge", None)], label_zh="参观哪里？")
    days = given.own_field(session, "How many days?", "number")
    given.own_field(session, "Travel", "heading")
    values = list(tour.options.values_list("value", flat=True))
    given.enrolment(session, answers={tour.code: values, days.code: "3"})

    columns = columns_of(session)
    recipe = replace(DEFAULT, columns=("name", tour.code, days.code, "own_gone"))
    chosen = recipe.columns_among(columns)

    assert list(columns)[-2:] == [tour.code, days.code]
    assert [column.title for column in chosen] == ["Name", "Which tour?", "How many days?"]
    [row] = rows_of(some_people(recipe.people(Enrolment.objects.all()), 0, 10), chosen)
    assert row[1:] == ["Mill, Forge", 3]
    assert columns_to_begin_with("everything", columns)[-2:] == (tour.code, days.code)
    with override("zh-hans"):
        assert [column.title for column in chosen] == ["姓名", "参观哪里？", "自问"]


def test_of_a_file_the_roster_says_the_name():
    session = given.session()
    letter = given.own_field(session, "Letter of your employer", "file")
    given.enrolment(session, answers={letter.code: file_answer(uuid4(), "letter of the yard.pdf")})
    given.enrolment(session, answers={})

    columns = columns_of(session)

    chosen = replace(DEFAULT, columns=(letter.code,)).columns_among(columns)
    rows = rows_of(some_people(DEFAULT.people(Enrolment.objects.all()), 0, 10), chosen)
    assert [column.title for column in chosen] == ["Letter of your employer"]
    assert sorted(rows) == [[""], ["letter of the yard.pdf"]]


def test_what_was_answered_leaves_the_house_in_words_after_its_question_or_option_went():
    session = given.session()
    tour = given.own_field(session, "Which tour?", "choice", [("Mill", None), ("Forge", None), ("Yard", None)])
    shirts = given.own_field(session, "How many shirts?", "number")
    mill, forge, yard = tour.options.all()
    answers = {tour.code: mill.value, shirts.code: "2"}
    given.sent(session, given.trainee(), given.application(answers=answers))

    change_field(tour, {}, [Option(one.label_en, one.label_zh, value=one.value) for one in (forge, yard)])
    ask_no_longer(shirts)

    columns = columns_of(session)
    chosen = replace(DEFAULT, columns=(tour.code, shirts.code)).columns_among(columns)
    [row] = rows_of(some_people(DEFAULT.people(Enrolment.objects.all()), 0, 10), chosen)
    assert [column.title for column in chosen] == ["Which tour?", "How many shirts?"]
    assert row == ["Mill", 2]


def test_people_stand_by_their_bodies_in_the_official_order_and_there_by_rank():
    session = given.session_by_organiser()
    second, first = given.body(official_order=2), given.body(official_order=1)
    for body in (second, first):
        given.quota(session, body, 2)
    given.nominated(session, second, name="张明")
    given.nominated(session, first, name="李四", is_reserve=True)
    given.nominated(session, first, name="王五")
    add(session, "陈一")
    recipe = Recipe(columns=("name", "body", "rank"), states=("applied",), sorting="body")

    rows = rows_of(some_people(recipe.people(Enrolment.objects.all()), 0, 9), recipe.columns_among(COLUMNS))

    assert rows == [
        ["王五", first.name_en, 2],
        ["李四", first.name_en, "reserve"],
        ["张明", second.name_en, 1],
        ["陈一", "", ""],
    ]


def test_people_stand_by_the_provinces_of_their_bodies_in_the_official_order():
    session = given.session_by_organiser()
    for code, name in (("330000", "张明"), ("110000", "李四")):
        body = given.body(province=given.province(code))
        given.quota(session, body, 1)
        given.nominated(session, body, name=name)

    assert names(session, states=("applied",), sorting="province") == ["李四", "张明"]
