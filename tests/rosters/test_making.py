"""Taking a roster: the right is asked, the file is made, and that it left is recorded."""

import csv
import io
import re
import uuid
from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone
from openpyxl import load_workbook
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.roles import Role
from tests import given
from training.catalogue.models import Grant
from training.enrolment.models import Enrolment
from training.rosters import making
from training.rosters.models import Format, RosterExport, RosterOrder
from training.rosters.recipes import BUILT_IN, DEFAULT, Recipe
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db

IDENTITY, MOBILE = "119999190001010011", "13800001111"


def wish(session, recipe=DEFAULT, **fields):
    made = {
        "session": session,
        "recipe": recipe,
        "format": Format.CSV,
        "purpose": "For the arrival desk",
        "in_full": False,
        "language": "en",
        "send_key": uuid.uuid4(),
    }
    return making.Wish(**(made | fields))


def exporter(session, *more):
    return given.staff(session, Role.EXPORTER, *more)


def csv_of(order):
    content = making.path_of(order).read_bytes()
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def recipe(*columns, **fields):
    return Recipe(columns=columns, states=DEFAULT.states, **fields)


def people(session, *names):
    return [given.confirmed_enrolment(session, person=given.trainee(name)) for name in names]


def test_a_small_roster_is_made_at_once_and_recorded():
    session = given.session()
    people(session, "张明", "单雄信")
    staff = exporter(session)

    order = making.take(wish(session, recipe("number", "name")), by=staff)

    assert order.is_ready
    assert csv_of(order) == [["No.", "Name"], ["1", "单雄信"], ["2", "张明"]]
    record = RosterExport.objects.get()
    assert (record.by, record.session, record.purpose) == (staff, session, "For the arrival desk")
    assert record.made_by_recipe == recipe("number", "name")
    assert (record.row_count, record.format, record.is_full) == (2, "csv", False)
    assert record.sha256 == sha256(making.path_of(order).read_bytes()).hexdigest()
    assert record.byte_count == making.path_of(order).stat().st_size
    assert record.reference == order.reference


def test_every_column_in_the_order_asked_for_opens_again_as_a_workbook():
    session = given.session()
    category = given.category()
    given.confirmed_enrolment(
        session,
        person=given.trainee("=HYPERLINK(1)"),
        category=category,
        identity=given.identity(IDENTITY),
        mobile=given.mobile(MOBILE),
        answers={"sex": "female", "birth_date": "1985-06-01", "employer": "+院", "lodging": "yes"},
    )
    given.confirmed_enrolment(session, person=given.trainee("阿依古丽·买买提"))
    columns = tuple(reversed(BUILT_IN["everything"].columns))

    order = making.take(wish(session, recipe(*columns), format=Format.XLSX, language="zh-hans"), by=exporter(session))

    sheet = load_workbook(making.path_of(order)).active
    titles = [cell.value for cell in sheet[3]]
    assert titles[-2:] == ["姓名", "序号"]
    assert titles[0] == "签名"
    rows = [dict(zip(titles, [cell.value for cell in row], strict=True)) for row in sheet.iter_rows(min_row=4)]
    assert [(row["序号"], row["姓名"]) for row in rows] == [(1, "=HYPERLINK(1)"), (2, "阿依古丽·买买提")]
    assert rows[0]["单位"] == "+院"
    assert rows[0]["出生年月"] == "1985.06"
    assert rows[0]["身份证号"] == "119***********0011"
    assert rows[0]["手机"] == "138****1111"
    assert rows[0]["人才类别"] == "先进基础工艺人才"
    assert re.fullmatch(r".\*\*\*@example\.org", rows[0]["邮箱"])


def test_full_numbers_leave_only_with_the_right_to_them():
    session = given.session()
    given.confirmed_enrolment(session, identity=given.identity(IDENTITY), mobile=given.mobile(MOBILE))
    columns = recipe("identity_number", "mobile")

    with pytest.raises(Refused):
        making.take(wish(session, columns, in_full=True), by=exporter(session))
    assert RosterExport.objects.count() == 0

    reader = exporter(session, Role.IDENTITY_READER)
    masked = making.take(wish(session, columns), by=reader)
    full = making.take(wish(session, columns, in_full=True), by=reader)

    assert csv_of(masked)[1] == ["119***********0011", "138****1111"]
    assert csv_of(full)[1] == [IDENTITY, MOBILE]
    assert list(RosterExport.objects.order_by("pk").values_list("is_full", flat=True)) == [False, True]


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.SESSION_STAFF, Role.IDENTITY_READER, Role.AUDITOR])
def test_no_other_role_brings_the_right_to_export(role):
    session = given.session()
    given.confirmed_enrolment(session)
    person = given.user()
    given.grant(person, role, session=session)

    with pytest.raises(Refused):
        making.take(wish(session), by=person)
    assert not RosterExport.objects.exists()


def test_an_exporter_of_another_session_takes_nothing():
    session, other = given.session(), given.session()
    given.confirmed_enrolment(session)

    with pytest.raises(Refused):
        making.take(wish(session), by=exporter(other))


