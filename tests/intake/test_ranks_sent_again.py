import pytest
from django.urls import reverse

from tests import given
from training.enrolment import nominating
from training.enrolment.models import Enrolment
from training.enrolment.states import State
from training.intake import correcting, taking
from training.intake.contents import Content
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db

TITLES = "推荐顺序,姓名,单位,邮箱"


@pytest.fixture
def body():
    return given.organisation("Department of Anhui", name_zh="安徽省经济和信息化厅")


@pytest.fixture
def session(body):
    made = given.session_by_organiser()
    given.quota(made, body, 9)
    return made


@pytest.fixture
def nominator(session, body):
    return given.nominator(body, session.programme)


@pytest.fixture
def send(session, body, nominator):
    """Sends people by rank and letter, such as "1A 2B"."""

    def sent(people, title=TITLES):
        rows = [f"{one[0]},学员{one[1]},甲厂,{one[1].lower()}@example.org" for one in people.split()]
        return given.intake(session, body, nominator, "\n".join([title, *rows]))

    return sent


def take(intake, by):
    correcting.update_them(intake, by=by)
    taking.take(intake, all_or_nothing=True, by=by)
    taking.take_rows(intake.pk)
    intake.refresh_from_db()


def order():
    people = Enrolment.objects.exclude(state=State.WITHDRAWN).order_by("rank").select_related("trainee")
    assert [one.rank for one in people] == list(range(1, len(people) + 1))
    return "".join(one.trainee.name[-1] for one in people)


def moved(intake):
    return {
        content.values["name"][-1]: f"{content.rank_before}>{content.values['rank']}"
        for row in intake.rows.in_order()
        if (content := Content.of(row)).rank_before
    }


def test_a_changed_rank_is_shown_old_beside_new_applied_when_taken_and_taken_back(client, session, nominator, send):
    take(send("1A 2B 3C 4D"), nominator)
    intake = send("1C 2B 3A")
    assert moved(intake) == {"A": "1>3", "C": "3>1"}
    assert [row.level for row in intake.rows.in_order()] == ["red", "yellow", "red"]

    client.force_login(nominator)
    page = client.get(reverse("intake", args=[intake.reference])).content.decode()
    row = client.get(reverse("intake_row", args=[intake.reference, intake.rows.in_order()[0].pk])).content.decode()
    assert "on the list: 3" in page
    assert "<td>3</td><td><b>1</b></td>" in row
    assert order() == "ABCD"

    take(intake, nominator)
    assert order() == "CBAD"

    taking.take_back_all(intake, by=nominator)
    assert order() == "ABCD"


@pytest.mark.parametrize(
    ("stood", "sent", "changes", "stands"),
    [
        ("1A 2B 3C", "1A 2D 3B 4C", {"B": "2>3", "C": "3>4"}, "ADBC"),  # a new one in between
        ("1A 2B 3C", "1C", {"C": "3>1"}, "CAB"),
        ("1A 2B 3C", "2A 3B", {"A": "1>2", "B": "2>3"}, "CAB"),
        ("1A 2B 3C", "9A 9B", {"A": "1>9", "B": "2>9"}, "CAB"),
        ("1A 2B 3C", "1A 2C", {}, "ABC"),  # who is missing is not withdrawn by it
        ("1A 1B 2C 2D", "1A 1B 2C 2D", {}, "ABCD"),  # two lists in one, each from 1
        ("1A 2B 3C", "1A 2B 3D", {}, "ABCD"),
    ],
)
def test_ranks_count_where_they_change_the_order_and_never_double(nominator, send, stood, sent, changes, stands):
    take(send(stood), nominator)
    before = order()
    intake = send(sent)

    assert moved(intake) == changes
    take(intake, nominator)
    assert order() == stands

    taking.take_back_all(intake, by=nominator)
    assert order() == before


def test_a_second_list_of_the_body_numbered_from_one_again_moves_nobody(nominator, send):
    take(send("1A 2B"), nominator)
    take(send("1C 2D"), nominator)

    assert moved(send("1C 2D")) == {}


def test_serial_numbers_are_no_ranks_unless_their_title_says_so(nominator, send):
    take(send("1A 2B"), nominator)

    assert moved(send("2A 1B", title="序号,姓名,单位,邮箱")) == {}
    assert moved(send("2A 1B", title="序号（推荐排序）,姓名,单位,邮箱")) == {"A": "1>2", "B": "2>1"}


def test_a_list_taken_in_two_goes_is_taken_back_whole_but_not_over_a_later_ranking(session, body, nominator, send):
    take(send("1A 2B 3C 4D"), nominator)
    intake = send("1D 2C 3B 4A")
    first, second = intake.rows.in_order()[:2]
    correcting.choose(first, choice="update", by=nominator)
    taking.take(intake, all_or_nothing=False, by=nominator)
    taking.take_rows(intake.pk)
    assert order() == "DABC"
    correcting.choose(second, choice="update", by=nominator)
    taking.take(intake, all_or_nothing=False, by=nominator)
    taking.take_rows(intake.pk)
    assert order() == "DCBA"  # the third row is right by then, and taken along

    as_taken = list(Enrolment.objects.order_by("rank").values_list("reference", flat=True))
    nominating.rank(session, body, as_taken[::-1], by=nominator)
    with pytest.raises(Refused, match=r"^This list changed ranks"):
        taking.take_back_all(intake, by=nominator)
    nominating.rank(session, body, as_taken, by=nominator)
    taking.take_back_all(intake, by=nominator)
    assert order() == "ABCD"


def test_once_nominations_are_closed_no_rank_is_said_to_change(session, nominator, send):
    take(send("1A 2B"), nominator)
    session.nominations_close_at = session.enrolment_opens_at
    session.save()

    assert moved(send("2A 1B")) == {}
