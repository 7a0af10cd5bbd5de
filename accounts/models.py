from typing import ClassVar

import pghistory
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from training.tools.text import normalised_email


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=normalised_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normalised_email(username or ""))


@pghistory.track(fields=["is_active", "is_staff", "is_superuser"], model_name="UserChange")
class User(AbstractBaseUser):
    """Someone who can sign in, known by one e-mail address.

    There are no groups and no permissions of Django's: a right is a grant with a scope and an
    end date (training.catalogue). `is_staff` only says that the doors of the staff, desk and
    admin, exist for this person, and `nominates` that the nominators' door does; a superuser
    runs the platform and sees no trainee's data.
    """

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    language = models.CharField(_("language of letters"), max_length=10, choices=settings.LANGUAGES, default="en")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("is staff"), default=False)
    is_superuser = models.BooleanField(_("runs the platform"), default=False)
    nominates = models.BooleanField(_("nominates"), default=False, editable=False)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_user_per_email"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = normalised_email(self.email)

    def has_perm(self, permission: str, obj: object = None) -> bool:
        """No: whatever asks Django's permissions instead of the grants stays shut."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """No, see has_perm: our admin classes ask the grants themselves."""
        return False

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email


class Attempts(models.Model):
    """How often somebody tried something, see throttling; nobody can be read from it."""

    who = models.CharField(max_length=64, primary_key=True)  # a keyed hash of limit and person or address
    count = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.until:%H:%M}"
