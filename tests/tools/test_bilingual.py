"""A pair of columns is read in the reader's language."""

import pytest
from django.utils import translation

from training.tools.bilingual import InReadersLanguage


class Notice:
    title = InReadersLanguage("title")

    def __init__(self, title_en, title_zh):
        self.title_en = title_en
        self.title_zh = title_zh


def test_each_reader_gets_their_language():
    notice = Notice("Opening ceremony", "开班式")
    with translation.override("en"):
        assert notice.title == "Opening ceremony"
    with translation.override("zh-hans"):
        assert notice.title == "开班式"
    with translation.override(None):
        assert notice.title == "Opening ceremony"


def test_a_missing_text_falls_back_to_the_other_language():
    with translation.override("zh-hans"):
        assert Notice("Lecture", "").title == "Lecture"
    with translation.override("en"):
        assert Notice("", "讲座").title == "讲座"
        assert Notice("", "").title == ""


def test_the_text_cannot_be_written_without_naming_its_language():
    with pytest.raises(AttributeError):
        Notice("Lecture", "讲座").title = "Exam"
