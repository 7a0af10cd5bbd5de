"""An organiser pastes quotas, runs the proposal and changes two; a second person reads the letters and publishes."""

import pytest

from tests import given
from training.enrolment.models import Decision, Enrolment, Quota
from training.mail.models import Letter

pytestmark = pytest.mark.django_db(transaction=True)


PASTED = "序号\t推荐单位\t先进基础工艺人才\t合计\n1\tAnhui\t１\t1\n\t合计\t1\t1"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_class_is_filled_by_pasted_quotas_proposal_change_and_publishing_by_a_second_person(
    new_page, accessibility_violations, language
):
    category, body = given.category(), given.body("Anhui")
    session = given.session_by_organiser(programme=given.programme(needs_four_eyes=True), capacity=3)
    session.programme.categories.add(category)
    organiser, colleague = (given.organiser(session.programme) for _ in range(2))
    of_session = f"{'' if language == 'en' else '/zh-hans'}/admin/training/trainingsession/{session.pk}/"
    board = f"{of_session}board/"
    page = new_page(user=organiser)

    def looked_over(tab):
        """Once is enough: the pages are the same in both languages."""
        return language != "en" or accessibility_violations(tab) == []

    page.goto(f"{of_session}quotas/")
    page.locator("[name=table]").fill(PASTED)
    with page.expect_navigation():
        page.locator("button[name=paste]").click()
    assert page.locator(f"[name='places-{body.pk}-{category.pk}']").input_value() == "1"
    assert not Quota.objects.exists()  # seen before anything is saved
    with page.expect_navigation():
        page.locator("#quotas .submit-row button").click()
    assert [(one.body, one.category, one.places) for one in Quota.objects.all()] == [(body, category, 1)]

    session.refresh_from_db()
    nominated = given.nominated(session, body, name="张明", category=category)
    first, second, third, fourth = (given.applied_enrolment(session, person=given.trainee(name)) for name in "甲乙丙丁")
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
    other.locator(".letters-shown summary", has_text="乙").click()
    assert "The reason to decline." in other.locator("main").inner_text()
    other.locator("form:has([name=seen]) button").click()
    other.wait_for_url(f"**{board}")

    states = [Enrolment.objects.get(pk=one.pk).state for one in (nominated, first, second, third, fourth)]
    assert states == ["offered", "offered", "declined", "offered", "waitlisted"]
    assert Letter.objects.filter(template="enrolment_offered").count() == 3
    other.goto(f"{board}review/?person={first.pk}&person={third.pk}")
    assert looked_over(other)
