"""What came by letter."""

import re

from training.mail.models import Letter


def letters_to(email):
    return list(Letter.objects.filter(to=email).order_by("pk"))


def code_in_letter_to(email):
    return re.search(r"\b\d{4}-\d{4}\b", letters_to(email)[-1].text)[0]
