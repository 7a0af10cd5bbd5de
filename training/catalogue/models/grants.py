from datetime import datetime
from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from training.catalogue.models.organisations import Organisation
from training.catalogue.models.programmes import Programme
from training.catalogue.models.sessions import TrainingSession
from training.catalogue.querysets import GrantQuerySet


@pghistory.track()
class Grant(models.Model):
    """A right: this person has this role, here, from then until then.

    The scope is exactly one of programme, session and organisation, or the whole platform when
    all three are empty. A nominator alone is bound to a body, a programme and an end. Rights do
    not add up across scopes.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.CASCADE,  # a right cannot outlive its holder; its history does
        related_name="grants",
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.CASCADE, null=True, blank=True, related_name="grants"
    )
    session = models.ForeignKey(
        TrainingSession,
        verbose_name=_("training session"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="grants",
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="grants",
    )
    valid_from = models.DateTimeField(_("from"), default=timezone.now)
    valid_until = models.DateTimeField(_("until"), null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("granted by"),
        on_delete=models.SET_NULL,  # the right stands when the granter leaves
        null=True,
        blank=True,
        related_name="+",
    )

    objects: ClassVar = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ("user", "role", "pk")
        indexes = [models.Index(fields=["user", "role"], name="grants_by_holder")]
        constraints = [
            models.CheckConstraint(
                name="grant_has_one_scope",
                condition=Q(role=Role.NOMINATOR)
                | Q(programme__isnull=True, session__isnull=True)
                | Q(programme__isnull=True, organisation__isnull=True)
                | Q(session__isnull=True, organisation__isnull=True),
                violation_error_message=_("Choose one programme, one session or one organisation, not several."),
            ),
            models.CheckConstraint(
                name="nominator_has_body_programme_and_end",
                condition=~Q(role=Role.NOMINATOR)
                | Q(
                    programme__isnull=False,
                    organisation__isnull=False,
                    session__isnull=True,
                    valid_until__isnull=False,
                ),
                violation_error_message=_("A nominator acts for one body, in one programme, until a date."),
            ),
            models.CheckConstraint(
                name="grant_ends_after_it_starts",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                violation_error_message=_("A grant must end after it starts."),
            ),
            models.CheckConstraint(
                name="nobody_grants_to_himself",
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("user")),
                violation_error_message=_("Nobody can grant a role to himself or herself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.user}"

    def is_in_force(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)
