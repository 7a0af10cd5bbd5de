import uuid
from datetime import timedelta

import pytest
import xlsxwriter
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from tests import given
from tests.intake.ugly_lists import identity, mobile, xlsx
from training.enrolment.models import AskedField, Enrolment
from training.enrolment.questions import Code
from training.enrolment.states import State
from training.intake import checking, correcting, receiving, taking
from training.intake.contents import Content
from training.intake.keeping import erase_what_is_over
from training.intake.models import Intake, IntakeRow
from training.intake.receiving import Sent, Wish, receive
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db

TITLES = ["姓名", "性别", "身份证号", "手机", "电子邮箱", "单位", "人才类别"]


@pytest.fixture
def body():
    return given.organisation("Department of Anhui", name_zh="安徽省经济和信息化厅")


@pytest.fixture
def session(body):
    made = given.session_by_organiser(capacity=20)
    process = given.category()
    made.programme.categories.add(process)
    given.asked(made, Code.SEX, Code.EMPLOYER, Code.CATEGORY, Code.IDENTITY_NUMBER, Code.MOBILE)
    given.quota(made, body, 5, category=process)
    return made


@pytest.fixture
def nominator(session, body):
    return given.nominator(body, session.programme)


def person(name, order="001", **changes):
    row = {
        "姓名": name,
        "性别": "男" if int(order) % 2 else "女",
        "身份证号": identity(order=order),
        "手机": mobile(int(order)),
        "电子邮箱": f"person{order}@example.org",
        "单位": "合肥样品机床厂",
        "人才类别": "先进基础工艺人才",
    }
    return list((row | changes).values())


def a_list(tmp_path, *people, titles=TITLES, name="名单.xlsx"):
    path = tmp_path / name
    xlsx(path, [["附件2"], ["推荐汇总表"], titles, *people])
    return Sent(name, path.read_bytes())


def send(session, body, by, *files, is_organisers=False):
    """Sends files and lets the worker read them."""
    wish = Wish(session, body, is_organisers, "en", uuid.uuid4())
    intake = receive(wish, files, by=by)
    receiving.read_files(intake.pk)
    intake.refresh_from_db()
    return intake


def rows_of(intake):
    return list(IntakeRow.objects.filter(intake=intake).in_order())


def take(intake, by, all_or_nothing=False):
    taking.take(intake, all_or_nothing=all_or_nothing, by=by)
    taking.take_rows(intake.pk)
    intake.refresh_from_db()


def said(row):
    return {finding.meaning: finding.sentence_en for finding in Content.of(row).findings}


def test_the_good_rows_of_a_list_become_nominations_of_the_body(session, body, nominator, tmp_path):
    intake = send(session, body, nominator, a_list(tmp_path, person("张明"), person("李强", "003", 身份证号="12345")))

    assert [row.level for row in rows_of(intake)] == ["green", "red"]
    take(intake, nominator)

    [taken] = Enrolment.objects.filter(session=session)
    assert (taken.trainee.name, taken.state, taken.body, taken.rank) == ("张明", State.DRAFT, body, 1)
    assert taken.category == given.category()
    assert taken.answers == {"sex": "male", "employer": "合肥样品机床厂"}
    assert taken.identity_masked == identity()[:3] + "*" * 11 + identity()[-4:]
    assert taken.trainee.mobile_masked == "138****0001"
    assert taken.trainee.email == "person001@example.org"
    assert taken.nominated_by == nominator
    assert intake.state == Intake.State.READY  # one row waits to be corrected
    assert [row.state for row in rows_of(intake)] == ["taken", "waiting"]


def test_the_job_may_run_twice_and_takes_each_row_once(session, body, nominator, tmp_path):
    intake = send(session, body, nominator, a_list(tmp_path, person("张明")))
    receiving.read_files(intake.pk)
    take(intake, nominator)
    taking.take_rows(intake.pk)

    assert Enrolment.objects.count() == 1
    assert intake.state == Intake.State.TAKEN


def test_a_form_that_is_sent_twice_makes_one_intake(session, body, nominator, tmp_path):
    wish = Wish(session, body, False, "en", uuid.uuid4())
    first = receive(wish, [a_list(tmp_path, person("张明"))], by=nominator)

    assert receive(wish, [a_list(tmp_path, person("张明"))], by=nominator) == first
    assert Intake.objects.count() == 1
    assert len(list(receiving.folder().iterdir())) == 1


