"""What is asked before a roster leaves the house."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from training.rosters.making import LONGEST_PURPOSE
from training.rosters.models import Format


class TakeRosterForm(forms.Form):
    """Purpose and format; full numbers only for those who may see them."""

    purpose = forms.CharField(
        label=_("What is this roster for?"),
        max_length=LONGEST_PURPOSE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("A few words, such as “sign-in at the opening”. They are kept with the record."),
        error_messages={"required": _("Say what the roster is for.")},
    )
    format = forms.ChoiceField(label=_("Format"), choices=Format.choices, initial=Format.XLSX, widget=forms.RadioSelect)
    in_full = forms.BooleanField(
        label=_("With full identity numbers, phones and e-mail addresses"),
        required=False,
        help_text=_("Only if your purpose cannot do without them."),
    )
    send_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, may_take_in_full: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["send_key"].initial = uuid.uuid4
        if not may_take_in_full:
            del self.fields["in_full"]
