"""Staff look at a roster, choose and order its columns, and take it out of the house."""

import csv
import io
import re
import uuid
from html import unescape

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from tests import given
from training.rosters import making
from training.rosters.models import RosterExport, RosterOrder

pytestmark = pytest.mark.django_db

IDENTITY, MOBILE = "119999190001010011", "13800001111"


@pytest.fixture
def session():
    made = given.session()
    given.enrolment(
        made, person=given.trainee("张小明"), identity=given.identity(IDENTITY), mobile=given.mobile(MOBILE)
    )
    given.enrolment(made, person=given.trainee("单雄信"))
    return made


def roster(session):
    return reverse("desk_roster", args=[session.slug])


def taking(session):
    return reverse("desk_take_roster", args=[session.slug])


def form(**fields):
    return {"purpose": "Arrival desk", "format": "csv", "send_key": str(uuid.uuid4())} | fields


def exporter(session, *more):
    return given.staff(session, Role.EXPORTER, *more)


def text_of(answer):
    return unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def rows_of(answer):
    body = answer.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    return [re.findall(r"<td>(.*?)</td>", row) for row in body.split("<tr>")[1:]]


def titles_of(answer):
    return re.findall(r"<th scope[^>]*>(.*?)</th>", answer.content.decode())


def csv_of(answer):
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


def test_staff_see_the_people_in_order_and_no_number_in_full(signed_in, session):
    answer = signed_in(given.staff(session)).get(roster(session))

    assert [row[1] for row in rows_of(answer)] == ["单雄信", "张小明"]
    assert "119***********0011" in text_of(answer)
    assert IDENTITY not in answer.content.decode()
    assert MOBILE not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_even_a_reader_of_identity_numbers_sees_them_masked_on_the_page(signed_in, session):
    answer = signed_in(exporter(session, Role.IDENTITY_READER)).get(roster(session) + "?kind=everything")
    assert IDENTITY not in answer.content.decode()
    assert MOBILE not in answer.content.decode()


@pytest.mark.parametrize("role", [None, Role.AUDITOR, Role.IDENTITY_READER])
@pytest.mark.parametrize("name", ["desk_roster", "desk_take_roster"])
def test_whoever_may_not_see_the_people_gets_no_page_of_theirs(signed_in, session, role, name):
    person = given.staff(given.session())  # of another session
    if role:
        given.grant(person, role, session=session)
    client = signed_in(person)

    assert client.get(reverse(name, args=[session.slug])).status_code == 404
    assert client.get(reverse(name, args=["unknown"])).status_code == 404


def test_columns_stand_in_the_order_of_the_address(signed_in, session):
    answer = signed_in(given.staff(session)).get(
        roster(session) + "?columns=mobile&columns=name&columns=mobile&columns=no"
    )
    assert titles_of(answer) == ["Mobile", "Name"]
    assert rows_of(answer) == [["", "单雄信"], ["138****1111", "张小明"]]


@pytest.mark.parametrize(
    ("move", "titles"),
    [
        ("name:up", ["Name", "No.", "State"]),
        ("name:down", ["No.", "State", "Name"]),
        ("number:up", ["No.", "Name", "State"]),
        ("state:down", ["No.", "Name", "State"]),
        ("nonsense", ["No.", "Name", "State"]),
    ],
)
def test_a_button_moves_a_column_without_script(signed_in, session, move, titles):
    query = f"?columns=number&columns=name&columns=state&move={move}"
    assert titles_of(signed_in(given.staff(session)).get(roster(session) + query)) == titles


@pytest.mark.parametrize("words", ["小明", "zxm", "1111"])
def test_people_are_found_by_part_of_a_name_initials_and_phone(signed_in, session, words):
    answer = signed_in(given.staff(session)).get(roster(session), {"q": words})
    assert [row[1] for row in rows_of(answer)] == ["张小明"]


