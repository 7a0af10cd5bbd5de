"""What a password must be, in plain sentences: long, not common, not your own name."""

from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator, UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User

SHORTEST = 8
SHORTEST_OF_STAFF = 12


class LongEnough:
    """Eight characters for everybody, twelve for staff, who can see other people's data."""

    def validate(self, password: str, user: User | None = None) -> None:
        shortest = shortest_for(user)
        if len(password) < shortest:
            raise ValidationError(
                ngettext("Use at least %(shortest)d character.", "Use at least %(shortest)d characters.", shortest),
                code="too_short",
                params={"shortest": shortest},
            )

    def get_help_text(self) -> str:
        return _("At least %(shortest)d characters, at least %(staff)d for staff. A short sentence is a good one.") % {
            "shortest": SHORTEST,
            "staff": SHORTEST_OF_STAFF,
        }


class NotCommon(CommonPasswordValidator):
    def get_error_message(self) -> str:
        return _("Many people use this password, so it is tried first. Choose another one.")

    def get_help_text(self) -> str:
        return _("Not one that many people use.")


class NotYourself(UserAttributeSimilarityValidator):
    def __init__(self, **options: Any) -> None:
        super().__init__(user_attributes=("email", "name"), **options)

    def get_error_message(self) -> str:
        return _("This is too close to your name or e-mail address. Choose another one.")

    def get_help_text(self) -> str:
        return _("Not your name and not your e-mail address.")


def shortest_for(user: User | None) -> int:
    return SHORTEST_OF_STAFF if user and (user.is_staff or user.is_superuser) else SHORTEST
