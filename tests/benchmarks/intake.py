"""Thirty lists with three thousand people, opened, read and checked: a dry run as the worker makes it.

The lists are of every kind and as untidy as the real ones: merged titles, two rows of titles,
padded names, dates in several spellings, one row in ten with something wrong.
"""

import csv
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import psutil
import xlsxwriter
import xlwt

from tests.intake.ugly_lists import identity
from training.intake.cells import Expected
from training.intake.choosing import Wanted
from training.intake.lists import lists_in, person_in
from training.intake.organisations import Known, Organisations
from training.intake.reading import read

FILES, PEOPLE = 30, 3_000
KNOWN_ORGANISATIONS = 2_000
TITLES = [
    *("序号", "姓名", "性别", "民族", "出生年月", "学历", "单位全称"),
    *("职务", "职称/技能等级", "类别", "身份证号", "手机", "邮箱", "备注"),
]
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
DAYS = ("1985.06", "1985年6月", "198506", "1985-06-01", "1985/6/1")
EXPECTED = Expected(
    frozenset({"category"}),
    (Wanted("technology", ("先进制造技术人才",)), Wanted("process", ("先进基础工艺人才",))),
)


def people(first, count):
    for number in range(first, first + count):
        surname, given = SURNAMES[number % 20], GIVEN[number // 20 % 20] + GIVEN[number // 400 % 20]
        is_wrong = number % 10 == 0
        yield [
            str(number - first + 1),
            f"{surname}\u3000{given}",
            "男",
            "汉",
            DAYS[number % len(DAYS)],
            "大学本科",
            f"第{number % KNOWN_ORGANISATIONS}样品机械厂",
            "车间主任",
            "高级工程师",
            "管理" if is_wrong else "先进基础工艺",
            identity(order=f"{(2 * number + 1) % 1000:03}", area=f"11{9000 + number // 500:04}"),
            f"13{number:09}",
            f"person{number}@example.org",
            "",
        ]


def write_lists(folder):
    """The files, one after the other as workbook, old workbook and text."""
    each = PEOPLE // FILES
    paths = []
    for number in range(FILES):
        rows = [["附件2"], ["推荐汇总表"], ["填报单位：第一样品厅"], TITLES, *people(number * each, each)]
        suffix, write = (("xlsx", _workbook), ("xls", _old_workbook), ("csv", _text))[number % 3]
        path = folder / f"{number}.{suffix}"
        write(path, rows)
        paths.append(path)
    return paths


def dry_run(paths):
    """How many people were read and how many of them are not good; CPU seconds and the most memory in MiB."""
    before, started = _cpu_seconds(), time.monotonic()
    with ThreadPoolExecutor(1) as apart:
        watched = apart.submit(_watch_the_memory)
        organisations = Organisations(Known(n, (f"第{n}样品机械厂",)) for n in range(KNOWN_ORGANISATIONS))
        levels = []
        for path in paths:
            for table in lists_in(read(path)):
                levels += [person_in(row, table, EXPECTED, organisations).level for row in table.rows]
        _watch_the_memory.over = True
        most = watched.result()
    return levels, _cpu_seconds() - before, most, time.monotonic() - started


def _watch_the_memory():
    """The most that this process and the program that opens files held together above what was held before."""
    own = psutil.Process()
    idle, most = own.memory_info().rss, 0
    _watch_the_memory.over = False
    while not _watch_the_memory.over:
        held = own.memory_info().rss - idle
        for child in own.children():
            try:
                if child.cmdline() != own.cmdline():  # else it was forked just now, and its memory is ours
                    held += child.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        most = max(most, held)
        time.sleep(0.01)
    return most / 1024**2


def _cpu_seconds():
    spent = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        spent += usage.ru_utime + usage.ru_stime
    return spent


def _workbook(path, rows):
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for at, row in enumerate(rows):
            for position, cell in enumerate(row):
                page.write_string(at, position, cell)
        page.merge_range(1, 0, 1, len(TITLES) - 1, rows[1][0])


def _old_workbook(path, rows):
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("Sheet1")
    for at, row in enumerate(rows):
        for position, cell in enumerate(row):
            page.write(at, position, cell)
    book.save(str(path))


def _text(path, rows):
    made = StringIO()
    csv.writer(made).writerows(rows)
    path.write_bytes(made.getvalue().encode("gb18030"))