@pytest.mark.parametrize(
    "query",
    [
        "?q=%00",
        "?q=" + "x" * 5000,
        "?sort=nonsense",
        "?state=nonsense",
        "?category=nonsense",
        "?columns=nonsense",
        "?kind=nonsense",
        "?page=nonsense",
        "?page=99999999999999999999",
        "?q=%25%5F%5C",
        "?q=%ff",
    ],
)
def test_nothing_in_the_address_breaks_the_page(signed_in, session, query):
    assert signed_in(given.staff(session)).get(roster(session) + query).status_code == 200


def test_hostile_names_are_shown_as_text(signed_in):
    session = given.session()
    given.enrolment(session, person=given.trainee("<script>alert(1)</script>"))
    answer = signed_in(given.staff(session)).get(roster(session))
    assert b"<script>alert" not in answer.content
    assert "&lt;script&gt;" in answer.content.decode()


def test_taking_needs_the_right_to_export(signed_in, session):
    client = signed_in(given.staff(session))
    assert client.get(taking(session)).status_code == 403
    assert client.post(taking(session), form()).status_code == 403
    assert "Taking it out of the house needs" in text_of(client.get(roster(session)))
    assert not RosterExport.objects.exists()


def test_taking_needs_a_fresh_sign_in_and_keeps_the_purpose_meanwhile(signed_in, session):
    staff = exporter(session)
    staff.set_password("a long enough password")
    staff.save()
    client = signed_in(staff, minutes=11)

    asked = client.post(taking(session) + "?kind=sign_in", form(purpose="For the opening"))
    assert asked.status_code == 302
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert "sign_in" in asked.url
    assert not RosterExport.objects.exists()

    page = client.post(asked.url, {"password": "a long enough password"}, follow=True)
    assert page.redirect_chain[-1][0].endswith(taking(session) + "?kind=sign_in")
    assert 'value="For the opening"' in page.content.decode()


def test_a_small_roster_comes_at_once_and_is_recorded(signed_in, session):
    staff = exporter(session)
    client = signed_in(staff)

    answer = client.post(taking(session) + "?columns=name&columns=mobile", form(), follow=True)

    assert answer["Content-Disposition"].startswith("attachment")
    assert csv_of(answer) == [["Name", "Mobile"], ["单雄信", ""], ["张小明", "138****1111"]]
    assert "no-store" in answer["Cache-Control"]
    record = RosterExport.objects.get()
    assert (record.by, record.purpose, record.row_count) == (staff, "Arrival desk", 2)


def test_a_workbook_opens_again_with_every_person_in_the_right_order(signed_in, session):
    client = signed_in(exporter(session))

    answer = client.post("/zh-hans" + taking(session), form(format="xlsx"), follow=True)

    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert [cell.value for cell in sheet[3]][:3] == ["序号", "姓名", "性别"]
    assert [(row[0].value, row[1].value) for row in sheet.iter_rows(min_row=4)] == [
        (1, "单雄信"),
        (2, "张小明"),
    ]


