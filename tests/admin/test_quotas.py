"""The quotas of a session on one page: typed, pasted, given on, overbooked, looked back at."""

import time
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from tests import given
from training.catalogue.models import TrainingSession
from training.enrolment.models import Overbooking, Quota
from training.enrolment.quotas import give_on, overbook, return_unused, set_grid

pytestmark = pytest.mark.django_db


@pytest.fixture
def category():
    return given.category()


@pytest.fixture
def session(category):
    made = given.session(capacity=20)
    made.programme.categories.add(category)
    return made


@pytest.fixture
def body():
    return given.body("First", short_name_zh="一厅")


@pytest.fixture
def organiser(client, session):
    made = given.organiser(session.programme)
    client.force_login(made)
    return made


@pytest.fixture
def signed_in_lately(client, organiser):
    web_session = client.session
    web_session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    web_session["account_authentication_methods_user"] = str(organiser.pk)
    web_session.save()


def page_of(session, name="quotas", *more):
    return reverse(f"admin:training_trainingsession_{name}", args=[session.pk, *more])


def sheet_of(answer):
    """What a browser would send back of the table, untouched."""
    sheet = answer.context["sheet"]
    data = {"shown": sheet.shown, "body": [line.body.pk for line in sheet.lines]}
    if sheet.has_any_category:
        data["any"] = "1"
    return data | {field.name: field.typed for _key, field in sheet.fields}


def typed_in(answer):
    return {field.name: field.typed for _key, field in answer.context["sheet"].fields}


def problems_of(answer):
    return {field.label: field.problem for _key, field in answer.context["sheet"].fields if field.problem}


def cell(body, category=None):
    return f"places-{body.pk}-{category.pk if category else 'any'}"


def numbers():
    return {(one.body.name_en, one.parent_id is not None): one.places for one in Quota.objects.select_related("body")}


def test_a_body_is_added_and_its_number_saved(client, session, category, body, organiser):
    added = client.post(page_of(session), {"shown": "{}", "add": body.pk, "add-body": "1"})
    data = sheet_of(added) | {cell(body, category): "１２"}
    answer = client.post(page_of(session), data, follow=True)

    assert answer.redirect_chain == [(page_of(session), 302)]
    assert "1 number was changed." in answer.content.decode()
    assert numbers() == {("First", False): 12}


def test_a_page_sent_back_untouched_changes_nothing(client, session, category, body, organiser):
    set_grid(session, {(body.pk, category.pk): 3}, by=organiser)

    answer = client.post(page_of(session), sheet_of(client.get(page_of(session))), follow=True)

    assert "Nothing was changed." in answer.content.decode()
    assert Quota.objects.get().changes.count() == 1


@pytest.mark.parametrize("wrong", ["many", "-1", "3.5", "99999999999"])
def test_what_is_no_number_is_said_at_its_cell_and_kept(client, session, category, body, organiser, wrong):
    set_grid(session, {(body.pk, category.pk): 3}, by=organiser)
    data = sheet_of(client.get(page_of(session))) | {cell(body, category): wrong}

    answer = client.post(page_of(session), data)

    assert problems_of(answer) == {f"First: {category}": "Enter a whole number of places."}
    assert typed_in(answer) == {cell(body, category): wrong}
    assert numbers() == {("First", False): 3}


def test_a_lowered_number_says_at_its_cell_who_holds_the_places(client, session, category, body, organiser):
    set_grid(session, {(body.pk, category.pk): 3}, by=organiser)
    given.nominated(session, body, category=category, name="Li Wen")
    data = sheet_of(client.get(page_of(session))) | {cell(body, category): "0"}

    answer = client.post(page_of(session), data)

    assert problems_of(answer) == {
        f"First: {category}": "1 place is held by Li Wen. Leave at least 1, or free places first."
    }
    assert numbers() == {("First", False): 3}


def test_quotas_beyond_the_session_are_refused_above_the_table(client, session, category, body, organiser):
    set_grid(session, {(body.pk, category.pk): 3}, by=organiser)
    data = sheet_of(client.get(page_of(session))) | {cell(body, category): "21"}

    answer = client.post(page_of(session), data)

    assert answer.context["refusal"] == "The quotas would be 21 places; the session has 20."
    assert typed_in(answer) == {cell(body, category): "21"}


def test_a_number_that_somebody_else_changed_meanwhile_is_not_written_over_unseen(
    client, session, category, body, organiser
):
    other = given.body("Second")
    set_grid(session, {(body.pk, category.pk): 3, (other.pk, category.pk): 3}, by=organiser)
    data = sheet_of(client.get(page_of(session)))
    set_grid(session, {(body.pk, category.pk): 5, (other.pk, category.pk): 5}, by=organiser)

    answer = client.post(page_of(session), data | {cell(body, category): "4"})
    again = client.post(page_of(session), sheet_of(answer), follow=True)

    sentence = "Somebody else changed this number to 5 meanwhile. Save again to write yours over it."
    assert problems_of(answer) == {f"First: {category}": sentence}
    assert "changed" in again.content.decode()
    assert numbers()["First", False] == 4


