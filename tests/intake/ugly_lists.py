"""Lists as they really arrive, made by code, and beside each what must come out.

Every list stands for one ugliness of the real ones, some for several. The people do not exist:
their identity numbers begin with area codes that were never given.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from io import StringIO

import docx
import xlsxwriter
import xlwt

from training.intake.credit_codes import check_character as credit_check
from training.tools.identity_numbers import check_character

TITLE = "先进制造技术人才、先进基础工艺人才培训班报名回执表"


def identity(birth="19850601", order="001", area="119999"):
    """A number with the right check character that belongs to nobody; odd orders are men's."""
    return f"{area}{birth}{order}{check_character(area + birth + order)}"


def credit_code(body="9133000012345678X"):
    return body + credit_check(body)


def mobile(number=1):
    return f"1380000{number:04}"


@dataclass
class Out:
    """A person who must come out: these values, and the sentences about the cells by their meaning, all of them."""

    values: dict
    said: dict = field(default_factory=dict)


@dataclass
class Ugly:
    """A list: how it is made, and what must come out."""

    what: str
    suffix: str
    make: Callable
    people: list
    unit: str = ""
    unknown: list = field(default_factory=list)
    notes: list = field(default_factory=list)


LISTS: list[Ugly] = []


def ugly(what, suffix, people, **more):
    def take(make):
        LISTS.append(Ugly(what, suffix, make, people, **more))
        return make

    return take


def out(name, said=None, **values):
    return Out({"name": name, **values}, said or {})


# ── ways to make files ───────────────────────────────────────────────────────────────────────


def xlsx(path, rows, merges=(), sheet="Sheet1", more=()):
    """A workbook; `merges` are (first row, first column, last row, last column), `more` further sheets."""
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, lines, joined in ((sheet, rows, merges), *more):
            page = book.add_worksheet(name)
            for at, line in enumerate(lines):
                for position, cell in enumerate(line):
                    put(page, at, position, cell, day)
            for first, left, last, right in joined:
                page.merge_range(first, left, last, right, "")
                put(page, first, left, lines[first][left], day)


def put(page, at, position, cell, day):
    if isinstance(cell, date):
        page.write_datetime(at, position, cell, day)
    elif isinstance(cell, str):
        page.write_string(at, position, cell)
    elif cell is not None:
        page.write(at, position, cell)


def xls(path, rows, merges=()):
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("Sheet1")
    covered = {(at, p) for f, le, la, r in merges for at in range(f, la + 1) for p in range(le, r + 1)}
    for first, left, last, right in merges:
        page.write_merge(first, last, left, right, rows[first][left])
    for at, line in enumerate(rows):
        for position, cell in enumerate(line):
            if cell is not None and (at, position) not in covered:
                page.write(at, position, cell)
    book.save(str(path))


def text(path, rows, encoding="utf-8", separator=","):
    made = StringIO()
    csv.writer(made, delimiter=separator).writerows(rows)
    path.write_bytes(made.getvalue().encode(encoding))


def word(path, rows, merges=(), above=(), below=()):
    document = docx.Document()
    for line in above:
        document.add_paragraph(line)
    table = document.add_table(rows=len(rows), cols=max(map(len, rows)))
    for first, left, last, right in merges:
        table.cell(first, left).merge(table.cell(last, right))
    for at, line in enumerate(rows):
        for position, cell in enumerate(line):
            if cell:
                table.cell(at, position).text = cell
    for line in below:
        document.add_paragraph(line)
    document.save(str(path))


# ── the lists ────────────────────────────────────────────────────────────────────────────────


