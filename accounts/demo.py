"""The four people of the demo, shown on its sign-in page; outside the demo they do not exist."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PASSWORD = "cohort-demo"  # noqa: S105 - public on purpose, see the README


@dataclass(frozen=True)
class DemoPerson:
    email: str
    name: str
    what_for: Promise
    language: str = "en"


def demo_people() -> tuple[DemoPerson, ...]:
    if not settings.DEMO:
        return ()
    return (
        DemoPerson("organiser@example.org", "Lin Yue", _("Organiser: sets up classes in the admin")),
        DemoPerson("staff@example.org", "Chen Mo", _("Staff: takes the roster at the desk")),
        DemoPerson("nominator@example.org", "Qin Feng", _("Nominator: names people for a recommending body")),
        DemoPerson("trainee@example.org", "Wang Lei", _("Trainee: enrols in a class")),
    )
