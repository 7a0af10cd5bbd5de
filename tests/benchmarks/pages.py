"""A page as a visitor without script sees it: its status, its text, its forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

UNSENT_INPUTS = {"submit", "button", "image", "file", "reset"}


@dataclass
class Form:
    action: str
    method: str
    values: dict = field(default_factory=dict)  # by name, the values that it would send, each a list
    offered: dict = field(default_factory=dict)  # by name, the values that can be chosen

    def filled(self, **answers):
        """What is sent: the form's own values, with these answers in their place."""
        return self.values | {name: [value] for name, value in answers.items() if name in self.values}


@dataclass(frozen=True)
class Page:
    status: int
    text: str
    address: str

    def form(self, with_field):
        """The form that has this field; a page without it is not the page that was expected."""
        for form in forms_in(self.text):
            if form.method == "post" and with_field in form.values:
                return form
        raise LookupError(f"{self.address} ({self.status}) has no form with the field {with_field}.")


def forms_in(text):
    reader = _FormReader()
    reader.feed(text)
    return reader.forms


class _FormReader(HTMLParser):
    """Keeps for each field what a browser would send; a field without a value is kept with none."""

    def __init__(self):
        super().__init__()
        self.forms, self._form, self._select, self._option_wanted, self._textarea = [], None, None, False, None

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "form":
            self._form = Form(found.get("action") or "", (found.get("method") or "get").lower())
            self.forms.append(self._form)
        elif self._form is not None and "disabled" not in found:
            self._take_field(tag, found)

    def _take_field(self, tag, found):
        name = found.get("name")
        if tag == "input" and name:
            self._take_input(name, (found.get("type") or "text").lower(), found)
        elif tag == "textarea" and name:
            self._textarea = name
            self._form.values[name] = [""]
        elif tag == "select" and name:
            self._select, self._option_wanted = name, True
            self._form.values[name] = []
        elif tag == "option" and self._select:
            self._take_option(found)

    def _take_option(self, found):
        value = found.get("value") or ""
        self._form.offered.setdefault(self._select, []).append(value)
        if self._option_wanted or "selected" in found:
            self._form.values[self._select] = [value]
            self._option_wanted = False

    def _take_input(self, name, kind, found):
        if kind in UNSENT_INPUTS:
            return
        values = self._form.values.setdefault(name, [])
        if kind in ("checkbox", "radio"):
            self._form.offered.setdefault(name, []).append(found.get("value") or "on")
        if kind not in ("checkbox", "radio") or "checked" in found:
            values.append(found.get("value") or ("on" if kind == "checkbox" else ""))

    def handle_data(self, data):
        if self._textarea:
            self._form.values[self._textarea][0] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._textarea:
            values = self._form.values[self._textarea]
            values[0] = values[0].removeprefix("\n")  # it stands there for the reader of the page only
            self._textarea = None
