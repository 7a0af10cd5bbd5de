"""An organiser runs the proposal and changes two; a second person reads the letters and publishes."""

import pytest

from tests import given
from training.enrolment.models import Decision, Enrolment
from training.mail.models import Letter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_class_is_filled_by_proposal_change_and_publishing_by_a_second_person(
    new_page, accessibility_violations, language
):
    session = given.session_by_organiser(programme=given.programme(needs_four_eyes=True), capacity=3)
    body = given.body("Anhui")
    given.quota(session, body, 1)
    nominated = given.nominated(session, body, name="张明")
    first, second, third, fourth = (given.applied_enrolment(session, person=given.trainee(name)) for name in "甲乙丙丁")
    organiser, colleague = (given.organiser(session.programme) for _ in range(2))
    board = f"{'' if language == 'en' else '/zh-hans'}/admin/training/trainingsession/{session.pk}/board/"
    page = new_page(user=organiser)

    def looked_over(tab):
        """Once is enough: the pages are the same in both languages."""
        return language != "en" or accessibility_violations(tab) == []

    page.goto(f"{board}propose/")
    assert looked_over(page)
    page.locator("form:has([name=seen]) button").click()
    page.wait_for_url(f"**{board}")
    assert Decision.objects.pending().count() == 5
    assert looked_over(page)

    for enrolment, code in ((second, "decline"), (third, "offer")):
        page.goto(board)
        page.locator(f"[name=person][value='{enrolment.pk}']").check()
        page.locator(f"button[formaction*='/decide/{code}/']").click()
        page.locator("[name=reason_en]").fill(f"The reason to {code}.")
        page.locator("form:has([name=reason_en]) button:not(.second)").click()
        page.wait_for_url(f"**{board}*")
    page.goto(f"{board}publish/")
    assert page.locator("[name=seen]").count() == 0  # the organiser's own decisions wait for somebody else

    other = new_page(user=colleague)
    other.goto(f"{board}publish/")
    assert looked_over(other)
    other.locator(".letters-shown summary").nth(2).click()
    assert "The reason to decline." in other.locator("main").inner_text()
    other.locator("form:has([name=seen]) button").click()
    other.wait_for_url(f"**{board}")

    states = [Enrolment.objects.get(pk=one.pk).state for one in (nominated, first, second, third, fourth)]
    assert states == ["offered", "offered", "declined", "offered", "waitlisted"]
    assert Letter.objects.filter(template="enrolment_offered").count() == 3
    other.goto(f"{board}review/?person={first.pk}&person={third.pk}")
    assert looked_over(other)
