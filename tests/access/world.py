"""Two programmes and everybody who may come to a door, to see who gets in where."""

import re
import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from tests import given
from tests.access.routes import Route
from training.catalogue.models import Organisation, Programme, TrainingSession
from training.catalogue.nominators import Invitee, invite
from training.enrolment.answer_files import keep_file
from training.enrolment.answers import file_in
from training.enrolment.mailing import LetterToMany, send_to_many
from training.enrolment.models import AnswerFile, ConsentText, Reveal
from training.enrolment.revealing import reveal
from training.mail.models import Letter, LetterTemplate
from training.rosters.making import Wish, take
from training.rosters.models import Format, RosterExport
from training.rosters.recipes import DEFAULT

WHO = (
    "public",
    "trainee",
    "other_trainee",
    "nominator",
    "other_nominator",
    "staff",
    "other_staff",
    "exporter",
    "identity_reader",
    "organiser",
    "other_organiser",
    "auditor",
    "superuser",
    "former_organiser",
)
EVERYBODY = frozenset(WHO)
IDENTITY, MOBILE = "11010519491231002X", "13912345678"  # the trainee's
DRAFT = {"slug": "draft"}
A_FORM = {"stage": "application"}
LATER = {"stage": "after_offer"}
A_FIELD = A_FORM | {"field": "own_field"}

# The same route asked for something else: `session[draft]` is the page of a draft.
CASES = {
    "session": {"draft": DRAFT},
    "agenda": {"draft": DRAFT},
    "agenda_calendar": {"draft": DRAFT},
    "enrol": {"draft": DRAFT},
    "send_enrolment": {"draft": DRAFT},
    "desk_roster": {"draft": DRAFT},
    "desk_take_roster": {"draft": DRAFT},
    "desk_exports": {"draft": DRAFT},
    "admin:training_enrolment_deed": {"offer": {"code": "offer"}},
    "admin:training_trainingsession_decide": {"offer": {"code": "offer"}},
    "admin:training_lettertemplate_preview": {"offered": {"code": "enrolment_offered"}},
    "admin:training_trainingsession_publish": {"draft": {"pk": "draft_session"}},
    "admin:training_trainingsession_form": {"application": A_FORM},
    "admin:training_trainingsession_form_add": {"application": A_FORM},
    "admin:training_trainingsession_form_preview": {"application": A_FORM},
    "admin:training_trainingsession_form_field": {"application": A_FIELD},
    "admin:training_trainingsession_form_remove": {"application": A_FIELD},
    "answer_form": {"after_offer": LATER},
    "desk_form": {"after_offer": LATER},
    "desk_answer": {"after_offer": LATER},
    "admin:training_trainingsession_quota_parts": {"body": {"body": "body"}},
    "admin:training_trainingsession_intake_form": {"summary": {"body": "body", "kind": "summary"}},
    "admin:training_trainingsession_intake": {"of_a_body": {"reference": "intake"}},
    "admin:training_trainingsession_intake_sheet": {"of_a_body": {"reference": "intake"}},
    "admin:training_trainingsession_intake_take": {"of_a_body": {"reference": "intake"}},
    "admin:training_trainingsession_intake_take_back": {"of_a_body": {"reference": "intake"}},
    "desk_export": {"full": {"reference": "full_order"}},
    "desk_export_file": {"full": {"reference": "full_order"}},
}


