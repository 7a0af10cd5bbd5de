"""Blank forms for a body to fill in: the 报名回执表 and the 推荐汇总表, as workbooks.

Guards one rule: sent back, a form is read without a single question. So its titles are words that
`headings.py` knows, its answers are chosen from lists, and every cell is text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from training.catalogue.models import Organisation, TrainingSession
from training.enrolment.models import Quota
from training.enrolment.questions import Code, Kind
from training.intake.expecting import Reception
from training.intake.headings import Beside, Meaning
from training.tools.dates import days_in_words
from training.tools.plain_cells import without_control_characters
from training.tools.workbooks import A4, BODY_POINTS, CHINESE_FONT, TITLE_POINTS

ROWS_TO_FILL = 60
TITLE_ROW, HEADER_ROW, FIRST_ROW = 0, 3, 4  # the unit and its places stand between title and header
LONGEST_LIST_IN_A_CELL = 255  # of the choices of a drop-down list, with their commas
WIDE, USUAL, NARROW = 26, 14, 8

# What a cell must be, in the words of spreadsheets; the check character by ISO 7064 MOD 11-2, as in `tools`.
_CHECK_CHARACTER = 'MID("10X98765432",MOD(SUMPRODUCT(MID(CELL,ROW($1:$17),1)*2^(18-ROW($1:$17))),11)+1,1)'
_RULES: Mapping[Meaning, tuple[str, Promise]] = {
    Code.IDENTITY_NUMBER: (
        f"=AND(LEN(CELL)=18,{_CHECK_CHARACTER}=UPPER(RIGHT(CELL)))",
        gettext_lazy("This identity number has not 18 characters, or a digit is wrong. Compare it with the card."),
    ),
    Code.MOBILE: (
        '=AND(LEN(CELL)=11,LEFT(CELL)="1",ISNUMBER(CELL*1))',
        gettext_lazy("A mobile number has 11 digits."),
    ),
    Beside.EMAIL: (
        '=AND(ISNUMBER(FIND("@",CELL)),ISERROR(FIND(" ",CELL)))',
        gettext_lazy("An e-mail address looks like name@example.org."),
    ),
    Code.BIRTH_DATE: (
        '=AND(OR(LEN(CELL)=7,LEN(CELL)=10),MID(CELL,5,1)="-")',
        gettext_lazy("Type the date as 1985-06 or 1985-06-01."),
    ),
}


class BlankForm(models.TextChoices):
    RECEIPT = "receipt", gettext_lazy("Registration form (报名回执表)")
    SUMMARY = "summary", gettext_lazy("Recommendation summary (推荐汇总表)")


# The titles, as offices write them; a form is always in Chinese, like the lists that come back.
_TITLES: dict[Meaning, str] = {
    Beside.RANK: "推荐排序",
    Beside.NAME: "姓名",
    Code.SEX: "性别",
    Code.ETHNICITY: "民族",
    Code.BIRTH_DATE: "出生年月",
    Code.EDUCATION: "学历",
    Code.EMPLOYER: "单位全称",
    Code.DEPARTMENT: "部门",
    Code.POST: "职务",
    Code.TITLE_LEVEL: "职称/技能等级",
    Code.CATEGORY: "人才类别",
    Code.IDENTITY_NUMBER: "身份证号",
    Code.MOBILE: "手机",
    Beside.EMAIL: "邮箱",
    Code.ARRIVAL: "到达时间及车次/航班",
    Code.DEPARTURE: "返程时间及车次/航班",
    Code.LODGING: "是否住宿",
    Code.ROOMING: "住宿要求",
    Code.DIET: "饮食要求",
    Beside.RESERVE: "是否候补",
    Code.REMARKS: "备注",
}
_WIDE = frozenset({Code.EMPLOYER, Code.IDENTITY_NUMBER, Beside.EMAIL, Code.ARRIVAL, Code.DEPARTURE, Code.REMARKS})
_NARROW = frozenset({Beside.RANK, Code.SEX, Code.ETHNICITY, Beside.RESERVE, Code.LODGING})
_ONLY_IN_THE_SUMMARY = frozenset({Beside.RANK, Beside.RESERVE})


@dataclass(frozen=True)
class _FormColumn:
    meaning: Meaning
    title: str
    choices: Sequence[str] = ()

    @property
    def width(self) -> int:
        if self.meaning in _WIDE:
            return WIDE
        return NARROW if self.meaning in _NARROW else USUAL


def blank_form(session: TrainingSession, body: Organisation, kind: BlankForm) -> bytes:
    """The form as a workbook: A4 on its side, the body, its places and its choices written in."""
    made = BytesIO()
    with override("zh-hans"), Workbook(made, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        _write(workbook, session, body, kind)
    return made.getvalue()


def file_name_of(session: TrainingSession, body: Organisation, kind: BlankForm) -> str:
    return f"{session.slug}-{body.pk}-{kind}.xlsx"


def _write(workbook: Workbook, session: TrainingSession, body: Organisation, kind: BlankForm) -> None:
    columns = _columns(Reception(session, body), kind)
    sheet = workbook.add_worksheet("名单")
    lists = workbook.add_worksheet("选项")
    lists.hide()
    _lay_out_the_page(sheet, columns)
    name = "推荐汇总表" if kind == BlankForm.SUMMARY else "报名回执表"
    _write_the_head(workbook, sheet, [f"{session.title}{name}", *_lines_above(session, body)], columns)
    _write_the_cells(workbook, sheet, lists, columns)
    _write_the_notes(workbook, sheet, asks_the_birth_date=any(one.meaning == Code.BIRTH_DATE for one in columns))


def _columns(reception: Reception, kind: BlankForm) -> list[_FormColumn]:
    """What the session asks, in the usual order; its own questions by their own words behind."""
    asked = set(reception.meanings) - (set() if kind == BlankForm.SUMMARY else _ONLY_IN_THE_SUMMARY)
    usual = [_FormColumn(one, title, _choices(one, reception)) for one, title in _TITLES.items() if one in asked]
    own = [question for question in reception.asked.values() if question.is_own]
    return usual + [_FormColumn(one.code, str(one.label), _choices(one.code, reception)) for one in own]


def _choices(meaning: Meaning, reception: Reception) -> list[str]:
    """The answers to choose from, in words."""
    if meaning == Code.CATEGORY:
        return [one.name_zh or one.name_en for one in reception.categories]
    question = reception.expected.question(meaning)
    if meaning == Beside.RESERVE or (question and question.kind == Kind.YES_NO):
        return ["是", "否"]
    return [str(words) for _value, words in question.choices] if question else []


def _lay_out_the_page(sheet: Worksheet, columns: Sequence[_FormColumn]) -> None:
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)  # inches
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW)
    sheet.freeze_panes(FIRST_ROW, 0)
    sheet.set_footer("&C第 &P 页 共 &N 页")
    sheet.set_column(0, 0, NARROW)
    for position, column in enumerate(columns, start=1):
        sheet.set_column(position, position, column.width)


def _lines_above(session: TrainingSession, body: Organisation) -> list[str]:
    days = days_in_words(session.starts_on, session.ends_on)
    return [
        f"填报单位（盖章）：{body.name}        填表日期：    年    月    日",
        f"培训时间为{days}，{_quota_in_words(session, body)}",
    ]


def _quota_in_words(session: TrainingSession, body: Organisation) -> str:
    quotas = Quota.objects.filter(session=session, body=body).select_related("category").order_by("pk")
    parts = [
        f"{one.category.name if one.category else '不限类别'}{one.places - one.places_given_on}名" for one in quotas
    ]
    return f"名额为{'、'.join(parts)}" if parts else "名额待定"


def _write_the_head(workbook: Workbook, sheet: Worksheet, lines: Sequence[str], columns: Sequence[_FormColumn]) -> None:
    line = {"font_name": CHINESE_FONT, "font_size": BODY_POINTS, "valign": "vcenter"}
    plain = workbook.add_format(line)
    big = workbook.add_format({**line, "bold": True, "font_size": TITLE_POINTS, "align": "center"})
    head = workbook.add_format(
        {**line, "bold": True, "align": "center", "text_wrap": True, "border": 1, "bg_color": "#F2F2F2"}
    )
    sheet.set_row(TITLE_ROW, 34)
    sheet.merge_range(TITLE_ROW, 0, TITLE_ROW, len(columns), "", big)
    for row, text in enumerate(lines):
        sheet.write_string(row, 0, _text(text), plain if row else big)
    sheet.set_row(HEADER_ROW, 30)
    for position, title in enumerate(["序号", *(column.title for column in columns)]):
        sheet.write_string(HEADER_ROW, position, _text(title), head)


def _write_the_cells(workbook: Workbook, sheet: Worksheet, lists: Worksheet, columns: Sequence[_FormColumn]) -> None:
    """Text cells with their checks; the numbers of the rows are there already."""
    look = workbook.add_format(
        {"font_name": CHINESE_FONT, "font_size": BODY_POINTS, "border": 1, "num_format": "@", "text_wrap": True}
    )
    for number in range(ROWS_TO_FILL):
        sheet.write_string(FIRST_ROW + number, 0, str(number + 1), look)
        for position in range(1, len(columns) + 1):
            sheet.write_blank(FIRST_ROW + number, position, None, look)
    last = xl_col_to_name(len(columns))
    sheet.ignore_errors({"number_stored_as_text": f"A{FIRST_ROW + 1}:{last}{FIRST_ROW + ROWS_TO_FILL}"})
    for position, column in enumerate(columns, start=1):
        if check := _check(column, position, lists):
            sheet.data_validation(FIRST_ROW, position, FIRST_ROW + ROWS_TO_FILL - 1, position, check)


def _check(column: _FormColumn, position: int, lists: Worksheet) -> dict[str, object]:
    """What a spreadsheet checks while somebody types."""
    if column.choices:
        source = _source(column.choices, position, lists)
        return {"validate": "list", "source": source, "error_message": _("Choose one of the list.")}
    if rule := _RULES.get(column.meaning):
        formula, sentence = rule
        cell = f"{xl_col_to_name(position)}{FIRST_ROW + 1}"
        return {
            "validate": "custom",
            "value": formula.replace("CELL", cell),
            "error_message": str(sentence),
            "error_type": "warning",  # passports and numbers from elsewhere are longer or shorter
        }
    return {}


def _source(choices: Sequence[str], position: int, lists: Worksheet) -> object:
    """Short lists stand in the cell's check, long ones on the hidden sheet."""
    if len(",".join(choices)) <= LONGEST_LIST_IN_A_CELL and not any("," in choice for choice in choices):
        return list(choices)
    for row, choice in enumerate(choices):
        lists.write_string(row, position, _text(choice))
    letter = xl_col_to_name(position)
    return f"='选项'!${letter}$1:${letter}${len(choices)}"


def _write_the_notes(workbook: Workbook, sheet: Worksheet, *, asks_the_birth_date: bool) -> None:
    look = workbook.add_format({"font_name": CHINESE_FONT, "font_size": BODY_POINTS})
    notes = (
        "注：1. 每人一行，请勿合并单元格；身份证号、手机按文本填写。",
        f"2. {'出生年月写作1985-06；' if asks_the_birth_date else ''}有下拉列表的请从中选择。",
        "联系人：                电话：",
    )
    for number, note in enumerate(notes):
        sheet.write_string(FIRST_ROW + ROWS_TO_FILL + 1 + number, 0, note, look)


def _text(text: str) -> str:
    return without_control_characters(text)
