"""The demo makes its own secrets once and keeps them where only its owner reads them."""

import json
import os
import secrets
from pathlib import Path

BYTES_OF_CHANCE = 48


def demo_secret(name: str, kept_in: Path) -> str:
    """The demo's secret of this name, the same at every start and in every process."""
    if not kept_in.exists():
        _make(kept_in)
    return str(json.loads(kept_in.read_text())[name])


def _make(kept_in: Path) -> None:
    kept_in.parent.mkdir(parents=True, exist_ok=True)
    made = {name: secrets.token_urlsafe(BYTES_OF_CHANCE) for name in ("secret key", "encryption key")}
    draft = kept_in.with_name(f"{kept_in.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(made, file)
    try:
        os.link(draft, kept_in)  # of two processes at once, the first one's secrets count
    except FileExistsError:
        pass
    finally:
        draft.unlink()
