"""How a row rests: its cells as they came, what a person corrected, and what the reading came to."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Self

from training.enrolment.questions import Code
from training.intake.findings import Finding, Level, worst
from training.intake.headings import IN_TWO, JOINED, Beside, Meaning
from training.intake.models import IntakeRow
from training.intake.plain import one_line, text_of
from training.intake.reading import Cell, cell_of
from training.intake.tables import Column, Table
from training.tools.names import full_name

SEALED = frozenset({Code.IDENTITY_NUMBER, Code.MOBILE})
"""What is never shown again in full, not even in the field in which it is corrected."""
UPDATE, ANOTHER = "update", "another"
OVER_SEVERAL_LINES = frozenset({Beside.ACHIEVEMENTS, Beside.OPINION, Code.REMARKS})


@dataclass
class Content:
    """What stands in a row; `corrected` counts before the cells, `changes` say who corrected what and when.

    `beside` are those of the findings that come from other rows and from the body's list. `meant` is the key of
    the enrolment on that list which the row would change, and `rank_before` where it stands there if the row moves
    it; `choice` what a person said about it: its key, and whether the row updates it or is another person.
    """

    cells: list[Cell] = field(default_factory=list)
    section: str = ""
    is_hidden: bool = False
    corrected: dict[Meaning, str] = field(default_factory=dict)
    values: dict[Meaning, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    beside: list[Finding] = field(default_factory=list)
    proposed: dict[Meaning, list[str]] = field(default_factory=dict)
    changes: list[dict[str, Any]] = field(default_factory=list)
    meant: int | None = None
    may_be_another: bool = False
    updates: bool = False
    rank_before: str = ""
    choice: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, row: IntakeRow) -> Self:
        kept = row.content
        return cls(
            cells=[cell_of(raw) for raw in kept.get("cells", ())],
            section=kept.get("section", ""),
            is_hidden=kept.get("is_hidden", False),
            corrected=kept.get("corrected", {}),
            values=kept.get("values", {}),
            findings=[Finding.from_record(record) for record in kept.get("findings", ())],
            beside=[Finding.from_record(record) for record in kept.get("beside", ())],
            proposed=kept.get("proposed", {}),
            changes=kept.get("changes", []),
            meant=kept.get("meant"),
            may_be_another=kept.get("may_be_another", False),
            updates=kept.get("updates", False),
            rank_before=kept.get("rank_before", ""),
            choice=kept.get("choice", {}),
        )

    def as_record(self) -> dict[str, Any]:
        return {
            "cells": [_raw(cell) for cell in self.cells],
            "section": self.section,
            "is_hidden": self.is_hidden,
            "corrected": self.corrected,
            "values": self.values,
            "findings": [finding.as_record() for finding in self.findings],
            "beside": [finding.as_record() for finding in self.beside],
            "proposed": self.proposed,
            "changes": self.changes,
            "meant": self.meant,
            "may_be_another": self.may_be_another,
            "updates": self.updates,
            "rank_before": self.rank_before,
            "choice": self.choice,
        }

    def to_correct(self, meaning: Meaning, cell: Cell, *, is_chosen: bool) -> str:
        """What stands in the field before a person corrects it: nothing where it is sealed, or not understood."""
        if meaning in SEALED:
            return ""
        if is_chosen:
            return self.values.get(meaning, "")
        text = self.values.get(meaning) or self.corrected.get(meaning, text_of(cell))
        return text if meaning in OVER_SEVERAL_LINES else " ".join(text.split("\n"))

    def say_beside(self, finding: Finding) -> None:
        """What other rows, or the body's list, have to do with this one."""
        self.findings.append(finding)
        self.beside.append(finding)

    def forget_the_others(self) -> None:
        """Leaves only what is said about the row itself."""
        self.findings = [finding for finding in self.findings if finding not in self.beside]
        self.beside = []
        self.meant, self.may_be_another, self.updates, self.rank_before = None, False, False, ""

    def is_chosen_to(self, choice: str) -> bool:
        """Whether a person said so of the one who is meant now; a correction may have made it somebody else."""
        return self.meant is not None and self.choice == {"of": self.meant, "what": choice}

    @property
    def asks(self) -> bool:
        """Whether somebody has yet to say what the row does to the one who is meant."""
        return self.meant is not None and not self.updates and not self.is_chosen_to(ANOTHER)

    @property
    def level(self) -> Level:
        return worst(self.findings)

    def written(self, columns: list[Column]) -> dict[Meaning, Cell]:
        """The cells by what they mean, those that a person corrected as corrected; a name in two columns as one."""
        came: dict[Meaning, Cell] = {}
        for column, cell in zip(columns, self.cells, strict=False):
            before = came.get(column.meaning)
            if column.meaning in JOINED and before is not None and cell is not None:
                came[column.meaning] = f"{text_of(before)} {text_of(cell)}"
            elif column.meaning and before is None:
                came[column.meaning] = cell
        if came.keys() & IN_TWO and Beside.NAME not in came:
            came[Beside.NAME] = full_name(
                *(one_line(came.get(part)) for part in (Beside.FAMILY_NAME, Beside.GIVEN_NAME))
            )
        return {**came, **self.corrected}


def table_as_record(table: Table) -> dict[str, Any]:
    """A list without its rows, as `IntakeFile.tables` keeps it."""
    record = asdict(table)
    del record["rows"]
    record["findings"] = [finding.as_record() for finding in table.findings]
    return record


def table_of(record: dict[str, Any]) -> Table:
    columns = [Column(**column) for column in record["columns"]]
    findings = [Finding.from_record(finding) for finding in record["findings"]]
    return Table(**{**record, "columns": columns, "findings": findings})


def _raw(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        return {"moment": cell.isoformat(timespec="minutes")}
    return {"day": cell.isoformat()} if isinstance(cell, date) else cell
