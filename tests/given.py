"""Test data made through the real life cycle, so that it cannot be impossible.

Each function takes what the test speaks of and fills in the rest: `given.session(capacity=2)`.
"""

import itertools
import uuid
from datetime import date, datetime, time, timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from training.agenda.models import AgendaItem, ItemSpeaker
from training.catalogue.models import (
    Category,
    Grant,
    Organisation,
    Programme,
    Province,
    Room,
    Speaker,
    TrainingSession,
    Venue,
)
from training.enrolment import applying, asking, lifecycle, nominating
from training.enrolment.applying import Application
from training.enrolment.models import AskedField, Enrolment, LetterTrigger, Quota, Trainee
from training.enrolment.nominating import Nominee
from training.enrolment.questions import OwnKind
from training.enrolment.reasons import Reason
from training.enrolment.trainees import NOTHING, Sealed, enter_trainee
from training.intake import receiving
from training.intake.models import Intake
from training.intake.receiving import Sent, Wish
from training.tools.identity_numbers import masked_identity_number
from training.tools.phones import masked_mobile

_number = itertools.count(1)
A_REASON = Reason("The class is for process engineers.", "本期面向工艺人才。")


def user(email: str = "", name: str = "", language: str = "en", **fields) -> User:
    number = next(_number)
    made = User.objects.create_user(
        email or f"person{number}@example.org", name=name or f"Person {number}", language=language, **fields
    )
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def grant(holder: User, role: Role, *, programme=None, session=None, **fields) -> Grant:
    return Grant.objects.create(user=holder, role=role, programme=programme, session=session, **fields)


def organiser(programme: Programme | None = None, session: TrainingSession | None = None) -> User:
    made = user(is_staff=True)
    grant(made, Role.ORGANISER, programme=programme, session=session)
    return made


def staff(session: TrainingSession | None = None, *more: Role) -> User:
    made = user(is_staff=True)
    for role in (Role.SESSION_STAFF, *more):
        grant(made, role, session=session)
    return made


def organisation(name_en: str = "Institute of Testing", **fields) -> Organisation:
    return Organisation.objects.create(name_en=name_en, **({"name_zh": "测试研究所"} | fields))


def province(code: str = "330000") -> Province:
    names = {"name_en": f"Province {code}", "name_zh": f"省{code}", "short_name_zh": code}
    return Province.objects.get_or_create(code=code, defaults=names)[0]


def body(name_en: str = "", **fields) -> Organisation:
    """A recommending body."""
    number = next(_number)
    return Organisation.objects.create(
        name_en=name_en or f"Department {number}", name_zh=f"第{number}厅", is_recommending_body=True, **fields
    )


def category(code: str = "process", name_en: str = "advanced basic process talents") -> Category:
    made, _ = Category.objects.get_or_create(code=code, defaults={"name_en": name_en, "name_zh": "先进基础工艺人才"})
    return made


def programme(title_en: str = "Process engineering", **fields) -> Programme:
    return Programme.objects.create(
        title_en=title_en, title_zh="工艺培训", organiser=fields.pop("organiser", None) or organisation(), **fields
    )


def venue(name_en: str = "Lake House", **fields) -> Venue:
    return Venue.objects.create(name_en=name_en, name_zh="湖滨楼", **fields)


def room(name_en: str = "Hall 1", venue: Venue | None = None, **fields) -> Room:
    return Room.objects.create(name_en=name_en, name_zh="一号厅", venue=venue or globals()["venue"](), **fields)


def speaker(name_en: str = "Li Wen", name_zh: str = "李文", **fields) -> Speaker:
    return Speaker.objects.create(name_en=name_en, name_zh=name_zh, **fields)


