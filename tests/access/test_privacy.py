"""A full identity number or phone stands nowhere but in the two audited ways out: reveal and full roster."""

import pytest
from django.db import connection

from tests.access.walk import OK, holds_a_number
from tests.access.world import two_programmes

pytestmark = pytest.mark.django_db

AUDITED = {"desk_export_file[full]"}


def test_no_page_and_no_file_shows_a_full_number_but_the_full_roster(seen):
    shown = {
        name
        for (name, method), answers in seen.answers.items()
        for answer in answers.values()
        if method == "GET" and answer.decision == OK and answer.holds_a_number
    }
    assert shown == AUDITED


def test_no_table_of_the_database_holds_a_full_number(settings, tmp_path):
    settings.VAR = tmp_path
    two_programmes()
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()")
        tables = [name for (name,) in cursor.fetchall()]
        holding = []
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")  # noqa: S608 - names from the catalogue
            if any(holds_a_number(row) for (row,) in cursor.fetchall()):
                holding.append(table)
    assert len(tables) > 20
    assert holding == []


def test_no_line_of_the_log_holds_a_number_a_name_or_an_address(seen):
    assert "my/enrolments/" in seen.log
    assert not holds_a_number(seen.log)
    assert "Wang Lei" not in seen.log
    assert seen.email not in seen.log