def test_a_red_cell_is_corrected_in_place_and_the_row_is_taken(session, body, nominator, tmp_path):
    intake = send(session, body, nominator, a_list(tmp_path, person("张明", 身份证号="12345", 人才类别="管理")))
    [row] = rows_of(intake)
    assert said(row).keys() == {"identity_number", "category"}

    correcting.correct(row, {"identity_number": identity(), "category": "process", "nonsense": "x"}, by=nominator)
    row.refresh_from_db()

    assert (row.level, said(row)) == ("green", {})
    take(intake, nominator)
    assert Enrolment.objects.get().category == given.category()


def test_all_or_nothing_takes_nothing_while_one_row_is_red(session, body, nominator, tmp_path):
    intake = send(session, body, nominator, a_list(tmp_path, person("张明"), person("李强", "003", 身份证号="12345")))

    with pytest.raises(Refused, match=r"^1 row has to be corrected or left out"):
        taking.take(intake, all_or_nothing=True, by=nominator)

    correcting.leave_out(rows_of(intake)[1], by=nominator)
    take(intake, nominator, all_or_nothing=True)
    assert Enrolment.objects.count() == 1
    assert intake.state == Intake.State.TAKEN


def test_a_whole_intake_is_taken_back_while_nobody_has_decided(session, body, nominator, tmp_path):
    intake = send(session, body, nominator, a_list(tmp_path, person("张明"), person("李强", "003")))
    take(intake, nominator)

    taking.take_back_all(intake, by=nominator)

    intake.refresh_from_db()
    assert intake.state == Intake.State.UNDONE
    assert {one.state for one in Enrolment.objects.all()} == {State.WITHDRAWN}
    reasons = {event.reason_en for one in Enrolment.objects.all() for event in one.events.filter(to_state="withdrawn")}
    assert reasons == {"The list was taken back by whoever sent it."}


def test_nothing_is_taken_back_once_somebody_was_decided_on(session, body, nominator, tmp_path):
    from training.enrolment import lifecycle, nominating

    intake = send(session, body, nominator, a_list(tmp_path, person("张明"), person("李强", "003")))
    take(intake, nominator)
    first = Enrolment.objects.order_by("rank").first()
    nominating.submit(session, [first.reference], by=nominator)
    lifecycle.offer(first, by=given.user())

    with pytest.raises(Refused, match=r"^1 person of this list was decided on"):
        taking.take_back_all(intake, by=nominator)

    assert Enrolment.objects.filter(state=State.WITHDRAWN).count() == 0


def test_duplicates_in_the_files_and_on_the_list_are_said_where_they_stand(session, body, nominator, tmp_path):
    take(send(session, body, nominator, a_list(tmp_path, person("张明"))), nominator)

    intake = send(
        session,
        body,
        nominator,
        a_list(tmp_path, person("张明"), person("李强", "003"), name="一.xlsx"),
        a_list(tmp_path, person("李强", "003", 电子邮箱="other@example.org"), name="二.xlsx"),
    )

    first, second, third = rows_of(intake)
    assert said(first) == {"": "This person is on the list already, with the same data: nothing changes."}
    assert said(second) == {}
    assert said(third) == {"identity_number": "The same identity number stands in 一.xlsx · 5."}


def test_what_a_column_means_is_said_once_and_remembered_for_the_sender(session, body, nominator, tmp_path):
    titles = ["姓名", "推荐对象所在", "邮箱"]
    intake = send(
        session, body, nominator, a_list(tmp_path, ["张明", "合肥样品机床厂", "a@example.org"], titles=titles)
    )
    file = intake.files.get()
    assert [column["meaning"] for column in file.tables[0]["columns"]] == ["name", "", "email"]

    correcting.mean(file, 0, {1: "employer"}, by=nominator)

    assert Content.of(rows_of(intake)[0]).values["employer"] == "合肥样品机床厂"
    again = send(session, body, nominator, a_list(tmp_path, ["李强", "芜湖样品厂", "b@example.org"], titles=titles))
    assert Content.of(rows_of(again)[0]).values["employer"] == "芜湖样品厂"


