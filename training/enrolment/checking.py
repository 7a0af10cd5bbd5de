"""What Cohort looks at for the organiser: conditions that he or she switched on, each with a sentence.

Guards one rule: a check finds, it never decides. Nothing here changes an enrolment, and nothing
that decides reads it.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from training.catalogue.models import Organisation, TrainingSession
from training.enrolment.elsewhere import Elsewhere, elsewhere_of
from training.enrolment.models import Check, Enrolment, FormVersion
from training.enrolment.questionnaires import as_kept, fits
from training.enrolment.questions import TITLE_LEVELS, Code, Kind, Question
from training.tools.dates import short_day_in_words

MONTHS_IN_A_YEAR = 12
LEVELS = {str(code): label for code, label in TITLE_LEVELS}


@dataclass(frozen=True)
class Finding:
    """What a check found about one person. A question is for people to answer and is asked of everybody."""

    kind: str
    sentence: str
    is_question: bool = False


@dataclass
class Facts:
    """What the checks need besides the person: read at once for all of them, and only what is asked for."""

    session: TrainingSession
    elsewhere: dict[int, list[Elsewhere]]
    kinds_of_employers: dict[str, str] = field(default_factory=dict)
    questions: dict[int, list[Question]] = field(default_factory=dict)
    namesakes: dict[tuple[str, str], int] = field(default_factory=dict)
    _words: dict[int, dict[str, str]] = field(default_factory=dict)

    def words_of(self, check: Check, labels: Mapping[str, Any]) -> dict[str, str]:
        """The labels in the reader's language, and under "" those that the check allows: put into words once."""
        if check.pk not in self._words:
            words = {code: str(label) for code, label in labels.items()}
            words[""] = _(", ").join(words.get(code, code) for code in check.allowed)
            self._words[check.pk] = words
        return self._words[check.pk]


def checks_of(session: TrainingSession) -> list[Check]:
    return list(Check.objects.filter(session=session).select_related("category"))


def findings_of(
    session: TrainingSession,
    people: Collection[Enrolment],
    checks: Collection[Check] | None = None,
    elsewhere: dict[int, list[Elsewhere]] | None = None,
) -> dict[int, list[Finding]]:
    """For each person what the session's checks find, in the order of the checks.

    A fixed number of queries, and none without checks. The people have their trainees loaded.
    """
    looked_at = checks_of(session) if checks is None else checks
    if not looked_at:
        return {}
    facts = _facts(session, people, {check.kind for check in looked_at}, elsewhere)
    return {person.pk: [found for check in looked_at for found in _look(check, person, facts)] for person in people}


def _look(check: Check, person: Enrolment, facts: Facts) -> Iterable[Finding]:
    if check.category_id is not None and check.category_id != person.category_id:
        return
    if check.kind == Check.Kind.OWN:
        yield Finding(check.kind, _("To be looked at: %(sentence)s") % {"sentence": check.sentence}, is_question=True)
        return
    sentence = _LOOKS[check.kind](check, person, facts)
    if sentence:
        yield Finding(check.kind, sentence)


# ── one function for each kind: a sentence, or nothing ───────────────────────────────────────


def _title_level(check: Check, person: Enrolment, facts: Facts) -> str:
    level = str(person.answers.get(Code.TITLE_LEVEL, ""))
    if level in check.allowed:
        return ""
    words = facts.words_of(check, LEVELS)
    return _("Title or skill level: %(level)s; asked for is: %(wished)s.") % {
        "level": words.get(level, level) if level else _("unknown"),
        "wished": words[""],
    }


def _employer_kind(check: Check, person: Enrolment, facts: Facts) -> str:
    employer = _employer(person)
    kind = facts.kinds_of_employers.get(employer)
    if kind in check.allowed:
        return ""
    if kind is None:
        return _("The employer is not among the known organisations: %(employer)s.") % {
            "employer": employer or _("unknown")
        }
    words = facts.words_of(check, dict(Organisation.Kind.choices))
    return _("Employer: %(kind)s; asked for is: %(wished)s.") % {"kind": words[kind], "wished": words[""]}


def _one_category(check: Check, person: Enrolment, facts: Facts) -> str:
    for other in facts.elsewhere.get(person.pk, ()):
        if other.category_id and other.category_id != person.category_id and (other.is_open or other.attended):
            return _("Stands in another category in %(session)s: %(category)s.") % {
                "session": other.session,
                "category": other.category,
            }
    return ""


def _attended(check: Check, person: Enrolment, facts: Facts) -> str:
    since = months_before(facts.session.starts_on, check.at_most or 0)
    for other in facts.elsewhere.get(person.pk, ()):
        if other.attended and other.starts_on >= since:
            return _("Took part in %(session)s on %(day)s.") % {
                "session": other.session,
                "day": short_day_in_words(other.starts_on),
            }
    return ""


