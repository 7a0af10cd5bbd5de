"""Addresses behind the other doors: by name only, because doors never import each other."""

from django.urls import NoReverseMatch, reverse


def address_of(name: str, *args: object) -> str:
    """The page's address; blank where that door is not hung."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
