"""A state as shape and word: the same chip as on every other page."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString


def chip(state: str, word: Any) -> SafeString:
    return format_html('<span class="chip is-{}">{}</span>', state, word)
