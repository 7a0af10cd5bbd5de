"""The public door in a real browser: what people do there, and that nobody is left out."""

from datetime import timedelta

import pytest

from tests import given
from training.agenda.models import AgendaItem, KeyPoint
from training.catalogue.models import Aim, SpeakerPost, TrainingSession
from training.enrolment.models import Enrolment
from training.tools.identity_numbers import check_character

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "33010619900101123" + check_character("33010619900101123")
KINDS = AgendaItem.Kind


def prefix(language):
    return "" if language == "en" else "/zh-hans"


@pytest.fixture
def rich_session():
    """A session in which something of everything is shown."""
    programme = given.programme(summary_en="From pattern to casting.", summary_zh="从模样到铸件。", is_sample=True)
    programme.categories.add(given.category())
    Aim.objects.create(programme=programme, text_en="Find the causes of defects.", text_zh="查找缺陷成因。")
    session = given.session(
        programme=programme, title_en="Casting without defects", title_zh="无缺陷铸造", capacity=2, venue=given.venue(),
        is_sample=True, contact_email="office@example.org", contact_phone="0571 8888 0000", practical_en="Bring shoes.",
        summary_en="Four days for engineers.", summary_zh="面向工程师的四天。", practical_zh="请带工作鞋。",
    )  # fmt: skip
    speaker = given.speaker(biography_en="Thirty years in foundries.", biography_zh="从事铸造三十年。")
    SpeakerPost.objects.create(speaker=speaker, title_en="Chief engineer", title_zh="总工程师")
    for hour, kind in enumerate(KINDS, start=8):
        speakers = [speaker] if kind == KINDS.LECTURE else []
        item = given.item(session, hour, hour + 1, speakers=speakers, kind=kind, title_en=f"A {kind.label}")
    KeyPoint.objects.create(
        item=item, heading_en="Builders", heading_zh="建设者", text_en="Take part.", text_zh="参与。"
    )
    given.item(session, None, None, day=session.starts_on + timedelta(days=1), title_en="A guest", title_zh="嘉宾")
    given.asked(session, "sex", "employer", "title_level", "identity_number", "mobile", "lodging", "birth_date")
    given.AskedField.objects.create(session=session, code="remarks", is_required=False, position=9)
    return session


@pytest.mark.parametrize(
    ("language", "colours", "width", "type_size"),
    [
        ("en", "light", 320, "100"),
        ("zh-hans", "light", 320, "150"),
        ("en", "contrast", 640, "150"),  # a window of 1280 enlarged to 200 %
        ("zh-hans", "dark", 1280, "100"),
    ],
)
def test_no_page_of_the_public_door_leaves_anybody_out(
    new_page, live_server, language, colours, width, type_size, rich_session, accessibility_violations
):
    person = given.trainee("王敏")
    offered = given.offered_enrolment(given.session_by_organiser(), person=person)
    returned = given.returned_enrolment(given.session_by_organiser(), person=person)
    waiting_in = given.session(capacity=1)
    given.confirmed_enrolment(waiting_in)
    given.waiting_enrolment(waiting_in, person=person)
    given.session(status=TrainingSession.Status.CANCELLED)
    page = new_page(user=person.user, viewport={"width": width, "height": 800})
    for name, value in (("colours", colours), ("type", type_size)):
        page.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    addresses = [
        "/", "/sessions/", "/sessions/?stage=past", f"/sessions/{rich_session.slug}/",
        f"/sessions/{rich_session.slug}/agenda/", f"/sessions/{rich_session.slug}/enrol/", "/my/enrolments/",
        f"/my/enrolments/{offered.reference}/", f"/my/enrolments/{offered.reference}/withdraw/",
        f"/my/enrolments/{returned.reference}/change/", "/display/", "/nowhere/",
    ]  # fmt: skip

    found = {}
    for address in addresses:
        page.goto(prefix(language) + address)
        found[address] = accessibility_violations(page) + wider_than_the_window(page)

    assert {address: violations for address, violations in found.items() if violations} == {}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_trainee_enrols_by_keyboard_and_without_script(new_page, language, rich_session, accessibility_violations):
    person = given.user(name="王敏")
    page = new_page(user=person)
    without_script = new_page(user=person, java_script_enabled=False)
    without_script.goto(f"{prefix(language)}/sessions/{rich_session.slug}/")

    without_script.locator(".next-step .button").press("Enter")
    without_script.locator("main form .button").press("Enter")
    assert without_script.locator(".wrongs a").count() == 7, "everything that is asked and was left empty"
    without_script.locator(".wrongs a").first.press("Enter")
    assert without_script.evaluate("location.hash") == "#id_sex_0"

    fill_in(without_script)
    without_script.locator("main form .button").press("Enter")
    assert "330***********" in without_script.content()
    assert NUMBER not in without_script.content()

    without_script.locator("main form .button").first.press("Enter")
    enrolment = Enrolment.objects.get()
    assert without_script.url.endswith(f"/my/enrolments/{enrolment.reference}/")
    assert enrolment.state == "confirmed"
    assert enrolment.answers["birth_date"] == "1990-01-01"

    page.goto(without_script.url)
    assert accessibility_violations(page) == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_was_forgotten_and_what_is_about_to_be_sent_are_for_everybody(
    new_page, language, rich_session, accessibility_violations
):
    page = new_page(user=given.user(name="王敏"), viewport={"width": 390, "height": 844})
    page.goto(f"{prefix(language)}/sessions/{rich_session.slug}/enrol/")

    page.locator("main form .button").click()
    assert accessibility_violations(page) + wider_than_the_window(page) == []

    fill_in(page)
    page.locator("main form .button").click()
    assert accessibility_violations(page) + wider_than_the_window(page) == []


def test_the_next_step_stays_at_the_edge_of_a_phone_and_covers_nothing_that_has_the_focus(new_page, rich_session):
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(f"/sessions/{rich_session.slug}/")

    button = page.locator(".next-step .button")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        focused, edge = page.evaluate(
            """() => [document.activeElement.getBoundingClientRect().bottom,
                      document.querySelector('.next-step .do').getBoundingClientRect().top]"""
        )
        on_the_bar = page.evaluate("document.activeElement.closest('.do') !== null")
        assert on_the_bar or focused <= edge

    assert button.is_visible()
    assert button.bounding_box()["y"] > 700
    assert button.bounding_box()["height"] >= 44


def fill_in(page):
    page.locator("[name=sex]").first.check()
    page.fill("[name=employer]", "杭州铸造有限公司")
    page.select_option("[name=title_level]", "senior")
    page.fill("[name=identity_number]", NUMBER)
    page.fill("[name=mobile]", "13800001111")
    page.locator("[name=lodging]").first.check()
    page.fill("[name=birth_date]", "1990-01-01")


def wider_than_the_window(page):
    is_wider = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return ["wider than the window"] if is_wider else []
