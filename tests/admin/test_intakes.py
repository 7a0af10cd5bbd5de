import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests import given
from tests.intake.ugly_lists import identity, mobile
from training.intake import receiving, taking
from training.intake.models import Intake

pytestmark = pytest.mark.django_db

SENT = "admin:training_trainingsession_intakes"
PAGE = "admin:training_trainingsession_intake"
FORM = "admin:training_trainingsession_intake_form"
ROW = "admin:training_trainingsession_intake_row"


@pytest.fixture(autouse=True)
def _files_in_a_folder_of_the_test(settings, tmp_path):
    settings.VAR = tmp_path


@pytest.fixture
def session():
    made = given.session_by_organiser()
    given.asked(made, "identity_number", "mobile", "employer", required=False)
    return made


@pytest.fixture
def body(session):
    made = given.organisation("Department of Anhui", name_zh="安徽省经济和信息化厅")
    given.quota(session, made, 5)
    return made


@pytest.fixture
def organiser(session, client):
    made = given.organiser(session.programme)
    client.force_login(made)
    return made


def test_an_organiser_sends_a_list_that_names_its_bodies(client, session, body, organiser):
    text = "推荐单位,姓名,手机\n安徽省经济和信息化厅,张明,13800000001\n"
    answer = client.post(
        reverse(SENT, args=[session.pk]),
        {"send_key": uuid.uuid4(), "body": "", "files": SimpleUploadedFile("list.csv", text.encode())},
    )

    intake = Intake.objects.get()
    assert answer.url == reverse(PAGE, args=[intake.reference])
    assert (intake.is_organisers, intake.body, intake.by) == (True, None, organiser)
    receiving.read_files(intake.pk)
    assert "张明" in client.get(answer.url).content.decode()


def test_an_organiser_sees_who_is_on_record_with_old_and_new_side_by_side_and_masked(client, session, body, organiser):
    earlier = given.session(programme=session.programme, title_en="The spring class")
    given.asked(earlier, "identity_number", "employer", required=False)
    person = given.trainee("Zhang Ming")
    given.enrolment(earlier, person, identity=given.identity(identity()), answers={"employer": "Old Works"})
    text = f"姓名,单位,身份证号,手机\nZhang Ming,New Works,{identity()},{mobile(1)}\n"
    intake = given.intake(session, body, organiser, text, is_organisers=True)

    page = client.get(reverse(PAGE, args=[intake.reference])).content.decode()
    row = client.get(reverse(ROW, args=[intake.reference, intake.rows.get().pk])).content.decode()

    assert "On record, known by the identity number" in page
    assert "Old Works" in row
    assert "New Works" in row
    assert "Took part before: The spring class" in row
    assert identity() not in page + row
    assert mobile(1) not in page + row


def test_a_nominator_never_learns_that_somebody_is_on_record(client, session, body):
    known = given.trainee("Zhang Ming")
    given.enrolment(session, known, identity=given.identity(identity()))
    text = f"姓名,单位,身份证号\nZhang Ming,New Works,{identity()}\n"
    nominator = given.nominator(body, session.programme)
    intake = given.intake(session, body, nominator, text)
    client.force_login(nominator)

    page = client.get(reverse("intake", args=[intake.reference])).content.decode()

    assert "on record" not in page.lower()
    assert "already" not in page
    assert client.get(reverse(PAGE, args=[intake.reference])).status_code in (302, 403)


def test_an_organiser_reads_and_takes_back_what_a_body_sent_but_never_corrects_or_takes_it(
    client, session, body, organiser
):
    nominator = given.nominator(body, session.programme)
    text = f"姓名,单位,身份证号,手机\nZhang Ming,Works,{identity()},{mobile(1)}\nLi Qiang,Works,12345,\n"
    intake = given.intake(session, body, nominator, text)
    row = intake.rows.order_by("number").first()
    take = reverse("admin:training_trainingsession_intake_take", args=[intake.reference])
    sheet = reverse("admin:training_trainingsession_intake_sheet", args=[intake.reference])

    sent = client.get(reverse(SENT, args=[session.pk])).content.decode()
    page = client.get(reverse(PAGE, args=[intake.reference])).content.decode()
    one = client.get(reverse(ROW, args=[intake.reference, row.pk])).content.decode()

    assert "sent by Department of Anhui" in sent
    assert "Sent by Department of Anhui, which corrects and takes it." in page
    assert 'form="sheet"' not in page
    assert identity() not in page + one
    assert mobile(1) not in page + one
    assert client.post(take).status_code == 404
    assert client.post(sheet, {"leave_out": row.pk}).status_code == 404
    assert client.post(reverse(ROW, args=[intake.reference, row.pk]), {"name": "Other"}).status_code == 404
    assert client.get(reverse("intake", args=[intake.reference])).status_code == 404

    taking.take(intake, all_or_nothing=False, by=nominator)
    taking.take_rows(intake.pk)
    client.post(reverse("admin:training_trainingsession_intake_take_back", args=[intake.reference]))
    intake.refresh_from_db()
    assert (intake.state, intake.deeds.first().by) == ("undone", organiser)


def test_an_organiser_of_another_programme_sees_no_list_of_a_body(client, session, body):
    intake = given.intake(session, body, given.nominator(body, session.programme), "姓名,单位\nZhang Ming,Works\n")
    client.force_login(given.organiser(given.session_by_organiser().programme))

    assert client.get(reverse(PAGE, args=[intake.reference])).status_code == 404


def test_an_organiser_takes_a_blank_form_for_each_body_along_with_the_notice(client, session, body, organiser):
    without_places = given.organisation("Department of Zhejiang")

    page = client.get(reverse(SENT, args=[session.pk])).content.decode()
    address = reverse(FORM, args=[session.pk, body.pk, "receipt"])
    answer = client.get(address)

    assert address in page
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert client.get(reverse(FORM, args=[session.pk, without_places.pk, "receipt"])).status_code == 404
    assert client.get(reverse(FORM, args=[session.pk, body.pk, "other"])).status_code == 404


def test_an_organiser_sees_who_stands_on_the_list_of_another_body_by_number_or_by_name_and_mobile(
    client, session, body, organiser
):
    other = given.organisation("Department of Zhejiang")
    given.quota(session, other, 2)
    given.nominated(session, other, name="Zhang Ming", mobile=given.mobile(mobile(1)))
    given.nominated(session, other, name="Li Qiang", identity=given.identity(identity()))
    text = f"姓名,单位,身份证号,手机\nZhang Ming,A,,{mobile(1)}\nLi Qiang,B,{identity()},\nWang Wu,C,,{mobile(1)}\n"
    intake = given.intake(session, body, organiser, text, is_organisers=True)

    page = client.get(reverse(PAGE, args=[intake.reference])).content.decode()

    assert page.count("In this session already: Department of Zhejiang") == 2
