"""Dates and times as a Chinese reader expects them: 2025年11月6日（星期四）, 24-hour clock."""

DATE_FORMAT = "Y年n月j日（l）"
SHORT_DATE_FORMAT = "Y年n月j日"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "Y年n月j日（l）H:i"
SHORT_DATETIME_FORMAT = "Y年n月j日 H:i"
SHORT_DAY_BEFORE_A_TIME = "Y年n月j日 "
YEAR_MONTH_FORMAT = "Y年n月"
MONTH_DAY_FORMAT = "n月j日"
FIRST_DAY_OF_WEEK = 1

DATE_INPUT_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"]
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M"]

# Ours: see training.tools.dates.
DAY_FORMAT = "n月j日（l）"
MONTH_ON_BLOCK_FORMAT = "Y年n月"
WEEKDAY_FORMAT = "l"
DAYS_IN_ONE_MONTH = ("Y年n月j日", "至", "j日")
DAYS_IN_ONE_YEAR = ("Y年n月j日", "至", "n月j日")
DAYS_IN_TWO_YEARS = ("Y年n月j日", "至", "Y年n月j日")
BETWEEN_MOMENTS = "至"
