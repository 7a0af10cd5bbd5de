"""An organiser asks a question of the session's own, with a condition; a trainee answers it in Chinese."""

import pytest

from tests import given
from training.enrolment.models import Enrolment

pytestmark = pytest.mark.django_db(transaction=True)


def press(page, button):
    page.locator(button).first.click()
    page.wait_for_load_state()


def test_an_own_question_hangs_on_an_answer_from_the_organisers_page_to_the_enrolment(
    new_page, accessibility_violations
):
    session = given.session()
    given.asked(session, "lodging")
    forms = f"/admin/training/trainingsession/{session.pk}/forms/application/"
    organiser = new_page(user=given.organiser(session.programme))

    organiser.goto(forms)
    organiser.locator("a[href$='/add/']").click()
    organiser.locator("[name=kind]").select_option("choice")
    organiser.locator("[name=label_en]").fill("Which side?")
    organiser.locator("[name=label_zh]").fill("房间朝向？")
    organiser.locator("[name=is_required]").check()
    organiser.locator("[name=shown_if]").select_option("lodging=yes")
    for row, (english, chinese, capacity) in enumerate((("Garden", "花园", "1"), ("Street", "街道", ""))):
        organiser.locator(f"[name=options-{row}-label_en]").fill(english)
        organiser.locator(f"[name=options-{row}-label_zh]").fill(chinese)
        organiser.locator(f"[name=options-{row}-capacity]").fill(capacity)
    assert accessibility_violations(organiser) == []
    press(organiser, ".sheet button")
    assert "“Do you need a room?” is “Yes”" in organiser.locator("main").inner_text()

    trainee = new_page(language="zh-hans", user=given.user(name="王敏", language="zh-hans"))
    trainee.goto(f"/zh-hans/sessions/{session.slug}/enrol/")
    question = trainee.get_by_role("group", name="房间朝向？")
    assert not question.is_visible()
    trainee.get_by_role("group", name="是否住宿").get_by_label("是", exact=True).check()
    assert question.is_visible()
    question.get_by_label("花园（余1）").check()
    assert accessibility_violations(trainee) == []
    press(trainee, "form.form button")
    press(trainee, "form.form button")

    enrolment = Enrolment.objects.get()
    field = session.asked_fields.get(label_en="Which side?")
    assert enrolment.answers == {"lodging": "yes", field.code: field.options.get(label_en="Garden").value}
    assert "花园" in trainee.locator("main").inner_text()