def test_a_pasted_table_is_seen_before_anything_is_written(client, session, category, body, organiser):
    table = "序号\t推荐单位\t先进基础工艺人才\t合计\n1\t一厅\t５\t5\n2\t火星厅\t2\t2\n\t合计\t7\t7"

    answer = client.post(page_of(session), {"shown": "{}", "table": table, "paste": "1"})
    saved = client.post(page_of(session), sheet_of(answer), follow=True)

    assert typed_in(answer) == {cell(body, category): "5"}
    said = [(finding.row, finding.sentence) for finding in answer.context["sheet"].pasted.findings]
    assert said == [
        (3, "“火星厅” is no known recommending body; the row was left out."),
        (4, "The total row says 7, the rows that were read add up to 5."),
    ]
    assert "1 number was changed." in saved.content.decode()
    assert numbers() == {("First", False): 5}


def test_the_table_says_who_uses_the_places(client, session, category, body, organiser):
    set_grid(session, {(body.pk, category.pk): 3}, by=organiser)
    given.nominated(session, body, category=category)

    html = client.get(page_of(session)).content.decode()

    assert "<dt>nominated</dt><dd>1</dd>" in html
    assert "<dt>left</dt><dd>2</dd>" in html
    assert '<output data-pool data-pool-held="0">17</output>' in html


def test_a_quota_for_which_nobody_is_named_yet_says_what_is_left(client, session, category, body, organiser):
    given.quota(session, body, 3, category)

    page = " ".join(client.get(page_of(session)).content.decode().split())

    assert page.count("<dt>left</dt><dd>3</dd>") >= 2, "in the cell and in the sum of its row"


@pytest.mark.parametrize("bodies", [1, 30])
def test_the_page_takes_the_same_queries_however_many_bodies_there_are(
    client, session, category, organiser, bodies, django_assert_num_queries
):
    session.capacity = 100
    session.save(update_fields=["capacity"])
    set_grid(session, {(given.body().pk, category.pk): 1 for _ in range(bodies)}, by=organiser)
    client.get(page_of(session))

    with django_assert_num_queries(10):
        client.get(page_of(session))


def test_places_are_given_on_for_a_body(client, session, category, body, organiser):
    given.organisation("Bureau of Testing", short_name_zh="试验局")
    set_grid(session, {(body.pk, category.pk): 3}, by=organiser)
    quota = Quota.objects.get()
    page = page_of(session, "quota_parts", body.pk)

    unknown = client.post(page, {"new-1-name": "Bureau of Tests", f"new-1-{quota.pk}": "2"})
    too_many = client.post(page, {"new-1-name": "Bureau of Testing", f"new-1-{quota.pk}": "4"})
    answer = client.post(page, {"new-1-name": "试验局", f"new-1-{quota.pk}": "2"}, follow=True)

    assert list(unknown.context["sheet"].problems) == ["new-1-name"]
    assert "First has 3 places; 4 would be given on." in too_many.content.decode()
    assert "1 number was changed." in answer.content.decode()
    assert numbers() == {("First", False): 3, ("Bureau of Testing", True): 2}


def test_what_an_organisations_people_hold_is_said_at_its_cell(client, session, category, body, organiser):
    bureau = given.organisation("Bureau of Testing")
    set_grid(session, {(body.pk, category.pk): 3}, by=organiser)
    quota = Quota.objects.get()
    give_on(quota, {bureau.pk: 2}, by=organiser)
    given.nominated(session, bureau, category=category, name="Li Wen")

    answer = client.post(page_of(session, "quota_parts", body.pk), {f"part-{bureau.pk}-{quota.pk}": "0"})

    assert answer.context["sheet"].problems == {
        f"part-{bureau.pk}-{quota.pk}": "1 place is held by Li Wen. Leave at least 1, or free places first."
    }


def test_overbooking_asks_why_and_for_a_fresh_sign_in(client, session):
    client.force_login(given.organiser(session.programme))

    answer = client.post(page_of(session, "overbook"), {"places": "2", "reason": "Two more."})

    assert answer.status_code == 302
    assert "/accounts/" in answer["Location"]
    assert not Overbooking.objects.exists()


def test_overbooking_with_a_reason_stands_under_the_table(client, session, organiser, signed_in_lately):
    answer = client.post(page_of(session, "overbook"), {"places": "2", "reason": "Two share a room."}, follow=True)
    refused = client.post(page_of(session, "overbook"), {"places": "-3", "reason": "Back."})

    assert "Two share a room." in answer.content.decode()
    assert refused.context["form"].errors["places"] == ["Only 2 places are overbooked; no more can be taken back."]
    assert [(one.places, one.by) for one in Overbooking.objects.all()] == [(2, organiser)]


