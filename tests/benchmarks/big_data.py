"""Ten thousand people in one class, made in seconds: the data that figures are taken with.

    DJANGO_SETTINGS_MODULE=training.settings python -m tests.benchmarks.big_data --enrolments 10000 --agenda-items 100

Rows are written in bulk, past the deeds, but nothing impossible is made: every enrolment has its
events, its form and its sealed numbers, the line is numbered, and the triggers of the database
count the places as they do for everybody. Numbers and addresses belong to nobody.
"""

import argparse
import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.utils import timezone

CATEGORIES = ("advanced-manufacturing-technology", "advanced-basic-process")
BATCH = 1000  # each its own transaction: the session's row, counted up a thousand times, is tidied between
DAYS = 10
ROOMS, SPEAKERS = 4, 24
ASKED = (  # by an ordinary class; each has to be answered
    "sex", "education", "employer", "post", "title_level",
    "category", "identity_number", "mobile", "arrival", "diet",
)  # fmt: skip
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余"
GIVEN = "伟芳娜敏静强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红建国文志海燕晓春梅佳欣宇浩然思雨子轩梓涵一诺"
RARE_NAMES = ("林𠮷", "何䶮", "郭㛃", "阿卜杜热依木江·阿卜杜克热木江·麦麦提明", "Anna Müller", "欧阳雪")
STATES = {  # of a hundred
    "confirmed": 70, "offered": 4, "waitlisted": 12, "applied": 5, "returned": 2, "declined": 3, "withdrawn": 4,
}  # fmt: skip
ROADS = {
    "confirmed": ("applied", "offered", "confirmed"),
    "offered": ("applied", "offered"),
    "waitlisted": ("applied", "waitlisted"),
    "applied": ("applied",),
    "returned": ("applied", "returned"),
    "declined": ("applied", "declined"),
    "withdrawn": ("applied", "withdrawn"),
}


def make_big_class(*, enrolments: int = 10_000, agenda_items: int = 100, slug: str = "big", places_left: int = 50):
    """A published class that is open, given by first come, with this many enrolments and agenda items.

    With people in line nobody new gets a place, so the line is empty while `places_left` is not 0.
    """
    from training.catalogue.models import TrainingSession
    from training.enrolment.asking import ask
    from training.enrolment.questions import STANDARD

    states = states_of(enrolments, with_a_line=not places_left)
    held = sum(state in {"offered", "confirmed"} for state in states)
    first_day = timezone.localdate() + timedelta(days=30)
    session = TrainingSession.objects.create(
        programme=_programme(),
        number=TrainingSession.objects.count() + 1,
        title_en=f"Big class of {enrolments} people",
        title_zh=f"{enrolments}人大班",
        slug=slug,
        status=TrainingSession.Status.PUBLISHED,
        is_sample=True,
        starts_on=first_day,
        ends_on=first_day + timedelta(days=DAYS - 1),
        summary_en="Ten days in the classroom and the workshop. " * 5,
        summary_zh="十天的课堂与车间培训。" * 5,
        practical_en="Bring your identity card.",
        practical_zh="请携带身份证。",
        contact_name_en="Class office",
        contact_name_zh="班务组",
        contact_email="office@example.org",
        city_en="Sample City",
        city_zh="示例市",
        capacity=held + places_left,
        places_given=TrainingSession.PlacesGiven.FIRST_COME,
        enrolment_opens_at=timezone.now() - timedelta(days=20),
        enrolment_closes_at=timezone.now() + timedelta(days=20),
    )
    ask(session, dict.fromkeys(STANDARD, False))
    if agenda_items:
        make_agenda(session, agenda_items)
    make_enrolments(session, states)
    session.refresh_from_db()
    return session


def make_open_class(slug: str, places: int, taken: int = 0):
    """A class of an ordinary size of form, first come, of whose places so many are taken."""
    from training.enrolment.asking import ask

    session = make_big_class(enrolments=0, agenda_items=0, slug=slug, places_left=places)
    ask(session, dict.fromkeys(ASKED, True))
    make_enrolments(session, ["confirmed"] * taken)
    session.refresh_from_db()
    return session


