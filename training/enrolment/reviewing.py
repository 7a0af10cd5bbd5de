"""What reviewers keep about an enrolment: notes that nobody rewrites, and scores. Only organisers see them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.db.models import Avg, Count, F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import User
from training.catalogue.models import TrainingSession
from training.enrolment.models import Criterion, Enrolment, Note, Score
from training.enrolment.models.reviews import HIGHEST_SCORE
from training.enrolment.querysets import EnrolmentQuerySet
from training.tools.refusals import Refused


def note(enrolment: Enrolment, text: str, *, by: User) -> Note:
    """Keeps a remark with its author and time. Refused when it says nothing."""
    text = text.strip()
    if not text:
        raise Refused(_("Write something into the note."), field="text")
    return Note.objects.create(enrolment=enrolment, text=text, by=by)


@transaction.atomic
def score(enrolment: Enrolment, points: Mapping[int, int | None], *, by: User) -> None:
    """What `by` gives on criteria of the session, by their keys; None takes a score back.

    Refused for points outside 0 to 5 and for a criterion of another session.
    """
    known = set(Criterion.objects.filter(session=enrolment.session_id).values_list("pk", flat=True))
    for criterion, given in points.items():
        if criterion not in known or (given is not None and not 0 <= given <= HIGHEST_SCORE):
            raise Refused(_("Give 0 to 5 points."), field=f"score-{criterion}")
    own = Score.objects.filter(enrolment=enrolment, by=by)
    own.filter(criterion__in=[key for key, given in points.items() if given is None]).delete()
    for criterion, given in points.items():
        if given is not None:
            Score.objects.update_or_create(
                enrolment=enrolment, criterion_id=criterion, by=by, defaults={"points": given}
            )


def criteria_of(session: TrainingSession) -> QuerySet[Criterion]:
    return Criterion.objects.filter(session=session)


def notes_about(people: Collection[Enrolment]) -> QuerySet[Note]:
    return Note.objects.filter(enrolment__in=people).select_related("by")


def counts_of_notes(people: Collection[Enrolment]) -> dict[int, int]:
    """How many notes there are about each of these people who has any. One query."""
    about = [one.pk for one in people]
    return dict(Note.objects.filter(enrolment__in=about).order_by().values_list("enrolment").annotate(Count("pk")))


def scores_of(people: Collection[Enrolment]) -> QuerySet[Score]:
    return Score.objects.filter(enrolment__in=people).select_related("by", "criterion")


@dataclass(frozen=True)
class Mean:
    """The mean of all scores of a person, to one decimal, and from how many reviewers it is."""

    points: Decimal
    reviewers: int


def means_of(people: Collection[Enrolment]) -> dict[int, Mean]:
    """The mean of each of these people who has a score. One query."""
    groups = Score.objects.filter(enrolment__in=[one.pk for one in people]).order_by().values_list("enrolment")
    return {
        key: Mean(rounded(mean), reviewers)
        for key, mean, reviewers in groups.annotate(Avg("points"), Count("by", distinct=True))
    }


def by_mean(people: EnrolmentQuerySet) -> EnrolmentQuerySet:
    """The highest mean first, those without a score last."""
    means = Score.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment").annotate(mean=Avg("points"))
    with_mean: EnrolmentQuerySet = people.annotate(mean=Subquery(means.values("mean")))
    return with_mean.order_by(F("mean").desc(nulls_last=True), "applied_at", "pk")


def rounded(mean: float) -> Decimal:
    """To one decimal, a half upwards: the one place where scores are rounded."""
    return Decimal(str(mean)).quantize(Decimal("0.1"), ROUND_HALF_UP)
