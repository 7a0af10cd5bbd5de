"""What a file is, by what stands in it and never by its name."""

from training.intake.opening.limits import MOST_BYTES
from training.intake.opening.marks import marks_in
from training.intake.opening.packages import measured_package
from training.intake.opening.refusing import NotOpened, Why
from training.intake.opening.separated import sheets_of_text
from training.intake.opening.sheets import RawSheet
from training.intake.opening.word import sheets_of_document
from training.intake.opening.workbooks import sheets_of_workbook

ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # a compound file: .xls, .et, .doc, or a protected .xlsx
SCANS = (b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM6", b"II*\0", b"MM\0*", b"OFD")
MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<meta", b"{\\rtf")


def sheets_of(data: bytes) -> list[RawSheet]:
    """The sheets of a file of any kind that is read; NotOpened says why another one is not."""
    if not data.strip():
        raise NotOpened(Why.EMPTY)
    if len(data) > MOST_BYTES:
        raise NotOpened(Why.TOO_BIG)
    if data.startswith(ZIP):
        return _sheets_of_package(data)
    if data.startswith(OLD_OFFICE):
        return _sheets_of_old_office(data)
    if data.startswith(SCANS):
        raise NotOpened(Why.SCAN)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:20].lower().startswith(MARKUP):
        raise NotOpened(Why.OTHER_SPREADSHEET)
    return sheets_of_text(data)


def _sheets_of_package(data: bytes) -> list[RawSheet]:
    package = measured_package(data)
    names = set(package.namelist())
    if "word/document.xml" in names:
        with package.open("word/document.xml") as stream:
            return sheets_of_document(stream)
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise NotOpened(Why.OTHER_SPREADSHEET)
    if any(name.startswith("xl/") for name in names):
        return sheets_of_workbook(data, marks_in(package))
    raise NotOpened(Why.UNKNOWN)


def _sheets_of_old_office(data: bytes) -> list[RawSheet]:
    if _names("EncryptedPackage") in data:
        raise NotOpened(Why.PROTECTED)
    if _names("Workbook") in data or _names("Book") in data:
        return sheets_of_workbook(data)
    raise NotOpened(Why.OLD_WORD if _names("WordDocument") in data else Why.UNKNOWN)


def _names(stream: str) -> bytes:
    """The name of a stream as a compound file writes it."""
    return stream.encode("utf-16-le")
