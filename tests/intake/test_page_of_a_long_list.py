import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import given
from tests.intake.ugly_lists import identity
from training.intake import correcting, models
from training.intake.models import IntakeRow
from training.tools.sealing import unseal

pytestmark = pytest.mark.django_db


@pytest.fixture
def body():
    return given.organisation("Department of Anhui", name_zh="安徽省经济和信息化厅")


@pytest.fixture
def session(body):
    made = given.session_by_organiser()
    given.asked(made, "identity_number", required=False)
    given.quota(made, body, 7)
    return made


@pytest.fixture
def nominator(session, body):
    return given.nominator(body, session.programme)


@pytest.fixture
def unsealed(monkeypatch):
    """Each sealed text of a row that was opened."""
    opened = []
    monkeypatch.setattr(models, "unseal", lambda sealed: opened.append(sealed) or unseal(sealed))
    return opened


def people(count):
    """The first stands on the list already, the last has the number of the one before, every tenth a wrong one."""
    rows = [
        f"学员{chr(0x4E00 + n)},甲厂{n},{n}@example.org,{'12345' if n % 10 == 9 else identity(order=f'{n:03}')}"
        for n in range(count - 1)
    ]
    again = f"学员末,乙厂,last@example.org,{identity(order=f'{count - 3:03}')}"
    return "\n".join(["姓名,单位,邮箱,身份证号", *rows, again])


def page(client, intake, asked=""):
    """The page without the tokens of its forms."""
    answer = client.get(reverse("intake", args=[intake.reference]) + asked)
    return re.sub(r'value="\w{64}"', "", answer.content.decode())


def sent(session, body, nominator, count):
    on_the_list = {"name": "学员一", "identity": given.identity(identity(order="000"))}
    given.nominated(session, body, by=nominator, **on_the_list)
    return given.intake(session, body, nominator, people(count))


def test_a_page_of_a_long_list_unseals_the_rows_that_it_shows_and_says_what_it_said(
    client, session, body, nominator, unsealed
):
    intake = sent(session, body, nominator, 300)
    client.force_login(nominator)
    unsealed.clear()

    first = page(client, intake)
    assert len(unsealed) == len(set(unsealed)) == 50
    last = page(client, intake, "?page=6")
    assert len(unsealed) == len(set(unsealed)) == 100

    assert "1 person stands on the list already." in first
    assert "good rows that stand for a place: 269, of them fit: 6." in first
    assert "263 rows go beyond the places." in first
    assert "The same identity number stands in list.csv · 299." in last
    IntakeRow.objects.update(counted=None)  # as rows of before
    assert page(client, intake, "?page=6") == last
    assert len(unsealed) == 450


def test_organisers_who_also_see_who_is_known_unseal_as_little(client, session, unsealed):
    organiser = given.organiser(session.programme)
    text = "推荐单位," + people(60).replace("\n", "\n安徽省经济和信息化厅,")
    intake = given.intake(session, None, organiser, text, is_organisers=True)
    client.force_login(organiser)
    unsealed.clear()

    answer = client.get(reverse("admin:training_trainingsession_intake", args=[intake.reference]))
    assert "good rows that stand for a place: 54, of them fit: 7." in answer.content.decode()
    assert len(unsealed) == 50

    row = reverse("admin:training_trainingsession_intake_row", args=[intake.reference, intake.rows.first().pk])
    assert client.get(row).status_code == 200
    assert len(unsealed) == 51


def test_a_page_asks_the_database_as_much_for_three_hundred_rows_as_for_sixty(client, session, body, nominator):
    asked = []
    for count in (60, 300):
        intake = given.intake(session, body, nominator, people(count))
        client.force_login(nominator)
        page(client, intake)
        with CaptureQueriesContext(connection) as queries:
            page(client, intake)
        asked.append(len(queries))

    assert asked[0] == asked[1]
    assert asked[1] <= 20


def test_what_is_counted_follows_every_correction(client, session, body, nominator):
    intake = sent(session, body, nominator, 20)
    client.force_login(nominator)
    on_the_list, second = intake.rows.in_order()[:2]
    assert "good rows that stand for a place: 17, of them fit: 6." in page(client, intake)

    correcting.leave_out(second, by=nominator)
    assert "good rows that stand for a place: 16, of them fit: 6." in page(client, intake)
    correcting.bring_back(second, by=nominator)
    correcting.correct(second, {"is_reserve": "yes"}, by=nominator)
    assert "good rows that stand for a place: 16, of them fit: 6." in page(client, intake)
    correcting.choose(on_the_list, choice="update", by=nominator)
    now = page(client, intake)
    assert "good rows that stand for a place: 16, of them fit: 6." in now
    assert "on the list already." not in now.split("table-frame")[0]
    correcting.mark_as_reserves(intake, by=nominator)
    assert "go beyond" not in page(client, intake)