def test_two_columns_cannot_mean_the_same_and_one_must_be_the_name(session, body, nominator, tmp_path):
    file = send(session, body, nominator, a_list(tmp_path, person("张明"))).files.get()

    with pytest.raises(Refused, match=r"^Two columns cannot mean the same"):
        correcting.mean(file, 0, {1: "name"}, by=nominator)
    with pytest.raises(Refused, match=r"^Choose the column with the names"):
        correcting.mean(file, 0, {0: ""}, by=nominator)


def test_what_the_session_does_not_ask_is_not_taken(body, tmp_path):
    session = given.session_by_organiser()
    given.quota(session, body, 5)
    nominator = given.nominator(body, session.programme)
    intake = send(session, body, nominator, a_list(tmp_path, person("张明", 身份证号="12345")))

    take(intake, nominator)

    taken = Enrolment.objects.get()
    assert taken.answers == {"employer": "合肥样品机床厂"}
    assert (taken.identity_sealed, taken.mobile_sealed) == ("", "")


def test_a_category_without_places_and_another_body_are_said(session, body, nominator, tmp_path):
    other = given.category("technology", "advanced manufacturing technology talents")
    other.name_zh = "先进制造技术人才"
    other.save()
    session.programme.categories.add(other)
    given.organisation("Department of Zhejiang", name_zh="浙江省经济和信息化厅")
    titles = [*TITLES, "推荐单位"]
    rows = [[*person("张明", 人才类别="先进制造技术人才"), ""], [*person("李强", "003"), "浙江省经济和信息化厅"]]

    first, second = rows_of(send(session, body, nominator, a_list(tmp_path, *rows, titles=titles)))

    assert said(first) == {"category": "Department of Anhui has no places for this category in this session."}
    assert said(second)["body"].startswith("The list names another recommending body, 浙江省经济和信息化厅.")


def test_an_organisers_list_names_the_body_of_each_row_and_is_sent_at_once(session, body, tmp_path):
    organiser = given.organiser(session.programme)
    titles = [*TITLES, "推荐单位"]
    rows = [[*person("张明"), "安徽省经济和信息化厅"], [*person("李强", "003"), "不存在的厅"]]
    intake = send(session, None, organiser, a_list(tmp_path, *rows, titles=titles), is_organisers=True)

    first, second = rows_of(intake)
    assert said(first) == {}
    assert said(second) == {"body": "“不存在的厅” is no body with places in this session. Choose the body."}
    take(intake, organiser)
    assert [(one.trainee.name, one.body, one.state) for one in Enrolment.objects.all()] == [("张明", body, "applied")]


def test_more_people_than_the_quota_are_not_taken_and_it_is_said_why(session, body, tmp_path):
    organiser = given.organiser(session.programme)
    people = [person(f"学员{'一二三四五六'[n]}", f"{2 * n + 1:03}") for n in range(6)]
    intake = send(session, body, organiser, a_list(tmp_path, *people), is_organisers=True)

    take(intake, organiser)

    assert intake.state == Intake.State.READY
    assert intake.not_taken_because_en.startswith("Department of Anhui")
    assert intake.not_taken_because_zh.startswith("安徽省经济和信息化厅共有5个名额")
    assert Enrolment.objects.count() == 0


def test_nothing_of_a_person_stands_readable_in_the_database(session, body, nominator, tmp_path):
    intake = send(session, body, nominator, a_list(tmp_path, person("张明")))

    for row in rows_of(intake):
        assert "张明" not in row.sealed
        assert identity() not in row.sealed
    assert "张明" not in str(intake.files.get().tables)


def test_a_file_that_cannot_be_read_says_why_in_both_languages_and_the_others_are_read(
    session, body, nominator, tmp_path
):
    intake = send(session, body, nominator, Sent("扫描.pdf", b"%PDF-1.7"), a_list(tmp_path, person("张明")))

    scan, good = intake.files.all()
    assert scan.refused_because_en.startswith("This is a scan or a picture.")
    assert scan.refused_because_zh.startswith("这是扫描件或图片。")
    assert (good.refused_because_en, len(rows_of(intake))) == ("", 1)


def test_too_many_files_and_too_big_ones_are_refused_before_they_are_kept(session, body, nominator):
    wish = Wish(session, body, False, "en", uuid.uuid4())

    for files, sentence in (
        ([], "Choose at least one file."),
        ([Sent("a.csv", b"x")] * 31, "Send at most 30 files at once."),
        ([Sent("a.csv", b"x" * (8 * 1024**2 + 1))], "a.csv is larger than 8 MB."),
        ([Sent("a.csv", b"x" * 8 * 1024**2)] * 4, "The files are larger than 24 MB together."),
    ):
        with pytest.raises(Refused, match=f"^{sentence}"):
            receive(wish, files, by=nominator)
    assert not Intake.objects.exists()