@dataclass
class World:
    """`things` are what the routes are asked for; all of them belong to the first programme."""

    people: dict[str, User] = field(default_factory=dict)
    things: dict[str, object] = field(default_factory=dict)

    def paths(self, route: Route) -> list[tuple[str, str]]:
        """(name, path) of the route and of its further cases."""
        usual = self._values(route)
        paths = [(route.name, route.path(usual))]
        for case, more in CASES.get(route.name, {}).items():
            values = {name: self._reference(value) for name, value in more.items()}
            paths.append((f"{route.name}[{case}]", route.path(usual | values)))
        return paths

    def said_at(self, path: str) -> dict[str, object]:
        """What a request says besides: whom a deed of the admin is done to."""
        done_to_people = any(part in path for part in ("/deeds/", "/board/"))
        return {"person": self.things["enrolment"].pk} if done_to_people else {}

    def _values(self, route: Route) -> dict[str, object]:
        """What stands in the address: in the admin by the kind of thing, elsewhere by its public name."""
        if route.pattern.startswith("admin/"):
            thing = self.things.get(self._kind(route))
            primary_key = thing.pk if thing else 1
            own = {"reference": self.things["own_intake"].reference, "row": self.things["own_intake"].rows.get().pk}
            of_an_intake = own if "trainingsession/lists/" in route.pattern else {}
            return (
                dict.fromkeys(route.parameters, primary_key)
                | of_an_intake
                | {
                    "app_label": "training",
                    "key": self.things["paper"].pk,
                    "content_type_id": ContentType.objects.get_for_model(TrainingSession).pk,
                }
            )
        return {
            "slug": "this",
            "reference": self._reference(self._whose(route)),
            "name": self.things["picture"],
            "body": self.things["body"].pk,
            "secret": self.things["secret"],
            "stage": "application",
            "key": self.things["paper"].pk,
            "kind": "summary",
            "row": self.things["intake"].rows.get().pk,
        }

    @staticmethod
    def _whose(route: Route) -> str:
        """What the reference in an address belongs to."""
        if route.name.startswith("desk_export"):
            return "order"
        if "nominations/lists/" in route.pattern:
            return "intake"
        return "nomination" if "nominations/" in route.pattern else "enrolment"

    @staticmethod
    def _kind(route: Route) -> str:
        """admin/training/venue/… → venue"""
        return [*route.pattern.split("/"), "", ""][2]

    def _reference(self, value: str) -> str:
        thing = self.things.get(value, value)
        return str(getattr(thing, "reference", getattr(thing, "pk", thing)))

    def browser(self, who: str) -> Client:
        """A browser in which this person is freshly signed in, with a second factor."""
        browser = Client()
        if who != "public":
            person = self.people[who]
            browser.force_login(person)
            session = browser.session
            # in an hour: however long the walk takes, this stays fresh
            session["account_authentication_methods"] = [{"method": "mfa", "at": time.time() + 3600}]
            session["account_authentication_methods_user"] = str(person.pk)
            session.save()
        return browser


