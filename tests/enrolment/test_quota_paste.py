"""Tables of quotas as they are copied out of spreadsheets, and what must come out of each."""

import pytest

from tests import given
from training.catalogue.models import Category, Organisation
from training.enrolment.models import Quota
from training.enrolment.quota_paste import apply_paste
from training.enrolment.quota_paste_words import number_of_places

pytestmark = pytest.mark.django_db

BODIES = (
    ("Zhejiang Department of Economy", "浙江省经济和信息化厅", "浙江"),
    ("Jiangsu Department of Industry", "江苏省工业和信息化厅", "江苏"),
    ("Anhui Department of Industry", "安徽省工业和信息化厅", "安徽"),
    ("Corps Bureau", "新疆生产建设兵团工业和信息化局", "兵团"),
)
A, B = "先进制造技术人才", "先进基础工艺人才"


@pytest.fixture
def session():
    made = given.session(capacity=60)
    for number, name in enumerate((A, B), 1):
        made.programme.categories.add(
            Category.objects.create(
                code=f"c{number}", name_zh=name, name_en=("Technology", "Process")[number - 1], official_order=number
            )
        )
    for order, (name_en, name_zh, short) in enumerate(BODIES):
        given.body(name_en, short_name_zh=short, official_order=order)
        Organisation.objects.filter(name_en=name_en).update(name_zh=name_zh)
    return made


def table(*rows):
    return "\n".join("\t".join(cells) for cells in rows)


def read(session, text):
    """Numbers by the short name of the body and the number of the category, and what was said by row."""
    pasted = apply_paste(text, session)
    categories = {one.pk: one.code for one in Category.objects.all()} | {None: "any"}
    cells = {}
    for (body, category), places in pasted.cells.items():
        cells.setdefault(pasted.bodies[body].short_name_zh, {})[categories[category]] = places
    return cells, [(finding.row, finding.sentence) for finding in pasted.findings]


def test_a_whole_annex_with_title_serial_numbers_totals_and_a_note(session):
    text = table(
        ("附件2",),
        ("名额分配表",),
        ("序号", "推荐单位", A, B, "合计", "备注"),
        ("1", "浙江省经济和信息化厅", "3", "5", "8", ""),
        ("2", "江苏省工业和信息化厅", "2", "", "2", "含企业1家"),
        ("", "合 计", "5", "5", "10", ""),
        ("注：名额不足部分由主办单位统筹。",),
    )

    assert read(session, text) == ({"浙江": {"c1": 3, "c2": 5}, "江苏": {"c1": 2, "c2": 0}}, [])
    assert not Quota.objects.exists()


def test_short_names_full_width_digits_and_units_are_read(session):
    text = table(("单位", "先进制造技术", "先进基础工艺名额"), ("浙江", "３", "5人"), ("兵团", "—", "２名"))

    assert read(session, text) == ({"浙江": {"c1": 3, "c2": 5}, "兵团": {"c1": 0, "c2": 2}}, [])


def test_a_likely_name_is_taken_and_said(session):
    cells, said = read(session, table(("推荐单位", A, B), ("浙江省经信厅", "1", "2")))

    assert cells == {"浙江": {"c1": 1, "c2": 2}}
    assert said == [(2, "“浙江省经信厅” was read as “Zhejiang Department of Economy”.")]


def test_what_is_not_known_is_said_with_its_row_and_left_out(session):
    text = table(
        ("推荐单位", A, B, "创新创业人才"),
        ("火星省工业和信息化厅", "1", "1", "1"),
        ("浙江", "1", "1", "1"),
        ("浙江", "9", "9", "9"),
    )

    cells, said = read(session, text)

    assert cells == {"浙江": {"c1": 1, "c2": 1}}
    assert said == [
        (1, "The column “创新创业人才” is none of the programme's categories; it was left out."),
        (2, "“火星省工业和信息化厅” is no known recommending body; the row was left out."),
        (4, "“浙江” stands in row 3 already; this row was left out."),
    ]


