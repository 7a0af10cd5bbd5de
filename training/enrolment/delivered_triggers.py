"""The triggers that come with Cohort: entered when they are missing, and then left to people."""

import json
from pathlib import Path
from typing import Any

from training.enrolment.models import LetterTrigger

FILE = Path(__file__).resolve().parent.parent / "fixtures" / "letter_triggers.json"


def delivered() -> list[dict[str, Any]]:
    """The rows of the file as they stand."""
    rows: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))
    return rows


def enter_delivered_triggers() -> int:
    """Enters those whose code is not there and returns how many; one that people changed stays as it is."""
    there = set(LetterTrigger.objects.exclude(code="").values_list("code", flat=True))
    missing = [LetterTrigger(**row) for row in delivered() if row["code"] not in there]
    LetterTrigger.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)