def session(**fields) -> TrainingSession:
    """A published session in thirty days whose enrolment is open; first come with ten places unless said."""
    number = next(_number)
    now = timezone.now()
    start = timezone.localdate() + timedelta(days=30)
    values = {
        "programme": fields.pop("programme", None) or programme(),
        "number": number,
        "title_en": f"Session {number}",
        "title_zh": f"第{number}期",
        "slug": f"session-{number}",
        "status": TrainingSession.Status.PUBLISHED,
        "starts_on": start,
        "ends_on": start + timedelta(days=3),
        "capacity": 10,
        "places_given": TrainingSession.PlacesGiven.FIRST_COME,
        "enrolment_opens_at": now - timedelta(days=1),
        "enrolment_closes_at": now + timedelta(days=20),
        "city_en": "Hangzhou",
        "city_zh": "杭州",
    }
    return TrainingSession.objects.create(**(values | fields))


def session_by_organiser(**fields) -> TrainingSession:
    return session(places_given=TrainingSession.PlacesGiven.BY_ORGANISER, **fields)


def quota(of: TrainingSession, body: Organisation, places: int, category=None, parent=None) -> Quota:
    return Quota.objects.create(session=of, body=body, places=places, category=category, parent=parent)


def nominator(body: Organisation, programme: Programme) -> User:
    made = user(nominates=True)
    Grant.objects.create(
        user=made,
        role=Role.NOMINATOR,
        programme=programme,
        organisation=body,
        valid_until=timezone.now() + timedelta(days=60),
    )
    return made


def nominee(name: str = "", **fields) -> Nominee:
    number = next(_number)
    return Nominee(
        name=name or f"Nominee {number}", email=fields.pop("email", f"nominee{number}@example.org"), **fields
    )


def drafted(of: TrainingSession, body: Organisation, by: User | None = None, **fields) -> Enrolment:
    """Somebody whom a body has entered and not yet sent."""
    return nominating.enter(of, body, nominee(**fields), by=by or user())


def nominated(of: TrainingSession, body: Organisation, by: User | None = None, **fields) -> Enrolment:
    """Somebody whom a body has entered and sent; the state follows from the session."""
    by = by or user()
    made = drafted(of, body, by=by, **fields)
    [sent] = nominating.submit(of, [made.reference], by=by)
    return sent


def intake(of: TrainingSession, body: Organisation | None, by: User, text: str, is_organisers=False) -> Intake:
    """A list that was sent as a text file and that the worker has read."""
    made = receiving.receive(
        Wish(of, body, is_organisers, "en", uuid.uuid4()), [Sent("list.csv", text.encode())], by=by
    )
    receiving.read_files(made.pk)
    made.refresh_from_db()
    return made


def asked(of: TrainingSession, *codes: str, required: bool = True) -> None:
    for position, code in enumerate(codes, 1):
        AskedField.objects.create(session=of, code=code, is_required=required, position=position)


def own_field(of: TrainingSession, label_en: str = "T-shirt", kind: str = "line", options=(), **fields) -> AskedField:
    """A field of the session's own; `options` are pairs of English words and how many may choose them."""
    return asking.ask_own(
        of,
        fields.pop("stage", "application"),
        OwnKind(kind),
        {"label_en": label_en, "label_zh": fields.pop("label_zh", "自问"), **fields},
        [asking.Option(words, f"{words}（中文）", capacity) for words, capacity in options],
    )


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), timezone.get_current_timezone())


def item(of: TrainingSession, start: int | None = 9, end: int | None = 10, speakers=(), **fields) -> AgendaItem:
    """A published item on the session's first day from `start` to `end` o'clock."""
    day = fields.pop("day", of.starts_on)
    made = AgendaItem.objects.create(
        session=of,
        day=day,
        starts_at=moment(day, start) if start is not None else None,
        ends_at=moment(day, end) if end is not None else None,
        title_en=fields.pop("title_en", "Casting without defects"),
        title_zh=fields.pop("title_zh", "无缺陷铸造"),
        **fields,
    )
    for position, person in enumerate(speakers, 1):
        ItemSpeaker.objects.create(item=made, speaker=person, position=position)
    return made


