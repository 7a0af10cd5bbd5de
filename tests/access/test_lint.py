"""Doors get objects through the one gate only: no view reads a whole table, none speaks SQL."""

import ast
from pathlib import Path

import pytest

DOORS = ("training/portal", "training/desk", "training/admin")
ROOT = Path(__file__).resolve().parents[2]
GATES = {
    "visible_to",
    "in_care_of",
    "public",
    "of",
    "held_by",
    "nominated_through",
    "nominations_for",
    "that_ended_for",
    "seen_by_organiser",
}

# What the whole house shares and everybody may know of.
SHARED = {"Category", "Organisation", "Province", "Room", "Speaker", "Venue"}

# Other tables that a door reads without a gate, each with its reason.
OF_THE_GATE = "of what went through the gate"
REASONS = {
    ("training/admin/agendas.py", "AgendaItem.objects.filter"): OF_THE_GATE,
    ("training/admin/consent_texts.py", "ConsentText.objects.annotate"): "the house's texts, read by all who enrol",
    ("training/admin/enrolments.py", "Letter.objects.about"): OF_THE_GATE,
    ("training/admin/grants.py", "User.objects.filter"): "one account, by an address that somebody typed in full",
    ("training/admin/grants.py", "db_field.remote_field.model.objects.all"): "titles, for whoever runs the platform",
    ("training/admin/history.py", "User.objects.filter"): "names of those who acted on what went through the gate",
    ("training/admin/history.py", "model.objects.in_bulk"): "names of what such a row points to",
    ("training/admin/intakes.py", "Quota.objects.filter"): OF_THE_GATE,
    (
        "training/admin/letter_templates.py",
        "LetterTemplate.objects.filter",
    ): "of programmes in care of, and the house's",
    (
        "training/admin/letter_templates.py",
        "LetterTemplate.objects.order_by",
    ): "wordings, for whoever runs the platform",
    (
        "training/admin/letter_templates.py",
        "LetterTrigger.objects.filter",
    ): "whether anything writes a letter; what is not one's own is not named",
    ("training/admin/letter_templates.py", "Programme.objects.all"): "titles, for whoever runs the platform",
    (
        "training/admin/letter_triggers.py",
        "LetterTemplate.objects.filter",
    ): "titles of what went through the gate",
    ("training/admin/letters.py", "Enrolment.objects.filter"): "the page of a letter that went through the gate",
    ("training/admin/letters.py", "Letter.objects.filter"): "letters know no sessions: about enrolments in care of",
    ("training/admin/log.py", "events.objects.filter"): "kept within the sessions and programmes in care of",
    ("training/admin/log.py", "events.objects.in_bulk"): "the rows before those",
    ("training/admin/sessions.py", "TrainingSession.objects.select_for_update"): "locks what the gate let through",
    ("training/admin/today.py", "AgendaItem.objects.filter"): OF_THE_GATE,
    ("training/admin/today.py", "Decision.objects.pending"): "about enrolments in care of",
    ("training/admin/today.py", "Letter.objects.filter"): "letters about enrolments in care of",
    ("training/admin/today.py", "TrainingSession.objects.in_bulk"): OF_THE_GATE,
    ("training/portal/forms/filtering.py", "Programme.objects.filter"): OF_THE_GATE,
    ("training/portal/nominations.py", "Enrolment.objects.filter"): OF_THE_GATE,
    ("training/portal/views/letters.py", "Letter.objects.order_by"): "the demo, whose people are nobody's data",
}


def door_files():
    return sorted(file for door in DOORS for file in (ROOT / door).rglob("*.py"))


def whole_tables(source):
    """`Model.objects` that does not go through a gate at once, and what reads a table without it."""
    tree = ast.parse(source)
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            after = parents[node]
            is_shared = isinstance(node.value, ast.Name) and node.value.id in SHARED
            if not is_shared and not (isinstance(after, ast.Attribute) and after.attr in GATES):
                yield ast.unparse(after if isinstance(after, ast.Attribute) else node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("_or_404"):
            bare = node.args[0]
            if isinstance(bare, ast.Name) and bare.id[0].isupper():
                yield ast.unparse(node)
        if isinstance(node, ast.ImportFrom) and node.module == "django.db":
            yield from (f"import {name.name}" for name in node.names if name.name in {"connection", "connections"})


@pytest.mark.parametrize("file", door_files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_door_reads_no_whole_table(file):
    name = str(file.relative_to(ROOT))
    found = {what for what in whole_tables(file.read_text()) if (name, what) not in REASONS}

    assert not found, f"{name} passes by visible_to: {sorted(found)}"


def test_every_exception_is_still_needed():
    needed = {(str(file.relative_to(ROOT)), what) for file in door_files() for what in whole_tables(file.read_text())}

    assert set(REASONS) <= needed


@pytest.mark.parametrize(
    "line",
    [
        "Enrolment.objects.all()",
        "Enrolment.objects.get(pk=1)",
        "get_object_or_404(Enrolment, pk=1)",
        "list(Enrolment.objects)",
        "from django.db import connection",
    ],
)
def test_the_lint_finds_what_passes_by_the_gate(line):
    assert list(whole_tables(line))


def test_the_lint_lets_the_gates_pass():
    assert not list(whole_tables("get_object_or_404(Enrolment.objects.visible_to(user), pk=1)"))
