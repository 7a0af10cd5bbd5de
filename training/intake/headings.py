"""What a column means by its title: the usual words of the 报名回执表 and the 推荐汇总表, in both languages.

The words of a meaning stand in order: of two columns that fit, the one with the earlier word is
taken, and the other stays named for a person to decide.
"""

import re
import unicodedata
from collections import ChainMap
from collections.abc import Mapping
from functools import cache

from django.db import models
from django.utils.translation import gettext_lazy as _

from training.enrolment.questions import Code


class Beside(models.TextChoices):
    """What a list says beside the standard questions."""

    NAME = "name", _("name")
    EMAIL = "email", _("e-mail address")
    BODY = "body", _("recommending body")
    RANK = "rank", _("rank")
    RESERVE = "is_reserve", _("reserve")
    CREDIT_CODE = "credit_code", _("credit code of the enterprise")
    OWNERSHIP = "ownership", _("kind of enterprise")
    DIRECTION = "direction", _("technology or process")
    ACHIEVEMENTS = "achievements", _("achievements")
    OPINION = "opinion", _("recommendation")
    POLITICAL_STATUS = "political_status", _("political status")
    HOME_PROVINCE = "home_province", _("place of registration")
    AGE = "age", _("age")
    OFFICE_PHONE = "office_phone", _("office telephone")
    SERIAL = "serial", _("serial number")
    EMPLOYER_AND_POST = "employer_and_post", _("employer and post together")
    FAMILY_NAME = "family_name", _("family name")
    GIVEN_NAME = "given_name", _("given name")


Meaning = str
"""The value of a `Code`, of a `Beside`, or the code of a question of the session's own."""

TELLS: Mapping[Meaning, tuple[Meaning, ...]] = {
    Beside.EMPLOYER_AND_POST: (Code.EMPLOYER, Code.POST),
    Beside.FAMILY_NAME: (Beside.NAME,),
    Beside.GIVEN_NAME: (),  # the name is looked at and corrected beside it
}
"""What a column says that is taken under other meanings."""
IN_TWO = frozenset({Beside.FAMILY_NAME, Beside.GIVEN_NAME})
NAMES = frozenset({Beside.NAME, *IN_TWO})

NOT_TAKEN_OVER = frozenset({Beside.SERIAL, Beside.AGE, Beside.OFFICE_PHONE, Beside.HOME_PROVINCE, *TELLS})
JOINED = frozenset({Code.ARRIVAL, Code.DEPARTURE})
"""Several columns may mean these: the day in one, the train in the next."""