def test_lists_are_erased_when_the_session_no_longer_keeps_them(session, body, nominator, tmp_path):
    intake = send(session, body, nominator, a_list(tmp_path, person("张明")))
    take(intake, nominator)

    assert erase_what_is_over(intake.keep_until - timedelta(seconds=1)) == 0
    assert erase_what_is_over(intake.keep_until) == 1

    intake.refresh_from_db()
    assert intake.erased_at is not None
    assert list(receiving.folder().iterdir()) == []
    assert {row.sealed for row in rows_of(intake)} == {""}
    assert Enrolment.objects.count() == 1  # the people are not the list
    assert timezone.localdate(intake.keep_until) == session.ends_on + timedelta(days=181)


def test_the_sessions_own_questions_are_found_by_their_words_in_either_language(session, body, nominator, tmp_path):
    AskedField.objects.create(
        session=session, code="q-direction", kind="line", label_en="Line of work", label_zh="从事方向", position=9
    )
    titles = ["姓名", "从事方向", "邮箱"]
    intake = send(session, body, nominator, a_list(tmp_path, ["张明", "精密铸造", "a@example.org"], titles=titles))

    [row] = rows_of(intake)
    assert Content.of(row).values["q-direction"] == "精密铸造"
    assert said(row) == {"category": "This is needed and missing."}


def test_what_was_typed_into_several_rows_is_kept_with_whichever_button_it_is_sent(
    client, session, body, nominator, tmp_path
):
    people = [person("张明", 身份证号="1"), person("李强", "003", 身份证号="2"), person("王刚", "005")]
    intake = send(session, body, nominator, a_list(tmp_path, *people))
    first, second, third = rows_of(intake)
    client.force_login(nominator)

    client.post(
        reverse("intake_sheet", args=[intake.reference]),
        {
            f"cell-{first.pk}-identity_number": identity(),
            f"cell-{second.pk}-identity_number": identity(order="003"),
            "column-0": "name",
            "column-1": "name",  # refused: two columns for the name
            "leave_out": third.pk,
        },
    )

    assert [row.level for row in rows_of(intake)] == ["green"] * 3
    assert third.state == IntakeRow.State.WAITING  # after the refusal nothing more was done
    client.post(reverse("intake_sheet", args=[intake.reference]), {"leave_out": third.pk})
    client.post(
        reverse("take_intake", args=[intake.reference]),
        {f"cell-{first.pk}-name": "张明明", f"was-{first.pk}-name": "张明"},
    )
    taking.take_rows(intake.pk)
    assert sorted(one.trainee.name for one in Enrolment.objects.all()) == ["张明明", "李强"]


def test_what_a_colleague_corrected_meanwhile_stays_where_a_stale_sheet_did_not_touch_it(
    client, session, body, nominator, tmp_path
):
    intake = send(session, body, nominator, a_list(tmp_path, person("张明", 单位="甲厂")))
    [row] = rows_of(intake)
    correcting.correct(row, {"employer": "乙厂"}, by=nominator)
    client.force_login(nominator)

    stale = {f"cell-{row.pk}-employer": "甲厂", f"was-{row.pk}-employer": "甲厂", f"cell-{row.pk}-name": "张三"}
    client.post(reverse("intake_sheet", args=[intake.reference]), stale)

    values = Content.of(rows_of(intake)[0]).values
    assert (values["name"], values["employer"]) == ("张三", "乙厂")


def test_a_cell_over_several_lines_is_not_changed_by_being_looked_at(session, body, nominator, tmp_path):
    intake = send(session, body, nominator, a_list(tmp_path, person("张三\n李四")))
    [row] = rows_of(intake)

    correcting.correct(row, {"name": "张三 李四", "employer": "乙厂"}, by=nominator)

    assert Content.of(rows_of(intake)[0]).corrected == {"employer": "乙厂"}
    assert said(rows_of(intake)[0])["name"].startswith("These look like two names.")


