from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from accounts.roles import EXPORT, READ_LOG
from training.catalogue.models import TrainingSession
from training.catalogue.querysets import Visitor

if TYPE_CHECKING:
    from training.rosters.models import RosterExport, RosterOrder  # noqa: F401 - the querysets' own models

HOURS_TO_KEEP_FILES = 24


class RosterOrderQuerySet(models.QuerySet["RosterOrder"]):
    def visible_to(self, user: Visitor) -> Self:
        """One's own orders, as long as one may take rosters of that session."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(by=user, session__in=TrainingSession.objects.in_care_of(user, *EXPORT))

    def to_be_erased(self, at: datetime) -> Self:
        return self.filter(asked_at__lte=at - timedelta(hours=HOURS_TO_KEEP_FILES))


class RosterExportQuerySet(models.QuerySet["RosterExport"]):
    def visible_to(self, user: Visitor) -> Self:
        """One's own exports; for organisers and auditors all those of their sessions."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(by=user) | Q(session__in=TrainingSession.objects.in_care_of(user, *READ_LOG)))
