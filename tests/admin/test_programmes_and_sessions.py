"""What an organiser makes and changes, through the admin's own pages."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.roles import Role
from tests import given
from tests.admin.sheets import errors_of, sheet
from training.catalogue.models import Grant, Programme, Speaker, TrainingSession
from training.enrolment.asking import asked_by

pytestmark = pytest.mark.django_db


def change_page(session):
    return reverse("admin:training_trainingsession_change", args=[session.pk])


def test_whoever_makes_a_programme_organises_it(client):
    organiser = given.organiser(given.programme("Other"))
    client.force_login(organiser)
    page = reverse("admin:training_programme_add")
    data = sheet(client.get(page)) | {
        "title_en": "Precision casting",
        "organiser": given.organisation().pk,
        "aims-0-text_en": "Cast without defects",
    }

    answer = client.post(page, data)

    assert answer.status_code == 302
    programme = Programme.objects.get(title_en="Precision casting")
    assert [aim.text_en for aim in programme.aims.all()] == ["Cast without defects"]
    assert Grant.objects.filter(user=organiser, role=Role.ORGANISER, programme=programme).count() == 1


def test_a_session_is_saved_with_the_fields_it_asks(client):
    programme = given.programme()
    client.force_login(given.organiser(programme))
    page = reverse("admin:training_trainingsession_add")
    data = sheet(client.get(page)) | {
        "programme": programme.pk,
        "number": 1,
        "title_en": "First session",
        "slug": "first-session",
        "starts_on": "2027-03-01",
        "enrolment_opens_at_0": "2027-01-01",
        "enrolment_opens_at_1": "09:00",
        "asked-employer-asked": "on",
        "asked-employer-required": "on",
        "asked-diet-asked": "on",
    }

    answer = client.post(page, data)

    assert answer.status_code == 302
    session = TrainingSession.objects.get(slug="first-session")
    assert session.status == "draft"
    assert timezone.localtime(session.enrolment_opens_at).hour == 9
    assert asked_by(session) == {"employer": True, "diet": False}


def test_session_staff_read_which_fields_the_session_asks(client):
    session = given.session()
    given.asked(session, "employer", "diet")
    client.force_login(given.staff(session))

    page = client.get(f"/zh-hans{change_page(session)}").content.decode()

    assert "工作单位，饮食要求" in page


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        (
            {"starts_on": "2027-03-05", "ends_on": "2027-03-01"},
            "ends_on",
            "The last day cannot be before the first day.",
        ),
        (
            {
                "enrolment_opens_at_0": "2026-01-05",
                "enrolment_opens_at_1": "09:00",
                "enrolment_closes_at_0": "2026-01-01",
                "enrolment_closes_at_1": "09:00",
            },
            "enrolment_closes_at",
            "Enrolment must close after it opens.",
        ),
        (
            {
                "starts_on": "2027-03-05",
                "ends_on": "",
                "enrolment_opens_at_0": "2027-04-01",
                "enrolment_opens_at_1": "09:00",
                "enrolment_closes_at_0": "",
                "enrolment_closes_at_1": "",
            },
            "enrolment_opens_at",
            "Enrolment would open after the session is over.",
        ),
        (
            {"capacity": "", "places_given": "first_come"},
            "capacity",
            "Say how many places there are before enrolment by first come opens.",
        ),
        ({"offer_hours": "0"}, "offer_hours", "Give people at least one hour to answer an offer."),
        ({"slug": "taken"}, "slug", "Another session has this address. Choose another one."),
        ({"title_en": "", "title_zh": ""}, "title_en", "Give the session's title in at least one language."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_typed_is_lost(client, wrong, field, sentence):
    given.session(slug="taken")
    session = given.session(summary_en="Before")
    client.force_login(given.organiser(session.programme))
    data = sheet(client.get(change_page(session))) | wrong | {"summary_en": "Typed just now"}

    answer = client.post(change_page(session), data)

    assert answer.status_code == 200
    assert errors_of(answer) == {field: [sentence]}
    assert "Typed just now" in answer.content.decode()
    session.refresh_from_db()
    assert session.summary_en == "Before"


def test_fewer_places_than_are_held_are_refused_with_the_number(client):
    session = given.session(capacity=5)
    for name in ("Li Wen", "Wang Min", "Zhao Lan"):
        given.confirmed_enrolment(session, person=given.trainee(name))
    client.force_login(given.organiser(session.programme))
    data = sheet(client.get(change_page(session))) | {"capacity": 2}

    answer = client.post(change_page(session), data)

    sentence = "3 places are held already by Li Wen, Wang Min, Zhao Lan. Give at least 3, or withdraw somebody first."
    assert errors_of(answer) == {"capacity": [sentence]}


def test_places_that_are_added_go_to_the_first_in_line(client):
    session = given.session(capacity=1)
    given.confirmed_enrolment(session)
    first, second = given.waiting_enrolment(session), given.waiting_enrolment(session)
    client.force_login(given.organiser(session.programme))
    data = sheet(client.get(change_page(session))) | {"capacity": 2}

    answer = client.post(change_page(session), data, follow=True)

    assert "1 place was offered to the first in line." in answer.content.decode()
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.state, second.state) == ("offered", "waitlisted")


def test_a_page_that_was_open_while_others_enrolled_writes_only_what_was_changed(client):
    session = given.session(capacity=5, city_en="Hangzhou")
    client.force_login(given.organiser(session.programme))
    data = sheet(client.get(change_page(session)))
    TrainingSession.objects.filter(pk=session.pk).update(contact_phone="0571-1")
    given.confirmed_enrolment(session)

    client.post(change_page(session), data | {"city_en": "Ningbo", "contact_phone": "0571-1"})

    session.refresh_from_db()
    assert (session.city_en, session.places_held, session.contact_phone) == ("Ningbo", 1, "0571-1")


def test_an_organiser_of_another_programme_finds_nothing(client):
    session = given.session()
    client.force_login(given.organiser(given.programme("Other")))

    listed = client.get(reverse("admin:training_trainingsession_changelist"))
    opened = client.get(change_page(session))
    published = client.post(reverse("admin:training_trainingsession_publish", args=[session.pk]))
    cancelled = client.post(reverse("admin:training_trainingsession_cancel", args=[session.pk]), {"reason": "x"})

    assert session.title not in listed.content.decode()
    assert [opened.status_code, published.status_code, cancelled.status_code] == [404, 404, 404]


def test_another_programme_cannot_be_chosen_for_a_session(client):
    other = given.programme("Not mine")
    client.force_login(given.organiser(given.programme("Mine")))
    page = reverse("admin:training_trainingsession_add")
    shown = client.get(page)

    data = sheet(shown) | {"programme": other.pk, "title_en": "X", "slug": "x", "starts_on": "2027-03-01", "number": 1}
    answer = client.post(page, data)

    assert "Not mine" not in shown.content.decode()
    assert list(errors_of(answer)) == ["programme"]


def test_session_staff_read_their_session_and_change_nothing(client):
    session = given.session()
    client.force_login(given.staff(session))

    shown = client.get(change_page(session))
    changed = client.post(change_page(session), {"title_en": "Changed"})
    published = client.post(reverse("admin:training_trainingsession_publish", args=[session.pk]))

    assert shown.status_code == 200
    assert 'name="_save"' not in shown.content.decode()
    assert [changed.status_code, published.status_code] == [403, 403]


def test_a_draft_is_published_by_a_deed(client):
    session = given.session(status="draft")
    client.force_login(given.organiser(session.programme))

    client.post(reverse("admin:training_trainingsession_publish", args=[session.pk]))

    session.refresh_from_db()
    assert session.is_published


def test_cancelling_asks_why_and_ends_every_enrolment(client):
    session = given.session()
    enrolment = given.confirmed_enrolment(session)
    client.force_login(given.organiser(session.programme))
    page = reverse("admin:training_trainingsession_cancel", args=[session.pk])

    without = client.post(page, {"reason": " "})
    with_reason = client.post(page, {"reason": "The venue is flooded."}, follow=True)

    assert list(without.context["form"].errors) == ["reason"]
    assert "is cancelled; 1 enrolment ended with a letter." in with_reason.content.decode()
    session.refresh_from_db(), enrolment.refresh_from_db()
    assert (session.status, session.cancelled_because) == ("cancelled", "The venue is flooded.")
    assert enrolment.state == "withdrawn"


def test_no_page_needs_an_inline_style_or_script(client):
    session = given.session()
    client.force_login(given.organiser(session.programme))

    pages = [
        reverse("admin:index"),
        reverse("admin:training_trainingsession_changelist"),
        change_page(session),
        reverse("admin:training_trainingsession_cancel", args=[session.pk]),
        reverse("admin:training_programme_change", args=[session.programme_id]),
        reverse("admin:training_speaker_add"),
        reverse("admin:training_venue_add"),
    ]
    for page in pages:
        html = client.get(page).content.decode()
        assert not re.search(r"<[^>]+\sstyle=|<style|<script(?![^>]*\ssrc=)[^>]*>|\son\w+=", html), page


@pytest.mark.parametrize("how_many", [1, 30])
def test_the_list_of_sessions_takes_the_same_queries_for_one_and_for_thirty(
    client, django_assert_num_queries, how_many
):
    programme = given.programme()
    for _ in range(how_many):
        given.session(programme=programme)
    client.force_login(given.organiser(programme))

    with django_assert_num_queries(6):
        client.get(reverse("admin:training_trainingsession_changelist"))


def test_a_window_of_enrolment_keeps_its_seconds_when_nothing_was_changed(client):
    closes = timezone.now().replace(microsecond=0, second=59) + timedelta(days=3)
    session = given.session(enrolment_closes_at=closes)
    client.force_login(given.organiser(session.programme))

    client.post(change_page(session), sheet(client.get(change_page(session))))

    session.refresh_from_db()
    assert session.enrolment_closes_at == closes


def test_a_published_session_becomes_a_draft_again_while_nobody_has_enrolled(client):
    session = given.session()
    client.force_login(given.organiser(session.programme))
    page = reverse("admin:training_trainingsession_take_back", args=[session.pk])

    client.post(page)
    session.refresh_from_db()
    taken_back = session.status
    TrainingSession.objects.filter(pk=session.pk).update(status="published")
    given.confirmed_enrolment(session)
    refused = client.post(page, follow=True)

    session.refresh_from_db()
    assert (taken_back, session.status) == ("draft", "published")
    assert "Somebody has enrolled already. Cancel the session instead" in refused.content.decode()


def test_a_picture_is_written_anew_and_what_is_none_is_refused(client):
    client.force_login(given.organiser())
    page = reverse("admin:training_speaker_add")
    pixels = BytesIO()
    Image.new("RGBA", (3000, 1500), (0, 90, 80, 128)).save(pixels, "PNG")
    sent = sheet(client.get(page)) | {"name_en": "Li Wen"}

    refused = client.post(page, sent | {"picture": SimpleUploadedFile("x.png", b"<svg onload=alert(1)>" * 9)})
    saved = client.post(page, sent | {"picture": SimpleUploadedFile("../../x.png", pixels.getvalue())})

    assert errors_of(refused) == {"picture": ["This is not a picture that can be read. Give a JPEG, PNG or WebP file."]}
    assert saved.status_code == 302
    picture = Speaker.objects.get().picture
    assert re.fullmatch(r"speakers/[0-9a-f-]{36}\.jpg", picture.name)
    with Image.open(picture.open()) as written:
        assert (written.format, written.size) == ("JPEG", (1200, 600))


def test_a_picture_with_more_pixels_than_anybody_needs_is_refused_before_it_is_decoded(client):
    client.force_login(given.organiser())
    page = reverse("admin:training_speaker_add")
    pixels = BytesIO()
    Image.new("1", (20_000, 20_000)).save(pixels, "PNG")

    answer = client.post(
        page, sheet(client.get(page)) | {"name_en": "Li", "picture": SimpleUploadedFile("x.png", pixels.getvalue())}
    )

    sentence = "The picture has more than 40 million pixels. Save it smaller and try again."
    assert errors_of(answer) == {"picture": [sentence]}
    assert not Speaker.objects.exists()


@pytest.mark.parametrize("text", ["a\x00b", "x" * 2_000_000])
def test_a_spoilt_or_endless_text_gets_a_sentence(client, text):
    session = given.session()
    client.force_login(given.organiser(session.programme))

    answer = client.post(change_page(session), sheet(client.get(change_page(session))) | {"summary_en": text})

    assert list(errors_of(answer)) == ["summary_en"]
