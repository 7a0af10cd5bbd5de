"""Opens the file whose path is given and prints its sheets, or why it stays closed, as JSON.

The limits are set before a byte is read: whatever a parser does with a file made to hurt, the
system ends this process and no other.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

from training.intake.opening.kinds import sheets_of
from training.intake.opening.limits import CPU_SECONDS, MEMORY_BYTES, MOST_BYTES
from training.intake.opening.refusing import NotOpened, Why
from training.intake.opening.sheets import as_json


def main(path: Path) -> None:
    set_the_limits()
    json.dump(answer(path), sys.stdout)


def set_the_limits() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(path: Path) -> dict[str, Any]:
    """{"sheets": […]} or {"why": word}."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        return {"sheets": as_json(sheets_of(data))}
    except NotOpened as not_opened:
        return {"why": not_opened.why}
    except (MemoryError, RecursionError):
        return {"why": Why.TOO_BIG_UNPACKED}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
