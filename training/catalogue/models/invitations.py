from datetime import datetime
from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from training.catalogue.models.grants import Grant
from training.catalogue.models.organisations import Organisation
from training.catalogue.models.programmes import Programme
from training.catalogue.querysets import NominatorInvitationQuerySet


@pghistory.track(exclude=["link_hash"])
class NominatorInvitation(models.Model):
    """A letter that asks somebody to nominate for one body, in one programme, until a date.

    The letter's link holds a secret of which only the hash is kept; it opens nothing but the
    page on which the owner of the address accepts. Accepted, it becomes a grant.
    """

    programme = models.ForeignKey(
        Programme,
        verbose_name=_("programme"),
        on_delete=models.CASCADE,  # like the grants that it would become
        related_name="nominator_invitations",
    )
    body = models.ForeignKey(
        Organisation, verbose_name=_("recommending body"), on_delete=models.PROTECT, related_name="+"
    )
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=100, blank=True)
    language = models.CharField(_("language of letters"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    valid_until = models.DateTimeField(_("nominates until"))
    link_hash = models.CharField(max_length=64, unique=True, editable=False)
    link_ends_at = models.DateTimeField(_("link ends"))
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("invited by"),
        on_delete=models.PROTECT,  # an account that acted is closed, never deleted
        related_name="+",
    )
    sent_at = models.DateTimeField(_("last letter"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    grant = models.OneToOneField(
        Grant,
        verbose_name=_("grant"),
        on_delete=models.SET_NULL,  # a grant that ends before it begins is deleted
        null=True,
        blank=True,
        related_name="invitation",
    )

    objects: ClassVar = NominatorInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation of a nominator")
        verbose_name_plural = _("invitations of nominators")
        ordering = ("body__official_order", "body_id", "email", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "body", "email"],
                condition=Q(accepted_at__isnull=True, cancelled_at__isnull=True),
                name="one_open_invitation_per_address",
                violation_error_message=_("This address is invited for this body already."),
            ),
            models.CheckConstraint(
                name="an_invitation_is_accepted_or_taken_back",
                condition=Q(accepted_at__isnull=True) | Q(cancelled_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.body}"

    @property
    def is_accepted(self) -> bool:
        return self.accepted_at is not None

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    def is_over(self, at: datetime) -> bool:
        """Whether the link, or the time to nominate, has ended."""
        return min(self.link_ends_at, self.valid_until) <= at
