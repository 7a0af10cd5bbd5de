"""The texts for people and their Chinese: gathered from the source and compiled without GNU gettext.

One rule: the catalogue holds exactly what the source says, in an order that does not change, so
that two people's work on it can be merged. `make messages` gathers; set-up compiles.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ["accounts", "training", "templates"]
CATALOGUE = ROOT / "training/locale/zh_Hans/LC_MESSAGES/django.po"
HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Plural-Forms": "nplurals=1; plural=0;",
}
ARGUMENTS = {  # what each function's first arguments are
    "gettext": ("text",),
    "ngettext": ("text", "plural"),
    "pgettext": ("context", "text"),
    "npgettext": ("context", "text", "plural"),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
CALL_IN_TEMPLATE = re.compile(r"\b(?:n?p?gettext|_)\(")


class Message(NamedTuple):
    """A text as the source has it; `plural` and `context` are blank where there is none."""

    text: str
    plural: str = ""
    context: str = ""


class NotAText(Exception):  # noqa: N818 - a sentence for whoever wrote the source
    """Something is to be translated that is not written out in the source."""


# ── gathering ────────────────────────────────────────────────────────────────────────────────


def messages_of_project(root: Path = ROOT) -> set[Message]:
    """Every text for people in the product's Python and templates."""
    found: set[Message] = set()
    for folder in SOURCES:
        for file in sorted((root / folder).rglob("*")):
            if file.suffix == ".py" and "migrations" not in file.parts:
                found |= messages_of_python(file.read_text(), str(file))
            elif file.suffix in {".html", ".txt"} and "templates" in file.parts:
                found |= messages_of_template(file.read_text(), str(file))
    return found


def messages_of_python(source: str, origin: str = "") -> set[Message]:
    tree = ast.parse(source, origin)
    names = _names_of_functions(tree)
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {message for call in calls if (message := _message_of_call(call, names, origin))}


def messages_of_template(source: str, origin: str = "") -> set[Message]:
    """Django turns a template into something like Python, with an X for each other character."""
    calls = _calls_in(templatize(source, origin=origin))
    names = {"_": "gettext"} | {name: name for name in ARGUMENTS}
    return {message for call in calls if (message := _message_of_call(call, names, origin))}


def _names_of_functions(tree: ast.Module) -> dict[str, str]:
    """What this module calls gettext and its kin, lazy ones included: `_` is gettext_lazy, for example."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for imported in node.names:
                function = re.sub("_(lazy|noop)$", "", imported.name)
                if function in ARGUMENTS:
                    names[imported.asname or imported.name] = function
    return names


def _message_of_call(call: ast.Call, names: dict[str, str], origin: str) -> Message | None:
    function = _function_of(call, names)
    if function is None:
        return None
    parts = dict(zip(ARGUMENTS[function], call.args, strict=False))
    if any(isinstance(part, ast.JoinedStr) for part in parts.values()):
        raise NotAText(f"{origin}:{call.lineno}: an f-string cannot be translated; use a placeholder.")
    texts = {name: part.value for name, part in parts.items() if isinstance(part, ast.Constant)}
    if len(texts) < len(ARGUMENTS[function]) or not texts["text"]:
        return None  # a variable: its text is written out somewhere else
    return Message(**{name: str(text) for name, text in texts.items()})


def _function_of(call: ast.Call, names: dict[str, str]) -> str | None:
    if isinstance(call.func, ast.Name):
        return names.get(call.func.id)
    if isinstance(call.func, ast.Attribute):  # translation.gettext("…")
        function = re.sub("_(lazy|noop)$", "", call.func.attr)
        return function if function in ARGUMENTS else None
    return None


def _calls_in(text: str) -> Iterator[ast.Call]:
    for start in CALL_IN_TEMPLATE.finditer(text):
        for end in re.finditer(r"\)", text[start.start() :]):
            try:
                tree = ast.parse(text[start.start() : start.start() + end.end()], mode="eval")
            except SyntaxError:
                continue  # a bracket inside the text
            if isinstance(tree.body, ast.Call):
                yield tree.body
            break


# ── the catalogue ────────────────────────────────────────────────────────────────────────────


def updated(catalogue: polib.POFile, messages: set[Message]) -> polib.POFile:
    """The same translations for exactly these messages, in an order of their own."""
    known = {message_of(entry): entry for entry in catalogue if not entry.obsolete}
    result = polib.POFile(wrapwidth=0)
    result.metadata = dict(HEADER)
    for message in sorted(messages):
        result.append(known.get(message) or _empty_entry(message))
    return result


def message_of(entry: polib.POEntry) -> Message:
    return Message(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def _empty_entry(message: Message) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
    if message.plural:
        entry.msgid_plural = message.plural
        entry.msgstr_plural = {0: ""}
    return entry


def faults(entry: polib.POEntry) -> list[str]:
    """What is wrong with one translation, as sentences."""
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if entry.fuzzy:
        return ["is marked as doubtful"]
    if not all(texts):
        return ["is missing"]
    wanted = sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    found = [f"has other placeholders than {wanted}" for text in texts if sorted(PLACEHOLDER.findall(text)) != wanted]
    found += [f"has half-width “{mark}”" for text in texts for mark in re.findall("[\u4e00-\u9fff]([,;:?!.])", text)]
    return found


def faults_of_catalogue(root: Path = ROOT) -> list[str]:
    """What is missing, left over or wrong in the whole catalogue."""
    catalogue = polib.pofile(str(CATALOGUE))
    said, known = messages_of_project(root), {message_of(entry) for entry in catalogue}
    return [
        *(f"{message.text!r} is not in the catalogue; run `make messages`." for message in sorted(said - known)),
        *(f"{message.text!r} is no longer used; run `make messages`." for message in sorted(known - said)),
        *(f"The Chinese of {entry.msgid!r} {fault}." for entry in catalogue for fault in faults(entry)),
    ]


def gather() -> None:
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    old = polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else polib.POFile()
    updated(old, messages_of_project()).save(str(CATALOGUE))


def compile_catalogue() -> None:
    """Write what Django reads, unless it is there and newer."""
    compiled = CATALOGUE.with_suffix(".mo")
    if not CATALOGUE.exists():
        return
    if compiled.exists() and compiled.stat().st_mtime_ns > CATALOGUE.stat().st_mtime_ns:
        return
    draft = compiled.with_suffix(".draft")
    polib.pofile(str(CATALOGUE)).save_as_mofile(str(draft))
    draft.replace(compiled)


def main(deed: str) -> None:
    """Gather, compile or check."""
    if deed == "gather":
        gather()
    if deed != "check":
        compile_catalogue()
    if deed != "compile":
        found = faults_of_catalogue()
        sys.stdout.write("".join(f"{fault}\n" for fault in found))
        if found and deed == "check":
            sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "gather")
