from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from training.mail.models import Letter  # noqa: F401 - the queryset's own model


class LetterQuerySet(models.QuerySet["Letter"]):
    def waiting(self) -> Self:
        return self.filter(state="waiting")

    def free_to_send(self, at: datetime) -> Self:
        """Waiting, and in no living worker's hands at `at`."""
        return self.waiting().filter(Q(leased_until__isnull=True) | Q(leased_until__lt=at))

    def about(self, reference: "str | F") -> Self:
        return self.filter(about=reference)

    def quoting(self, codes: Collection[str]) -> Self:
        """Those that say what a person answered to one of these questions."""
        return self.filter(quotes__has_any_keys=sorted(codes))
