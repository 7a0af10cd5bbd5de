"""The rows of a review board, written without a template for each of fifty people.

Guards one rule: whatever a person or an organiser has typed goes through `escape` in this module,
once; what is the same in many rows is put into words and escaped once for all of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape  # the one of Django asks of each text whether it is lazy or safe already

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from training.admin.board_filters import Kinds
from training.admin.chips import chip
from training.enrolment.checking import Finding
from training.enrolment.deciding import has_moved_on
from training.enrolment.models import Decision, Enrolment
from training.enrolment.reviewing import Mean
from training.enrolment.states import State
from training.tools.dates import ShortMoments


@dataclass
class Row:
    """One person as a line of the board."""

    enrolment: Enrolment
    decision: Decision | None
    findings: list[Finding]
    earlier: list[str]
    mean: Mean | None
    notes: int


class RowWriter:
    """Writes the rows of one page; what is the same in each of them is looked up once."""

    def __init__(self, review: str, back: str, kinds: Kinds, *, scored: bool) -> None:
        self._review, self._back, self._scored = escape(review), escape(back), scored
        self._states = {str(state): chip(state, state.label) for state in State}
        self._decisions = {code: chip(f"pending is-{code}", label) for code, label in Decision.To.choices}
        self._reserve = format_html(' <span class="quiet">{}</span>', say("reserve"))
        self._overtaken = format_html(' <span class="overtaken">{}</span>', say("has moved on"))
        self._choose = say("Choose %(name)s")
        self._bodies = {key: escape(body.name) for key, body in kinds.bodies.items()}
        self._categories = {key: escape(category.name) for key, category in kinds.categories.items()}
        self._moments = ShortMoments()

    def write(self, rows: Iterable[Row]) -> SafeString:
        return SafeString("\n".join(map(self._row, rows)))

    def _row(self, row: Row) -> str:
        one = row.enrolment
        name = one.trainee.name
        return (
            f'<tr><td class="action-checkbox"><input type="checkbox" name="person" value="{one.pk}"'
            f' aria-label="{escape(self._choose % {"name": name})}"></td>'
            f'<th scope="row"><a href="{self._review}?person={one.pk}&amp;{self._back}">{escape(name)}</a>'
            f"{_notes(row.notes)}</th>"
            f"<td>{self._bodies.get(one.body_id or 0, '')}</td>"
            f"<td>{self._categories.get(one.category_id or 0, '')}</td>"
            f"<td>{one.rank or ''}{self._reserve if one.is_reserve else ''}</td>"
            f"<td>{self._states[one.state]}</td><td>{self._decided(row.decision)}</td>"
            f'<td class="when">{self._moments.in_words(one.applied_at)}</td>{self._score(row.mean)}'
            f'<td class="found-here">{_found(row.findings)}{_earlier(row.earlier)}</td></tr>'
        )

    def _score(self, mean: Mean | None) -> str:
        return f'<td class="number">{mean.points if mean else ""}</td>' if self._scored else ""

    def _decided(self, decision: Decision | None) -> str:
        if decision is None:
            return ""
        return self._decisions[decision.to] + (self._overtaken if has_moved_on(decision) else "")


def _notes(number: int) -> str:
    if not number:
        return ""
    words = ngettext("%(notes)s note", "%(notes)s notes", number) % {"notes": number}
    return f' <span class="quiet">{escape(words)}</span>'


def _found(findings: list[Finding]) -> str:
    return "".join(f'<span class="found">{escape(one.sentence)}</span> ' for one in findings if not one.is_question)


def _earlier(outcomes: list[str]) -> str:
    return "".join(f'<span class="quiet">{escape(outcome)}</span> ' for outcome in outcomes)
