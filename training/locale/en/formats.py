"""Dates and times as an English reader expects them: "Thursday, 6 November 2025", 24-hour clock."""

DATE_FORMAT = "l, j F Y"
SHORT_DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "l, j F Y, H:i"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
SHORT_DAY_BEFORE_A_TIME = "j M Y, "
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
FIRST_DAY_OF_WEEK = 1

DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%d/%m/%Y"]
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M"]

# Ours: see training.tools.dates.
DAY_FORMAT = "l, j F"
MONTH_ON_BLOCK_FORMAT = "M Y"
WEEKDAY_FORMAT = "l"
DAYS_IN_ONE_MONTH = ("j", "–", "j F Y")
DAYS_IN_ONE_YEAR = ("j F", " – ", "j F Y")
DAYS_IN_TWO_YEARS = ("j F Y", " – ", "j F Y")
BETWEEN_MOMENTS = " – "
