from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from training.catalogue.models import TrainingSession
from training.catalogue.querysets import Visitor

if TYPE_CHECKING:
    from training.enrolment.models import Agreement, AnswerFile, AskedField  # noqa: F401 - the querysets' own models

HOURS_TO_KEEP_UNSENT = 24


class AskedFieldQuerySet(models.QuerySet["AskedField"]):
    def of(self, session: TrainingSession) -> Self:
        """What a session asks that came through its own gate, in the order of the forms."""
        return self.filter(session=session)


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def standing(self) -> Self:
        """Of each enrolment and purpose only the newest, which counts."""
        from training.enrolment.models import Agreement

        same = Agreement.objects.filter(enrolment=OuterRef("enrolment"), text__purpose=OuterRef("text__purpose"))
        newest = same.order_by("-pk")
        return self.filter(pk=Subquery(newest.values("pk")[:1]))

    def given_for(self, purpose: str) -> Self:
        """Those that stand and say yes to this purpose."""
        return self.standing().filter(text__purpose=purpose, is_given=True)


class AnswerFileQuerySet(models.QuerySet["AnswerFile"]):
    def visible_to(self, user: Visitor) -> Self:
        """Files of enrolments that one may see; those of a form that is not sent yet, only one's own."""
        from training.enrolment.models import Enrolment

        if not user.is_authenticated:
            return self.none()
        seen = Enrolment.objects.visible_to(user).filter(pk=OuterRef("enrolment"))
        return self.filter(Q(Exists(seen)) | Q(enrolment=None, by=user))

    def never_sent(self, at: datetime) -> Self:
        """Chosen in a form that nobody sent within a day."""
        return self.filter(enrolment=None, kept_at__lt=at - timedelta(hours=HOURS_TO_KEEP_UNSENT))
