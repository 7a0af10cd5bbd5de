import pytest
from django.urls import reverse

from tests import given
from training.enrolment.models import Enrolment
from training.intake import correcting, taking
from training.intake.contents import Content
from training.intake.reading import Sheet
from training.intake.tables import tables_of
from training.tools.names import full_name
from training.tools.refusals import Refused


@pytest.mark.parametrize(
    ("family", "given_name", "name"),
    [
        ("张", "明", "张明"),
        ("欧阳", "小红", "欧阳小红"),
        ("Smith", "Anna", "Anna Smith"),
        ("van der Berg", "Jan Piet", "Jan Piet van der Berg"),
        ("张", "Anna", "Anna 张"),
        ("", "Anna", "Anna"),
        ("张", "", "张"),
    ],
)
def test_two_parts_of_a_name_are_one_as_names_are_kept(family, given_name, name):
    assert full_name(family, given_name) == name


@pytest.mark.parametrize(
    ("titles", "meanings"),
    [
        (["姓", "名", "单位"], ["family_name", "given_name", "employer"]),
        (["Surname", "Given name(s)", "Employer"], ["family_name", "given_name", "employer"]),
        (["Family name", "First name", "E-mail"], ["family_name", "given_name", "email"]),
        (["Name", "Surname", "E-mail"], ["given_name", "family_name", "email"]),
        (["姓", "名字", "单位"], ["family_name", "given_name", "employer"]),
        (["姓名", "姓（拼音）", "名（拼音）", "单位"], ["name", "", "", "employer"]),
        (["姓名", "Surname", "单位"], ["name", "", "employer"]),
    ],
)
def test_the_titles_of_the_two_columns_are_known(titles, meanings):
    [table] = tables_of(Sheet(rows=[titles, ["a", "b", "c", "d"]]))

    assert [column.meaning for column in table.columns] == meanings


def test_the_two_columns_may_stand_under_one_title():
    sheet = Sheet(rows=[["序号", "姓名", None, "单位"], [None, "姓", "名", None], [1, "张", "明", "甲厂"]])
    sheet.merges = [(0, 1, 0, 2), (0, 0, 1, 0), (0, 3, 1, 3)]

    [table] = tables_of(sheet)

    assert [column.meaning for column in table.columns] == ["serial", "family_name", "given_name", "employer"]
    assert [row.number for row in table.rows] == [3]


# ── in a list ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def body(db):
    return given.organisation("Department of Anhui", name_zh="安徽省经济和信息化厅")


@pytest.fixture
def session(body):
    made = given.session_by_organiser()
    given.quota(made, body, 5)
    return made


@pytest.fixture
def nominator(session, body):
    return given.nominator(body, session.programme)


def names(intake):
    return [Content.of(row).values.get("name") for row in intake.rows.in_order()]


def test_people_with_names_in_two_columns_are_taken_and_half_a_name_is_said(client, session, body, nominator):
    people = [
        "张, 明,甲厂,a@example.org",
        "Smith,Anna,甲厂,b@example.org",
        "李,,甲厂,c@example.org",
        "王,刚3,甲厂,d@example.org",
    ]
    intake = given.intake(session, body, nominator, "\n".join(["姓,名,单位,邮箱", *people]))
    rows = list(intake.rows.in_order())

    assert names(intake) == ["张明", "Anna Smith", "李", None]
    assert [row.level for row in rows] == ["green", "green", "yellow", "red"]
    client.force_login(nominator)
    page = client.get(reverse("intake", args=[intake.reference])).content.decode()
    assert "Of family name and given name only one is filled in." in page
    assert page.count("not asked, not taken") == 0
    assert "张明" not in page  # each column shows its half, beside the other
    assert f'name="cell-{rows[3].pk}-name" form="sheet" value="王刚3"' in page
    typed = {f"cell-{rows[2].pk}-name": "李强", f"was-{rows[2].pk}-name": "李", f"cell-{rows[3].pk}-name": "王刚"}
    client.post(reverse("intake_sheet", args=[intake.reference]), typed)

    taking.take(intake, all_or_nothing=True, by=nominator)
    taking.take_rows(intake.pk)
    assert [one.trainee.name for one in Enrolment.objects.order_by("rank")] == ["张明", "Anna Smith", "李强", "王刚"]


def test_a_person_chooses_the_two_columns_and_it_is_remembered_for_the_sender(client, session, body, nominator):
    text = "甲,乙,单位,性别,邮箱\n张,明,甲厂,男,a@example.org\n"
    intake = given.intake(session, body, nominator, text)
    client.force_login(nominator)
    page = client.get(reverse("intake", args=[intake.reference])).content.decode()
    assert '<option value="family_name">Family name</option>' in page

    chosen = {"column-0": "family_name", "column-1": "given_name"}
    client.post(reverse("intake_sheet", args=[intake.reference]), chosen)

    assert names(intake) == ["张明"]
    assert names(given.intake(session, body, nominator, text.replace("明", "强"))) == ["张强"]


def test_a_name_is_chosen_once(session, body, nominator):
    file = given.intake(session, body, nominator, "姓名,乙,丙,单位\n张明,张,明,甲厂\n").files.get()

    for meanings in ({1: "family_name"}, {1: "given_name"}, {0: "", 1: "given_name", 2: "given_name"}):
        with pytest.raises(Refused, match=r"^Two columns cannot mean the same"):
            correcting.mean(file, 0, meanings, by=nominator)
    with pytest.raises(Refused, match=r"^Choose the column with the names, or the two"):
        correcting.mean(file, 0, {0: "", 1: "family_name"}, by=nominator)
    correcting.mean(file, 0, {0: "", 1: "family_name", 2: "given_name"}, by=nominator)
