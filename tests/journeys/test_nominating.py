"""A nominator accepts the invitation, names three people, ranks and sends them; one confirms; one is replaced."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import given
from training.catalogue.nominators import Invitee, invite
from training.enrolment import lifecycle
from training.enrolment.models import Enrolment
from training.mail.models import Letter

pytestmark = pytest.mark.django_db(transaction=True)

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])


@pytest.fixture
def session():
    session = given.session_by_organiser(programme=given.programme())
    given.asked(session, "employer", "category", "mobile")
    return session


@pytest.fixture
def body(session):
    body = given.organisation("Shipyard Group", is_recommending_body=True)
    talents = given.category()
    session.programme.categories.add(talents)
    given.quota(session, body, 3, category=talents)
    return body


def link_in_the_letter(session, body, person, language):
    until = timezone.now() + timedelta(days=90)
    organiser = given.organiser(session.programme)
    invite(session.programme, [Invitee(person.email, body)], valid_until=until, language=language, by=organiser)
    text = Letter.objects.get(template="nomination_invitation").text
    return re.search(r"https?://[^/]+(/\S*nominations/invitation/\S+)", text)[1]


def press(page, selector):
    page.locator(selector).first.click()
    page.wait_for_load_state()


def enter(page, name, email):
    page.locator("[name=name]").fill(name)
    page.locator("[name=email]").fill(email)
    page.locator("[name=category]").first.check()


def names_in_order(page):
    return page.locator(".nominees .who a").all_inner_texts()


@LANGUAGES
def test_a_nominator_fills_the_places_of_a_body(new_page, session, body, language):
    nominator = given.user("nominator@example.org")
    nominee = given.user("li.wen@example.org")
    page = new_page(user=nominator)

    page.goto(link_in_the_letter(session, body, nominator, language))
    press(page, "main form button")
    press(page, "main .session-line a")
    press(page, "a[href$='/enter/']")
    for name in ("赵云", "李文"):
        enter(page, name, f"{'li.wen' if name == '李文' else 'zhao.yun'}@example.org")
        press(page, "button[name=another]")
    page.locator("[name=mobile]").fill("12")
    enter(page, "孙丽", "sun.li@example.org")
    press(page, "main .form button")
    assert page.locator("#id_mobile_error").count() == 1
    assert page.locator("[name=name]").input_value() == "孙丽"
    page.locator("[name=mobile]").fill("139 1234 5678")
    press(page, "main .form button")

    assert names_in_order(page) == ["赵云", "李文", "孙丽"]
    page.locator(".nominee button[name=up]").nth(2).click()
    page.locator("#order-status:not(:empty)").wait_for()
    assert names_in_order(page) == ["赵云", "孙丽", "李文"]
    page.reload()
    assert names_in_order(page) == ["赵云", "孙丽", "李文"]
    press(page, "button[name=all]")
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"applied"}
    assert page.locator(".chip.is-applied").count() == 3

    for enrolment in Enrolment.objects.all():
        lifecycle.offer(enrolment, by=given.user())

    mine = new_page(user=nominee)
    mine.goto("/my/enrolments/" if language == "en" else "/zh-hans/my/enrolments/")
    press(mine, "main .session-line a")
    mine.locator("[name=employer]").fill("江南造船厂")
    mine.locator("[name=mobile]").fill("13812345678")
    press(mine, "main .body form button.button")
    press(mine, "form[action$='/accept/'] button")
    assert mine.locator(".next-step .chip.is-confirmed").count() == 1

    page.reload()
    page.get_by_role("link", name="孙丽").click()
    press(page, "a[href$='/replace/']")
    enter(page, "周杰", "zhou.jie@example.org")
    press(page, "main .form button")
    assert page.locator("h1").inner_text() == "周杰"
    press(page, "main a[href*='/nominations/people/']:not(.button)")
    assert page.locator(".chip.is-substituted").count() == 1
    held = Enrolment.objects.holding_a_place().order_by("rank").values_list("trainee__name", flat=True)
    assert list(held) == ["赵云", "周杰", "李文"]


def test_every_page_of_the_door_pleases_axe_and_fits_a_phone(new_page, session, body, accessibility_violations):
    nominator = given.nominator(body, session.programme)
    draft = given.drafted(session, body, category=given.category())
    sent = given.nominated(session, body, category=given.category())
    lifecycle.offer(sent, by=given.user())
    prefix = "/zh-hans"
    list_page = f"{prefix}/nominations/sessions/{session.slug}/{body.pk}/"
    person = f"{prefix}/nominations/people/{sent.reference}/"
    page = new_page(language="zh-hans", user=nominator, viewport={"width": 320, "height": 700})

    for address in (
        f"{prefix}/nominations/",
        list_page,
        f"{list_page}enter/",
        f"{list_page}give-on/",
        f"{prefix}/nominations/people/{draft.reference}/",
        person,
        f"{person}replace/",
        f"{person}withdraw/",
    ):
        page.goto(address)
        assert accessibility_violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
