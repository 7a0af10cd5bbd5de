"""Finding an organisation by the name that somebody typed."""

from django.db.models import Q

from training.catalogue.models import Organisation


def organisation_called(text: str) -> Organisation | None:
    """The one organisation whose full or short name this is, exactly; two of one name are none."""
    name = Q(name_en__iexact=text) | Q(name_zh=text) | Q(short_name_en__iexact=text) | Q(short_name_zh=text)
    found = list(Organisation.objects.filter(name)[:2])
    return found[0] if len(found) == 1 else None
