"""An organiser sets a class up in the admin, opens it, and decides who takes part."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from tests import given
from training.agenda.models import AgendaItem
from training.catalogue.models import Programme, TrainingSession, Venue
from training.enrolment.models import Enrolment

pytestmark = pytest.mark.django_db(transaction=True)

SAVE_THE_AGENDA = "form:has([name=items-TOTAL_FORMS]) button:not([type=button])"
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])


def prefix_of(language):
    return "" if language == "en" else "/zh-hans"


@pytest.fixture
def organiser():
    made = given.user(is_staff=True)
    given.grant(made, Role.ORGANISER)
    return made


def fill(page, **values):
    for name, value in values.items():
        page.locator(f"[name='{name.replace('__', '-')}']").fill(str(value))


def press(page, button="[name=_save]"):
    page.locator(button).first.click()
    page.wait_for_load_state()


def pick(page, name, words):
    """Chooses in a field that searches while one types."""
    page.locator(f"select[name='{name}'] + .select2").click()
    page.locator(".select2-container--open .select2-search__field").fill(words)
    page.locator(".select2-results__option--highlighted").filter(has_text=words).click()


def fill_row(page, row, starts, ends, title, room):
    fill(page, **{f"items-{row}-starts": starts, f"items-{row}-ends": ends, f"items-{row}-title_en": title})
    page.locator(f"[name='items-{row}-room']").select_option(label=room)


@LANGUAGES
def test_an_organiser_sets_a_class_up_solves_a_clash_and_opens_it(new_page, organiser, language):
    given.organisation("Ministry of Testing")
    start = timezone.localdate() + timedelta(days=40)
    admin = f"{prefix_of(language)}/admin/training"
    page = new_page(user=organiser)

    page.goto(f"{admin}/programme/add/")
    fill(page, title_en="Founding", title_zh="铸造培训")
    pick(page, "organiser", "测试" if language == "zh-hans" else "Ministry")
    press(page)
    programme = Programme.objects.get(title_en="Founding")

    page.goto(f"{admin}/venue/add/")
    fill(page, name_en="Lake House", name_zh="湖滨楼", rooms__0__name_en="Hall 1", rooms__0__capacity=60)
    press(page)
    venue = Venue.objects.get()

    page.goto(f"{admin}/trainingsession/add/")
    page.locator("[name=programme]").select_option(value=str(programme.pk))
    page.locator("[name=venue]").select_option(value=str(venue.pk))
    page.locator("[name=places_given]").select_option(value="first_come")
    fill(page, title_en="Founding, first session", title_zh="铸造培训班（第一期）", slug="founding-1", capacity=20)
    fill(page, starts_on=start, ends_on=start - timedelta(days=1))
    fill(page, enrolment_opens_at_0=timezone.localdate(), enrolment_opens_at_1="00:00")
    page.locator("[name=asked-employer-asked]").check()
    press(page)
    assert page.locator(".field-ends_on .errorlist, .field-ends_on [class*=error]").count() > 0
    assert page.locator("[name=title_en]").input_value() == "Founding, first session"
    fill(page, ends_on=start + timedelta(days=1))
    press(page)
    session = TrainingSession.objects.get()

    page.goto(f"{admin}/trainingsession/{session.pk}/agenda/")
    room = page.locator("[name='items-0-room'] option").nth(1).inner_text()
    fill_row(page, 0, "09:00", "11:00", "Moulds", room)
    page.locator("form:has([name=items-TOTAL_FORMS]) button.as-link").first.click()
    added = page.locator("[name$='-title_en']").evaluate_all("all => all.map(one => one.name.split('-')[1])")
    new_row = next(row for row in added if row not in ("0", "1"))
    page.locator(f"[name='items-{new_row}-day']").select_option(index=0)
    fill_row(page, new_row, "10:00", "12:00", "Metals", room)
    press(page, SAVE_THE_AGENDA)
    assert AgendaItem.objects.count() == 0
    assert "Moulds" in page.locator("main").inner_text()  # what is in the way is named
    fill(page, **{f"items-{page_row(page, 'Metals')}-starts": "11:00"})
    press(page, SAVE_THE_AGENDA)
    assert list(AgendaItem.objects.values_list("title_en", flat=True)) == ["Moulds", "Metals"]

    page.goto(f"{admin}/trainingsession/{session.pk}/change/")
    press(page, "form[action$='/publish/'] button")

    visitor = new_page()
    visitor.goto(f"{prefix_of(language)}/")
    visitor.locator("main a[href$='/sessions/founding-1/']").first.click()
    assert visitor.locator("main a[href$='/sessions/founding-1/enrol/']").count() > 0
    visitor.locator("main a[href$='/sessions/founding-1/agenda/']").first.click()
    assert "Metals" in visitor.locator("main").inner_text()


def page_row(page, title):
    """The number of the row whose title is `title`."""
    rows = page.locator("[name$='-title_en']").evaluate_all(
        "(all, title) => all.filter(one => one.value === title).map(one => one.name.split('-')[1])", title
    )
    return rows[0]


@LANGUAGES
def test_an_organiser_decides_on_applications_and_everybody_reads_the_reason(new_page, organiser, language):
    session = given.session_by_organiser()
    wanted, unsuited, unclear = (given.applied_enrolment(session) for _ in range(3))
    prefix = prefix_of(language)
    page = new_page(user=organiser)

    for enrolment, deed in ((wanted, "offer"), (unsuited, "decline"), (unclear, "send_back")):
        page.goto(f"{prefix}/admin/training/enrolment/?q={enrolment.trainee.name}")
        page.locator(f".action-select[value='{enrolment.pk}']").check()
        page.locator("select[name=action]").select_option(value=deed)
        page.locator("button[name=index]").click()
        page.wait_for_load_state()
        page.locator("[name=reason_en]").fill(f"The reason to {deed}.")
        press(page, "form:has([name=reason_en]) button:not(.second)")

    states = [Enrolment.objects.get(pk=one.pk).state for one in (wanted, unsuited, unclear)]
    assert states == ["offered", "declined", "returned"]
    for enrolment, deed in ((wanted, "offer"), (unsuited, "decline"), (unclear, "send_back")):
        trainee = new_page(user=enrolment.trainee.user)
        trainee.goto(f"{prefix}/my/enrolments/{enrolment.reference}/")
        assert f"The reason to {deed}." in trainee.locator("main").inner_text()
