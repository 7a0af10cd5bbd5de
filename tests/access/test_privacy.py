"""A full identity number or phone stands nowhere but in the two audited ways out: reveal and full roster."""

import pytest
from django.db import connection
from structlog.testing import capture_logs

from tests.access.asking import OK
from tests.access.routes import routes
from tests.access.test_decisions import decisions
from tests.access.world import IDENTITY, MOBILE, WHO, two_programmes

AUDITED = {"desk_export_file[full]"}


@pytest.fixture
def world(db, settings, tmp_path):
    settings.VAR = tmp_path
    return two_programmes()


def holds_a_number(text):
    return IDENTITY in text or MOBILE in text or IDENTITY.lower() in text


def test_no_page_and_no_file_shows_a_full_number_but_the_full_roster(world):
    decided = decisions()
    shown = set()
    for who in WHO:
        browser = world.browser(who)
        for route in routes():
            for name, path in world.paths(route):
                if decided[name, "GET"][who] == OK and not name.startswith("account_logout"):
                    answer = browser.get(path, world.said_at(path))
                    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
                    if holds_a_number(content.decode(errors="replace")):
                        shown.add(name)
    assert shown == AUDITED


def test_no_table_of_the_database_holds_a_full_number(world):
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


def test_no_line_of_the_log_holds_a_number_a_name_or_an_address(world, caplog):
    caplog.set_level("INFO")
    with capture_logs() as events:
        for who in ("trainee", "identity_reader", "organiser"):
            browser = world.browser(who)
            for route in routes():
                for name, path in world.paths(route):
                    if name != "account_logout":
                        answer = browser.get(path, world.said_at(path))
                        if answer.streaming:
                            b"".join(answer.streaming_content)
    said = str(events) + str([record.__dict__ for record in caplog.records])

    assert "my/enrolments/" in said
    assert not holds_a_number(said)
    assert "Wang Lei" not in said
    assert world.people["trainee"].email not in said