@ugly(
    "annex mark, merged title, sub-line with the unit, serial numbers, padded names, foot notes",
    "xlsx",
    [
        out(
            "张明",
            {"employer": "No organisation is known by exactly this name. Alike: 合肥样品机床股份有限公司"},
            sex="male",
            employer="合肥样品机床厂",
            mobile=mobile(1),
        ),
        out("欧阳小红", sex="female", employer="合肥样品铸造厂", mobile=mobile(2)),
    ],
    unit="安徽省经济和信息化厅",
)
def the_usual_receipt(path):
    xlsx(
        path,
        [
            ["附件2"],
            [TITLE, None, None, None, None],
            ["填报单位(盖章):安徽省经济和信息化厅        填表日期:2025年10月20日"],
            ["序号", "姓  名", "性别", "单位", "手机"],
            [1, "张　明", "男", "合肥样品机床厂", mobile(1)],
            [2, "欧阳小红", "女", "合肥样品铸造厂", mobile(2)],
            [],
            ["注:请于10月25日前报送。"],
            ["联系人:王芳  电话:0551-62870000"],
        ],
        [(1, 0, 1, 4)],
    )


@ugly(
    "two rows of titles with merged groups, and titles merged over both",
    "xlsx",
    [out("李强", employer="芜湖样品轴承厂", post="总工程师", mobile=mobile(3), email="liqiang@example.org")],
)
def two_rows_of_titles(path):
    xlsx(
        path,
        [
            ["培训班报名表"],
            ["序号", "姓名", "工作单位及职务", None, "联系方式", None],
            [None, None, "单位", "职务", "手机", "邮箱"],
            [1, "李强", "芜湖样品轴承厂", "总工程师", mobile(3), "LiQiang@example.org"],
        ],
        [(0, 0, 0, 5), (1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 1, 5)],
    )


@ugly(
    "two rows of titles in a text file, where nothing can be merged",
    "csv",
    [out("李强", employer="芜湖样品轴承厂", mobile=mobile(3), email="liqiang@example.org")],
)
def two_rows_of_titles_as_text(path):
    text(
        path,
        [
            ["序号", "姓名", "单位", "联系方式", ""],
            ["", "", "", "手机", "邮箱"],
            ["1", "李强", "芜湖样品轴承厂", mobile(3), "liqiang@example.org"],
        ],
        "utf-8-sig",
    )


@ugly(
    "identity numbers and mobiles as numbers: one is damaged for ever, the other is whole",
    "xlsx",
    [
        out(
            "王敏",
            {"identity_number": "The spreadsheet has rounded this identity number"},
            mobile=mobile(4),
        ),
        out("赵刚", identity_number=identity("19780312", "013"), birth_date="1978-03-12", sex="male", mobile=mobile(5)),
    ],
)
def numbers_that_a_spreadsheet_rounded(path):
    xlsx(
        path,
        [
            ["姓名", "身份证号码", "手机号码"],
            ["王敏", int(identity("19850601", "022")[:17]) * 10, int(mobile(4))],
            ["赵刚", identity("19780312", "013"), float(mobile(5))],
        ],
    )


@ugly(
    "scientific notation that became text, in a text file of old Chinese spreadsheets",
    "csv",
    [
        out(
            "王敏",
            {
                "identity_number": "The spreadsheet has rounded this identity number",
                "mobile": "The spreadsheet has shortened this number",
            },
        ),
        out("𠮷野", {"identity_number": "The spreadsheet has rounded this identity number"}),
    ],
)
def scientific_text(path):
    text(
        path,
        [
            ["姓名", "身份证号", "手机"],
            ["王敏", "1.19999E+17", "1.38E+10"],
            ["𠮷野", identity("19850601", "022")[:15] + "000", ""],
        ],
        "gb18030",
    )


