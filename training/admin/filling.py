"""How full a session is, as lengths: a drawing without a style attribute."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from training.catalogue.models import TrainingSession

UNITS = 100  # the drawing is a hundred units wide, whatever its size on the page


def filling(session: TrainingSession) -> SafeString:
    """A bar of confirmed and offered places with the numbers beside it; no bar while the number is unknown."""
    held, capacity = session.places_held, session.places_in_all
    if capacity is None:
        return format_html(
            '<span class="filling"><span class="unknown">{}</span></span>',
            _("%(held)d held, number to be announced") % {"held": held},
        )
    whole = max(capacity, held, 1)
    return format_html(
        '<span class="filling"><svg viewBox="0 0 {} 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="left" width="{}" height="8"/><rect class="offered" width="{}" height="8"/>'
        '<rect class="confirmed" width="{}" height="8"/></svg><span class="figures" title="{}">{} / {}</span>{}</span>',
        UNITS,
        UNITS,
        round(UNITS * held / whole),
        round(UNITS * session.places_confirmed / whole),
        _held_in_words(session),
        held,
        capacity,
        _in_line(session.people_waiting),
    )


def _held_in_words(session: TrainingSession) -> str:
    words = _("%(confirmed)d confirmed, %(offered)d offered") % {
        "confirmed": session.places_confirmed,
        "offered": session.places_offered,
    }
    if session.pool_left == session.places_left:
        return words
    return _("%(held)s; %(left)d left, %(in_pool)d of them in the free pool") % {
        "held": words,
        "left": session.places_left,
        "in_pool": session.pool_left,
    }


def _in_line(waiting: int) -> SafeString | str:
    if not waiting:
        return ""
    return format_html('<span class="in-line">{}</span>', _("+%(waiting)d waiting") % {"waiting": waiting})