@pytest.mark.parametrize("purpose", ["", "   ", "\u3000"])
def test_a_roster_without_a_purpose_is_refused(purpose):
    session = given.session()
    given.confirmed_enrolment(session)

    with pytest.raises(Refused, match="what the roster is for"):
        making.take(wish(session, purpose=purpose), by=exporter(session))


def test_a_list_without_people_is_refused():
    session = given.session()
    with pytest.raises(Refused, match="nobody"):
        making.take(wish(session), by=exporter(session))


def test_a_form_that_is_sent_twice_makes_one_roster():
    session = given.session()
    given.confirmed_enrolment(session)
    staff, asked = exporter(session), wish(session)

    first = making.take(asked, by=staff)
    second = making.take(asked, by=staff)

    assert first == second
    assert RosterExport.objects.count() == 1
    assert len(list(making.folder().iterdir())) == 1


def test_the_slower_of_two_sendings_at_once_finds_the_roster_of_the_quicker():
    session = given.session()
    given.confirmed_enrolment(session)
    staff, asked = exporter(session), wish(session)
    slower = making._order(asked, staff, timezone.now(), 1)
    quicker = making.take(asked, by=staff)

    assert making._made_at_once(slower) == quicker
    assert RosterExport.objects.count() == 1
    assert len(list(making.folder().iterdir())) == 1


def test_the_record_cannot_be_changed_or_deleted():
    session = given.session()
    given.confirmed_enrolment(session)
    making.take(wish(session), by=exporter(session))

    for deed in (
        lambda: RosterExport.objects.update(purpose="Another"),
        lambda: RosterExport.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            deed()
    assert RosterExport.objects.get().purpose == "For the arrival desk"


def test_a_big_roster_is_left_to_the_worker_and_made_once(monkeypatch):
    monkeypatch.setattr(making, "MOST_AT_ONCE", 1)
    session = given.session()
    people(session, "张明", "李四")
    staff = exporter(session)

    order = making.take(wish(session, recipe("name")), by=staff)

    assert order.state == RosterOrder.State.WAITING
    assert not RosterExport.objects.exists()
    job = ProcrastinateJob.objects.get(task_name="training.rosters.tasks.make_roster")
    assert job.args == {"order_id": order.pk}

    making.make(order.pk)
    making.make(order.pk)

    order.refresh_from_db()
    assert (order.state, order.rows_made) == (RosterOrder.State.READY, 2)
    assert csv_of(order) == [["Name"], ["李四"], ["张明"]]
    assert RosterExport.objects.get().reference == order.reference
    assert len(list(making.folder().iterdir())) == 1


def test_a_right_that_ended_before_the_making_refuses_the_roster(monkeypatch):
    monkeypatch.setattr(making, "MOST_AT_ONCE", 0)
    session = given.session()
    given.confirmed_enrolment(session)
    staff = exporter(session)
    order = making.take(wish(session), by=staff)
    Grant.objects.filter(user=staff, role=Role.EXPORTER).update(
        valid_from=F("valid_from") - timedelta(days=2), valid_until=timezone.now() - timedelta(minutes=1)
    )

    making.make(order.pk)

    order.refresh_from_db()
    assert order.is_refused
    assert "may not take it out" in order.refused_because
    assert not RosterExport.objects.exists()


def test_a_page_to_print_is_kept_small(monkeypatch):
    monkeypatch.setattr(making, "MOST_AT_ONCE", 1)
    session = given.session()
    people(session, "张明", "李四")

    with pytest.raises(Refused, match="Take the workbook"):
        making.take(wish(session, format=Format.PRINT), by=exporter(session))


def test_files_are_erased_after_a_day_and_the_record_stays():
    session = given.session()
    given.confirmed_enrolment(session)
    order = making.take(wish(session), by=exporter(session))

    assert making.erase_old_files(timezone.now() + timedelta(hours=23)) == 0
    assert making.path_of(order).exists()
    assert making.erase_old_files(timezone.now() + timedelta(hours=25)) == 1

    assert list(making.folder().iterdir()) == []
    assert not RosterOrder.objects.exists()
    assert RosterExport.objects.count() == 1
    with pytest.raises(Refused, match="erased"):
        making.path_of(order)


def test_what_a_killed_process_left_behind_is_erased_too():
    (making.folder() / "left-behind.csv").write_text("x")
    making.erase_old_files(timezone.now() + timedelta(hours=25))
    assert list(making.folder().iterdir()) == []


def test_the_number_of_queries_does_not_grow_with_the_people(django_assert_num_queries):
    session = given.session(capacity=100)
    staff = exporter(session)
    given.confirmed_enrolment(session)
    for more in (0, 29):
        for _ in range(more):
            given.confirmed_enrolment(session)
        with django_assert_num_queries(10):
            making.take(wish(session, format=Format.XLSX), by=staff)
    assert Enrolment.objects.count() == 30
