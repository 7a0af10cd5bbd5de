"""How a reader wants pages to look: two cookies, each with a few known words."""

TYPE_SIZES = ("100", "125", "150")
"""Per cent of the usual type size; the first is the usual one."""

COLOURS = ("device", "light", "dark", "contrast")
"""The first leaves the choice to the device."""
