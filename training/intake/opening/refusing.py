"""Why a file is not opened, as a word that `reading.py` turns into a sentence."""

from enum import StrEnum


class Why(StrEnum):
    TOO_BIG = "too_big"
    TOO_BIG_UNPACKED = "too_big_unpacked"
    TOO_MANY_SHEETS = "too_many_sheets"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MUCH_TEXT = "too_much_text"
    TOO_LONG = "too_long"
    EMPTY = "empty"
    PROTECTED = "protected"
    BROKEN = "broken"
    SCAN = "scan"
    OLD_WORD = "old_word"
    OTHER_SPREADSHEET = "other_spreadsheet"
    UNKNOWN_TEXT = "unknown_text"
    UNKNOWN = "unknown"


class NotOpened(Exception):  # noqa: N818 - what happened, as `Refused` is
    """The file stays closed; `why` says for which reason."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why
