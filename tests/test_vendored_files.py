import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = [folder for folder in (ROOT / "tests" / "vendor", ROOT / "static" / "vendor") if folder.exists()]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_vendored_files_are_those_of_the_manifest(folder):
    manifest = json.loads((folder / "manifest.json").read_text())

    found = {
        str(path.relative_to(folder)): hashlib.sha512(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }

    assert found == {name: entry["sha512"] for name, entry in manifest.items()}
    assert all(entry["package"] and entry["version"] and entry["licence"] for entry in manifest.values())
