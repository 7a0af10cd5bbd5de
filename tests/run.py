"""Runs every check, quick ones first, says how long each took, and goes on after a failure.

`make test` runs this; `make lint` runs the quick ones alone.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable

QUICK = {
    "style": [BIN / "ruff", "check", "."],
    "format": [BIN / "ruff", "format", "--check", "."],
    "types": [BIN / "mypy"],
    "floors": [BIN / "lint-imports", "--no-logo"],
    "templates": [BIN / "djlint", "templates", "--lint", "--quiet"],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "translations": [PYTHON, "-m", "training.management.messages", "check"],
}
TWO_AT_ONCE = [PYTHON, "-m", "pytest", "--quiet", "--numprocesses", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
SLOW = {
    "browser": [PYTHON, "-m", "tests.chromium"],
    "tests": [*TWO_AT_ONCE, "--ignore", "tests/journeys", "--ignore", "tests/races"],
    "races": [PYTHON, "-m", "pytest", "--quiet", "tests/races"],
    # apart: the browser's loop stays in the thread and would meet tests that have loops of their own
    "journeys": [*TWO_AT_ONCE, "tests/journeys"],
}


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    failed = [name for name, command in QUICK.items() if not passes(name, command)]
    if "--quick" not in sys.argv:
        if not passes("browser", SLOW["browser"], show=True):
            sys.exit("Without a browser the journeys cannot run, and nothing is left out.")
        failed += [name for name in ("tests", "races", "journeys") if not passes(name, SLOW[name], show=True)]
    if failed:
        sys.exit(f"Not in order: {', '.join(failed)}.")
    print("All is in order.")


def passes(name: str, command: list[str | Path], *, show: bool = False) -> bool:
    """Run one check; what it says is shown as it comes, or only when it fails."""
    print(f"── {name}", flush=True)
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=not show, text=True, check=False)
    if done.returncode and not show:
        print(done.stdout + done.stderr)
    verdict = "failed" if done.returncode else "in order"
    print(f"   {verdict}, {time.monotonic() - started:.1f} s", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    main()
