"""CSV files are text for every program that opens them."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.tools.csv_files import csv_pieces

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def read_back(pieces):
    content = b"".join(pieces)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_table_begins_with_a_byte_order_mark_and_its_titles():
    rows = read_back(csv_pieces(["序号", "姓名"], [(1, "𠮷野明"), (2, '张"明,\n')]))
    assert rows == [["序号", "姓名"], ["1", "𠮷野明"], ["2", '张"明,\n']]


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "＝", "＋", "－", "＠", " =", "\x00=", "\u3000@", "\u00a0="]
)
def test_a_cell_that_would_calculate_comes_out_as_text(start):
    (_titles, row) = read_back(csv_pieces(["姓名"], [(f"{start}HYPERLINK(1)",)]))
    assert row[0].startswith("'")


def test_titles_are_text_too():
    assert read_back(csv_pieces(["=1+1"], []))[0] == ["'=1+1"]


def test_numbers_stay_numbers():
    assert read_back(csv_pieces(["n"], [(-5,), (0,)]))[1:] == [["-5"], ["0"]]


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
def test_nothing_that_calculates_survives_and_rows_keep_their_cells(rows):
    read = read_back(csv_pieces(["a", "b"], rows))

    assert len(read) == len(rows) + 1
    for row in read:
        assert len(row) == 2
        for cell in row:
            assert "\x00" not in cell
            assert cell.lstrip()[:1] not in ("=", "+", "-", "@")


def test_a_long_table_comes_in_pieces():
    pieces = list(csv_pieces(["n"], ((number,) for number in range(1200))))
    assert len(pieces) == 3
    assert len(read_back(pieces)) == 1201
