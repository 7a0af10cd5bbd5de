import re
import struct
import time
import zipfile
from io import BytesIO

import pytest
import xlsxwriter

from training.intake import reading
from training.intake.opening.limits import MOST_BYTES, MOST_ROWS
from training.intake.opening.sheets import plain
from training.intake.reading import read
from training.tools.refusals import Refused

LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">' + LAUGHS + b"]>"
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">&l9;</w:document>'
)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


def package(**parts):
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return made.getvalue()


def lying(data):
    """The same package, whose directory says that each part has a hundred bytes."""
    return re.sub(rb"(PK\x01\x02.{20})(.{4})", lambda found: found[1] + struct.pack("<I", 100), data, flags=re.DOTALL)


def named(stream):
    return OLD_OFFICE + stream.encode("utf-16-le") + bytes(512)


NOT_READ = {
    "empty": (b" \n", "The file is empty."),
    "too_big": (b"a" * (MOST_BYTES + 1), "The file is larger than 8 MB."),
    "bomb": (package(xl__workbook_xml=bytes(100_000_000)), "The file unpacks to far more"),
    "small_bomb": (package(xl__workbook_xml=bytes(20_000_000)), "The file unpacks to far more"),
    "lying_bomb": (lying(package(xl__workbook_xml=bytes(100_000_000))), "The file is damaged"),
    "laughs": (package(word__document_xml=BILLION_LAUGHS), "The file is damaged"),
    "torn": (package(xl__workbook_xml=b"<workbook/>" * 50)[:-40], "The file is damaged"),
    "hollow": (package(xl__workbook_xml=b"<workbook"), "The file is damaged"),
    "protected": (named("EncryptedPackage"), "The file is protected by a password."),
    "old_word": (named("WordDocument"), "This is an old Word file (.doc)."),
    "scan": (b"%PDF-1.7 ...", "This is a scan or a picture."),
    "web_page": (b"<html><table><tr><td>", "This kind of spreadsheet is not read."),
    "open_document": (package(content_xml=b"<office/>"), "This kind of spreadsheet is not read."),
    "archive": (package(notes_txt=b"hello"), "This is no list that can be read."),
    "bytes": (bytes(range(256)) * 4, "This is no list that can be read."),
    "other_text": ("姓名,单位\n".encode() + b"\xff\xff\xff", "The text is neither UTF-8 nor GB 18030."),
    "deep": (
        package(word__document_xml=b'<w:document xmlns:w="w">' + b"<w:p>" * 300 + b"</w:p>" * 300 + b"</w:document>"),
        "The file is damaged",
    ),
}


@pytest.mark.parametrize(("data", "sentence"), NOT_READ.values(), ids=NOT_READ)
def test_a_file_that_cannot_be_a_list_is_refused_with_what_to_do_and_costs_nothing(tmp_path, data, sentence):
    path = tmp_path / "list"
    path.write_bytes(data)
    started = time.monotonic()

    with pytest.raises(Refused, match=f"^{re.escape(sentence)}"):
        read(path)

    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("XFD1048576", "The file unpacks to far more"),
        (f"B{MOST_ROWS + 1}", "The file reaches below row"),
        ("IV3", "The file has more than"),
    ],
)
def test_a_cell_far_away_is_refused_and_only_the_program_apart_dies(tmp_path, cell, sentence):
    path = tmp_path / "far.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write("A1", "姓名")
        page.write(cell, "x")

    with pytest.raises(Refused, match=f"^{re.escape(sentence)}"):
        read(path)


def test_an_opening_that_takes_too_long_is_left(tmp_path, monkeypatch):
    path = tmp_path / "list.csv"
    path.write_text("姓名,单位")
    monkeypatch.setattr(reading, "WALL_SECONDS", 0.001)

    with pytest.raises(Refused, match=r"^Opening the file took too long"):
        read(path)


def test_the_program_apart_is_given_no_secret(tmp_path, monkeypatch):
    asked = {}
    real = reading.subprocess.run
    monkeypatch.setattr(reading.subprocess, "run", lambda *a, **k: asked.update(k) or real(*a, **k))
    path = tmp_path / "list.csv"
    path.write_text("姓名,单位")

    read(path)

    assert asked["env"] == {"PYTHONUTF8": "1"}


def test_cells_that_no_database_and_no_calendar_knows_are_texts(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes("姓名\t单\0位\n张明\t甲\0厂\n".encode("utf-16"))

    assert read(path)[0].rows == [["姓名", "单位"], ["张明", "甲厂"]]
    assert [plain(cell) for cell in (float("inf"), float("nan"), 1e14)] == ["inf", "nan", 10**14]