def test_full_numbers_are_offered_and_taken_only_with_the_right(signed_in, session):
    asked = taking(session) + "?columns=name&columns=identity_number"
    client = signed_in(exporter(session))
    assert 'name="in_full"' not in client.get(asked).content.decode()
    masked = client.post(asked, form(in_full="on"), follow=True)
    assert csv_of(masked)[2] == ["张小明", "119***********0011"]

    client = signed_in(exporter(session, Role.IDENTITY_READER))
    assert 'name="in_full"' in client.get(asked).content.decode()
    full = client.post(asked, form(in_full="on"), follow=True)
    assert csv_of(full)[2] == ["张小明", IDENTITY]
    assert [export.is_full for export in RosterExport.objects.order_by("pk")] == [False, True]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"purpose": "  "}, "Say what the roster is for."),
        ({"purpose": "x" * 501}, "at most 500"),
        ({"purpose": "a\x00b"}, "Null characters"),
        ({"format": "exe"}, "exe"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_leaves(signed_in, session, fields, sentence):
    answer = signed_in(exporter(session)).post(taking(session), form(**fields))
    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert not RosterExport.objects.exists()


def test_a_list_without_people_is_refused_with_a_sentence(signed_in, session):
    answer = signed_in(exporter(session)).post(taking(session) + "?state=declined", form())
    assert "nobody on this list" in text_of(answer)


def test_a_page_to_print_holds_the_rows_and_who_took_them(signed_in, session):
    staff = exporter(session)
    answer = signed_in(staff).post(taking(session), form(format="print"), follow=True)

    assert [row[1] for row in rows_of(answer)] == ["单雄信", "张小明"]
    assert "2 people, in the order of names by pinyin" in text_of(answer)
    assert staff.name in answer.content.decode().partition("<tfoot>")[2]


def test_a_big_roster_has_a_page_that_tells_how_far_it_is_and_then_leads_to_the_file(signed_in, session, monkeypatch):
    monkeypatch.setattr(making, "MOST_AT_ONCE", 1)
    client = signed_in(exporter(session))

    page = client.post(taking(session) + "?columns=name", form(), follow=True)
    assert "being made: 0 of 2 people" in text_of(page)
    order = RosterOrder.objects.get()
    file = reverse("desk_export_file", args=[order.reference])
    assert client.get(file).status_code == 302

    making.make(order.pk)
    assert "The roster is ready: 2 people" in text_of(client.get(reverse("desk_export", args=[order.reference])))
    assert csv_of(client.get(file)) == [["Name"], ["单雄信"], ["张小明"]]


def test_the_file_opens_for_whoever_took_it_and_for_nobody_else(signed_in, session):
    staff = exporter(session)
    signed_in(staff).post(taking(session), form())
    file = reverse("desk_export_file", args=[RosterOrder.objects.get().reference])

    assert csv_of(signed_in(staff).get(file))
    assert signed_in(staff, minutes=11).get(file).status_code == 302
    assert signed_in(exporter(session, Role.IDENTITY_READER)).get(file).status_code == 404
    staff.grants.filter(role=Role.EXPORTER).delete()
    assert signed_in(staff).get(file).status_code == 404


def test_a_full_file_closes_when_the_right_to_full_numbers_ends(signed_in, session):
    staff = exporter(session, Role.IDENTITY_READER)
    signed_in(staff).post(taking(session), form(in_full="on"))
    file = reverse("desk_export_file", args=[RosterOrder.objects.get().reference])
    staff.grants.filter(role=Role.IDENTITY_READER).delete()

    assert signed_in(staff).get(file).status_code == 404


def test_the_record_shows_to_those_who_may_read_it(signed_in, session):
    staff = exporter(session)
    signed_in(staff).post(taking(session), form(purpose="Opening"))
    records = reverse("desk_exports", args=[session.slug])
    auditor, colleague = given.user(), exporter(session)
    given.grant(auditor, Role.AUDITOR)

    for person, sees in (
        (staff, True),
        (auditor, True),
        (given.organiser(session=session), True),
        (colleague, False),
    ):
        page = text_of(signed_in(person).get(records))
        assert ("Opening" in page) is sees, person
    assert signed_in(given.staff(given.session())).get(records).status_code == 404


def test_nothing_is_taken_by_looking(signed_in, session):
    client = signed_in(exporter(session))
    assert client.get(taking(session), form()).status_code == 200
    assert not RosterExport.objects.exists()
    for name in ("desk_roster", "desk_exports"):
        assert client.post(reverse(name, args=[session.slug])).status_code == 405


def test_the_number_of_queries_does_not_grow_with_the_people(signed_in, django_assert_num_queries):
    session = given.session(capacity=100)
    client = signed_in(exporter(session))
    for more in (1, 29):
        for _ in range(more):
            given.confirmed_enrolment(session)
        with django_assert_num_queries(9):
            assert client.get(roster(session)).status_code == 200


def test_the_records_page_asks_the_same_number_of_queries_for_one_and_for_thirty(signed_in, django_assert_num_queries):
    session = given.session()
    given.confirmed_enrolment(session)
    staff = exporter(session)
    client = signed_in(staff)
    for more in (1, 29):
        for _ in range(more):
            client.post(taking(session), form())
        with django_assert_num_queries(9):
            assert client.get(reverse("desk_exports", args=[session.slug])).status_code == 200
