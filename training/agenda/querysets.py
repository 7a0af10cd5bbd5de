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

    def with_everything_shown(self) -> Self:
        """With room, speakers in order and key points, as an agenda shows them: three queries."""
        from training.agenda.models import ItemSpeaker

        parts = models.Prefetch("parts", ItemSpeaker.objects.select_related("speaker"))
        return self.select_related("room").prefetch_related(parts, "key_points")

    def with_the_time_of_the_last_change(self) -> Self:
        """Adds `changed_at`, from the history of the items."""
        history = self.model.pgh_event_model  # type: ignore[attr-defined]
        newest = history.objects.filter(pgh_obj=models.OuterRef("pk")).order_by("-pgh_id")
        return self.annotate(changed_at=models.Subquery(newest.values("pgh_created_at")[:1]))
