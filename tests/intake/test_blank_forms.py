from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests import given
from tests.intake.test_sending import rows_of
from tests.intake.ugly_lists import identity, mobile
from training.enrolment.models import AskedField
from training.enrolment.questions import Code
from training.intake import receiving, taking
from training.intake.blank_forms import FIRST_ROW, HEADER_ROW, BlankForm, blank_form
from training.intake.contents import Content
from training.intake.receiving import Sent, Wish, receive

pytestmark = pytest.mark.django_db

ANSWERS = {
    "推荐排序": "1",
    "姓名": "张明",
    "性别": "男",
    "民族": "汉族",
    "出生年月": "1985-06",
    "学历": "本科",
    "单位全称": "合肥样品机床厂",
    "部门": "铸造车间",
    "职务": "主任",
    "人才类别": "先进基础工艺人才",
    "身份证号": identity(),
    "手机": mobile(1),
    "邮箱": "zm@example.org",
    "到达时间及车次/航班": "11月5日 G7301",
    "返程时间及车次/航班": "11月9日 G7400",
    "是否住宿": "是",
    "是否候补": "否",
    "备注": "按时到达",
    "从事方向": "精密铸造",
}


@pytest.fixture
def session():
    made = given.session_by_organiser(title_zh="铸造培训班")
    made.programme.categories.add(given.category())
    given.asked(made, *Code.values)
    AskedField.objects.create(session=made, code="q-1", kind="line", label_zh="从事方向", position=99)
    return made


@pytest.fixture
def body(session):
    made = given.organisation("Department of Anhui", name_zh="安徽省经济和信息化厅")
    given.quota(session, made, 5, category=given.category())
    return made


@pytest.mark.parametrize("kind", BlankForm)
def test_a_form_that_is_filled_in_and_sent_back_is_read_without_a_question(session, body, kind):
    nominator = given.nominator(body, session.programme)
    book = load_workbook(BytesIO(blank_form(session, body, kind)))
    sheet = book["名单"]
    titles = [cell.value for cell in sheet[HEADER_ROW + 1]]
    offered = {next(iter(one.sqref.ranges)).min_col: one.formula1.strip('"').split(",") for one in _lists(sheet)}
    for column, title in enumerate(titles, start=1):
        if title != "序号":
            sheet.cell(FIRST_ROW + 1, column).value = ANSWERS.get(title) or offered_answer(book, offered, column)
    filled = BytesIO()
    book.save(filled)
    wish = Wish(session, body, False, "zh-hans", "00000000-0000-0000-0000-000000000001")
    intake = receive(wish, [Sent("回执.xlsx", filled.getvalue())], by=nominator)
    receiving.read_files(intake.pk)

    [row] = rows_of(intake)
    assert [finding.sentence_en for finding in Content.of(row).findings] == []
    file = intake.files.get()
    assert [column["heading"] for column in file.tables[0]["columns"] if not column["meaning"]] == []
    assert file.tables[0]["unit"] == "安徽省经济和信息化厅"
    intake.refresh_from_db()
    taking.take(intake, all_or_nothing=True, by=nominator)
    taking.take_rows(intake.pk)
    taken = body.nominations.get()
    assert (taken.trainee.name, taken.answers["q-1"], taken.answers["diet"]) == ("张明", "精密铸造", "none")


def test_a_form_shows_the_places_and_what_is_asked_and_prints_on_a4(session, body):
    sheet = load_workbook(BytesIO(blank_form(session, body, BlankForm.SUMMARY)))["名单"]

    assert sheet["A1"].value == "铸造培训班推荐汇总表"
    assert "名额为先进基础工艺人才5名" in sheet["A3"].value
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == f"${HEADER_ROW + 1}:${HEADER_ROW + 1}"
    assert {cell.number_format for cell in sheet[FIRST_ROW + 1]} == {"@"}


def test_a_form_checks_numbers_and_addresses_while_somebody_types(session, body):
    sheet = load_workbook(BytesIO(blank_form(session, body, BlankForm.RECEIPT)))["名单"]

    titles = {cell.column: cell.value for cell in sheet[HEADER_ROW + 1]}
    checks = sheet.data_validations.dataValidation
    said = {titles[next(iter(one.sqref.ranges)).min_col]: one for one in checks if one.type == "custom"}
    assert said.keys() == {"身份证号", "手机", "邮箱", "出生年月"}
    assert {one.errorStyle for one in said.values()} == {"warning"}
    assert "2^(18-ROW($1:$17))" in said["身份证号"].formula1
    number = identity()  # what the formula comes to, figured out by hand
    total = sum(int(digit) * 2 ** (18 - position) for position, digit in enumerate(number[:17], start=1))
    assert "10X98765432"[total % 11] == number[-1]
    assert {one.error for one in _lists(sheet)} == {"请从下拉列表中选择。"}


def _lists(sheet):
    return [one for one in sheet.data_validations.dataValidation if one.type == "list"]


def offered_answer(book, offered, column):
    """The first answer that the drop-down list of a column offers."""
    first = offered[column][0]
    return book["选项"][first.split("!")[1].split(":")[0].replace("$", "")].value if first.startswith("'") else first
