import pytest
from django.urls import reverse

from tests import given
from training.enrolment.models import Enrolment
from training.intake import correcting, taking
from training.intake.contents import Content
from training.intake.employer_and_post import split
from training.intake.headings import meaning_of
from training.intake.organisations import Known, Organisations

KNOWN = Organisations(
    [
        Known(1, ("合肥样品机床股份有限公司", "Hefei Sample Machine Tools"), ("样品机床",)),
        Known(2, ("合肥样品机床股份有限公司芜湖分公司",)),
        Known(3, ("样品院",), ()),
    ]
)


@pytest.mark.parametrize(
    ("text", "employer", "post"),
    [
        ("合肥样品机床股份有限公司总工程师", "合肥样品机床股份有限公司", "总工程师"),
        ("合肥样品机床股份有限公司芜湖分公司经理", "合肥样品机床股份有限公司芜湖分公司", "经理"),
        ("样品机床、技术中心主任", "样品机床", "技术中心主任"),
        ("Hefei Sample Machine Tools, chief engineer", "Hefei Sample Machine Tools", "chief engineer"),
        ("合肥样品机床股份有限公司", "合肥样品机床股份有限公司", ""),
    ],
)
def test_a_known_organisation_at_the_beginning_is_the_employer(text, employer, post):
    made = split(text, KNOWN)

    assert (made.employer, made.post, made.is_known) == (employer, post, True)


@pytest.mark.parametrize(
    ("text", "employer", "post"),
    [
        ("样品机床厂总工程师", "样品机床厂", "总工程师"),  # more than the short name
        ("样品院合肥研究所研究员", "样品院", "合肥研究所研究员"),
        ("Hefei Sample Machine Toolsmiths", "Hefei Sample Machine Toolsmiths", ""),
        ("芜湖样品轴承厂 总工程师", "芜湖样品轴承厂", "总工程师"),
        ("芜湖样品轴承厂\n党委书记、厂长", "芜湖样品轴承厂", "党委书记、厂长"),
        ("芜湖样品轴承厂党委书记、厂长", "芜湖样品轴承厂", "党委书记、厂长"),
        ("芜湖样品轴承\n股份有限公司 总经理", "芜湖样品轴承股份有限公司", "总经理"),
        ("芜湖样品轴承。总工程师", "芜湖样品轴承", "总工程师"),
        ("芜湖轴承，副总经理，高级工程师", "芜湖轴承", "副总经理，高级工程师"),
        ("芜湖市 样品研究所 二室 主任", "芜湖市 样品研究所", "二室 主任"),
        ("芜湖样品大学机械学院院长", "芜湖样品大学机械学院", "院长"),
        ("安徽省经信厅副厅长", "安徽省经信厅", "副厅长"),
        ("芜湖轴承(集团)有限公司总经理", "芜湖轴承(集团)有限公司", "总经理"),
        ("芜湖轴承厂（总工程师）", "芜湖轴承厂", "总工程师"),
        ("芜湖样品研究院（安光所） 研究员", "芜湖样品研究院（安光所）", "研究员"),
        ("芜湖样品集团有限公司技术中心主任", "芜湖样品集团有限公司技术中心", "主任"),
        ("工业和信息化部党组成员、副部长", "工业和信息化部", "党组成员、副部长"),
        ("Wuhu Bearings Co., Ltd., Chief Engineer", "Wuhu Bearings Co., Ltd.", "Chief Engineer"),
        ("Example Works chief engineer", "Example Works", "chief engineer"),
        ("芜湖样品轴承", "芜湖样品轴承", ""),
        ("厂长", "厂长", ""),
    ],
)
def test_what_no_organisation_begins_is_told_apart_by_signs_and_endings_and_said_to_be_guessed(text, employer, post):
    made = split(text, KNOWN)

    assert (made.employer, made.post, made.is_known) == (employer, post, False)


@pytest.mark.parametrize(
    ("heading", "group", "meaning"),
    [
        ("单位及职务", "", "employer_and_post"),
        ("工作单位及职务/职称", "", "employer_and_post"),
        ("单 位 职 务", "", "employer_and_post"),
        ("Organisation and post", "", "employer_and_post"),
        ("单位", "工作单位及职务", "employer"),
        ("职称", "工作单位及职务", "title_level"),
        ("职务/职称", "", "post"),
    ],
)
def test_the_titles_of_such_columns_are_known(heading, group, meaning):
    assert meaning_of(heading, group) == meaning


