"""Makes the README's pictures anew, from a demo of its own; `make screenshots` runs this."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.a_demo import a_demo, free_port
from tests.chromium import chromium

PICTURES = Path(__file__).parent / "pictures"
PASSWORD = "cohort-demo"
WIDE = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 780}


class Picture(NamedTuple):
    name: str
    path: str
    person: str = ""
    viewport: dict[str, int] = WIDE


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
