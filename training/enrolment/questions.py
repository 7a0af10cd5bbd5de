"""What a session may ask: the standard fields of the 报名回执表, each with its purpose, and what a question is.

Name and e-mail address are always asked. An organiser chooses the others per session and stage
and adds own ones; a question is one thing to the form, the list, the roster, the letter and the
history (`questionnaires.py` gathers them).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from training.tools.bilingual import Pair

Words = str | Promise | Pair
Answer = str | list[str]
"""What is stored for a question: text, the value of a choice, or the values of several."""


class FormStage(models.TextChoices):
    APPLICATION = "application", _("application")
    AFTER_OFFER = "after_offer", _("after the offer")
    ARRIVAL = "arrival", _("arrival")


# What people read above the form of a later stage.
TITLES_OF_FORMS: Mapping[str, str | Promise] = {
    FormStage.AFTER_OFFER: _("Travel, lodging and meals"),
    FormStage.ARRIVAL: _("On your arrival"),
}


class Code(models.TextChoices):
    SEX = "sex", _("sex")
    ETHNICITY = "ethnicity", _("ethnicity")
    BIRTH_DATE = "birth_date", _("date of birth")
    EDUCATION = "education", _("education")
    EMPLOYER = "employer", _("employer")
    DEPARTMENT = "department", _("department")
    POST = "post", _("post")
    TITLE_LEVEL = "title_level", _("professional title or skill level")
    CATEGORY = "category", _("category of talent")
    IDENTITY_NUMBER = "identity_number", _("identity number")
    MOBILE = "mobile", _("mobile phone")
    ARRIVAL = "arrival", _("arrival time and train or flight")
    DEPARTURE = "departure", _("departure time and train or flight")
    LODGING = "lodging", _("room needed")
    ROOMING = "rooming", _("single or shared room")
    DIET = "diet", _("meals")
    REMARKS = "remarks", _("remarks")


class Kind(models.TextChoices):
    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    FILE = "file"
    HEADING = "heading"
    CATEGORY = "category"
    IDENTITY_NUMBER = "identity_number"
    MOBILE = "mobile"


class OwnKind(models.TextChoices):
    """The kinds that an organiser's own field can have."""

    LINE = "line", _("one line")
    TEXT = "text", _("several lines")
    NUMBER = "number", _("number")
    YES_NO = "yes_no", _("yes or no")
    CHOICE = "choice", _("one choice")
    CHOICES = "choices", _("several choices")
    DATE = "date", _("date")
    FILE = "file", _("file")
    HEADING = "heading", _("heading")


WITH_OPTIONS: frozenset[str] = frozenset({Kind.CHOICE, Kind.CHOICES})
LONGEST_LINE, LONGEST_TEXT = 200, 2000


@dataclass(frozen=True)
class Question:
    """One field: its label, why it is asked, how it is answered. Sealed ones never stand in `answers`.

    `shown_if` names another question and the answer to it that makes this one be asked;
    `keep_days` after the session's end the answer is erased; `consent` is the purpose without
    whose agreement the answer is not kept.
    """

    code: str
    label: Words
    purpose: Words
    kind: Kind = Kind.LINE
    choices: tuple[tuple[str, Words], ...] = ()
    max_length: int = 100
    autocomplete: str = ""
    is_required: bool = False
    shown_if: tuple[str, str] | None = None
    keep_days: int | None = None
    consent: str = ""

    @property
    def is_sealed(self) -> bool:
        return self.kind in (Kind.IDENTITY_NUMBER, Kind.MOBILE)

    @property
    def is_own(self) -> bool:
        return self.code not in STANDARD


SEXES = (("male", _("male")), ("female", _("female")))
EDUCATION_LEVELS = (
    ("doctorate", _("doctorate")),
    ("master", _("master's degree")),
    ("bachelor", _("bachelor's degree")),
    ("college", _("college diploma")),
    ("vocational", _("vocational school")),
    ("other", _("other")),
)
TITLE_LEVELS = (
    ("senior", _("senior (full)")),
    ("associate_senior", _("associate senior")),
    ("intermediate", _("intermediate")),
    ("assistant", _("assistant")),
    ("technician_level", _("technician level")),
    ("chief_technician", _("chief technician")),
    ("distinguished_technician", _("distinguished technician")),
    ("senior_technician", _("senior technician")),
    ("technician", _("technician")),
    ("advanced_worker", _("advanced worker")),
    ("intermediate_worker", _("intermediate worker")),
    ("junior_worker", _("junior worker")),
    ("none", _("none")),
)
ROOMINGS = (("single", _("single room")), ("shared", _("shared room")))
DIETS = (("none", _("no special wish")), ("halal", _("halal")), ("vegetarian", _("vegetarian")))

STANDARD: dict[str, Question] = {
    question.code: question
    for question in (
        Question(Code.SEX, _("Sex"), _("For rooms and for the class statistics."), Kind.CHOICE, SEXES),
        Question(
            Code.ETHNICITY,
            _("Ethnicity"),
            _("For the class statistics; asked only where the organiser must report it."),
        ),
        Question(Code.BIRTH_DATE, _("Date of birth"), _("For the class register."), Kind.DATE, autocomplete="bday"),
        Question(
            Code.EDUCATION, _("Education"), _("So that the lessons fit those who come."), Kind.CHOICE, EDUCATION_LEVELS
        ),
        Question(
            Code.EMPLOYER,
            _("Employer"),
            _("Stands on the roster and on your certificate."),
            max_length=200,
            autocomplete="organization",
        ),
        Question(Code.DEPARTMENT, _("Department"), _("So that letters find you at work.")),
        Question(Code.POST, _("Post"), _("Stands on the roster."), autocomplete="organization-title"),
        Question(
            Code.TITLE_LEVEL,
            _("Professional title or skill level"),
            _("To check the conditions of the programme."),
            Kind.CHOICE,
            TITLE_LEVELS,
        ),
        Question(Code.CATEGORY, _("Category of talent"), _("Places are given by category."), Kind.CATEGORY),
        Question(
            Code.IDENTITY_NUMBER,
            _("Identity number"),
            _("To check who you are on arrival and to register your hours. Stored encrypted, shown masked."),
            Kind.IDENTITY_NUMBER,
            max_length=40,
        ),
        Question(
            Code.MOBILE,
            _("Mobile phone"),
            _("To reach you on the way and during the class. Stored encrypted, shown masked."),
            Kind.MOBILE,
            max_length=30,
            autocomplete="tel",
        ),
        Question(Code.ARRIVAL, _("Arrival time and train or flight"), _("So that you are met."), max_length=200),
        Question(
            Code.DEPARTURE,
            _("Departure time and train or flight"),
            _("So that you are taken back in time."),
            max_length=200,
        ),
        Question(Code.LODGING, _("Do you need a room?"), _("To book rooms."), Kind.YES_NO),
        Question(Code.ROOMING, _("Single or shared room"), _("To book rooms."), Kind.CHOICE, ROOMINGS),
        Question(Code.DIET, _("Meals"), _("For the kitchen only."), Kind.CHOICE, DIETS),
        Question(Code.REMARKS, _("Remarks"), _("Whatever the organiser should know."), Kind.TEXT, max_length=1000),
    )
}
