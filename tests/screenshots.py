"""Makes the README's pictures anew, from a demo of its own; `make screenshots` runs this."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.a_demo import a_demo, free_port
from tests.chromium import chromium

PICTURES = Path(__file__).parent / "pictures"
PASSWORD = "cohort-demo"
WIDE = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 780}


class Picture(NamedTuple):
    """`before` does what must have been done on the page before the picture is taken."""

    name: str
    path: str
    person: str = ""
    viewport: dict[str, int] = WIDE
    before: Callable[[Page], None] = lambda page: None


A_LIST = """附件2,,,,,
先进基础工艺人才培训班推荐汇总表,,,,,
填报单位（盖章）：样品推荐单位,,,,填表日期：2026年11月,
序号,姓　名,性别,出生年月,工作单位,身份证号码
例,张三,男,1985.06,××公司,
1,张　明,男,1990.01,合肥样品机床厂,119999199001010012
2,阿卜杜拉.买买提,男,199001,芜湖样品厂,3.39999E+17
3,李红,男,1990年1月,芜湖样品厂,119999199001010047
注：本表请于10月25日前报送。,,,,,
"""


def send_a_list(page: Page) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": "推荐汇总表.csv", "mimeType": "text/csv", "buffer": A_LIST.encode("gb18030")}
    )
    page.locator("main form button.button").click()
    page.locator(".intake-sheet").wait_for(timeout=60_000)


ALL = [
    Picture("home", "/"),
    Picture("session", "/sessions/hangzhou-2025/"),
    Picture("session-chinese", "/zh-hans/sessions/hangzhou-2025/"),
    Picture("agenda", "/sessions/sample/agenda/"),
    Picture("agenda-phone", "/zh-hans/sessions/sample/agenda/", viewport=PHONE),
    Picture("my-enrolments", "/my/enrolments/", "trainee@example.org"),
    Picture("admin", "/admin/", "organiser@example.org"),
    Picture("admin-sessions", "/admin/training/trainingsession/", "organiser@example.org"),
    Picture("quotas", "/admin/training/trainingsession/2/quotas/", "organiser@example.org"),
    Picture("nominations", "/nominations/sessions/sample/2/", "nominator@example.org"),
    Picture("list", "/nominations/sessions/sample/2/lists/", "nominator@example.org", before=send_a_list),
    Picture("board", "/admin/training/trainingsession/2/board/", "organiser@example.org"),
    Picture("roster", "/desk/sessions/sample/roster/", "staff@example.org"),
]


def main():
    PICTURES.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with TemporaryDirectory() as var, a_demo(Path(var), port), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        for picture in ALL:
            take(browser, f"http://127.0.0.1:{port}", picture)
            print(PICTURES / f"{picture.name}.png", flush=True)


def take(browser, address, picture):
    context = browser.new_context(base_url=address, viewport=picture.viewport, reduced_motion="reduce")
    page = context.new_page()
    if picture.person:
        sign_in(page, picture.person)
    answer = page.goto(picture.path)
    assert answer.ok, f"{picture.path} answers {answer.status}"
    picture.before(page)
    file = PICTURES / f"{picture.name}.png"
    page.screenshot(path=file)
    context.close()
    Image.open(file).convert("P", palette=Image.Palette.ADAPTIVE).save(file, optimize=True)


def sign_in(page, person):
    page.goto("/accounts/login/")
    page.get_by_role("button", name=person).click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


if __name__ == "__main__":
    main()