def test_the_history_says_who_changed_which_number(client, session, category, body, organiser):
    set_grid(session, {(body.pk, category.pk): 3}, by=organiser)
    set_grid(session, {(body.pk, category.pk): 5}, by=organiser)

    answer = client.get(page_of(session, "quotas_history"))

    changes = answer.context["changes"]
    assert [one.by for one in changes] == [organiser.get_short_name()] * 2
    assert [one.thing for one in changes] == [f"First, {category}: 5", f"First, {category}: 3"]
    assert [(one.before, one.after) for one in changes[0].differences] == [("3", "5")]


def test_the_workbook_has_the_customary_table(client, session, category, body, organiser):
    bureau = given.organisation("Bureau of Testing")
    set_grid(session, {(body.pk, category.pk): 3}, by=organiser)
    give_on(Quota.objects.get(), {bureau.pk: 2}, by=organiser)
    given.nominated(session, body, category=category)
    overbook(session, 1, reason="One more.", by=organiser)

    answer = client.get("/zh-hans" + page_of(session, "quotas_workbook"))

    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[0][0] == f"{session.title_zh}名额分配表"
    assert rows[2] == (
        "序号", "推荐单位", "先进基础工艺人才", "合计", "已报", "待确认", "已确认", "剩余", "备注",
    )  # fmt: skip
    assert rows[3:] == [
        (1, body.name_zh, 3, 3, 1, 1, 0, 2, "已下达：测试研究所 2"),
        (None, "合计", 3, 3, 1, 1, 0, 2, None),
        (None, "机动名额", None, 18, 0, 0, 0, 18, None),
    ]


def test_a_table_in_long_form_fills_the_cells_and_asks_at_the_cell_which_number_counts(
    client, session, category, body, organiser
):
    other = given.body("Second", short_name_zh="二厅")
    table = f"推荐单位\t类别\t名额\n一厅\t{category.name_zh}\t3\n二厅\t{category.name_zh}\t4\n\t{category.name_zh}\t5\n"

    answer = client.post(page_of(session), {"shown": "{}", "table": table, "paste": "1"})

    assert typed_in(answer) == {cell(body, category): "3", cell(other, category): "4 / 5"}
    assert problems_of(answer) == {
        f"Second: {category}": "The table has several numbers for this cell. Enter the one that counts."
    }
    assert not Quota.objects.exists()


def test_the_workbook_pasted_back_is_read_without_a_question(client, session, category, body, organiser):
    other = given.body("Second")
    set_grid(session, {(body.pk, category.pk): 3, (other.pk, category.pk): 4}, by=organiser)
    taken = client.get("/zh-hans" + page_of(session, "quotas_workbook"))
    rows = load_workbook(BytesIO(taken.content)).active.iter_rows(values_only=True)
    table = "\n".join("\t".join("" if cell is None else str(cell) for cell in row) for row in rows)

    answer = client.post(page_of(session), {"shown": "{}", "table": table, "paste": "1"})

    assert answer.context["sheet"].pasted.findings == []
    assert typed_in(answer) == {cell(body, category): "3", cell(other, category): "4"}


def test_the_bodys_dates_stand_on_the_sessions_form(client, session, organiser):
    answer = client.get(reverse("admin:training_trainingsession_change", args=[session.pk]))

    [fields] = [part for part in answer.context["adminform"] if part.name == "Recommending bodies"]
    assert fields.fields == (
        ("nominations_close_at", "substitution_until"),
        ("quotas_return_at", "pool_serves_bodies"),
        ("line_order", "newcomers_first", "line_moves"),
        "days_lists_are_kept",
    )


def test_the_page_tells_when_unused_places_return_and_how_many_did(client, session, category, body, organiser):
    given.quota(session, body, 4, category)
    day = timezone.now() + timedelta(days=3)

    nothing_set = client.get(page_of(session)).content.decode()
    TrainingSession.objects.filter(pk=session.pk).update(quotas_return_at=day)
    before = client.get(page_of(session)).content.decode()
    return_unused(session, at=day)
    afterwards = client.get(page_of(session))

    assert "No date is set on which unused places return to the free pool." in nothing_set
    assert "Places that nobody holds or is nominated for return to the free pool on" in before
    assert "4 unused places returned to the free pool on" in afterwards.content.decode()
    assert afterwards.context["grid"].total.returned == 4


def test_the_last_row_counts_the_whole_session(client, session, category, body, organiser):
    given.quota(session, body, 4, category)
    given.confirmed_enrolment(session)

    page = client.get(page_of(session)).content.decode()

    assert "The whole session" in page
    assert "applied alone" in page
