"""Text on its way into a table file: nothing invisible, nothing that a spreadsheet would run."""

import re

# XML 1.0 cannot carry these, and spreadsheets stop reading at some of them.
_NOT_FOR_FILES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def without_control_characters(text: str) -> str:
    """The text without characters that no file can carry; tabs and new lines stay."""
    if text.isprintable():  # nearly every cell, and far quicker than looking for exceptions
        return text
    return _NOT_FOR_FILES.sub("", text)