def test_the_same_name_with_the_same_mobile_is_one_person_in_the_files_and_on_the_list(
    session, body, nominator, tmp_path
):
    without_number = {"身份证号": "", "电子邮箱": ""}
    session.asked_fields.filter(code="identity_number").update(is_required=False)
    twice = [person("张明", **without_number), person("张明", **without_number, 单位="别的厂")]
    intake = send(session, body, nominator, a_list(tmp_path, *twice, person("王刚", "005")))
    first, second, _third = rows_of(intake)
    assert first.level == "yellow"
    assert said(second)["name"] == "The same name with the same mobile stands in 名单.xlsx · 4."

    take(intake, nominator)
    correcting.correct(rows_of(intake)[1], {"employer": "又一个厂"}, by=nominator)
    sentence = "This person is on the list already. Update the person, or leave the row out?"
    assert said(rows_of(intake)[1])[""] == sentence
    again = send(session, body, nominator, a_list(tmp_path, person("王刚", "007", 手机=mobile(9))))
    sentence = "This may be somebody who is on the list already. Update, or enter another person?"
    assert said(rows_of(again)[0])[""] == sentence


def test_a_correction_reads_only_its_own_row_again(session, body, nominator, tmp_path, monkeypatch):
    people = [person(f"员{'一二三四五'[n]}", f"{2 * n + 1:03}") for n in range(5)]
    intake = send(session, body, nominator, a_list(tmp_path, *people, person("员六", "011", 身份证号="1")))
    read = []
    real = checking.read_person
    monkeypatch.setattr(checking, "read_person", lambda cells, *a, **k: read.append(cells) or real(cells, *a, **k))

    correcting.correct(rows_of(intake)[5], {"identity_number": identity(order="001")}, by=nominator)

    assert len(read) == 1
    assert said(rows_of(intake)[5]) == {"identity_number": "The same identity number stands in 名单.xlsx · 4."}


def test_what_was_done_to_a_list_stands_in_its_record_and_whoever_takes_it_is_named(
    client, session, body, nominator, tmp_path
):
    colleague = given.nominator(body, session.programme)
    people = [person("张明", 身份证号="1"), person("李强", "003")]
    intake = send(session, body, nominator, a_list(tmp_path, *people))
    first, second = rows_of(intake)

    correcting.correct(first, {"identity_number": identity()}, by=nominator)
    correcting.leave_out(second, by=colleague)
    correcting.bring_back(second, by=colleague)
    correcting.leave_out(second, by=colleague)
    take(intake, colleague)

    done = [(deed.what, deed.place, deed.about, deed.by) for deed in intake.deeds.order_by("pk")]
    assert done == [
        ("corrected", "名单.xlsx · 4", ["identity_number"], nominator),
        ("left_out", "名单.xlsx · 5", [], colleague),
        ("brought_back", "名单.xlsx · 5", [], colleague),
        ("left_out", "名单.xlsx · 5", [], colleague),
        ("taken", "", [], colleague),
    ]
    assert Enrolment.objects.get().nominated_by == colleague
    client.force_login(nominator)
    page = client.get(reverse("intake", args=[intake.reference])).content.decode()
    assert "Corrected: Identity number" in page
    assert identity() not in page
    with pytest.raises(DatabaseError), transaction.atomic():
        intake.deeds.update(place="")


def test_a_question_that_was_removed_after_the_list_was_sent_breaks_no_page(client, session, body, nominator, tmp_path):
    own = AskedField.objects.create(
        session=session, code="q-tons", kind="number", label_en="Tons", label_zh="吨数", position=9
    )
    titles = ["姓名", "吨数", "邮箱"]
    intake = send(session, body, nominator, a_list(tmp_path, ["张明", "很多", "a@example.org"], titles=titles))
    own.delete()
    client.force_login(nominator)

    assert client.get(reverse("intake", args=[intake.reference])).status_code == 200
    row = reverse("intake_row", args=[intake.reference, intake.rows.get().pk])
    assert client.get(row).status_code == 200


def test_a_fault_of_our_own_refuses_one_file_and_keeps_no_other_waiting(
    session, body, nominator, tmp_path, monkeypatch
):
    real = receiving.lists_in

    def failing(sheets, own):
        if sheets[0].name == "broken":
            raise OverflowError
        return real(sheets, own)

    monkeypatch.setattr(receiving, "lists_in", failing)
    path = tmp_path / "坏.xlsx"
    xlsx(path, [["姓名"]], sheet="broken")
    intake = send(session, body, nominator, Sent("坏.xlsx", path.read_bytes()), a_list(tmp_path, person("张明")))

    broken, good = intake.files.all()
    assert intake.state == Intake.State.READY
    assert broken.refused_because_en.startswith("We could not read this file, and the fault is ours.")
    assert (good.refused_because_en, len(rows_of(intake))) == ("", 1)


