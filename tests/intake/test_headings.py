import pytest

from training.intake.credit_codes import checked_credit_code
from training.intake.headings import meaning_of
from training.intake.organisations import Known, Organisations
from training.tools.refusals import Refused


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("姓  名", "name"),
        ("*身份证号码（18位）", "identity_number"),
        ("手机号\n（必填）", "mobile"),
        ("E-mail", "email"),
        ("职称/技能等级", "title_level"),
        ("人才类别(先进制造技术/先进基础工艺)", "category"),
        ("拟乘坐返程车次", "departure"),
        ("企业统一社会信用代码", "credit_code"),
        ("联系人手机", ""),
        ("紧急联系人电话", ""),
        ("照片", ""),
    ],
)
def test_a_title_means_what_people_mean_by_it(heading, meaning):
    assert meaning_of(heading) == meaning


def test_the_group_over_a_title_tells_whose_it_is():
    assert meaning_of("姓名", "联系人") == ""
    assert meaning_of("时间", "到达") == "arrival"
    assert meaning_of("手机", "联系方式") == "mobile"


def test_what_a_sender_meant_last_time_counts_before_the_usual_words():
    assert meaning_of("单 位：", own={"单位": "body"}) == "body"


@pytest.fixture(scope="module")
def known():
    return Organisations(
        [
            Known(1, ("安徽省经济和信息化厅", "Department of Economy of Anhui"), ("安徽经信厅",)),
            Known(2, ("浙江省经济和信息化厅",), ("浙江经信厅",)),
            Known(3, ("合肥样品机床股份有限公司",), ("样品",)),
            Known(4, ("芜湖样品轴承有限公司",), ("样品",)),
        ]
    )


def test_an_organisation_is_taken_by_its_full_name_and_by_a_short_name_that_only_it_has(known):
    assert known.match("安徽省 经济和信息化厅").certain.pk == 1
    assert known.match("department of economy of anhui").certain.pk == 1
    assert known.match("浙江经信厅").certain.pk == 2
    assert known.match("浙江经信厅").by_short_name
    assert known.match("样品").certain is None


def test_an_organisation_that_is_merely_alike_is_proposed_the_most_alike_first(known):
    match = known.match("安徽省经济与信息化厅")

    assert match.certain is None
    assert [each.pk for each in match.proposed] == [1, 2]
    assert known.match("完全不同的单位").proposed == ()


def test_a_credit_code_is_checked_in_every_part():
    assert checked_credit_code("91350100 m000100Y43") == "91350100M000100Y43"  # the example printed in the standard
    with pytest.raises(Refused, match=r"^The last character of the credit code does not fit"):
        checked_credit_code("91350100M000100Y44")
    with pytest.raises(Refused, match=r"^A credit code has 18 characters; this one has 5."):
        checked_credit_code("12345")
    with pytest.raises(Refused, match=r"^A credit code has digits and capital letters without"):
        checked_credit_code("I" * 18)
