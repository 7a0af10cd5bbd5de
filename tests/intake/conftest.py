import pytest


@pytest.fixture(autouse=True)
def a_folder_of_its_own(settings, tmp_path):
    """Files that are sent lie in a folder that goes with the test."""
    settings.VAR = tmp_path / "var"