# ── a corrected list sent again ──────────────────────────────────────────────────────────────


def again(session, body, by, tmp_path, *people):
    return send(session, body, by, a_list(tmp_path, *people, name="名单更正.xlsx"))


def test_a_corrected_list_updates_whom_it_means_once_somebody_says_so_and_is_taken_back_with_all_of_it(
    client, session, body, nominator, tmp_path
):
    take(send(session, body, nominator, a_list(tmp_path, person("张明"), person("李强", "003"))), nominator)
    corrected = person("张明", 单位="合肥新样品厂", 手机=mobile(77))
    intake = again(session, body, nominator, tmp_path, corrected, person("李强", "003"), person("王刚", "005"))
    first, same, new = rows_of(intake)
    assert [row.level for row in (first, same, new)] == ["red", "yellow", "green"]
    client.force_login(nominator)
    address = reverse("intake", args=[intake.reference])

    page = client.get(address).content.decode()
    assert "on the list: 合肥样品机床厂" in page
    assert "on the list: 138****0001" in page
    assert (
        mobile(77) not in page + client.get(reverse("intake_row", args=[intake.reference, first.pk])).content.decode()
    )
    answer = client.post(reverse("intake_sheet", args=[intake.reference]), {"update": first.pk})
    assert answer.url.endswith(f"#row-{first.pk}")
    assert rows_of(intake)[0].level == "yellow"
    take(intake, nominator)

    people = {one.trainee.name: one for one in Enrolment.objects.filter(session=session)}
    assert sorted(people) == ["张明", "李强", "王刚"]
    assert people["张明"].answers == {"sex": "male", "employer": "合肥新样品厂"}
    assert people["张明"].trainee.mobile_masked == "138****0077"
    assert people["张明"].rank == 1
    assert [deed.what for deed in intake.deeds.order_by("pk")] == ["updates", "taken"]

    taking.take_back_all(intake, by=nominator)

    people = {one.trainee.name: one for one in Enrolment.objects.filter(session=session)}
    assert people["张明"].answers == {"sex": "male", "employer": "合肥样品机床厂"}
    assert people["张明"].trainee.mobile_masked == "138****0001"
    assert [people[name].state for name in ("张明", "李强", "王刚")] == ["draft", "draft", "withdrawn"]


def test_all_rows_that_mean_somebody_are_updated_at_once_and_a_row_left_out_changes_nobody(
    client, session, body, nominator, tmp_path
):
    take(send(session, body, nominator, a_list(tmp_path, person("张明"), person("李强", "003"))), nominator)
    changed = [person("张明", 单位="甲厂"), person("李强", "003", 单位="乙厂")]
    intake = again(session, body, nominator, tmp_path, *changed)
    client.force_login(nominator)

    client.post(
        reverse("intake_sheet", args=[intake.reference]), {"leave_out": rows_of(intake)[0].pk, "update_all": "yes"}
    )
    take(intake, nominator)

    employers = {one.trainee.name: one.answers["employer"] for one in Enrolment.objects.filter(session=session)}
    assert employers == {"张明": "合肥样品机床厂", "李强": "乙厂"}


def test_a_namesake_at_the_same_employer_is_updated_or_another_person_as_somebody_says(
    session, body, nominator, tmp_path
):
    take(send(session, body, nominator, a_list(tmp_path, person("张明"))), nominator)
    namesake = person("张明", "007")
    intake = again(session, body, nominator, tmp_path, namesake)
    [row] = rows_of(intake)
    assert row.level == "red"

    correcting.choose(row, choice="another", by=nominator)
    take(intake, nominator)

    assert [one.trainee.name for one in Enrolment.objects.filter(session=session)] == ["张明", "张明"]
    sure = again(session, body, nominator, tmp_path, person("张明", 单位="甲厂"))
    with pytest.raises(Refused, match=r"^Nobody on the list is meant"):
        correcting.choose(rows_of(sure)[0], choice="another", by=nominator)