@ugly(
    "identity numbers with a wrong check digit, of fifteen digits, with spaces, full width, small x, an impossible day",
    "xlsx",
    [
        out("甲一", {"identity_number": "The last character of the identity number does not fit"}),
        out("甲二", {"identity_number": "This is an old identity number of 15 digits."}),
        out("甲三", identity_number=identity("19850601", "001"), sex="male"),
        out("甲四", identity_number=identity("19850601", "003")),
        out("甲五", {"identity_number": "The birth date in the identity number, 19850231"}),
        out("甲六", {"identity_number": "The identity number begins with 00"}),
        out("甲七", {"identity_number": "An identity number has 18 characters; this one has 17."}),
    ],
)
def identity_numbers_of_every_kind(path):
    good = identity("19850601", "001")
    wide = "".join(chr(ord(character) + 0xFEE0) for character in identity("19850601", "003"))
    xlsx(
        path,
        [
            ["姓名", "身份证"],
            ["甲一", good[:-1] + ("1" if good[-1] != "1" else "2")],
            ["甲二", "119999850601001"],
            ["甲三", f"{good[:6]} {good[6:14]} {good[14:]}".lower()],
            ["甲四", wide],
            ["甲五", identity("19850231", "001")],
            ["甲六", identity("19850601", "001", area="009999")],
            ["甲七", good[:-1]],
        ],
    )


@ugly(
    "identity numbers that do not fit sex, birth date and place of registration",
    "xlsx",
    [
        out("乙一", {"sex": "The identity number is that of another sex"}, sex="female"),
        out("乙二", {"birth_date": "The list says 1985-07, the identity number 1985-06-01."}, birth_date="1985-06-01"),
        out("乙三", {"identity_number": "The identity number was given in another province"}),
        out("乙四", {"identity_number": "By the identity number this person is"}),
        out("乙五", birth_date="1985-06-01", sex="male"),
    ],
)
def identity_numbers_against_the_form(path):
    number = identity("19850601", "001", area="339999")
    xlsx(
        path,
        [
            ["姓名", "性别", "出生年月", "籍贯", "身份证号"],
            ["乙一", "女", "1985.06", "浙江杭州", number],
            ["乙二", "男", "1985.07", "浙江省杭州市", number],
            ["乙三", "男", "198506", "安徽", number],
            ["乙四", "男", "", "浙江", identity("19300101", "001", area="339999")],
            ["乙五", "", "", "", number],
        ],
    )


@ugly(
    "birth dates in the six usual spellings, and some that are none",
    "xlsx",
    [
        out("丙一", birth_date="1985-06"),
        out("丙二", birth_date="1985-06"),
        out("丙三", birth_date="1985-06"),
        out("丙四", birth_date="1985-06-01"),
        out("丙五", birth_date="1985-06-01"),
        out("丙六", birth_date="1985-06-01"),
        out("丙七", birth_date="1985-06"),
        out("丙八", {"birth_date": "“1985.1” is a number"}),
        out("丙九", {"birth_date": "There is no such day as 1985-13."}),
        out("丙十", {"birth_date": "“85年夏” is no date."}),
        out("丙末", birth_date="1985-06-01"),
    ],
)
def birth_dates(path):
    xlsx(
        path,
        [
            ["姓名", "出生年月"],
            ["丙一", "1985.06"],
            ["丙二", 198506],
            ["丙三", "1985年6月"],
            ["丙四", "1985-06-01"],
            ["丙五", date(1985, 6, 1)],
            ["丙六", "1985/6/1"],
            ["丙七", 1985.06],
            ["丙八", 1985.1],
            ["丙九", "1985.13"],
            ["丙十", "85年夏"],
            ["丙末", "1985年6月1日生"],
        ],
    )


@ugly(
    "names: padding, look-alike dots, remarks in brackets, two in one cell, digits, twenty characters",
    "xlsx",
    [
        out("王芳", employer="甲厂"),
        out("阿卜杜拉·买买提", {"name": "The dot in the name was written with another sign"}),
        out("古丽·阿依", {"name": "The dot in the name was written with another sign"}),
        out("买买提·艾合买提"),
        out("李娜", {"name": "“(女)” is not part of the name"}),
        out(None, {"name": "These look like two names."}),
        out(None, {"name": "A name has no digits."}),
        out("Anna Smith"),
        out("㛃䶮"),
        out("阿布都热合曼·阿布都热依木·买买提明江"),
    ],
)
def names(path):
    xlsx(
        path,
        [
            ["姓名", "单位"],
            ["王 芳", "甲厂"],
            ["阿卜杜拉.买买提", "甲厂"],
            ["古丽•阿依", "甲厂"],
            ["买买提·艾合买提", "甲厂"],
            ["李娜(女)", "甲厂"],
            ["张三、李四", "甲厂"],
            ["张3", "甲厂"],
            [" Anna  Smith ", "甲厂"],
            ["㛃䶮", "甲厂"],
            ["阿布都热合曼·阿布都热依木·买买提明江", "甲厂"],
        ],
    )