def trainee(name: str = "", account: User | None = None, **fields) -> Trainee:
    number = next(_number)
    account = account or user(language=fields.get("language", "en"))
    return enter_trainee(
        name=name or f"Trainee {number}", email=account.email, language=fields.pop("language", "en"), user=account
    )


def identity(number: str) -> Sealed:
    return Sealed.of(number, masked_identity_number(number), "identity")


def mobile(number: str) -> Sealed:
    return Sealed.of(number, masked_mobile(number), "mobile")


def application(name: str = "Wang Min", answers=None, category=None, identity=NOTHING, mobile=NOTHING) -> Application:
    return Application(name=name, answers=answers or {}, category=category, identity=identity, mobile=mobile)


def sent(of: TrainingSession, person: Trainee, application: Application) -> Enrolment:
    """This very application, sent by the person."""
    return applying.apply(
        of,
        application,
        trainee=person,
        email=person.email,
        language=person.language,
        send_key=uuid.uuid4(),
        by=person.user,
    )


def enrolment(of: TrainingSession | None = None, person: Trainee | None = None, **fields) -> Enrolment:
    """An application that was sent through the door's own deed; the state follows from the session."""
    person = person or trainee()
    return applying.apply(
        of or session(),
        application(name=person.name, **fields),
        trainee=person,
        email=person.email,
        language=person.language,
        send_key=uuid.uuid4(),
        by=person.user,
    )


def applied_enrolment(of: TrainingSession | None = None, **fields) -> Enrolment:
    return enrolment(of or session_by_organiser(), **fields)


def confirmed_enrolment(of: TrainingSession | None = None, **fields) -> Enrolment:
    made = enrolment(of or session(), **fields)
    assert made.state == "confirmed", "the session was full"
    return made


def waiting_enrolment(of: TrainingSession, **fields) -> Enrolment:
    made = enrolment(of, **fields)
    assert made.state == "waitlisted", "the session was not full"
    return made


def offered_enrolment(of: TrainingSession | None = None, by: User | None = None, **fields) -> Enrolment:
    return lifecycle.offer(applied_enrolment(of, **fields), by=by or user())


def declined_enrolment(of: TrainingSession | None = None, by: User | None = None, **fields) -> Enrolment:
    return lifecycle.decline(applied_enrolment(of, **fields), by=by or user(), reason=A_REASON)


def returned_enrolment(of: TrainingSession | None = None, by: User | None = None, **fields) -> Enrolment:
    return lifecycle.send_back(applied_enrolment(of, **fields), by=by or user(), reason=A_REASON)


def withdrawn_enrolment(of: TrainingSession | None = None, **fields) -> Enrolment:
    made = enrolment(of or session(), **fields)
    return lifecycle.withdraw(made, by=made.trainee.user)


def offer_that_is_over(enrolment: Enrolment) -> Enrolment:
    """The same offer, with a deadline that passed a minute ago."""
    Enrolment.objects.filter(pk=enrolment.pk).update(offer_expires_at=timezone.now() - timedelta(minutes=1))
    enrolment.refresh_from_db()
    return enrolment


def lapsed_enrolment(of: TrainingSession | None = None, **fields) -> Enrolment:
    made = offer_that_is_over(offered_enrolment(of, **fields))
    assert lifecycle.lapse(made)
    made.refresh_from_db()
    return made


def trigger(template: str = "enrolment_start_reminder", **fields) -> LetterTrigger:
    """A trigger of the house three days before the first day, to those who hold a place, unless said otherwise."""
    values = {"event": "date", "date": "starts_on", "days": 3, "states": ["confirmed"], "template": template}
    if fields.get("event", "date") != "date":
        values = {"event": fields["event"], "template": template}
    return LetterTrigger.objects.create(**(values | fields))


def nothing_by_the_calendar() -> None:
    """Takes away the delivered triggers that write before or after a date."""
    LetterTrigger.objects.filter(event__in=["date", "deadline", "form"]).delete()
