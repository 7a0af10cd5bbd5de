"""What a session asks, on the organiser's pages."""

import re

import pytest
from django.urls import reverse

from tests import given
from training.enrolment.asked import questions_at

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


@pytest.fixture
def session():
    return given.session_by_organiser()


@pytest.fixture
def organiser(client, session):
    made = given.organiser(session.programme)
    client.force_login(made)
    return made


def address(name, session, *more, stage="application"):
    return reverse(f"admin:training_trainingsession_{name}", args=[session.pk, stage, *more])


def options(*rows, present=0):
    data = {"options-TOTAL_FORMS": len(rows), "options-INITIAL_FORMS": present}
    for number, (words, capacity) in enumerate(rows):
        data |= {f"options-{number}-label_en": words, f"options-{number}-capacity": capacity}
    return data


def words_of(session, stage="application"):
    return [str(question.label) for question in questions_at(session, stage)]


def test_an_own_field_with_options_and_a_condition_is_written_on_one_page(client, session, organiser):
    given.asked(session, "lodging")

    answer = client.post(
        address("form_add", session),
        {
            "kind": "choice", "label_en": "Which room?", "label_zh": "哪种房间？", "is_required": "on",
            "shown_if": "lodging=yes", "keep_days": "30", **options(("Garden", "2"), ("Street", ""), ("", "")),
        },
    )  # fmt: skip

    assert answer.url == address("form", session)
    question = questions_at(session, "application").questions[1]
    assert (str(question.label), question.kind, question.is_required) == ("Which room?", "choice", True)
    assert (question.shown_if, question.keep_days) == (("lodging", "yes"), 30)
    assert [str(words) for _value, words in question.choices] == ["Garden", "Street"]
    page = text_of(client.get(answer.url))
    assert "“Do you need a room?” is “Yes”" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": "line"}, "Write the question in at least one language."),
        ({"kind": "choice", "label_en": "Which?"}, "Write at least two options to choose from."),
        ({"kind": "line", "label_en": "X", "consent": "photos", "is_required": "on"}, "cannot be required"),
        ({"kind": "iris", "label_en": "X"}, "Select a valid choice."),
        ({"kind": "line", "label_en": "X", "shown_if": "diet=halal"}, "Select a valid choice."),
        ({"kind": "choice", "label_en": "X", **options(("a", "-1"), ("b", ""))}, "greater than or equal to 0"),
    ],
)
def test_a_mistake_is_said_and_what_was_typed_stays(client, session, organiser, typed, sentence):
    page = client.post(address("form_add", session), options() | typed)

    assert page.status_code == 200
    assert sentence in text_of(page)
    assert words_of(session) == []


def test_fields_are_moved_added_copied_and_taken_away(client, session, organiser):
    first, second = given.own_field(session, "First"), given.own_field(session, "Second")
    source = given.session(programme=session.programme)
    given.own_field(source, "Third", stage="after_offer")
    form = address("form", session)

    client.post(form, {"deed": f"up:{second.pk}"})
    client.post(form, {"deed": "add", "code": "diet"})
    client.post(address("form", session, stage="after_offer"), {"deed": "copy", "source": source.pk})
    asks_first = client.get(address("form_remove", session, first.pk))
    client.post(address("form_remove", session, first.pk))

    assert "Answers that were given stay" in text_of(asks_first)
    assert words_of(session) == ["Second", "Meals"]
    assert words_of(session, "after_offer") == ["Third"]


def test_a_field_on_which_another_one_hangs_stays_and_says_which(client, session, organiser):
    room = given.own_field(session, "A room?", "yes_no")
    which = given.own_field(session, "Which room?", shown_if_code=room.code, shown_if_value="yes")
    remove = address("form_remove", session, room.pk)

    asks = text_of(client.get(remove))
    refused = client.post(remove, follow=True)

    assert address("form_field", session, which.pk) in asks
    assert '<button class="button small danger">' not in asks
    assert "“A room?” stays: “Which room?” is asked only for an answer to it." in text_of(refused)
    assert words_of(session) == ["A room?", "Which room?"]


def test_a_form_of_somebody_elses_session_is_not_copied(client, session, organiser):
    stranger = given.session()
    given.own_field(stranger, "Theirs")

    page = client.post(address("form", session), {"deed": "copy", "source": stranger.pk}, follow=True)

    assert "Choose a session to copy from." in text_of(page)
    assert words_of(session) == []