@ugly(
    "the unit merged over several people is filled down; a name merged over two lines is one person",
    "xlsx",
    [
        out("丁一", employer="马鞍山样品钢厂", body="马鞍山市经信局"),
        out("丁二", employer="马鞍山样品钢厂", body="马鞍山市经信局"),
        out("丁三", employer="铜陵样品铜厂", body="铜陵市经信局"),
    ],
)
def merged_downwards(path):
    xlsx(
        path,
        [
            ["推荐单位", "单位", "姓名", "手机"],
            ["马鞍山市经信局", "马鞍山样品钢厂", "丁一", mobile(1)],
            [None, None, "丁二", mobile(2)],
            ["铜陵市经信局", "铜陵样品铜厂", "丁三", mobile(3)],
        ],
        [(1, 0, 2, 0), (1, 1, 2, 1)],
    )


@ugly(
    "an old workbook (.xls) with a merged title and merged cells",
    "xls",
    [
        out("戊一", employer="淮南样品机械厂", sex="male", mobile=mobile(1)),
        out("戊二", employer="淮南样品机械厂", sex="female", mobile=mobile(2)),
    ],
    unit="淮南市工业和信息化局",
)
def an_old_workbook(path):
    xls(
        path,
        [
            [TITLE, None, None, None],
            ["报送单位：淮南市工业和信息化局", None, None, "日期：2025.10.20"],
            ["工作单位", "姓名", "性别", "联系电话"],
            ["淮南样品机械厂", "戊一", "男", int(mobile(1))],
            [None, "戊二", "女", int(mobile(2))],
            ["合计", "2人"],
        ],
        [(0, 0, 0, 3), (3, 0, 4, 0)],
    )


@ugly(
    "a Word table with the title and the unit above it, cells merged downwards, notes below",
    "docx",
    [
        out("己一", employer="宿州样品仪表厂", category="process", mobile=mobile(1)),
        out("己二", employer="宿州样品仪表厂", category="technology", mobile=mobile(2)),
    ],
    unit="宿州市经济和信息化局",
)
def a_word_table(path):
    word(
        path,
        [
            ["序号", "姓名", "单位", "人才类别", "手机"],
            ["1", "己一", "宿州样品仪表厂", "先进基础工艺人才", mobile(1)],
            ["2", "己二", "", "先进制造技术", mobile(2)],
        ],
        merges=[(1, 2, 2, 2)],
        above=["附件3", TITLE, "填报单位:宿州市经济和信息化局(盖章)          填表日期:  年  月  日"],
        below=["注:本表一式两份。"],
    )


@ugly(
    "a Word table with two rows of titles, the group merged across",
    "docx",
    [out("己三", mobile=mobile(3), email="ji3@example.org")],
)
def a_word_table_with_groups(path):
    word(
        path,
        [
            ["姓名", "联系方式", ""],
            ["", "手机", "电子邮箱"],
            ["己三", mobile(3), "ji3@example.org"],
        ],
        merges=[(0, 1, 0, 2), (0, 0, 1, 0)],
    )


@ugly(
    "people over several sheets, empty sheets, a hidden sheet with names to choose from; the sheet tells the category",
    "xlsx",
    [
        out("庚一", {"category": "The category is taken from the line “先进制造技术人才”"}, category="technology"),
        out("庚二", {"category": "The category is taken from the line “基础工艺”"}, category="process"),
    ],
)
def several_sheets(path):
    with xlsxwriter.Workbook(path) as book:
        for name, person in (("先进制造技术人才", "庚一"), ("基础工艺", "庚二"), ("Sheet3", "")):
            page = book.add_worksheet(name)
            for at, line in enumerate([["姓名", "单位"], [person, "甲厂"]] if person else []):
                page.write_row(at, 0, line)
        hidden = book.add_worksheet("选项")
        hidden.write_column(0, 0, ["姓名", "不算的人"])
        hidden.write_column(0, 1, ["单位", "甲厂"])
        hidden.hide()


