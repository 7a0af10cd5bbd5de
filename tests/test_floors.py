"""import-linter holds the floors; here is checked that it knows every folder."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
OUTSIDE_THE_STAIRS = {"fixtures", "locale", "migrations", "templatetags"}


def folders_of_the_house():
    return {path.name for path in (ROOT / "training").iterdir() if path.is_dir() and any(path.rglob("*.py"))}


def contracts():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {contract["type"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}


def names(layers):
    """The folders in a list such as ["(training.portal) | training.desk", "accounts"]."""
    modules = " ".join(layers).replace("|", " ").replace("(", " ").replace(")", " ").split()
    return {module.removeprefix("training.") for module in modules}


def test_every_folder_has_its_place_in_the_house():
    assert folders_of_the_house() - OUTSIDE_THE_STAIRS <= names(contracts()["layers"]["layers"])


def test_every_door_is_among_those_that_never_import_each_other():
    doors = names(contracts()["layers"]["layers"][:1]) & folders_of_the_house()

    assert doors == names(contracts()["independence"]["modules"])


def test_every_folder_says_what_it_is_about():
    without = {
        folder
        for folder in folders_of_the_house() - OUTSIDE_THE_STAIRS
        if '"""' not in (ROOT / "training" / folder / "__init__.py").read_text()
    }

    assert without == set()
