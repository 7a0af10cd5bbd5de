"""People side by side, notes and scores, and what is looked at for a session."""

from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from tests import given
from training.enrolment.models import Check, Criterion, Note, Score
from training.enrolment.reviewing import means_of, note, score
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db


def of(session, name):
    return reverse(f"admin:training_trainingsession_{name}", args=[session.pk])


@pytest.fixture
def session():
    return given.session_by_organiser()


@pytest.fixture
def organiser(client, session):
    made = given.organiser(session.programme)
    client.force_login(made)
    return made


@pytest.mark.usefixtures("organiser")
def test_up_to_four_people_stand_side_by_side_in_the_order_in_which_they_were_ticked(client, session):
    people = [given.applied_enrolment(session, person=given.trainee(f"Person {number}")) for number in range(5)]
    stranger = given.applied_enrolment()

    shown = client.get(of(session, "review"), {"person": [people[2].pk, stranger.pk, people[0].pk]})

    assert [one.enrolment for one in shown.context["people"]] == [people[2], people[0]]
    assert client.get(of(session, "review"), {"person": stranger.pk}).status_code == 404
    many = client.get(of(session, "review"), {"person": [one.pk for one in people]})
    assert len(many.context["people"]) == 4


@pytest.mark.usefixtures("organiser")
def test_employer_and_category_stand_once_beside_what_was_answered(client, session):
    given.asked(session, "employer", "post", "category")
    one = given.applied_enrolment(session, answers={"employer": "Forge No. 1", "post": "Founder"})

    page = client.get(of(session, "review"), {"person": one.pk}).content.decode()

    assert page.count("<dt>Employer</dt>") == page.count("<dt>Category</dt>") == 1
    assert "<dt>Post</dt><dd>Founder</dd>" in page


def test_a_note_is_kept_with_its_author_and_never_changed(client, session, organiser):
    one = given.applied_enrolment(session)

    answer = client.post(of(session, "review"), {"person": one.pk, "about": one.pk, "text": " Knows casting. "})

    assert answer.status_code == 302
    [kept] = Note.objects.all()
    assert (kept.text, kept.by, kept.enrolment) == ("Knows casting.", organiser, one)
    for change in (lambda: Note.objects.update(text="Otherwise."), lambda: Note.objects.all().delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


@pytest.mark.usefixtures("organiser")
def test_nothing_is_written_about_somebody_who_is_not_on_the_page(client, session):
    one, other = given.applied_enrolment(session), given.applied_enrolment()

    answer = client.post(of(session, "review"), {"person": one.pk, "about": other.pk, "text": "Hm."})

    assert answer.status_code == 404
    assert not Note.objects.exists()


def test_each_reviewer_has_one_score_per_criterion_and_the_mean_is_shown(client, session, organiser):
    one = given.applied_enrolment(session)
    first, second = (Criterion.objects.create(session=session, name_en=name) for name in ("Practice", "Project"))
    score(one, {first.pk: 5, second.pk: 4}, by=given.user())

    for points in (1, 2):
        client.post(
            of(session, "review"),
            {"person": one.pk, "about": one.pk, f"score-{first.pk}": points, f"score-{second.pk}": ""},
        )

    assert [row.points for row in Score.objects.filter(by=organiser)] == [2]
    mean = means_of([one])[one.pk]
    assert (mean.points, mean.reviewers) == (Decimal("3.7"), 2)
    shown = client.get(of(session, "board"))
    assert shown.context["rows"][0].mean == mean


def test_a_score_outside_the_scale_or_of_another_session_is_refused(session):
    one, by = given.applied_enrolment(session), given.user()
    own = Criterion.objects.create(session=session, name_en="Practice")
    other = Criterion.objects.create(session=given.session(), name_en="Practice")

    for points in ({own.pk: 6}, {own.pk: -1}, {other.pk: 3}):
        with pytest.raises(Refused, match="0 to 5"):
            score(one, points, by=by)
    with pytest.raises(Refused, match="Write something"):
        note(one, "  ", by=by)
    assert not Score.objects.exists()


@pytest.mark.usefixtures("organiser")
def test_conditions_and_criteria_are_switched_on_and_the_board_shows_what_they_find(client, session):
    given.applied_enrolment(session, answers={"title_level": "assistant"})
    data = {
        "checks-TOTAL_FORMS": 1, "checks-INITIAL_FORMS": 0, "criteria-TOTAL_FORMS": 1, "criteria-INITIAL_FORMS": 0,
        "checks-0-kind": "title_level", "checks-0-allowed": ["senior", "enterprise"],
        "criteria-0-name_en": "Practice", "criteria-0-position": 1,
    }  # fmt: skip

    assert client.post(of(session, "conditions"), data).status_code == 302

    assert Check.objects.get().allowed == ["senior"]
    assert Criterion.objects.get().name_en == "Practice"
    [row] = client.get(of(session, "board")).context["rows"]
    assert [finding.sentence for finding in row.findings] == [
        "Title or skill level: assistant; asked for is: senior (full)."
    ]


@pytest.mark.usefixtures("organiser")
def test_a_condition_that_looks_at_nothing_is_sent_back_with_what_was_typed(client, session):
    data = {
        "checks-TOTAL_FORMS": 1, "checks-INITIAL_FORMS": 0, "criteria-TOTAL_FORMS": 0, "criteria-INITIAL_FORMS": 0,
        "checks-0-kind": "age",
    }  # fmt: skip

    answer = client.post(of(session, "conditions"), data)

    assert answer.context["checks"][0].non_field_errors() == ["Give the lowest age, the highest one, or both."]
    assert not Check.objects.exists()


@pytest.mark.usefixtures("organiser")
def test_the_same_condition_twice_is_refused_in_a_sentence(client, session):
    Check.objects.create(session=session, kind="duplicate")
    data = {
        "checks-TOTAL_FORMS": 2, "checks-INITIAL_FORMS": 0, "criteria-TOTAL_FORMS": 0, "criteria-INITIAL_FORMS": 0,
        "checks-0-kind": "duplicate", "checks-1-kind": "missing",
    }  # fmt: skip

    answer = client.post(of(session, "conditions"), data)

    assert [str(message) for message in answer.context["messages"]] == ["This condition is looked at already."]
    assert list(Check.objects.values_list("kind", flat=True)) == ["duplicate"]


@pytest.mark.usefixtures("organiser")
def test_the_board_is_narrowed_to_findings_and_sorted_by_score(client, session):
    process = Criterion.objects.create(session=session, name_en="Practice")
    Check.objects.create(session=session, kind="title_level", allowed=["senior"])
    people = {}
    for name, level in (("Fits", "senior"), ("Differs", "assistant"), ("Best", "senior")):
        people[name] = given.applied_enrolment(session, person=given.trainee(name), answers={"title_level": level})
    score(people["Best"], {process.pk: 5}, by=given.user())
    score(people["Differs"], {process.pk: 2}, by=given.user())

    def found(query):
        return [row.enrolment.trainee.name for row in client.get(f"{of(session, 'board')}?{query}").context["rows"]]

    assert found("findings=any") == ["Differs"]
    assert found("findings=none") == ["Fits", "Best"]
    assert found("sort=score") == ["Best", "Differs", "Fits"]