def _age(check: Check, person: Enrolment, facts: Facts) -> str:
    born = _day(person.answers.get(Code.BIRTH_DATE))
    if born is None:
        return _("The date of birth is unknown, so the age cannot be looked at.")
    age = years_between(born, facts.session.starts_on)
    if check.at_least is not None and age < check.at_least:
        return _("Is %(age)d on the first day; asked for is at least %(limit)d.") % {
            "age": age,
            "limit": check.at_least,
        }
    if check.at_most is not None and age > check.at_most:
        return _("Is %(age)d on the first day; asked for is at most %(limit)d.") % {"age": age, "limit": check.at_most}
    return ""


def _missing(check: Check, person: Enrolment, facts: Facts) -> str:
    if not person.is_taken_over:
        return _("Has not confirmed the nomination yet.")
    missing = [
        str(question.label)
        for question in facts.questions.get(person.form_version_id or 0, ())
        if question.is_required and fits(question.shown_if, person.answers) and not _is_answered(person, question)
    ]
    return _("Not answered: %(questions)s.") % {"questions": _(", ").join(missing)} if missing else ""


def _duplicate(check: Check, person: Enrolment, facts: Facts) -> str:
    if person.duplicate_of_id is not None:
        return _("The same identity number stands in another enrolment of this session.")
    if facts.namesakes.get((person.trainee.name_search, person.trainee.employer), 0) > 1:
        return _("Somebody with the same name and employer is in this session, too.")
    return ""


_LOOKS: dict[str, Callable[[Check, Enrolment, Facts], str]] = {
    Check.Kind.TITLE_LEVEL: _title_level,
    Check.Kind.EMPLOYER_KIND: _employer_kind,
    Check.Kind.ONE_CATEGORY: _one_category,
    Check.Kind.ATTENDED: _attended,
    Check.Kind.AGE: _age,
    Check.Kind.MISSING: _missing,
    Check.Kind.DUPLICATE: _duplicate,
}


# ── facts ────────────────────────────────────────────────────────────────────────────────────


def _facts(
    session: TrainingSession,
    people: Collection[Enrolment],
    kinds: Collection[str],
    elsewhere: dict[int, list[Elsewhere]] | None,
) -> Facts:
    facts = Facts(session, elsewhere or {})
    if elsewhere is None and {Check.Kind.ONE_CATEGORY, Check.Kind.ATTENDED}.intersection(kinds):
        facts.elsewhere = elsewhere_of(session, people)
    if Check.Kind.EMPLOYER_KIND in kinds:
        facts.kinds_of_employers = _kinds_of_employers({_employer(one) for one in people})
    if Check.Kind.MISSING in kinds:
        versions = FormVersion.objects.in_bulk({one.form_version_id for one in people if one.form_version_id})
        facts.questions = {key: as_kept(version.questions) for key, version in versions.items()}
    if Check.Kind.DUPLICATE in kinds:
        facts.namesakes = _namesakes(session, {one.trainee.name_search for one in people})
    return facts


def _kinds_of_employers(names: Collection[str]) -> dict[str, str]:
    """The kind of each employer that is a known organisation by one of its names."""
    columns = ("name_en", "name_zh", "short_name_en", "short_name_zh")
    named = Q()
    for column in columns:
        named |= Q(**{f"{column}__in": names})
    known = Organisation.objects.filter(named).order_by("-pk").values_list("kind", *columns)
    return {name: kind for kind, *own in known for name in own if name}


def _namesakes(session: TrainingSession, names: Collection[str]) -> dict[tuple[str, str], int]:
    people: defaultdict[tuple[str, str], int] = defaultdict(int)
    found = Enrolment.objects.open().filter(session=session, trainee__name_search__in=names).order_by()
    for name, employer in found.values_list("trainee__name_search", "trainee__employer"):
        people[name, employer] += 1
    return people


def _employer(person: Enrolment) -> str:
    return str(person.answers.get(Code.EMPLOYER, "") or person.trainee.employer).strip()


def _is_answered(person: Enrolment, question: Question) -> bool:
    match question.code:
        case Code.IDENTITY_NUMBER:
            return bool(person.identity_masked)
        case Code.MOBILE:
            return bool(person.mobile_masked)
        case Code.CATEGORY:
            return person.category_id is not None
        case _:
            return question.kind == Kind.HEADING or bool(person.answers.get(question.code))


def _day(answer: object) -> date | None:
    try:
        return date.fromisoformat(str(answer))
    except ValueError:
        return None


def years_between(born: date, day: date) -> int:
    """Full years, as one counts birthdays."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last one of that month."""
    year, month = divmod(day.year * MONTHS_IN_A_YEAR + day.month - 1 - months, MONTHS_IN_A_YEAR)
    year = max(year, 1)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