def make_agenda(session, count: int) -> None:
    """`count` items on ten days in four rooms of a venue, each with two speakers, their parts and three key points."""
    from training.agenda.models import AgendaItem, ItemSpeaker, KeyPoint
    from training.catalogue.models import Room

    session.venue = _venue(session)
    session.save(update_fields=["venue"])
    rooms = Room.objects.bulk_create(
        Room(venue=session.venue, name_en=f"Room {number}", name_zh=f"{number}号教室", capacity=100, layout="classroom")
        for number in range(1, ROOMS + 1)
    )
    speakers = _speakers()
    kinds = AgendaItem.Kind.values
    items = AgendaItem.objects.bulk_create(
        AgendaItem(
            session=session,
            kind=kinds[number % len(kinds)],
            title_en=f"Item {number + 1}: where accuracy comes from",
            title_zh=f"第{number + 1}讲 精度从何而来",
            description_en="A part is never more accurate than the weakest step of its making. " * 3,
            description_zh="零件的精度取决于最薄弱的工序。" * 3,
            day=day,
            starts_at=start,
            ends_at=start + timedelta(minutes=45),
            room=rooms[place],
            position=number + 1,
        )
        for number in range(count)
        for day, start, place in [_slot(session.starts_on, number)]
    )
    ItemSpeaker.objects.bulk_create(
        ItemSpeaker(item=item, speaker=speakers[who % SPEAKERS], position=position, part_en=part, part_zh="主讲")
        for number, item in enumerate(items)
        for position, (who, part) in enumerate([(number, "Lecture"), (number + SPEAKERS // 2, "Exercises")], 1)
    )
    KeyPoint.objects.bulk_create(
        KeyPoint(
            item=item,
            position=position,
            heading_en=f"Point {position}",
            heading_zh=f"要点{position}",
            text_en="What matters in the workshop on Monday morning.",
            text_zh="周一早上在车间里最要紧的事情。",
        )
        for item in items
        for position in (1, 2, 3)
    )


def _venue(session):
    from training.catalogue.models import Venue

    return Venue.objects.create(
        name_en=f"House of {session.slug}",
        name_zh="大楼",
        address_en="1 Sample Road",
        address_zh="示例路1号",
        directions_en="Bus 7 to the lake, then five minutes on foot.",
        directions_zh="乘7路公交到湖滨站，步行五分钟。",
        is_sample=True,
    )


def _speakers():
    """People with two posts each."""
    from training.catalogue.models import Organisation, Speaker, SpeakerPost

    institute = Organisation.objects.create(name_en="Institute (sample)", name_zh="研究院（示例）", is_sample=True)
    speakers = Speaker.objects.bulk_create(
        Speaker(name_en=f"Speaker {number}", name_zh=f"讲师{number}", is_sample=True)
        for number in range(1, SPEAKERS + 1)
    )
    SpeakerPost.objects.bulk_create(
        SpeakerPost(speaker=speaker, position=position, title_en=title, title_zh="研究员", organisation=institute)
        for speaker in speakers
        for position, title in enumerate(("Research fellow", "Chair of the committee"), 1)
    )
    return speakers


def _slot(first_day: date, number: int) -> tuple[date, datetime, int]:
    """Day, start and room of the item: by turns through the rooms, the days and the hours."""
    place, day, hour = number % ROOMS, number // ROOMS % DAYS, number // (ROOMS * DAYS)
    start = timezone.make_aware(datetime.combine(first_day, time(8))) + timedelta(days=day, hours=hour)
    return first_day + timedelta(days=day), start, place


def make_enrolments(session, states: list[str]) -> None:
    """One enrolment per state, each with trainee and events, in batches; repeatable for the same number."""
    from training.catalogue.models import TrainingSession
    from training.enrolment.applying import current_form

    made = _Made(session, current_form(session), _categories())
    numbered = iter(enumerate(states, 1))
    while batch := list(islice(numbered, BATCH)):
        made.write(batch)
    TrainingSession.objects.filter(pk=session.pk).update(last_in_line=states.count("waitlisted"))


def states_of(count: int, *, with_a_line: bool) -> list[str]:
    """The states of `count` people in the shares of STATES, well mixed."""
    shares = STATES if with_a_line else {state: share for state, share in STATES.items() if state != "waitlisted"}
    chance = random.Random(count)  # noqa: S311 - the same data each time
    return chance.choices(list(shares), list(shares.values()), k=count)


def make_accounts(count: int, start: str = "visitor") -> list:
    """Accounts without a password whose address is confirmed: people who come to enrol."""
    from allauth.account.models import EmailAddress

    from accounts.models import User

    users = [
        User(email=f"{start}{number}@example.org", name=f"Visitor {number}", password="!")
        for number in range(1, count + 1)
    ]
    User.objects.bulk_create(users, batch_size=BATCH)
    EmailAddress.objects.bulk_create(
        (EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users), batch_size=BATCH
    )
    return users


class _Made:
    """Writes one batch after the other into a session; remembers where the line ends."""

    def __init__(self, session, form, categories) -> None:
        self.session, self.form, self.categories = session, form, categories
        self.begin = session.enrolment_opens_at
        self.in_line = 0

    def write(self, batch: list[tuple[int, str]]) -> None:
        from django.db import transaction

        from training.enrolment.models import Enrolment, EnrolmentEvent, Trainee

        with transaction.atomic():
            trainees = Trainee.objects.bulk_create(self._trainee(number) for number, _state in batch)
            enrolments = Enrolment.objects.bulk_create(
                self._enrolment(number, state, trainee)
                for (number, state), trainee in zip(batch, trainees, strict=True)
            )
            EnrolmentEvent.objects.bulk_create(event for enrolment in enrolments for event in self._events(enrolment))

    def _trainee(self, number: int):
        from training.enrolment.models import Trainee
        from training.enrolment.trainees import rename
        from training.tools.identity_numbers import masked_identity_number
        from training.tools.names import pinyin_key
        from training.tools.phones import masked_mobile
        from training.tools.sealing import fingerprint, seal

        chance = random.Random(number)  # noqa: S311 - the same data each time
        identity, mobile = identity_number(number), f"179{number:08d}"
        trainee = Trainee(
            email=f"{self.session.slug}{number}@example.org",
            sex="male" if number % 2 else "female",  # as the last digit but one of the identity number says
            employer=f"第{chance.randrange(300)}机床厂（示例）",
            identity_sealed=seal(identity),
            identity_masked=masked_identity_number(identity),
            identity_fingerprint=fingerprint(identity, "identity"),
            mobile_sealed=seal(mobile),
            mobile_masked=masked_mobile(mobile),
            mobile_last_digits=mobile[-4:],
            mobile_fingerprint=fingerprint(mobile, "mobile"),
            is_sample=True,
        )
        trainee.employer_pinyin = pinyin_key(trainee.employer)
        rename(trainee, _name(chance))
        return trainee

    def _enrolment(self, number: int, state: str, trainee):
        from training.enrolment.models import Enrolment

        applied_at = self.begin + timedelta(minutes=number)
        if state == "waitlisted":
            self.in_line += 1
        return Enrolment(
            session=self.session,
            trainee=trainee,
            category=self.categories[number % len(self.categories)],
            state=state,
            applied_at=applied_at,
            state_since=applied_at + timedelta(minutes=len(ROADS[state]) - 1),
            offer_expires_at=timezone.now() + timedelta(days=2) if state == "offered" else None,
            line_number=self.in_line if state == "waitlisted" else None,
            form_version=self.form,
            answers=_answers(trainee, number),
            identity_sealed=trainee.identity_sealed,
            identity_masked=trainee.identity_masked,
            identity_fingerprint=trainee.identity_fingerprint,
            mobile_sealed=trainee.mobile_sealed,
            mobile_masked=trainee.mobile_masked,
        )

    def _events(self, enrolment) -> Iterator:
        from training.enrolment.models import EnrolmentEvent

        came_from = ""
        for minutes, state in enumerate(ROADS[enrolment.state]):
            at = enrolment.applied_at + timedelta(minutes=minutes)
            yield EnrolmentEvent(enrolment=enrolment, from_state=came_from, to_state=state, at=at)
            came_from = state


def _name(chance: random.Random) -> str:
    if chance.random() < 0.01:
        return chance.choice(RARE_NAMES)
    return chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice([1, 2, 2, 2])))


def identity_number(number: int) -> str:
    """Right in every part, of an area that was never given out; a million different ones."""
    from training.tools.identity_numbers import check_character

    born = date(1960, 1, 1) + timedelta(days=number // 1000 % 10_000)
    digits = f"119999{born:%Y%m%d}{number % 1000:03d}"
    return digits + check_character(digits)


def _answers(trainee, number: int) -> dict[str, str]:
    return {
        "sex": trainee.sex,
        "ethnicity": "汉族",
        "birth_date": "1985-06-01",
        "education": "bachelor",
        "employer": trainee.employer,
        "department": f"第{number % 9 + 1}车间",
        "post": "工艺员",
        "title_level": "intermediate",
        "arrival": f"G{number % 900 + 100}次，14:05到达",
        "departure": f"G{number % 900 + 101}次，17:30出发",
        "lodging": "yes",
        "rooming": "shared",
        "diet": "none",
        "remarks": "",
    }


def _programme():
    from training.catalogue.models import Aim, Organisation, Programme

    there = Programme.objects.filter(title_en="Big programme (sample)").first()
    if there is not None:
        return there
    organiser = Organisation.objects.create(name_en="Big House (sample)", name_zh="大院（示例）", is_sample=True)
    made = Programme.objects.create(
        title_en="Big programme (sample)", title_zh="大型培训项目（示例）", organiser=organiser, is_sample=True
    )
    made.categories.set(_categories())
    Aim.objects.bulk_create(
        Aim(programme=made, position=number, text_en=f"Aim {number} of the programme", text_zh=f"培训目标{number}")
        for number in range(1, 5)
    )
    return made


def _categories() -> list:
    from training.catalogue.models import Category

    return [
        Category.objects.get_or_create(
            code=code, defaults={"name_en": f"Category {number}", "name_zh": f"类别{number}"}
        )[0]
        for number, code in enumerate(CATEGORIES, 1)
    ]


def main() -> None:
    import django

    parser = argparse.ArgumentParser(description="Makes one class with very many people, for figures.")
    parser.add_argument("--enrolments", type=int, default=10_000)
    parser.add_argument("--agenda-items", type=int, default=100)
    parser.add_argument("--places-left", type=int, default=50, help="0 makes a full class with a line")
    parser.add_argument("--accounts", type=int, default=0, help="people who come to enrol: visitor1@example.org …")
    parser.add_argument("--slug", default="big")
    wish = parser.parse_args()
    django.setup()
    session = make_big_class(
        enrolments=wish.enrolments, agenda_items=wish.agenda_items, slug=wish.slug, places_left=wish.places_left
    )
    make_accounts(wish.accounts)
    print(f"/sessions/{session.slug}/: {session.places_held} places held, {session.places_left} left.")


if __name__ == "__main__":
    main()