# ── in a list ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def body(db):
    return given.organisation("Department of Anhui", name_zh="安徽省经济和信息化厅")


@pytest.fixture
def session(body):
    made = given.session_by_organiser()
    given.quota(made, body, 5)
    given.asked(made, "post", required=False)
    return made


@pytest.fixture
def nominator(session, body):
    return given.nominator(body, session.programme)


def sent(session, body, nominator, *cells, titles="姓名,单位及职务"):
    lines = [f'学员{"一二三四"[number]},"{cell}"' for number, cell in enumerate(cells)]
    intake = given.intake(session, body, nominator, "\n".join([titles, *lines]))
    return intake, list(intake.rows.in_order())


def read(row):
    content = Content.of(row)
    said = [one.sentence_en for one in content.findings if one.meaning in ("employer", "post")]
    return content.values.get("employer", ""), content.values.get("post", ""), said


def test_a_guess_is_yellow_at_its_cell_and_corrected_in_place(client, session, body, nominator):
    given.organisation("Wuhu Works", name_zh="芜湖样品轴承厂")
    intake, rows = sent(session, body, nominator, "芜湖样品轴承厂总工程师", "合肥样品机床厂技术中心主任")

    assert read(rows[0]) == ("芜湖样品轴承厂", "总工程师", [])
    said = "Employer and post stand in one cell and were told apart as “合肥样品机床厂技术中心” and “主任”."
    assert read(rows[1]) == ("合肥样品机床厂技术中心", "主任", [said])
    assert rows[1].level == "yellow"

    client.force_login(nominator)
    page = client.get(reverse("intake", args=[intake.reference])).content.decode()
    assert "合肥样品机床厂技术中心 · 主任" in page
    assert page.count('class="quiet in-the-file">合肥样品机床厂技术中心主任<') == 1
    assert page.count("not asked, not taken") == 0
    one = f"{rows[1].pk}-employer"
    assert f'name="cell-{rows[1].pk}-post"' in page
    client.post(
        reverse("intake_sheet", args=[intake.reference]),
        {f"cell-{one}": "合肥样品机床厂", f"was-{one}": "合肥样品机床厂技术中心"},
    )

    rows[1].refresh_from_db()
    assert read(rows[1]) == ("合肥样品机床厂", "技术中心主任", [])
    taking.take(intake, all_or_nothing=False, by=nominator)
    taking.take_rows(intake.pk)
    assert [one.answers for one in Enrolment.objects.order_by("rank")] == [
        {"employer": "芜湖样品轴承厂", "post": "总工程师"},
        {"employer": "合肥样品机床厂", "post": "技术中心主任"},
    ]


def test_a_guess_that_is_like_a_known_organisation_can_still_be_typed(client, session, body, nominator):
    given.organisation("Hefei Works", name_zh="合肥样品机床有限公司")
    intake, [row] = sent(session, body, nominator, "合肥样品机床厂总工程师")
    client.force_login(nominator)

    page = client.get(reverse("intake", args=[intake.reference])).content.decode()

    assert "Alike: 合肥样品机床有限公司" in page
    assert f'<input id="cell-{row.pk}-employer"' in page


def test_a_post_that_was_corrected_leaves_the_rest_to_the_employer(session, body, nominator):
    _intake, [row, whole] = sent(session, body, nominator, "合肥样品机床厂技术中心主任", "合肥样品机床")
    assert read(whole)[1:] == (
        "",
        ["The post could not be told from the employer in this cell; all of it is taken as the employer."],
    )

    correcting.correct(row, {"post": "技术中心主任"}, by=nominator)
    correcting.correct(whole, {"post": "厂长"}, by=nominator)

    row.refresh_from_db()
    whole.refresh_from_db()
    assert read(row) == ("合肥样品机床厂", "技术中心主任", [])
    assert read(whole) == ("合肥样品机床", "厂长", [])


def test_a_cell_without_a_value_is_said_and_a_column_for_the_employer_alone_comes_first(session, body, nominator):
    _intake, [row] = sent(session, body, nominator, "#N/A")
    assert read(row)[2][0].startswith("The spreadsheet shows the error #N/A here.")

    intake, _rows = sent(session, body, nominator, '甲厂","甲厂厂长', titles="姓名,单位,单位及职务")
    meanings = [column["meaning"] for column in intake.files.get().tables[0]["columns"]]
    assert meanings == ["name", "employer", ""]
