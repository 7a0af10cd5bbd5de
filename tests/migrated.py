"""A database that has every migration; each database of the tests is a copy of it.

Migrating takes a hundred times longer than copying, and every process of the tests needs a database of
its own. The name says which migrations are in it, so a changed migration makes a new one.
"""

from hashlib import sha256
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.backends.utils import CursorWrapper

ROOT = Path(__file__).parent.parent
PREFIX = "migrated_"
ONE_AT_A_TIME = 20_251_106  # any number that nobody else locks


def name() -> str:
    """For the migrations of this checkout and of the packages that it has locked."""
    files = [*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "requirements.txt"]
    return PREFIX + sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]


def ensure() -> None:
    """Make it unless it is there; processes that start together wait for the first one."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        databases = _databases(cursor)
        if name() not in databases:
            for left_behind in databases:
                cursor.execute(f'DROP DATABASE "{left_behind}"')
            _make(cursor)


def _databases(cursor: CursorWrapper) -> list[str]:
    cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
    return [row[0] for row in cursor.fetchall()]


def _make(cursor: CursorWrapper) -> None:
    """It has its name only once it is whole."""
    unfinished = f"{PREFIX}unfinished"
    cursor.execute(f'CREATE DATABASE "{unfinished}"')
    usual, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], unfinished
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
    cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name()}"')