def two_programmes() -> World:
    identity, mobile = given.identity(IDENTITY), given.mobile(MOBILE)
    programme, elsewhere = given.programme(), given.programme("Another programme")
    venue = given.venue()
    session = given.session(programme=programme, venue=venue, slug="this")
    given.asked(session, "identity_number", "mobile", required=False)
    draft = given.session(programme=programme, status=TrainingSession.Status.DRAFT, slug="draft")
    other = given.session(programme=elsewhere, slug="other")
    enrolled, stranger = given.trainee(name="Wang Lei"), given.trainee(name="Zhao Yun")
    world = World()
    world.things = {
        "programme": programme,
        "trainingsession": session,
        "draft_session": draft,
        "venue": venue,
        "room": given.room(venue=venue),
        "speaker": given.speaker(),
        "organisation": programme.organiser,
        "category": given.category(),
        "trainee": enrolled,
        "enrolment": given.enrolment(session, enrolled, identity=identity, mobile=mobile),
    }
    world.things["own_field"] = given.own_field(session, "Which tour?", "choice", [("Mill", 2), ("Forge", None)])
    given.own_field(session, "When do you arrive?", stage="after_offer")
    paper = keep_file("own", BytesIO(b"%PDF-"), name="paper.pdf", size=5, by=enrolled.user)
    world.things["paper"] = AnswerFile.objects.get(pk=file_in(paper)[0])
    AnswerFile.objects.update(enrolment=world.things["enrolment"])
    world.things["agendaitem"] = given.item(session, room=world.things["room"], speakers=[world.things["speaker"]])
    given.enrolment(other, stranger)
    world.things["picture"] = default_storage.save(f"speakers/{uuid.uuid4()}.jpg", ContentFile(b"")).split("/")[1][:36]
    world.things["letter"] = Letter.objects.filter(to=enrolled.email).first()
    body, rival = given.organisation("Shipyard Group"), given.organisation("Rival Works")
    given.quota(session, body, 2)
    given.quota(session, rival, 2)
    world.things["body"] = body
    world.things["nomination"] = given.nominated(
        session, body, name="Sun Li", email=stranger.user.email, mobile=given.mobile(MOBILE)
    )
    reader = _holder(Role.SESSION_STAFF, session=session)
    former = _holder(
        Role.ORGANISER,
        programme=programme,
        valid_from=timezone.now() - timedelta(days=20),
        valid_until=timezone.now() - timedelta(days=1),
    )
    world.people = {
        "trainee": enrolled.user,
        "other_trainee": stranger.user,
        "nominator": given.nominator(body, programme),
        "other_nominator": given.nominator(rival, programme),
        "staff": _holder(Role.SESSION_STAFF, session=session),
        "other_staff": _holder(Role.SESSION_STAFF, session=other),
        "exporter": _holder(Role.EXPORTER, programme=programme),
        "identity_reader": reader,
        "organiser": _holder(Role.ORGANISER, programme=programme),
        "other_organiser": _holder(Role.ORGANISER, programme=elsewhere),
        "auditor": _holder(Role.AUDITOR),
        "superuser": given.user(is_staff=True, is_superuser=True),
        "former_organiser": former,
    }
    a_list = f"姓名,身份证号,手机\nSun Li,{IDENTITY},{MOBILE}\n"
    world.things["intake"] = given.intake(session, body, world.people["nominator"], a_list)
    world.things["own_intake"] = given.intake(
        session, body, world.people["organiser"], "姓名,手机\nZhou Wen,13900000001\n", is_organisers=True
    )
    world.things["secret"] = _secret_of_an_invitation(programme, rival, stranger.user, world.people["organiser"])
    given.grant(reader, Role.IDENTITY_READER, session=session)
    given.grant(reader, Role.EXPORTER, session=session)
    world.things["order"] = _taken(session, world.people["exporter"])
    world.things["lettertemplate"] = LetterTemplate.objects.create(code="enrolment_offered", subject_en="A place")
    world.things["consenttext"] = ConsentText.objects.create(
        purpose="photos", version=1, text_en="Words.", text_zh="文。"
    )
    world.things["lettertrigger"] = given.trigger(programme=programme)
    world.things["mailing"] = _written_to_many(session, world.people["organiser"])
    world.things["enrolmentevent"] = world.things["enrolment"].events.first()
    reveal(world.things["enrolment"], Reveal.Value.MOBILE, purpose="A call", by=reader)
    world.things["reveal"] = Reveal.objects.get()
    world.things["rosterexport"] = RosterExport.objects.filter(by=world.people["exporter"]).first()
    world.things["grant"] = former.grants.get()
    world.things["user"] = stranger.user
    world.things["full_order"] = _taken(session, reader, in_full=True)
    return world


def _secret_of_an_invitation(programme: Programme, body: Organisation, invited: User, by: User) -> str:
    until = timezone.now() + timedelta(days=30)
    invite(programme, [Invitee(invited.email, body)], valid_until=until, language="en", by=by)
    letter = Letter.objects.get(template="nomination_invitation")
    return re.search(r"/nominations/invitation/([\w-]+)/", letter.text)[1]


def _written_to_many(session: TrainingSession, by: User) -> object:
    letter = LetterToMany(session, ["confirmed", "waitlisted"], subject_en="News", text_en="The bus leaves at eight.")
    return send_to_many(letter, purpose="", send_key=uuid.uuid4(), by=by)


def _holder(role: Role, **scope: object) -> User:
    made = given.user(is_staff=True)
    given.grant(made, role, **scope)
    return made


def _taken(session: TrainingSession, by: User, *, in_full: bool = False) -> object:
    wish = Wish(
        session=session,
        recipe=DEFAULT,
        format=Format.CSV,
        purpose="For the arrival desk",
        in_full=in_full,
        language="en",
        send_key=uuid.uuid4(),
    )
    return take(wish, by=by)