@ugly(
    "sample rows, rows that wait for people with a number only, nobody as ×××",
    "xlsx",
    [out("辛一", employer="甲厂"), out("辛二", employer="乙厂")],
)
def sample_rows(path):
    xlsx(
        path,
        [
            ["序号", "姓名", "单位"],
            ["例", "张三", "××有限公司"],
            ["(示例)", "李四", "某某厂"],
            ["0", "×××", "××公司"],
            [1, "辛一", "甲厂"],
            [2, "辛二", "乙厂"],
            [3, "", ""],
            [4, None, None],
        ],
    )


@ugly(
    "two lists in one sheet, each under a line with its category",
    "xlsx",
    [
        out("壬一", {"category": "The category is taken from the line “一、先进制造技术人才”"}, category="technology"),
        out("壬二", {"category": "The category is taken from the line “二、先进基础工艺人才”"}, category="process"),
    ],
)
def sections(path):
    xlsx(
        path,
        [
            ["序号", "姓名", "单位", "手机"],
            ["一、先进制造技术人才", None, None, None],
            [1, "壬一", "甲厂", mobile(1)],
            ["二、先进基础工艺人才", None, None, None],
            [1, "壬二", "乙厂", mobile(2)],
        ],
        [(1, 0, 1, 3), (3, 0, 3, 3)],
    )


@ugly(
    "the titles once more on each printed page, and blank rows between the people",
    "xlsx",
    [out("癸一"), out("癸二"), out("癸三")],
)
def titles_on_each_page(path):
    xlsx(
        path,
        [
            ["姓名", "单位"],
            ["癸一", "甲厂"],
            [],
            ["癸二", "乙厂"],
            ["姓名", "单位"],
            [],
            ["癸三", "丙厂"],
        ],
    )


@ugly(
    "a second list with other titles under the foot notes of the first",
    "xlsx",
    [out("子一", mobile=mobile(1)), out("子三", mobile=mobile(3)), out("子二", email="zi2@example.org")],
    notes=["The serial numbers go from 1 to 3"],
)
def two_lists_below_each_other(path):
    xlsx(
        path,
        [
            ["序号", "姓名", "手机"],
            [1, "子一", mobile(1)],
            [3, "子三", mobile(3)],
            ["备注:以上为正式学员"],
            [],
            ["序号", "姓名", "邮箱"],
            [1, "子二", "zi2@example.org"],
        ],
    )


@ugly(
    "mobiles with +86, hyphens, spaces and labels; two in one cell; a landline; too few digits",
    "xlsx",
    [
        out("丑一", mobile=mobile(1)),
        out("丑二", mobile=mobile(2)),
        out("丑三", mobile=mobile(3)),
        out("丑四", {"mobile": "There are several numbers in this cell"}, mobile=mobile(4)),
        out("丑五", {"mobile": "This is a landline number"}),
        out("丑六", {"mobile": "A mobile number has 11 digits"}),
        out("丑七", mobile="+85291234567"),
    ],
)
def mobiles(path):
    xlsx(
        path,
        [
            ["姓名", "联系电话"],
            ["丑一", "+86 138-0000-0001"],
            ["丑二", "138 0000 0002"],
            ["丑三", f"手机：{mobile(3)}"],
            ["丑四", f"{mobile(4)}/{mobile(5)}"],
            ["丑五", "0551-62871234"],
            ["丑六", "1380000000"],
            ["丑七", "+852 9123 4567"],
        ],
    )