_WORDS: Mapping[Meaning, str] = {
    Beside.NAME: """
        姓名 学员姓名 参训人员姓名 参训人员 参训人姓名 参训学员 人员姓名 推荐人选姓名 推荐人选 人选姓名 人选
        被推荐人姓名 被推荐人 候选人姓名 候选人 报名人姓名 报名人员 报名人 参加人员姓名 参加人员 参会人员姓名 参会人员
        参会代表 学员 名字 中文姓名 name fullname traineename trainee nameoftrainee nominee nameofnominee participant
    """,
    Beside.FAMILY_NAME: """
        姓 姓氏 surname familyname lastname surnamefamilyname familynamesurname namefamily namelast namesurname
    """,
    Beside.GIVEN_NAME: """
        名 givenname givennames firstname firstnames forename forenames givennamefirstname namegiven namefirst
    """,
    Beside.EMAIL: """
        电子邮箱 邮箱 电子邮件 邮箱地址 电子邮箱地址 邮件 联系邮箱 电邮 个人邮箱 email emailaddress mail
    """,
    Beside.BODY: """
        推荐单位 推荐单位名称 推荐部门 选送单位 选派单位 报送单位 派出单位 组织推荐单位 推荐机构 填报单位 报名单位
        recommendingbody recommendedby nominatingbody nominatedby body
    """,
    Beside.RANK: """
        推荐排序 序号推荐排序 推荐序号 推荐顺序 推荐次序 推荐排名 推荐名次 排序 排名 顺序 rank ranking order priority
    """,
    Beside.RESERVE: """
        是否候补 候补 是否备选 备选 是否替补 替补 正式候补 正选备选 正式备选 人选性质 reserve isreserve substitute
    """,
    Beside.CREDIT_CODE: """
        统一社会信用代码 企业统一社会信用代码 单位统一社会信用代码 社会信用代码 信用代码 统一信用代码 组织机构代码
        creditcode unifiedsocialcreditcode enterprisecode
    """,
    Beside.OWNERSHIP: "企业性质 单位性质 企业类型 单位类型 单位类别 所有制 kindofenterprise ownership",
    Beside.DIRECTION: """
        技术或工艺方向 技术工艺方向 技术方向 工艺方向 研究方向 专业方向 从事专业 专业领域 技术领域 研究领域
        technologyorprocess direction field
    """,
    Beside.ACHIEVEMENTS: "主要业绩 工作业绩 主要成果 主要工作业绩 业绩 主要贡献 业绩成果 achievements",
    Beside.OPINION: "推荐意见 推荐理由 推荐单位意见 单位意见 recommendation",
    Beside.POLITICAL_STATUS: "政治面貌 党派 politicalstatus",
    Beside.HOME_PROVINCE: "籍贯 户籍 户籍所在地 户籍地 出生地 户口所在地 placeofregistration",
    Beside.AGE: "年龄 age",
    Beside.OFFICE_PHONE: "办公电话 座机 固定电话 单位电话 办公室电话 固话 传真 officephone officetelephone fax",
    Beside.SERIAL: "序号 编号 序 次序 no number serial serialnumber",
    Beside.EMPLOYER_AND_POST: """
        单位及职务 工作单位及职务 所在单位及职务 现工作单位及职务 单位和职务 工作单位和职务 单位与职务 工作单位与职务
        单位职务 工作单位职务 单位及职务职称 工作单位及职务职称 单位及职称 工作单位及职称 单位职务职称 工作单位职务职称
        单位及现任职务 工作单位及现任职务 单位及职位 工作单位及职位 单位及岗位 工作单位及岗位
        organisationandpost organizationandpost organisationandposition organizationandposition
        employerandpost employerandposition companyandposition unitandpost workunitandpost organisationpost
    """,
    Code.SEX: "性别 sex gender",
    Code.ETHNICITY: "民族 族别 ethnicity ethnicgroup",
    Code.BIRTH_DATE: "出生日期 出生年月日 出生年月 出生时间 生日 出生 dateofbirth birthdate birthday born",
    Code.EDUCATION: "学历 最高学历 学历学位 文化程度 教育程度 学历层次 学位 education degree",
    Code.EMPLOYER: """
        单位全称 工作单位 工作单位全称 所在单位 单位名称 工作单位名称 所在单位名称 所在单位全称 单位 企业名称
        企业全称 所在企业 公司名称 公司 就职单位 现工作单位 employer company organisation organization workunit unit
    """,
    Code.DEPARTMENT: "部门 所在部门 部门处室 处室 科室 内设机构 工作部门 department division",
    Code.POST: """
        职务 现任职务 行政职务 职位 岗位 工作岗位 职务岗位 现职务 职务职称 担任职务 技术职务
        post position jobtitle
    """,
    Code.TITLE_LEVEL: """
        职称技能等级 职称或技能等级 职称 技能等级 职业技能等级 专业技术职称 专业技术职务 专业技术资格 技术职称 职称等级
        职称级别 技术等级 职业资格 职称职业资格 title professionaltitle professionaltitleorskilllevel skilllevel
    """,
    Code.CATEGORY: """
        人才类别 类别 申报类别 推荐类别 人选类别 人员类别 项目类别 培训类别 班次类别 人才类型 申报类型
        category categoryoftalent talentcategory categoryoftalents
    """,
    Code.IDENTITY_NUMBER: """
        身份证号 身份证号码 公民身份号码 居民身份证号码 居民身份证号 身份证 身份号码 身份证件号码 证件号码 证件号
        护照号 护照号码 identitynumber idnumber idcardnumber idcard idno id
        passportnumber passportno passport
    """,
    Code.MOBILE: """
        手机 手机号 手机号码 移动电话 本人手机 联系手机 手机电话 电话手机 联系电话 本人电话 电话 电话号码 联系方式
        mobile mobilephone mobilenumber cellphone phone telephone phonenumber contact
    """,
    Code.ARRIVAL: """
        到达时间及车次航班 到达时间 抵达时间 到达车次 到达航班 到达车次航班 来程 来程车次 报到时间 到达 抵达 去程
        arrival arrivaltime arrivaltimeandtrainorflight
    """,
    Code.DEPARTURE: """
        返程时间及车次航班 返程时间 离开时间 返程车次 返程航班 返程车次航班 返程 离会时间 返回时间 回程
        departure departuretime departuretimeandtrainorflight
    """,
    Code.LODGING: "是否住宿 住宿 是否需要住宿 是否安排住宿 是否需住宿 需要住宿 roomneeded doyouneedaroom lodging",
    Code.ROOMING: "住宿要求 单住合住 房型 房间类型 住宿方式 住宿类型 是否单住 是否合住 singleorsharedroom room rooming",
    Code.DIET: "饮食要求 饮食 用餐要求 饮食禁忌 餐饮要求 饮食习惯 用餐 特殊饮食 meals diet dietary",
    Code.REMARKS: "备注 其他说明 附注 说明 remarks remark notes note comments",
}
_PATTERNS = (
    (re.compile("到达|抵达|来程|去程"), Code.ARRIVAL),
    (re.compile("返程|回程|离开|离会"), Code.DEPARTURE),
    (re.compile("身份证"), Code.IDENTITY_NUMBER),
    (re.compile("信用代码"), Beside.CREDIT_CODE),
    (re.compile("手机"), Code.MOBILE),
    (re.compile("邮箱"), Beside.EMAIL),
)
LONGEST_HEADING = 40  # characters; what is longer is no title of a column
SOMEBODY_ELSE = re.compile("联系人|联络员|领队|填表人|填报人|负责人|紧急|contactperson|推荐人$")
_IN_BRACKETS = re.compile(r"[(\[【〔<].*?[)\]】〕>]")
_NOT_A_LETTER = re.compile(r"[\W_]+")


