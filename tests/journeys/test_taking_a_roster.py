"""Staff take the roster of a session, and find every person in it in the right order."""

import pytest
from openpyxl import load_workbook

from accounts.opening import open_account
from accounts.roles import Role
from tests import given
from training.rosters import making
from training.rosters.models import RosterExport, RosterOrder

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a long enough password"
# In the order of their readings: Ōu, Shàn, Zēng, Zhāng.
IN_ORDER = ["欧阳修", "单雄信", "曾国", "张小明"]


@pytest.fixture(autouse=True)
def _files_in_a_folder_of_the_test(settings, tmp_path):
    settings.VAR = tmp_path


@pytest.fixture
def session():
    made = given.session(slug="casting", title_en="Casting", title_zh="铸造培训班")
    for number, name in enumerate(reversed(IN_ORDER)):
        given.enrolment(made, person=given.trainee(name), mobile=given.mobile(f"1380000111{number}"))
    return made


@pytest.fixture
def staff(session):
    person = open_account("chen@example.org", "Chen Mo", PASSWORD, "en")
    for role in (Role.SESSION_STAFF, Role.EXPORTER, Role.IDENTITY_READER):
        given.grant(person, role, session=session)
    return person


def sign_in(page, prefix=""):
    page.goto(f"{prefix}/accounts/login/?next={prefix}/desk/")
    page.locator("[name=login]").fill("chen@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button.button").first.click()
    page.wait_for_url(f"**{prefix}/desk/")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_staff_order_the_columns_and_take_a_workbook(page, staff, session, language, tmp_path):
    prefix = "" if language == "en" else "/zh-hans"
    sign_in(page, prefix)
    page.locator("h3 a").click()

    page.locator("details.columns > summary").click()
    page.locator("button[value='mobile:up']").click()
    page.locator("input[value=sex]").uncheck()
    page.locator("details.columns .actions button").click()
    page.locator(".roster-head .button").click()
    page.locator("[name=purpose]").fill("Arrival desk")
    with page.expect_download() as taken:
        page.locator("main form .actions button").click()
    taken.value.save_as(tmp_path / "taken.xlsx")

    sheet = load_workbook(tmp_path / "taken.xlsx").active
    titles = [cell.value for cell in sheet[3]]
    mobile = "Mobile" if language == "en" else "手机"
    assert titles.index(mobile) == 5  # one further up than it was, and sex is gone
    assert [row[1].value for row in sheet.iter_rows(min_row=4)] == IN_ORDER
    record = RosterExport.objects.get()
    assert (record.by, record.purpose, record.row_count) == (staff, "Arrival desk", 4)


def test_columns_are_moved_without_script_too(new_page, staff, session):
    page = new_page(java_script_enabled=False)
    sign_in(page)
    page.goto("/desk/sessions/casting/roster/?columns=number&columns=name&columns=mobile")
    page.locator("details.columns > summary").click()
    page.locator("button[value='mobile:up']").click()
    page.locator("button[value='mobile:up']").click()

    assert page.locator(".roster th").all_inner_texts() == ["Mobile", "No.", "Name"]


def test_a_slash_goes_to_the_search_field(page, staff, session):
    sign_in(page)
    page.goto("/desk/sessions/casting/roster/")
    page.keyboard.press("/")
    page.keyboard.type("zxm")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=zxm**")

    assert page.locator(".roster tbody tr").count() == 1
    assert "张小明" in page.locator(".roster tbody tr").inner_text()


def test_a_big_roster_says_how_far_it_is_and_then_offers_the_file(page, staff, session, monkeypatch):
    monkeypatch.setattr(making, "MOST_AT_ONCE", 1)
    sign_in(page)
    page.goto("/desk/sessions/casting/roster/take/")
    page.locator("[name=purpose]").fill("Arrival desk")
    page.locator("main form .actions button").click()
    page.locator("progress").wait_for()

    making.make(RosterOrder.objects.get().pk)  # what the worker does

    with page.expect_download() as taken:
        page.locator("#making a.button").click()
    assert taken.value.suggested_filename.endswith(".xlsx")


@pytest.mark.parametrize(
    ("language", "options"),
    [
        ("en", {}),
        ("zh-hans", {"color_scheme": "dark"}),
        ("zh-hans", {"viewport": {"width": 320, "height": 640}}),
    ],
    ids=["wide", "dark", "small"],
)
def test_everybody_can_use_every_page_of_the_desk(
    new_page, staff, session, language, options, accessibility_violations
):
    prefix = "" if language == "en" else "/zh-hans"
    page = new_page(**options)
    sign_in(page, prefix)
    roster = f"{prefix}/desk/sessions/casting/roster/"
    for path in (
        f"{prefix}/desk/",
        roster,
        f"{roster}?kind=everything&q=zh&columns=name&columns=mobile&columns=diet&move=mobile:up",
        f"{roster}?q=nobody",
        f"{roster}take/?kind=everything",
    ):
        page.goto(path)
        assert accessibility_violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path

    page.locator("main form .actions button").click()  # without a purpose
    page.locator(".has-error").first.wait_for()
    assert accessibility_violations(page) == []
    page.locator("[name=purpose]").fill("Arrival desk")
    page.locator("[value=print]").check()
    page.locator("main form .actions button").click()
    page.locator(".sheet-table").wait_for()
    assert accessibility_violations(page) == []
    page.goto(f"{prefix}/desk/sessions/casting/exports/")
    assert accessibility_violations(page) == []