@ugly(
    "choices in people's own words: education, titles, sex, yes and no, rooms, meals",
    "xlsx",
    [
        out(
            "寅一",
            sex="male",
            education="doctorate",
            title_level="senior",
            lodging="yes",
            rooming="single",
            diet="halal",
        ),
        out(
            "寅二",
            sex="female",
            education="bachelor",
            title_level="associate_senior",
            lodging="no",
            rooming="shared",
            diet="none",
        ),
        out(
            "寅三",
            {"education": "“研究生” may be a master's or a doctor's degree"},
            education="master",
            title_level="senior_technician",
            diet="vegetarian",
        ),
        out(
            "寅四",
            {"diet": "“不吃辣” is none of the answers", "sex": "“M/F” is none of the answers"},
            education="college",
            title_level="advanced_worker",
        ),
        out(
            "寅五",
            {"title_level": "“高级” may be full or associate"},
            sex="female",
            title_level="associate_senior",
            education="vocational",
        ),
    ],
)
def choices(path):
    xlsx(
        path,
        [
            [
                "姓名",
                "性别(男/女)",
                "学历学位",
                "职称/技能等级",
                "是否住宿",
                "住宿要求(单住/合住)",
                "饮食要求(清真/素食/无)",
            ],
            ["寅一", "男", "博士研究生", "正高级工程师", "√", "单住", "清真"],
            ["寅二", "女性", "大学本科", "高级工程师", "否", "合住", "无"],
            ["寅三", "", "研究生", "高级技师", "", "", "素食"],
            ["寅四", "M/F", "大专", "高级工", "", "", "不吃辣"],
            ["寅五", "□男 ☑女", "中专", "高级", "", "", ""],
        ],
    )


@ugly(
    "the 推荐汇总表 with ranks, credit codes, achievements over several lines, a reserve",
    "xlsx",
    [
        out(
            "卯一",
            rank="1",
            credit_code=credit_code(),
            category="process",
            direction="精密铸造",
            achievements="1.主持省级项目;\n2.获专利三项。",
            body="浙江省经济和信息化厅",
            is_reserve="no",
        ),
        out(
            "卯二",
            {"credit_code": "The last character of the credit code does not fit", "rank": "The rank is a whole number"},
            is_reserve="yes",
        ),
    ],
    unknown=["照片"],
)
def the_summary(path):
    titles = [
        "序号(推荐排序)",
        "推荐单位",
        "姓名",
        "性别",
        "出生年月",
        "学历",
        "单位全称",
        "统一社会信用代码",
        "企业性质",
    ]
    titles += [
        "职务",
        "职称/技能等级",
        "类别",
        "技术或工艺方向",
        "主要业绩(500字以内)",
        "手机",
        "推荐意见",
        "是否候补",
        "照片",
    ]
    first = [
        "1",
        "浙江省经济和信息化厅",
        "卯一",
        "男",
        "1980.05",
        "本科",
        "杭州样品铸造有限公司",
        credit_code(),
        "民营",
    ]
    first += [
        "车间主任",
        "高级技师",
        "基础工艺",
        "精密铸造",
        "1.主持省级项目;\n2.获专利三项。",
        mobile(1),
        "同意推荐",
        "否",
        "见附件",
    ]
    second = [
        "待定",
        "浙江省经济和信息化厅",
        "卯二",
        "女",
        "1981.06",
        "本科",
        "宁波样品厂",
        credit_code()[:-1] + "0",
        "国有",
    ]
    second += ["总工", "高工", "制造技术", "机床", "略", mobile(2), "同意推荐", "候补", ""]
    xlsx(path, [["推荐汇总表"], titles, first, second], [(0, 0, 0, 17)])


@ugly(
    "a text file in UTF-8 without a mark, and what some write so that numbers stay whole",
    "csv",
    [
        out("辰一", identity_number=identity(), mobile=mobile(1)),
        out("辰二", identity_number=identity(), mobile=mobile(2)),
    ],
)
def quoted_numbers(path):
    text(
        path,
        [
            ["姓名", "身份证号", "手机"],
            ["辰一", f'="{identity()}"', f"'{mobile(1)}"],
            ["辰二", identity() + "\t", " " + mobile(2)],
        ],
    )


