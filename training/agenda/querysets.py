from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from accounts.roles import SEE_DRAFTS
from training.catalogue.models import TrainingSession
from training.catalogue.querysets import Visitor

if TYPE_CHECKING:
    from training.agenda.models import AgendaItem  # noqa: F401 - the queryset's own model


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def published(self) -> Self:
        return self.filter(is_published=True)

    def visible_to(self, user: Visitor) -> Self:
        """Published items of public sessions; all items of the sessions that `user` organises or staffs."""
        public = Q(is_published=True) & ~Q(session__status="draft")
        if not user.is_authenticated:
            return self.filter(public)
        own = TrainingSession.objects.in_care_of(user, *SEE_DRAFTS)
        return self.filter(public | Q(session__in=own))

    def at_the_time_of(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Published items that take their room and speakers at some moment from start to end."""
        return self.published().filter(occupies__overlap=(starts_at, ends_at))
