"""What a session may ask: the standard fields of the 报名回执表, each with its purpose.

Name and e-mail address are always asked. An organiser ticks the others per session. What was
asked stays with the enrolment word for word, in both languages (`FormVersion`).
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override


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
    CHOICE = "choice"
    YES_NO = "yes_no"
    DATE = "date"
    CATEGORY = "category"
    IDENTITY_NUMBER = "identity_number"
    MOBILE = "mobile"


@dataclass(frozen=True)
class Question:
    """One field: its label, why it is asked, how it is answered. Sealed ones never stand in `answers`."""

    code: Code
    label: str | Promise
    purpose: str | Promise
    kind: Kind = Kind.LINE
    choices: tuple[tuple[str, str | Promise], ...] = ()
    max_length: int = 100
    autocomplete: str = ""

    @property
    def is_sealed(self) -> bool:
        return self.kind in (Kind.IDENTITY_NUMBER, Kind.MOBILE)


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


@dataclass(frozen=True)
class Wording:
    """The questions of a form word for word, and a fingerprint that finds the same wording again."""

    questions: tuple[dict[str, Any], ...]
    fingerprint: str


@cache
def as_asked(asked: tuple[tuple[str, bool], ...]) -> Wording:
    """The questions in both languages, to be kept with the enrolment.

    `asked` holds (code, required) in the order of the form. Each question is a JSON-ready dict
    with code, required, label_en, label_zh, purpose_en, purpose_zh and kind.
    """
    questions = tuple(_in_both_languages(STANDARD[code], required=required) for code, required in asked)
    text = json.dumps(questions, ensure_ascii=False, sort_keys=True)
    return Wording(questions, hashlib.sha256(text.encode()).hexdigest())


def _in_both_languages(question: Question, *, required: bool) -> dict[str, Any]:
    kept = {"code": str(question.code), "required": required, "kind": str(question.kind)}
    for language, suffix in (("en", "en"), ("zh-hans", "zh")):
        with override(language):
            kept[f"label_{suffix}"] = str(question.label)
            kept[f"purpose_{suffix}"] = str(question.purpose)
    return kept
