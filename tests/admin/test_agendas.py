"""The agenda of a session on one page."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import given
from tests.admin.sheets import agenda_sheet, blank_row, errors_in_rows, errors_of, row_of, sheet
from training.agenda.models import AgendaItem

pytestmark = pytest.mark.django_db(transaction=True)


def agenda_of(session):
    return reverse("admin:training_trainingsession_agenda", args=[session.pk])


def described(item, times):
    return f"“{item.title}”, {given_day(item.day)}, {times}, in “{item.session.title}”"


def given_day(day):
    return f"{day:%A}, {day.day} {day:%B %Y}"


@pytest.fixture
def session():
    return given.session(venue=given.venue())


@pytest.fixture
def organiser(client, session):
    made = given.organiser(session.programme)
    client.force_login(made)
    return made


@pytest.mark.usefixtures("organiser")
def test_an_item_written_into_a_blank_row_stands_on_its_day_with_its_speakers(client, session):
    room, speaker = given.room(venue=session.venue), given.speaker()
    page = client.get(agenda_of(session))
    row = blank_row(page, session.starts_on + timedelta(days=1))

    answer = client.post(
        agenda_of(session),
        agenda_sheet(page)
        | {
            f"{row}-starts": "09:00",
            f"{row}-ends": "10:30",
            f"{row}-title_en": "Opening",
            f"{row}-kind": "ceremony",
            f"{row}-room": room.pk,
            f"{row}-speakers": [speaker.pk],
        },
        follow=True,
    )

    assert "1 item was saved." in answer.content.decode()
    item = AgendaItem.objects.get()
    assert (item.title_en, item.kind, item.room, item.is_published) == ("Opening", "ceremony", room, True)
    assert item.day == session.starts_on + timedelta(days=1)
    assert f"{timezone.localtime(item.starts_at):%H:%M}–{timezone.localtime(item.ends_at):%H:%M}" == "09:00–10:30"
    assert list(item.speakers.all()) == [speaker]


@pytest.mark.usefixtures("organiser")
def test_a_page_sent_back_untouched_changes_nothing(client, session):
    item = given.item(session, 9, 11, speakers=[given.speaker()], room=given.room(venue=session.venue))

    answer = client.post(agenda_of(session), agenda_sheet(client.get(agenda_of(session))), follow=True)

    assert "Nothing was changed." in answer.content.decode()
    item.refresh_from_db()
    assert item.revision == 0


@pytest.mark.usefixtures("organiser")
@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"starts": "10:00", "ends": "09:00"}, "ends", "An item must end after it starts."),
        ({"starts": "", "ends": "09:00"}, "starts", "An item that has an end needs a start."),
        ({"title_en": "", "title_zh": ""}, "title_en", "Give the item's title in at least one language."),
    ],
)
def test_what_is_wrong_in_a_row_is_said_in_its_cell(client, session, wrong, field, sentence):
    item = given.item(session, 9, 11)
    page = client.get(agenda_of(session))
    row = row_of(page, item)

    answer = client.post(
        agenda_of(session), agenda_sheet(page) | {f"{row}-{name}": value for name, value in wrong.items()}
    )

    assert [(name, words) for _title, name, words in errors_in_rows(answer)] == [(field, sentence)]
    item.refresh_from_db()
    assert item.revision == 0


def test_an_item_outside_the_days_of_its_session_is_refused_with_the_days(client):
    session = given.session(starts_on="2027-03-01", ends_on=None)
    client.force_login(given.organiser(session.programme))
    page = client.get(agenda_of(session))

    answer = client.post(
        agenda_of(session), agenda_sheet(page) | {"items-0-day": "2027-02-27", "items-0-title_en": "Too early"}
    )

    sentence = "The session does not run on this day; its days are from Monday, 1 March 2027, last day to be announced."
    assert errors_in_rows(answer) == [("Too early", "day", sentence)]


@pytest.mark.usefixtures("organiser")
def test_the_item_of_another_session_that_is_in_the_way_is_named_at_the_cell(client, session):
    room, speaker = given.room(venue=session.venue), given.speaker()
    other = given.item(given.session(starts_on=session.starts_on), 10, 12, room=room, speakers=[speaker])
    item = given.item(session, 14, 15, title_en="Furnaces", room=room, speakers=[speaker])
    page = client.get(agenda_of(session))
    row = row_of(page, item)

    answer = client.post(agenda_of(session), agenda_sheet(page) | {f"{row}-starts": "11:00", f"{row}-ends": "12:30"})

    assert errors_in_rows(answer) == [
        ("Furnaces", "room", f"The room is taken: {described(other, '10:00–12:00')}."),
        ("Furnaces", "speakers", f"Li Wen is somewhere else: {described(other, '10:00–12:00')}."),
    ]


@pytest.mark.usefixtures("organiser")
def test_what_is_in_the_way_in_a_draft_of_others_is_not_named(client, session):
    room = given.room(venue=session.venue)
    secret = given.session(starts_on=session.starts_on, status="draft")
    given.item(secret, 10, 12, room=room, title_en="Secret plan")
    page = client.get(agenda_of(session))
    row = blank_row(page, session.starts_on)

    answer = client.post(
        agenda_of(session),
        agenda_sheet(page)
        | {f"{row}-starts": "11:00", f"{row}-ends": "12:00", f"{row}-title_en": "Mine", f"{row}-room": room.pk},
    )

    assert errors_in_rows(answer) == [("Mine", "room", "The room is taken: an item of a session that is not public.")]
    assert "Secret plan" not in answer.content.decode()


@pytest.mark.usefixtures("organiser")
def test_two_rows_of_one_page_that_overlap_name_each_other(client, session):
    room = given.room(venue=session.venue)
    first = given.item(session, 9, 10, title_en="First", room=room)
    second = given.item(session, 11, 12, title_en="Second", room=room)
    page = client.get(agenda_of(session))
    row = row_of(page, second)

    answer = client.post(agenda_of(session), agenda_sheet(page) | {f"{row}-starts": "09:30"})

    second.starts_at = second.starts_at - timedelta(hours=1, minutes=30)
    assert errors_in_rows(answer) == [
        ("First", "room", f"The room is taken: {described(second, '09:30–12:00')}."),
        ("Second", "room", f"The room is taken: {described(first, '09:00–10:00')}."),
    ]


@pytest.mark.usefixtures("organiser")
def test_two_items_may_change_places_in_one_saving(client, session):
    one, other = given.room("One", venue=session.venue), given.room("Other", venue=session.venue)
    first, second = given.item(session, 9, 10, room=one), given.item(session, 9, 10, room=other)
    page = client.get(agenda_of(session))

    answer = client.post(
        agenda_of(session),
        agenda_sheet(page) | {f"{row_of(page, first)}-room": other.pk, f"{row_of(page, second)}-room": one.pk},
        follow=True,
    )

    assert "2 items were saved." in answer.content.decode()
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.room, second.room) == (other, one)


@pytest.mark.usefixtures("organiser")
def test_an_item_that_somebody_else_changed_meanwhile_is_not_written_over_unseen(client, session):
    item = given.item(session, 9, 10, title_en="As opened")
    page = client.get(agenda_of(session))
    AgendaItem.objects.filter(pk=item.pk).update(title_en="By somebody else")
    row = row_of(page, item)

    answer = client.post(agenda_of(session), agenda_sheet(page) | {f"{row}-title_en": "Mine"})

    assert errors_in_rows(answer) == [
        ("Mine", "__all__", "Somebody else changed “By somebody else” meanwhile. Save again to write your row over it.")
    ]
    item.refresh_from_db()
    assert item.title_en == "By somebody else"


@pytest.mark.usefixtures("organiser")
def test_a_removed_row_is_gone_and_its_place_may_be_taken_at_once(client, session):
    room = given.room(venue=session.venue)
    item = given.item(session, 9, 10, room=room, speakers=[given.speaker()])
    page = client.get(agenda_of(session))
    blank = blank_row(page, session.starts_on)

    answer = client.post(
        agenda_of(session),
        agenda_sheet(page)
        | {
            f"{row_of(page, item)}-DELETE": "on",
            f"{blank}-title_en": "Instead",
            f"{blank}-starts": "09:00",
            f"{blank}-ends": "10:00",
            f"{blank}-room": room.pk,
        },
        follow=True,
    )

    assert "1 item was saved. 1 item was removed." in answer.content.decode()
    assert [item.title_en for item in session.agenda_items.all()] == ["Instead"]


def test_a_row_cannot_reach_into_another_session(client):
    mine, theirs = given.session(), given.session()
    item = given.item(theirs, 9, 10, title_en="Theirs")
    client.force_login(given.organiser(mine.programme))
    page = client.get(agenda_of(mine))

    client.post(
        agenda_of(mine),
        agenda_sheet(page) | {"items-0-id": item.pk, "items-0-DELETE": "on", "items-0-title_en": "Taken over"},
    )

    item.refresh_from_db()
    assert (item.title_en, item.session) == ("Theirs", theirs)
    assert client.get(agenda_of(theirs)).status_code == 404
    assert client.get(reverse("admin:training_agendaitem_change", args=[item.pk])).status_code == 404


def test_session_staff_see_the_agenda_and_cannot_save_it(client, session):
    given.item(session, title_en="Furnaces")
    client.force_login(given.staff(session))

    shown, saved = client.get(agenda_of(session)), client.post(agenda_of(session), {})

    assert "Furnaces" in shown.content.decode()
    assert "Save the agenda" not in shown.content.decode()
    assert saved.status_code == 403


def test_session_staff_read_the_times_on_the_page_of_one_item(client, session):
    item = given.item(session, 9, None)
    client.force_login(given.staff(session))

    page = client.get(f"/zh-hans/admin/training/agendaitem/{item.pk}/change/").content.decode()

    assert "09:00" in page
    assert "待定" in page
    assert "None" not in page


@pytest.mark.usefixtures("organiser")
@pytest.mark.parametrize("how_many", [1, 30])
def test_the_page_takes_the_same_queries_for_one_and_for_thirty_items(
    client, session, how_many, django_assert_num_queries
):
    speakers = [given.speaker(f"Speaker {number}") for number in range(how_many)]
    for number, speaker in enumerate(speakers):
        room = given.room(f"Room {number}", venue=session.venue)
        given.item(session, 9, 10, room=room, speakers=[speaker])

    with django_assert_num_queries(9):
        page = client.get(agenda_of(session))
    sent = agenda_sheet(page)
    with django_assert_num_queries(13):
        client.post(agenda_of(session), sent)


@pytest.mark.usefixtures("organiser")
def test_the_page_of_one_item_says_who_is_somewhere_else_at_that_speaker(client, session):
    speaker = given.speaker()
    other = given.item(session, 9, 11, speakers=[speaker], title_en="Elsewhere")
    item = given.item(session, 14, 15, speakers=[speaker])
    page = reverse("admin:training_agendaitem_change", args=[item.pk])

    answer = client.post(page, sheet(client.get(page)) | {"starts": "10:00", "ends": "12:00"})

    formset = answer.context["inline_admin_formsets"][0].formset
    assert formset.errors[0] == {"speaker": [f"Li Wen is somewhere else: {described(other, '09:00–11:00')}."]}
    item.refresh_from_db()
    assert timezone.localtime(item.starts_at).hour == 14


@pytest.mark.usefixtures("organiser")
def test_the_page_of_one_item_keeps_its_texts_key_points_and_parts(client, session):
    speaker = given.speaker()
    item = given.item(session, 9, 11, speakers=[speaker])
    page = reverse("admin:training_agendaitem_change", args=[item.pk])
    data = sheet(client.get(page)) | {
        "description_en": "What moulds forgive.",
        "starts": "08:30",
        "parts-0-part_en": "Moderator",
        "key_points-0-heading_en": "Sand",
    }

    answer = client.post(page, data)

    assert answer.status_code == 302
    item.refresh_from_db()
    assert (item.description_en, f"{timezone.localtime(item.starts_at):%H:%M}") == ("What moulds forgive.", "08:30")
    assert [part.part_en for part in item.parts.all()] == ["Moderator"]
    assert [point.heading_en for point in item.key_points.all()] == ["Sand"]


@pytest.mark.usefixtures("organiser")
def test_an_item_of_one_page_that_ends_before_it_starts_says_so_once(client, session):
    item = given.item(session, 9, 11)
    page = reverse("admin:training_agendaitem_change", args=[item.pk])

    answer = client.post(page, sheet(client.get(page)) | {"starts": "12:00"})

    assert errors_of(answer) == {"ends": ["An item must end after it starts."]}


@pytest.mark.usefixtures("organiser")
def test_neither_page_needs_an_inline_style_or_script(client, session):
    item = given.item(session, speakers=[given.speaker()])

    for page in (agenda_of(session), reverse("admin:training_agendaitem_change", args=[item.pk])):
        html = client.get(page).content.decode()
        assert not re.search(r"<[^>]+\sstyle=|<style|<script(?![^>]*\ssrc=)[^>]*>|\son\w+=", html), page
