"""Giving up a place or a wish, with a reason if one likes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from training.enrolment.question_forms import no_control_characters


class WithdrawalForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The organiser reads it; it helps to plan."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[no_control_characters],
    )
