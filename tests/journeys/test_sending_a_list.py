"""A nominator sends an ugly list, corrects what is red, takes the good rows, and takes the list back."""

import pytest

from tests import given
from tests.intake.ugly_lists import identity, mobile, xlsx
from training.enrolment.models import Enrolment
from training.intake import receiving, taking
from training.intake.models import Intake

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _files_in_a_folder_of_the_test(settings, tmp_path):
    settings.VAR = tmp_path / "var"


@pytest.fixture
def body():
    return given.organisation("Department of Anhui", name_zh="安徽省经济和信息化厅")


@pytest.fixture
def session(body):
    made = given.session_by_organiser(slug="casting", title_en="Casting", title_zh="铸造培训班", capacity=20)
    made.programme.categories.add(given.category())
    given.asked(made, "sex", "birth_date", "employer", "post", "category", "identity_number", "mobile", "diet")
    given.quota(made, body, 5, category=given.category())
    return made


@pytest.fixture
def ugly_list(tmp_path):
    path = tmp_path / "名单.xlsx"
    titles = ["序号", "姓　名", "性别", "出生年月", "工作单位", "职务", "人才类别", "身份证号码"]
    titles += ["联系方式", None, "备注"]
    sample = ["例", "张三", "男", "1985.06", "××公司", "经理"]
    first = [1, "张　明", "男", "1985.06", "合肥样品机床厂", "总工", "基础工艺", identity()]
    second = [2, "阿卜杜拉.买买提", "男", 1985.1, None, "技师", "基础工艺", identity(order="003")]
    third = [3, "李红", "女", "1985年6月", "芜湖样品厂", "班长", "管理", 119999198506010020]
    rows = [
        ["附件2"],
        ["先进基础工艺人才培训班推荐汇总表", *[None] * 10],
        ["填报单位（盖章）：安徽省经济和信息化厅        填表日期：2026年11月"],
        titles,
        [*[None] * 8, "手机", "邮箱", None],
        sample,
        [*first, mobile(1), "zm@example.org"],
        [*second, mobile(3), "a@example.org"],
        [*third, mobile(4), "lh@example.org"],
        ["注：本表请于10月25日前报送。"],
    ]
    over_both = [(3, column, 4, column) for column in (0, 1, 2, 3, 4, 5, 6, 7, 10)]
    xlsx(path, rows, [(1, 0, 1, 10), (3, 8, 3, 9), (6, 4, 7, 4), *over_both])
    return path


def work():
    """What the worker would have done by now."""
    for intake in Intake.objects.all():
        receiving.read_files(intake.pk)
        taking.take_rows(intake.pk)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_nominator_sends_an_ugly_list_corrects_it_and_takes_it(
    new_page, session, body, ugly_list, language, accessibility_violations
):
    prefix = "" if language == "en" else "/zh-hans"
    page = new_page(user=given.nominator(body, session.programme))
    page.goto(f"{prefix}/nominations/sessions/casting/{body.pk}/lists/")
    assert accessibility_violations(page) == []
    page.locator("input[type=file]").set_input_files(ugly_list)
    page.locator("main form button.button").click()
    page.locator("[data-look-again]").wait_for()
    work()
    page.locator(".intake-sheet").wait_for()

    assert page.locator(".intake-sheet tbody td").count() == page.locator(".intake-sheet td[data-title]").count() > 0
    assert accessibility_violations(page) == []
    assert page.locator(".intake-sheet tbody tr").count() == 3
    assert page.locator("tr.is-green, tr.is-yellow").count() == 2
    red = page.locator("tr.is-red")
    red.locator("[name$=identity_number]:not([type=hidden])").fill(identity(order="002"))
    red.locator("select[name$=category]").select_option("process")
    red.locator("button.button").click()
    page.wait_for_url("**#row-*")

    assert page.locator("tr.is-red").count() == 0
    assert identity()[6:] not in page.content()
    page.locator(".actions button").first.click()
    page.wait_for_load_state()
    work()
    page.reload()
    people = Enrolment.objects.order_by("rank").values_list("trainee__name", "trainee__employer")
    assert list(people) == [
        ("张明", "合肥样品机床厂"),
        ("阿卜杜拉·买买提", "合肥样品机床厂"),
        ("李红", "芜湖样品厂"),
    ]

    page.locator("a[href$='take-back/']").click()
    assert accessibility_violations(page) == []
    page.locator("button.danger").click()
    page.wait_for_load_state()
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"withdrawn"}
