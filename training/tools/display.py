"""How a reader wants pages to look: two cookies, each with a few known words."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

TYPE_SIZES = {"100": _("Normal"), "125": _("Large"), "150": _("Largest")}
"""Per cent of the usual type size; the first is the usual one."""

COLOURS = {
    "device": _("As on this device"),
    "light": _("Light"),
    "dark": _("Dark"),
    "contrast": _("High contrast"),
}
"""The first leaves the choice to the device."""


def chosen(cookies: Mapping[str, str], name: str, known: Mapping[str, object]) -> str:
    """What the reader chose; the usual where nothing, or nothing known, was chosen."""
    choice = cookies.get(name, "")
    return choice if choice in known else next(iter(known))
