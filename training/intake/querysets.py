from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q

from accounts.roles import NOMINATE, ORGANISE
from training.catalogue.models import Grant, TrainingSession
from training.catalogue.querysets import Visitor

if TYPE_CHECKING:
    from training.intake.models import Intake, IntakeRow  # noqa: F401 - the querysets' own models


class IntakeQuerySet(models.QuerySet["Intake"]):
    def in_care_of(self, user: Visitor) -> Self:
        """What organisers sent for the sessions that `user` organises: theirs to correct and to take."""
        return self.seen_by_organiser(user).filter(is_organisers=True)

    def seen_by_organiser(self, user: Visitor) -> Self:
        """Everything sent for the sessions that `user` organises, by the bodies, too: to read and to take back."""
        return self.filter(session__in=TrainingSession.objects.in_care_of(user, *ORGANISE))

    def nominated_through(self, user: Visitor) -> Self:
        """What nominators sent for the bodies for which `user` nominates."""
        if not user.is_authenticated:
            return self.none()
        own = Grant.objects.held_by(user, *NOMINATE).filter(
            programme=OuterRef("session__programme"), organisation=OuterRef("body")
        )
        return self.filter(Exists(own), is_organisers=False)

    def to_be_erased(self, at: datetime) -> Self:
        """Those whose lists are no longer kept."""
        return self.filter(keep_until__lte=at, erased_at__isnull=True)


class IntakeRowQuerySet(models.QuerySet["IntakeRow"]):
    def in_order(self) -> Self:
        return self.order_by("file__position", "table", "number", "pk")

    def counts_to_take_back(self) -> dict[str, int]:
        """How many entered somebody (`taken`) and how many changed somebody (`updated`)."""
        entered = Count("pk", filter=Q(enrolment__isnull=False))
        return self.aggregate(taken=entered, updated=Count("pk", filter=~Q(sealed_before="")))

    def that_count(self) -> Self:
        """Without those that a person has left out."""
        return self.exclude(state="left_out")