@pytest.mark.parametrize("wrong", ["约3", "3-5", "三", "1.5", "-2"])
def test_what_is_no_number_is_never_guessed(session, wrong):
    pasted = apply_paste(table(("推荐单位", A, B), ("浙江", wrong, "2")), session)

    assert list(pasted.not_numbers.values()) == [wrong]
    assert list(pasted.cells.values()) == [2]
    assert [(one.row, one.sentence) for one in pasted.findings] == [
        (2, f"Zhejiang Department of Economy: “{wrong}” is no number of places.")
    ]


def test_sums_that_do_not_add_up_are_said(session):
    text = table(("推荐单位", A, B, "合计"), ("浙江", "1", "2", "4"), ("合计", "1", "3", "4"))

    assert read(session, text)[1] == [
        (2, "Zhejiang Department of Economy: the table says 4 in all, its numbers add up to 3."),
        (3, "The total row says 3, the rows that were read add up to 2."),
        (3, "The total row says 4, the rows that were read add up to 3."),
    ]


def test_groups_with_headings_and_subtotals_are_read_as_they_are_meant(session):
    text = table(
        ("序号", "推荐单位", A, B, "合计"),
        ("", "一、省级主管部门", "", "", ""),
        ("1", "浙江", "3", "5", "8"),
        ("2", "江苏", "2", "2", "4"),
        ("", "小计", "5", "7", "12"),
        ("", "二、兵团", "", "", ""),
        ("3", "兵团", "1", "1", "2"),
        ("", "小计", "1", "1", "2"),
        ("", "机动", "", "", "6"),
        ("", "总计", "6", "8", "20"),
    )

    assert read(session, text) == (
        {"浙江": {"c1": 3, "c2": 5}, "江苏": {"c1": 2, "c2": 2}, "兵团": {"c1": 1, "c2": 1}},
        [],
    )


def test_a_total_above_the_rows_is_checked_against_all_of_them(session):
    text = table(("推荐单位", "合计", A, B), ("总计", "9", "3", "6"), ("浙江", "3", "1", "2"), ("江苏", "5", "2", "3"))

    assert read(session, text) == (
        {"浙江": {"c1": 1, "c2": 2}, "江苏": {"c1": 2, "c2": 3}},
        [
            (2, "The total row says 6, the rows that were read add up to 5."),
            (2, "The total row says 9, the rows that were read add up to 8."),
        ],
    )


def test_one_column_of_places_is_for_any_category(session):
    assert read(session, table(("地区", "名额"), ("浙江", "4"), ("江苏", "6"))) == (
        {"浙江": {"any": 4}, "江苏": {"any": 6}},
        [],
    )


def test_two_header_rows_and_cells_with_line_breaks_are_read(session):
    text = f'序号\t推荐单位\t名额\t\t合计\n\t\t"先进制造\n技术人才"\t{B}\t\n1\t浙江\t3\t4\t7\n'

    assert read(session, text) == ({"浙江": {"c1": 3, "c2": 4}}, [])


def test_english_titles_and_names_are_read(session):
    text = table(
        ("No.", "Recommending body", "Process", "Total"), ("1", "corps bureau", "4", "4"), ("", "Total", "4", "4")
    )

    assert read(session, text) == ({"兵团": {"c2": 4}}, [])


def test_a_body_that_is_no_recommending_one_but_has_a_quota_is_known(session):
    host = given.organisation("Host College")
    given.quota(session, host, 1, Category.objects.first())

    pasted = apply_paste(table(("推荐单位", A), ("Host College", "2")), session)

    assert [body.name_en for body in pasted.bodies.values()] == ["Host College"]


@pytest.mark.parametrize("text", ["", "\n\n", "hello", "浙江\t3\t5", "\t" * 500, '"', 'a\t"b\nc'])
def test_what_is_no_table_of_quotas_is_said(session, text):
    assert read(session, text) == (
        {},
        [(0, "No row with the names of categories was found. Copy the table with its header.")],
    )


def test_more_than_a_table_is_not_read(session):
    assert read(session, "x\n" * 3000)[1] == [
        (0, "This is more than a table of quotas. Paste the rows of one session.")
    ]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", 0),
        ("—", 0),
        ("０", 0),
        ("12", 12),
        ("１２ 人", 12),
        ("3.0", 3),
        ("10000", None),
        ("3人次", None),
        ("x", None),
    ],
)
def test_a_number_of_places_is_read_or_not(text, places):
    assert number_of_places(text) == places


