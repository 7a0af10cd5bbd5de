import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from training.management import health


@pytest.fixture(autouse=True)
def _just_started(monkeypatch):
    monkeypatch.setattr(health, "_ready_since_start", False)


def test_the_process_says_that_it_lives_without_asking_the_database(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert answer.headers["Cache-Control"].startswith("max-age=0, no-cache")


@pytest.mark.django_db
def test_it_is_ready_when_the_database_has_every_migration(client, django_assert_num_queries):
    assert client.get("/readyz").json() == {"status": "ready"}

    with django_assert_num_queries(1):
        assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_it_is_not_ready_while_a_migration_is_missing(client):
    last = MigrationLoader(connection).graph.leaf_nodes("accounts")[0]
    MigrationRecorder(connection).record_unapplied(*last)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "reason": "Migrations are missing; run `manage.py migrate`."}


@pytest.mark.django_db(transaction=True)
def test_it_is_not_ready_while_the_database_does_not_answer(client, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "NAME", "a-database-that-is-not-there")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "reason": "The database does not answer."}


def test_nothing_can_be_sent_to_either(client):
    assert client.post("/healthz").status_code == 405
    assert client.post("/readyz").status_code == 405
