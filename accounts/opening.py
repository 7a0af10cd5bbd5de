"""Opening an account for somebody, and what is known of its addresses."""

from typing import cast

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from training.tools.text import normalised_email


@transaction.atomic
def open_account(email: str, name: str, password: str | None, language: str) -> User:
    """Opens an account whose address counts as confirmed, for the demo and for invited staff.

    Without a password its owner signs in by code. An account that exists stays as it is and
    is given back, so that opening twice changes nothing.
    """
    address = normalised_email(email)
    user = User.objects.filter(email=address).first()
    if user is None:
        user = User.objects.create_user(address, password, name=name, language=language)
    EmailAddress.objects.get_or_create(email=address, user=user, defaults={"verified": True, "primary": True})
    return user


def confirmed_addresses(user: User) -> set[str]:
    """The addresses that this person has shown to own; a record may be claimed with these only."""
    return set(query_of_confirmed_addresses(user))


def query_of_confirmed_addresses(user: User) -> QuerySet[EmailAddress, str]:
    """The same, not asked yet: to stand inside another query."""
    return cast(
        "QuerySet[EmailAddress, str]",
        EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True),
    )
