"""Workbooks are opened again by openpyxl: every text the same, no formula, laid out for paper."""

import tracemalloc
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from training.tools.workbooks import Sheet, SheetColumn, write_workbook

TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=60)
HOSTILE = [
    "=1+1",
    '=HYPERLINK("http://example.org")',
    "+1",
    "-1",
    "@SUM(A1)",
    "http://example.org/",
    "119999190001010011",
    "0571",
    "1E5",
    "TRUE",
    "<r><t>markup</t></r>",
    "<script>alert(1)</script> & more",
    "]]>",
    "𠮷䶮㛃",
    "a\nb",
]


def made(path, rows, titles=("序号", "姓名"), **fields):
    columns = [SheetColumn(title, width=10) for title in titles]
    sheet = Sheet(
        **(
            {
                "name": "名册",
                "title": "学员名册",
                "left_line": "杭州",
                "right_line": "共 2 人",
                "columns": columns,
                "footer": "第 &P 页 共 &N 页",
            }
            | fields
        )
    )
    count = write_workbook(path, sheet, rows)
    return count, load_workbook(path).active


def cells(worksheet, first_row=4):
    return [[cell.value for cell in row] for row in worksheet.iter_rows(min_row=first_row)]


def test_a_roster_is_laid_out_like_one_on_paper(tmp_path):
    count, read = made(tmp_path / "a.xlsx", [(1, "张明"), (2, "欧阳修")], columns_kept_in_view=2)

    assert count == 2
    assert read.title == "名册"
    assert [str(merged) for merged in read.merged_cells.ranges] == ["A1:B1"]
    assert read["A1"].value == "学员名册"
    assert (read["A2"].value, read["B2"].value) == ("杭州", "共 2 人")
    assert [cell.value for cell in read[3]] == ["序号", "姓名"]
    assert cells(read) == [[1, "张明"], [2, "欧阳修"]]
    assert read.print_title_rows == "$3:$3"
    assert (read.page_setup.orientation, read.page_setup.paperSize) == ("landscape", 9)
    assert (read.page_setup.fitToWidth or 1, read.page_setup.fitToHeight) == (1, 0)  # 1 is left unsaid
    assert read.sheet_properties.pageSetUpPr.fitToPage is True
    assert read.freeze_panes == "C4"
    assert read["B4"].number_format == "@"
    assert read["B4"].border.left.style == "thin"
    assert read["A1"].font.sz == 18
    assert "第 &P 页 共 &N 页" in read.oddFooter.center.text or read.oddFooter.center.text == "第 &[Page] 页 共 &N 页"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_comes_out_as_the_same_text_wherever_it_stands(tmp_path, text):
    _count, read = made(
        tmp_path / "a.xlsx",
        [(1, text)],
        titles=("n", text),
        title=text,
        left_line=text,
        right_line=text,
        mark=text,
    )

    for cell in (read["B4"], read["B3"], read["A1"], read["A2"], read["B2"]):
        assert cell.data_type in ("s", "inlineStr")
        assert cell.value.rstrip() == text
        assert cell.hyperlink is None


def test_a_text_that_looks_like_an_escape_is_escaped_itself(tmp_path):
    # The format says that _x0041_ reads as A; openpyxl leaves this to its user.
    _count, read = made(tmp_path / "a.xlsx", [(1, "_x0041_")])
    assert unescape(read["B4"].value) == "_x0041_"


def test_control_characters_do_not_break_the_file(tmp_path):
    _count, read = made(tmp_path / "a.xlsx", [(1, "张\x00\x07明\x1f\ufffe\ud800")], title="a\x0bb")
    assert read["B4"].value == "张明"
    assert read["A1"].value == "ab"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_any_text_is_read_back_unchanged(tmp_path, rows):
    _count, read = made(tmp_path / "a.xlsx", rows, titles=("a", "b"))
    expected = [[cell or None for cell in row] for row in rows]
    assert [[value and unescape(value) for value in row] for row in cells(read)[: len(rows)]] == expected


@pytest.mark.parametrize("name", ["", "a/b:c*d?[e]", "'quoted'", "很长的名字" * 20])
def test_any_title_of_a_session_makes_a_sheet_name(tmp_path, name):
    _count, read = made(tmp_path / "a.xlsx", [(1, "张明")], name=name)
    assert 0 < len(read.title) <= 31


def test_a_roster_without_people_and_one_with_a_single_column_open_too(tmp_path):
    assert made(tmp_path / "a.xlsx", [])[0] == 0
    count, read = made(tmp_path / "b.xlsx", [("张明",)], titles=("姓名",))
    assert (count, read["A4"].value) == (1, "张明")


def test_rows_are_written_as_they_come_and_nothing_is_left_behind(tmp_path):
    written = tmp_path / "a.xlsx"
    rows = ((number, "先进制造技术人才" * 10) for number in range(20_000))
    tracemalloc.start()
    made_count = write_workbook(written, Sheet("a", "t", "l", "r", [SheetColumn("n"), SheetColumn("m")]), rows)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert made_count == 20_000
    assert peak < 5 * 2**20
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]
    assert zipfile.ZipFile(written).testzip() is None
