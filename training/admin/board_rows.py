"""The rows of a review board, written without a template for each of a hundred people."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from training.admin.chips import chip
from training.enrolment.checking import Finding
from training.enrolment.deciding import has_moved_on
from training.enrolment.models import Decision, Enrolment
from training.enrolment.reviewing import Mean
from training.enrolment.states import State
from training.tools.dates import short_moment_in_words

ROW = (
    '<tr><td class="action-checkbox"><input type="checkbox" name="person" value="{0}" aria-label="{1}"></td>'
    '<th scope="row"><a href="{2}?person={0}&amp;{3}">{4}</a>{5}</th><td>{6}</td><td>{7}</td><td>{8}{9}</td>'
    '<td>{10}</td><td>{11}</td><td>{12}</td>{13}<td class="found-here">{14}{15}</td></tr>'
)


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

    def __init__(self, review: str, back: str, *, scored: bool) -> None:
        self._review, self._back, self._scored = review, back, scored
        self._states = {str(state): chip(state, state.label) for state in State}
        self._decisions = {code: chip(f"pending is-{code}", label) for code, label in Decision.To.choices}
        self._reserve = format_html(' <span class="quiet">{}</span>', say("reserve"))
        self._overtaken = format_html(' <span class="overtaken">{}</span>', say("has moved on"))
        self._choose = say("Choose %(name)s")

    def write(self, rows: Iterable[Row]) -> SafeString:
        return format_html_join("\n", ROW, (self._cells(row) for row in rows))

    def _cells(self, row: Row) -> tuple[object, ...]:
        one = row.enrolment
        name = one.trainee.name
        return (
            one.pk,
            self._choose % {"name": name},
            self._review,
            self._back,
            name,
            _notes(row.notes),
            one.body.name if one.body else "",
            one.category.name if one.category else "",
            one.rank or "",
            self._reserve if one.is_reserve else "",
            self._states[one.state],
            self._decided(row.decision),
            short_moment_in_words(one.applied_at),
            self._score(row.mean),
            _found(row.findings),
            _earlier(row.earlier),
        )

    def _score(self, mean: Mean | None) -> SafeString | str:
        return format_html('<td class="number">{}</td>', mean.points if mean else "") if self._scored else ""

    def _decided(self, decision: Decision | None) -> SafeString:
        if decision is None:
            return SafeString("")
        return self._decisions[decision.to] + (self._overtaken if has_moved_on(decision) else SafeString(""))


def _notes(number: int) -> SafeString:
    if not number:
        return SafeString("")
    words = ngettext("%(notes)s note", "%(notes)s notes", number) % {"notes": number}
    return format_html(' <span class="quiet">{}</span>', words)


def _found(findings: list[Finding]) -> SafeString:
    if not findings:
        return SafeString("")
    found = ((finding.sentence,) for finding in findings if not finding.is_question)
    return format_html_join("", '<span class="found">{}</span> ', found)


def _earlier(outcomes: list[str]) -> SafeString:
    if not outcomes:
        return SafeString("")
    return format_html_join("", '<span class="quiet">{}</span> ', ((outcome,) for outcome in outcomes))