@ugly(
    "text with tabs in UTF-16, as a spreadsheet saves “Unicode text”",
    "csv",
    [out("巳一", employer="甲厂"), out("巳二", employer="乙厂")],
)
def unicode_text(path):
    text(path, [["姓名", "单位"], ["巳一", "甲厂"], ["巳二", "乙厂"]], "utf-16", "\t")


@ugly(
    "titles in English",
    "xlsx",
    [out("Anna Smith", email="anna@example.org", employer="Example Works", mobile="+491701234567", sex="female")],
    unit="",
)
def in_english(path):
    xlsx(
        path,
        [
            ["Registration form"],
            ["No.", "Full name", "Gender", "Employer", "E-mail address", "Mobile phone"],
            [1, "Anna Smith", "F", "Example Works", "Anna@Example.org", "+49 170 1234567"],
        ],
    )


@ugly(
    "categories that nobody has, or that could be either; the category is needed",
    "xlsx",
    [
        out("午一", {"category": "“管理人才” is none of the categories"}),
        out("午二", {"category": "“先进” is none of the categories"}),
        out("午三", category="technology"),
        out("午四", {"category": "This is needed and missing."}),
    ],
)
def categories(path):
    xlsx(
        path,
        [
            ["姓名", "人才类别"],
            ["午一", "管理人才"],
            ["午二", "先进"],
            ["午三", "先进制造技术人才"],
            ["午四", ""],
        ],
    )


@ugly(
    "organisations by their short names and misspelt",
    "xlsx",
    [
        out(
            "未一",
            {"employer": "“样品机床” is taken as 合肥样品机床股份有限公司."},
            employer="合肥样品机床股份有限公司",
        ),
        out("未二", employer="合肥样品机床股份有限公司"),
        out(
            "未三",
            {"employer": "No organisation is known by exactly this name. Alike: 合肥样品机床股份有限公司; 合肥"},
            employer="合肥样品车床有限公司",
        ),
    ],
)
def organisations(path):
    xlsx(
        path,
        [
            ["姓名", "单位"],
            ["未一", "样品机床"],
            ["未二", "合肥样品机床\n股份有限公司"],
            ["未三", "合肥样品车床有限公司"],
        ],
    )


@ugly(
    "e-mail addresses with spaces, full-width signs and none at all",
    "xlsx",
    [
        out("申一", email="shen1@example.org"),
        out("申二", {"email": "The address is read as shen2@example.org."}, email="shen2@example.org"),
        out("申三", {"email": "“shen3” is no e-mail address."}),
        out("申四"),
    ],
)
def addresses(path):
    xlsx(
        path,
        [
            ["姓名", "电子邮箱"],
            ["申一", " Shen1@Example.org "],
            ["申二", "shen2＠example.org"],
            ["申三", "shen3"],
            ["申四", "无"],
        ],
    )


@ugly(
    "titles of somebody else beside the person: contact, filler-in, office telephone",
    "xlsx",
    [out("酉一", mobile=mobile(1), employer="甲厂")],
    unknown=["联系人", "联系人电话"],
)
def somebody_else(path):
    xlsx(
        path,
        [
            ["姓名", "单位", "单位电话", "手机", "联系人", "联系人电话"],
            ["酉一", "甲厂", "0551-1234567", mobile(1), "别人", mobile(9)],
        ],
    )


@ugly(
    "arrival and departure in two columns each, under groups",
    "xlsx",
    [out("戌一", arrival="11月5日 G7301", departure="11月9日 G7400")],
)
def travel(path):
    xlsx(
        path,
        [
            ["姓名", "到达", None, "返程", None],
            [None, "时间", "车次/航班", "时间", "车次/航班"],
            ["戌一", "11月5日", "G7301", "11月9日", "G7400"],
        ],
        [(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 0, 4)],
    )


@ugly(
    "far-away blank cells that were formatted, and long text that no field takes",
    "xlsx",
    [out("亥一", {"post": "This has 120 characters; at most 100 are taken."})],
)
def far_away(path):
    xlsx(path, [["姓名", "职务"], ["亥一", "长" * 120], *[[] for _ in range(40)], ["", " "]])