def plain_heading(heading: str) -> str:
    """A title without what only decorates it: 姓 名*: gives 姓名, E-mail gives email."""
    return _NOT_A_LETTER.sub("", unicodedata.normalize("NFKC", heading).casefold())


def meaning_of(heading: str, group: str = "", *, own: Mapping[str, Meaning] | None = None) -> Meaning:
    """What a column means; blank when its title is not known.

    `group` is the title that stands over several columns, `own` the meanings of plain titles
    that count before the usual ones: the session's own questions, and what this sender meant.
    """
    known = ChainMap(dict(own or {}), _meanings())
    if SOMEBODY_ELSE.search(plain_heading(group)):
        return ""
    is_told_apart = bool(heading) and _known(group, known) in TELLS  # 单位及职务 over 单位 and 职务
    for title in (heading if is_told_apart else group + heading, heading, group if not heading else ""):
        if title and (meaning := _known(title, known)):
            return meaning
    return ""


def told_by(meaning: Meaning) -> tuple[Meaning, ...]:
    """What a column with this meaning says of a person."""
    return TELLS.get(meaning, (meaning,))


def order_of(heading: str) -> int:
    """How usual the title is for what it means: 0 is the first word of the list."""
    return _orders().get(plain_heading(heading), _orders().get(_without_brackets(heading), len(_orders())))


def _known(title: str, known: Mapping[str, Meaning]) -> Meaning:
    plain, bare = plain_heading(title), _without_brackets(title)
    if plain in known or bare in known:
        return known.get(plain) or known[bare]
    if len(plain) > LONGEST_HEADING or SOMEBODY_ELSE.search(plain):
        return ""
    return next((meaning for pattern, meaning in _PATTERNS if pattern.search(bare)), "")


def _without_brackets(title: str) -> str:
    return plain_heading(_IN_BRACKETS.sub("", unicodedata.normalize("NFKC", title)))


@cache
def _meanings() -> dict[str, Meaning]:
    return {word: str(meaning) for meaning, words in _WORDS.items() for word in words.split()}


@cache
def _orders() -> dict[str, int]:
    return {word: order for words in _WORDS.values() for order, word in enumerate(words.split())}