# ── in long form ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "header",
    [
        [("附件2",), ("名额分配表",), ("序号", "推荐单位", "人才类别", "名额", "备注")],
        [("No.", "Recommending body", "Category", "Number of places", "Remarks")],
        [],
    ],
)
def test_a_table_in_long_form_is_read_with_and_without_its_header(session, header):
    text = table(
        *header,
        ("1", "浙江省经济和信息化厅", A, "3", ""),
        ("2", "", B, "５人", "含企业1家"),
        ("3", "兵团", "Process", "2", ""),
        ("", "合计", "", "10", ""),
        ("注：名额不足部分由主办单位统筹。",),
    )

    assert read(session, text) == ({"浙江": {"c1": 3, "c2": 5}, "兵团": {"c2": 2}}, [])
    assert not Quota.objects.exists()


def test_one_row_and_columns_in_another_order_are_read(session):
    assert read(session, table(("浙江", A, "3"))) == ({"浙江": {"c1": 3}}, [])
    assert read(session, table(("类别", "地区", "名额"), (A, "浙江", "3"), ("", "江苏", "4"), (B, "浙江", "1"))) == (
        {"浙江": {"c1": 3, "c2": 1}, "江苏": {"c1": 4}},
        [],
    )
    assert read(session, table(("3", "浙江", A), ("4", "江苏", "不限类别"))) == (
        {"浙江": {"c1": 3}, "江苏": {"any": 4}},
        [],
    )


def test_groups_subtotals_and_the_free_pool_of_a_long_table_are_checked(session):
    text = table(
        ("推荐单位", "类别", "名额"),
        ("一、省级主管部门", "", ""),
        ("浙江", A, "3"),
        ("", B, "5"),
        ("", "小计", "8"),
        ("江苏", A, "2"),
        ("", "小计", "3"),
        ("机动", "", "4"),
        ("总计", "", "14"),
    )

    assert read(session, text) == (
        {"浙江": {"c1": 3, "c2": 5}, "江苏": {"c1": 2}},
        [(7, "The total row says 3, the rows that were read add up to 2.")],
    )


def test_what_is_odd_in_a_long_table_is_said_at_its_row_or_its_cell_and_nothing_is_guessed(session):
    text = table(
        ("推荐单位", "类别", "名额", "城市"),
        ("", A, "1", ""),
        ("浙江", A, "约3", "杭州"),
        ("", B, "2", ""),
        ("", B, "2", ""),
        ("", "", "7", ""),
        ("", "管理人才", "6", ""),
        ("火星省工业和信息化厅", A, "1", ""),
        ("", B, "1", ""),
        ("江苏省工信厅", "先进制造技术", "1", ""),
        ("", A, "4", ""),
    )

    pasted = apply_paste(text, session)
    name, other = "Zhejiang Department of Economy", "Jiangsu Department of Industry"

    assert [(one.row, one.sentence) for one in pasted.findings] == [
        (1, "The column “城市” was left out."),
        (2, "No recommending body stands in this row or above it; the row was left out."),
        (3, f"{name}: “约3” is no number of places."),
        (5, f"{name}: “{B}” stands in row 4 already; this row was left out."),
        (6, f"{name}: no category stands beside “7”; it was left out."),
        (7, f"{name}: “管理人才” is none of the programme's categories; “6” was left out."),
        (8, "“火星省工业和信息化厅” is no known recommending body; the row was left out."),
        (9, "“火星省工业和信息化厅” is no known recommending body; the row was left out."),
        (10, f"“江苏省工信厅” was read as “{other}”."),
        (10, "“先进制造技术” was read as “Technology”."),
        (11, f"{other}: “{A}” has another number in row 10. Which one counts, or both together?"),
    ]
    assert list(pasted.cells.values()) == [2]
    assert list(pasted.not_numbers.values()) == ["约3", "1 / 4"]
    assert list(pasted.problems.values()) == ["The table has several numbers for this cell. Enter the one that counts."]


def test_numbers_in_the_titles_of_categories_make_no_long_table(session):
    text = table(("推荐单位", f"{A}(30人)", f"{B}(50人)"), ("浙江", "3", "5"))

    assert read(session, text) == ({"浙江": {"c1": 3, "c2": 5}}, [])