@ugly(
    "a note in the middle of the list, with reserves under it: nobody is lost",
    "xlsx",
    [
        out("何一", mobile=mobile(1)),
        out("何二", {"is_reserve": "The line “备注：以下为候补人选” above"}, is_reserve="yes", mobile=mobile(2)),
    ],
    notes=["Row 3 looks like a note; the people under it were read, too."],
)
def a_note_between_people(path):
    xlsx(
        path,
        [
            ["序号", "姓名", "单位", "手机"],
            [1, "何一", "甲厂", mobile(1)],
            ["备注：以下为候补人选"],
            [2, "何二", "甲厂", mobile(2)],
            ["注：已征得本人同意。"],
            ["填报人：", "王芳", "", "0551-62871234"],
        ],
    )


@ugly(
    "a second Word table under a line that makes reserves of its people",
    "docx",
    [
        out("吕一", is_reserve=None),
        out("吕二", {"is_reserve": "The line “二、候补人选” above makes this a reserve."}, is_reserve="yes"),
    ],
    unit="宿州市经济和信息化局",
)
def a_word_document_with_reserves(path):
    document = docx.Document()
    document.add_paragraph("推荐单位：宿州市经济和信息化局（公章）")
    for line, name in (("一、正式人选", "吕一"), ("二、候补人选", "吕二")):
        document.add_paragraph(line)
        table = document.add_table(rows=2, cols=2)
        for at, cells in enumerate((("姓名", "单位"), (name, "甲厂"))):
            for position, cell in enumerate(cells):
                table.cell(at, position).text = cell
    document.save(str(path))


@ugly(
    "characters that an old encoding could not hold and became question marks, hidden ones, signs, broken lines",
    "csv",
    [
        out(None, {"name": "A character of this name was lost or hidden"}),
        out(None, {"name": "A character of this name was lost or hidden"}),
        out(None, {"name": "A character of this name was lost or hidden"}),
        out("阿依古丽-买买提", {"name": "There is an unusual sign in this name."}),
        out("·库尔班", {"name": "There is an unusual sign in this name."}),
        out("张三"),
        out(None, {"name": "These look like two names."}),
        out("Aoife O'Brien"),
    ],
)
def names_that_lost_a_character(path):
    text(
        path,
        [
            ["姓名", "单位"],
            ["?野", "甲厂"],
            ["王□明", "甲厂"],
            ["李*", "甲厂"],
            ["阿依古丽-买买提", "甲厂"],
            ["·库尔班", "甲厂"],
            ["张\n三", "甲厂"],
            ["张三\n李四", "甲厂"],
            ["Aoife O'Brien", "Example Works"],
        ],
        "gb18030",
    )


@ugly(
    "birth months with the age in brackets, mobile and address in one cell, passports of every shape",
    "xlsx",
    [
        out(
            "许一",
            {"email": "The e-mail address is taken from the cell with the mobile."},
            birth_date="1985-06",
            mobile=mobile(1),
            email="xu1@example.org",
        ),
        out("Jörg", {"identity_number": "This is no resident identity number"}, birth_date="1986-10"),
    ],
)
def two_things_in_one_cell(path):
    xlsx(
        path,
        [
            ["姓名", "出生年月（岁）", "手机/邮箱", "身份证号码/护照号"],
            ["许一", "1985.06\n（41岁）", f"{mobile(1)} xu1@example.org", ""],
            ["Jörg", "1986.10(40周岁)", "+49 170 1234567", "C01X00T47"],
        ],
    )


@ugly(
    "a text file that says its separator in a first line, with commas inside the cells",
    "csv",
    [out("冯敏", employer="样品厂,铸造部", mobile=mobile(1))],
)
def a_said_separator(path):
    path.write_bytes(f"sep=;\r\n姓名;单位;手机\r\n冯敏;样品厂,铸造部;{mobile(1)}\r\n".encode("utf-8-sig"))