def test_whoever_was_decided_on_is_neither_updated_nor_shown(client, session, body, nominator, tmp_path):
    from training.enrolment import lifecycle, nominating

    take(send(session, body, nominator, a_list(tmp_path, person("张明"))), nominator)
    taken = Enrolment.objects.get()
    nominating.submit(session, [taken.reference], by=nominator)
    lifecycle.offer(taken, by=given.user())
    intake = again(session, body, nominator, tmp_path, person("张明", 单位="甲厂"))
    [row] = rows_of(intake)
    client.force_login(nominator)

    page = client.get(reverse("intake", args=[intake.reference])).content.decode()

    assert said(row) == {"identity_number": "Somebody with this identity number is on the list already."}
    assert "on the list: " not in page
    with pytest.raises(Refused, match=r"^Nobody on the list is meant"):
        correcting.choose(row, choice="update", by=nominator)


def test_an_update_is_not_taken_back_over_a_later_correction(session, body, nominator, tmp_path):
    take(send(session, body, nominator, a_list(tmp_path, person("张明"))), nominator)
    first = again(session, body, nominator, tmp_path, person("张明", 单位="甲厂"))
    correcting.choose(rows_of(first)[0], choice="update", by=nominator)
    take(first, nominator)
    second = again(session, body, nominator, tmp_path, person("张明", 单位="乙厂"))
    correcting.choose(rows_of(second)[0], choice="update", by=nominator)
    take(second, nominator)

    with pytest.raises(Refused, match=r"^1 person updated by this list"):
        taking.take_back_all(first, by=nominator)

    taking.take_back_all(second, by=nominator)
    assert Enrolment.objects.get().answers["employer"] == "甲厂"
    taking.take_back_all(first, by=nominator)
    assert Enrolment.objects.get().answers["employer"] == "合肥样品机床厂"


def test_more_good_rows_than_places_are_said_at_the_top_and_the_rest_can_be_marked_as_reserves(
    client, session, body, nominator, tmp_path
):
    take(send(session, body, nominator, a_list(tmp_path, person("张明"), person("李强", "003"))), nominator)
    people = [person(f"学员{'一二三四五'[n]}", f"{2 * n + 11:03}") for n in range(5)]
    intake = again(session, body, nominator, tmp_path, *people)
    client.force_login(nominator)

    page = client.get(reverse("intake", args=[intake.reference])).content.decode()
    assert "good rows that stand for a place: 5, of them fit: 3." in page
    assert "2 rows go beyond the places." in page
    client.post(reverse("intake_sheet", args=[intake.reference]), {"mark_reserves": "yes"})
    page = client.get(reverse("intake", args=[intake.reference])).content.decode()

    assert "go beyond" not in page
    take(intake, nominator)
    reserves = Enrolment.objects.filter(session=session, is_reserve=True)
    assert sorted(one.trainee.name for one in reserves) == ["学员五", "学员四"]


def test_a_number_that_was_corrected_wrongly_is_shown_masked_as_it_was_typed(
    client, session, body, nominator, tmp_path
):
    intake = send(session, body, nominator, a_list(tmp_path, person("张明", 身份证号="12345")))
    [row] = rows_of(intake)
    correcting.correct(row, {"identity_number": identity()[:-3] + "678"}, by=nominator)
    client.force_login(nominator)

    page = client.get(reverse("intake", args=[intake.reference])).content.decode()

    assert "119***********0678" in page  # what stands there now
    assert 'in-the-file">***45<' in page


def test_errors_of_the_spreadsheet_and_hidden_rows_are_said_where_they_stand(session, body, nominator, tmp_path):
    path = tmp_path / "错.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("名单")
        page.write_row(0, 0, TITLES)
        page.write_row(1, 0, person("张明"))
        page.write_formula(1, 4, "=VLOOKUP(A1,Z:Z,1,0)", None, "#N/A")
        page.write_formula(1, 5, "=B9", None, "")
        page.write_row(2, 0, person("李强", "003"))
        page.set_row(2, None, None, {"hidden": True})

    first, second = rows_of(send(session, body, nominator, Sent("错.xlsx", path.read_bytes())))

    assert said(first) == {
        "email": "The spreadsheet shows the error #N/A here. Type what the cell should say.",
        "employer": "This cell holds a formula without a value. Type what it should say.",
    }
    assert said(second) == {
        "": "This row is hidden or filtered out in the file. Is this person meant? Else leave the row out."
    }
    assert (first.level, second.level) == ("yellow", "yellow")
