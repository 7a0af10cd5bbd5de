"""Every page of the admin opens in a browser without a complaint, Content-Security-Policy included."""

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import override

from accounts.roles import STAFF_ROLES
from tests import given
from tests.browser import spills
from training.admin_site import site

pytestmark = pytest.mark.django_db(transaction=True)

MAY_BE_MISSING = ("/add/", "/history/")  # proofs are neither added by hand nor changed


def addresses():
    """The start page, and of every model its list, the form of a new row and that of the newest row."""
    yield reverse("admin:index")
    for model in site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for page, arguments in (
            ("changelist", []),
            ("add", []),
            ("change", [newest(model)]),
            ("history", [newest(model)]),
        ):
            if None not in arguments:
                try:
                    yield reverse(f"{name}_{page}", args=arguments)
                except NoReverseMatch:
                    pytest.fail(f"{name} has no page “{page}”")


def newest(model):
    return model._default_manager.order_by("-pk").values_list("pk", flat=True).first()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_of_the_admin_breaks_or_complains(new_page, language):
    session = given.session_by_organiser()
    given.item(session, speakers=[given.speaker()])
    given.offered_enrolment(session)
    organiser = given.user(is_staff=True, is_superuser=True)
    for role in STAFF_ROLES:
        given.grant(organiser, role)
    page = new_page(user=organiser)
    with override(language):
        pages = list(addresses())

    answers, too_wide = {}, {}
    for address in pages:
        answers[address] = page.goto(address).status
        if answers[address] == 200 and (widths := spills(page)):
            too_wide[address] = widths

    broken = {address: status for address, status in answers.items() if status not in (200, 403, 404)}
    assert broken == {}
    assert too_wide == {}
    assert [address for address in answers if answers[address] == 404 and not address.endswith(MAY_BE_MISSING)] == []
    assert sum(status == 200 for status in answers.values()) > 30
