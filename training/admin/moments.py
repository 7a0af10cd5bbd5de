"""Fields for days and times: the device's own calendar, and a 24-hour clock that is simply typed.

The browser's own field for times follows the device and may speak of a.m. and p.m.; ours does
not, and takes 9, 900, 0900, 9.00 and 9：00 for 09:00. All times are times of the house's zone.
"""

import re
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

TYPED_TIME = re.compile(r"(\d{1,2})(?:[:.：]?(\d{2}))?(?::00)?")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        own = {
            "class": "clock",
            "inputmode": "numeric",
            "placeholder": "--:--",
            "maxlength": "8",
            "autocomplete": "off",
        }
        super().__init__({**own, **(attrs or {})}, format="%H:%M")


class ClockField(forms.TimeField):
    widget = ClockInput

    def to_python(self, value: Any) -> time | None:
        if value in self.empty_values or isinstance(value, time):
            return super().to_python(value)
        written = TYPED_TIME.fullmatch(str(value).strip())
        if written is None or int(written[1]) > 23 or int(written[2] or 0) > 59:
            raise ValidationError(say("Write the time as 09:00, on the 24-hour clock."))
        return time(int(written[1]), int(written[2] or 0))


class MomentInput(forms.MultiWidget):
    """A day and a time of day, side by side; to the minute, so that seconds are not a change by being hidden."""

    use_fieldset = False

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([DayInput(), ClockInput()], attrs)

    def decompress(self, value: datetime | None) -> list[date | time | None]:
        if value is None:
            return [None, None]
        here = timezone.localtime(value) if timezone.is_aware(value) else value
        return [here.date(), here.time().replace(second=0, microsecond=0)]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["subwidgets"][1]["attrs"]["aria-label"] = say("time of day")
        return context


class MomentField(forms.MultiValueField):
    """A moment; a day without its time, or a time without its day, is sent back with a sentence."""

    widget = MomentInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("input_formats", None)
        parts = (forms.DateField(error_messages={"invalid": _("Enter a valid day.")}), ClockField())
        super().__init__(fields=parts, require_all_fields=False, **kwargs)
        for part in self.fields:
            part.required = False

    def compress(self, values: list[Any]) -> datetime | None:
        day, clock = values or (None, None)
        if day is None and clock is None:
            return None
        if clock is None:
            raise ValidationError(say("Give the time of day, too, such as 09:00."))
        if day is None:
            raise ValidationError(say("Give the day, too."))
        return timezone.make_aware(datetime.combine(day, clock))