def test_a_field_of_another_session_is_not_changed_through_ones_own(client, session, organiser):
    theirs = given.own_field(given.session(), "Theirs")

    for name in ("form_field", "form_remove"):
        assert client.post(address(name, session, theirs.pk), {"label_en": "Mine"}).status_code == 404
    client.post(address("form", session), {"deed": f"up:{theirs.pk}"})

    theirs.refresh_from_db()
    assert theirs.label_en == "Theirs"


def test_a_standard_field_has_its_words_and_takes_a_condition_and_a_time(client, session, organiser):
    given.asked(session, "lodging", "rooming")
    rooming = session.asked_fields.get(code="rooming")
    page = text_of(client.get(address("form_field", session, rooming.pk)))
    assert 'name="label_en"' not in page

    client.post(address("form_field", session, rooming.pk), {"shown_if": "lodging=yes", "keep_days": "30"})

    rooming.refresh_from_db()
    assert (rooming.is_required, rooming.shown_if_code, rooming.keep_days) == (False, "lodging", 30)


def test_a_heading_is_never_required(client, session, organiser):
    heading = given.own_field(session, "Travel", "heading")
    page = address("form_field", session, heading.pk)

    shown = client.get(page)
    client.post(page, {"label_en": "Your travel", "is_required": "on"})

    assert list(shown.context["form"].fields) == ["label_en", "label_zh", "purpose_en", "purpose_zh", "shown_if"]
    heading.refresh_from_db()
    assert (heading.label_en, heading.is_required) == ("Your travel", False)


@pytest.mark.parametrize("present", [0, 2])
def test_rows_for_options_grow_and_nothing_typed_is_lost_or_saved(client, session, organiser, present):
    page = address("form_add", session)
    if present:
        field = given.own_field(session, "Which tour?", "choice", [("Mill", None), ("Forge", None)])
        page = address("form_field", session, field.pk)
    typed = {"kind": "choice", "label_en": "Which way?", **options(("North", ""), ("South", "3"), present=present)}

    grown = client.post(page, typed | {"more": "yes"})

    assert grown.status_code == 200
    assert len(grown.context["rows"]) == 7
    assert 'value="North"' in text_of(grown)
    assert 'value="Which way?"' in text_of(grown)
    assert words_of(session) == (["Which tour?"] if present else [])


def test_rows_grow_no_further_than_a_field_may_have_options(client, session, organiser):
    grown = client.post(
        address("form_add", session), {"options-TOTAL_FORMS": "98", "options-INITIAL_FORMS": "0", "more": ""}
    )

    assert len(grown.context["rows"]) == 100


def test_new_words_of_an_option_keep_its_value(client, session, organiser):
    tour = given.own_field(session, "Which tour?", "choice", [("Mill", 2), ("Forge", None)])
    mill, forge = tour.options.all()

    client.post(
        address("form_field", session, tour.pk),
        {
            "label_en": "Which visit?",
            **options(("Rolling mill", "3"), ("Forge", ""), ("Foundry", ""), present=2),
            "options-0-value": mill.value, "options-1-value": forge.value, "options-1-DELETE": "on",
        },
    )  # fmt: skip

    assert list(tour.options.values_list("label_en", "capacity")) == [("Rolling mill", 3), ("Foundry", None)]
    assert tour.options.first().value == mill.value


def test_the_preview_shows_the_form_as_people_see_it_and_sends_nothing(client, session, organiser):
    given.own_field(session, "Which tour?", "choice", [("Mill", 2), ("Forge", None)], label_zh="参观哪里？")

    page = text_of(client.get("/zh-hans" + address("form_preview", session)))

    assert "参观哪里？" in page
    assert "Mill（中文）（余2）" in page
    assert not re.search(r"<form[^>]*form_preview", page)


def test_whoever_only_looks_reads_the_form_without_buttons(client, session):
    given.own_field(session, "Which tour?")
    client.force_login(given.staff(session))

    page = text_of(client.get(address("form", session)))

    assert "Which tour?" in page
    assert 'name="deed"' not in page
    assert client.post(address("form_add", session), {"kind": "line", "label_en": "X"}).status_code == 403
