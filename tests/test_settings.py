"""What the environment may say, and the sentence that answers what is missing or wrong."""

import ast
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from training.management.loopback import only_for_this_machine

ROOT = Path(__file__).parent.parent
COMPLETE = {
    "TRAINING_SECRET_KEY": "s" * 50,
    "TRAINING_ENCRYPTION_KEYS": "k" * 50,
    "TRAINING_HOSTS": "cohort.example.org",
    "TRAINING_EMAIL_URL": "smtp://mail.example.org",
    "TRAINING_EMAIL_FROM": "Cohort <cohort@example.org>",
    "DATABASE_URL": "postgresql:///cohort",
}


def environment(**changes):
    """An environment that has exactly the settings given; None takes one away."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(("TRAINING_", "DATABASE_"))}
    mixed = others | COMPLETE | changes | {"DJANGO_SETTINGS_MODULE": "training.settings"}
    return {name: value for name, value in mixed.items() if value is not None}


def read_settings(monkeypatch, **changes):
    """What the settings are in such an environment."""
    monkeypatch.setattr(os, "environ", environment(**changes))
    return SimpleNamespace(**runpy.run_path(str(ROOT / "training" / "settings.py")))


def start(command, **changes):
    """Run a command in such an environment."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(**changes),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"TRAINING_SECRET_KEY": None}, "TRAINING_SECRET_KEY is not set: give a long random text"),
        ({"TRAINING_SECRET_KEY": "short"}, "TRAINING_SECRET_KEY is too short: give at least 32 random characters."),
        ({"TRAINING_ENCRYPTION_KEYS": None}, "TRAINING_ENCRYPTION_KEYS is not set: give one long random text"),
        ({"TRAINING_ENCRYPTION_KEYS": f"{'k' * 50},old"}, "TRAINING_ENCRYPTION_KEYS is too short"),
        ({"TRAINING_HOSTS": None}, "TRAINING_HOSTS is not set: give the host names it is reached by"),
        ({"TRAINING_HOSTS": "*"}, "TRAINING_HOSTS is “*”: give the host names it is reached by."),
        ({"TRAINING_BASE_URL": "http://cohort.example.org"}, "it has to begin with https://."),
        ({"TRAINING_DEBUG": "1"}, "TRAINING_DEBUG is on: it shows the inside to everybody and is only for the demo."),
        ({"TRAINING_DEMO": "yes"}, "TRAINING_DEMO is “yes”: give 1 for on or 0 for off."),
        ({"TRAINING_TRUSTED_PROXIES": "two"}, "TRAINING_TRUSTED_PROXIES is “two”: give a whole number."),
        ({"TRAINING_EMAIL_URL": None}, "TRAINING_EMAIL_URL is not set: give smtp://"),
        ({"TRAINING_EMAIL_URL": "mail.example.org"}, "TRAINING_EMAIL_URL has to begin with smtp://"),
        ({"TRAINING_EMAIL_FROM": None}, "TRAINING_EMAIL_FROM is not set: give the sender of letters"),
        ({"DATABASE_URL": None}, "DATABASE_URL is not set: give postgresql://"),
        ({"DATABASE_URL": "sqlite:///db"}, "DATABASE_URL does not begin with postgresql://; nothing else will do."),
    ],
)
def test_outside_the_demo_what_is_missing_or_wrong_is_one_sentence(monkeypatch, changes, sentence):
    with pytest.raises(ImproperlyConfigured) as refusal:
        read_settings(monkeypatch, **changes)

    assert sentence in str(refusal.value)


@pytest.mark.parametrize("command", [["manage.py", "migrate"], ["-c", "import training.wsgi"]])
def test_the_sentence_stops_the_start_of_commands_and_of_the_web_server(command):
    done = start(command, TRAINING_HOSTS=None)

    assert done.returncode == 1
    assert done.stderr.startswith("TRAINING_HOSTS is not set")
    assert len(done.stderr.splitlines()) == 1


def test_outside_the_demo_pages_and_cookies_keep_to_https(monkeypatch):
    found = read_settings(monkeypatch)

    assert found.BASE_URL == "https://cohort.example.org"
    assert found.SECURE_SSL_REDIRECT
    assert found.SESSION_COOKIE_SECURE
    assert found.SESSION_COOKIE_NAME == "__Host-session"


def test_letters_leave_upgraded_to_tls_and_signed_in(monkeypatch):
    found = read_settings(monkeypatch, TRAINING_EMAIL_URL="smtp://co%40hort:pa%2Fss@mail.example.org")

    assert (found.EMAIL_HOST, found.EMAIL_PORT) == ("mail.example.org", 587)
    assert (found.EMAIL_HOST_USER, found.EMAIL_HOST_PASSWORD) == ("co@hort", "pa/ss")
    assert (found.EMAIL_USE_TLS, found.EMAIL_USE_SSL) == (True, False)


def test_the_demo_needs_no_settings_and_keeps_its_own_secrets(monkeypatch, tmp_path):
    nothing = dict.fromkeys(COMPLETE) | {"TRAINING_DEMO": "1", "TRAINING_VAR": str(tmp_path)}

    first = read_settings(monkeypatch, **nothing)
    second = read_settings(monkeypatch, **nothing)

    assert (first.SECRET_KEY, first.ENCRYPTION_KEYS) == (second.SECRET_KEY, second.ENCRYPTION_KEYS)
    assert first.SECRET_KEY not in first.ENCRYPTION_KEYS
    assert first.ALLOWED_HOSTS == ["127.0.0.1", "localhost", "[::1]"]
    assert first.EMAIL_BACKEND == "django.core.mail.backends.dummy.EmailBackend"
    assert (tmp_path / "demo-secrets.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "cohort.example.org"])
def test_the_demo_listens_on_loopback_only(settings, host):
    settings.DEMO = True

    with pytest.raises(CommandError, match=r"it listens on 127\.0\.0\.1 only"):
        call_command("serve", host=host, skip_checks=True)


def test_the_demo_answers_nobody_from_another_machine():
    statuses = []
    application = only_for_this_machine(lambda environ, start_response: [b"welcome"])

    assert application({"REMOTE_ADDR": "127.0.0.1"}, None) == [b"welcome"]
    assert (
        b"only to the machine" in application({"REMOTE_ADDR": "192.0.2.7"}, lambda *head: statuses.append(head[0]))[0]
    )
    assert statuses == ["403 Forbidden"]


def test_the_readme_lists_every_setting_that_is_read_and_no_other():
    sources = [file for folder in ("training", "accounts") for file in (ROOT / folder).rglob("*.py")]
    read = {name for file in sources for name in names_read_in(file.read_text())}
    table = re.findall(r"^\| `(TRAINING_[A-Z_]+|DATABASE_URL)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)

    assert sorted(table) == sorted(read)


def names_read_in(source):
    texts = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return {text for text in texts if isinstance(text, str) and re.fullmatch("TRAINING_[A-Z_]+|DATABASE_URL", text)}


@pytest.mark.django_db
def test_every_answer_forbids_foreign_and_inline_script(client):
    for path in ["/healthz", "/static/cohort.css", "/there/is/no/such/page/"]:
        answer = client.get(path)
        answer.close()
        policy = answer.headers["Content-Security-Policy"]

        assert "default-src 'self'" in policy
        assert "unsafe" not in policy


def test_only_postgresql_is_used(settings):
    assert {database["ENGINE"] for database in settings.DATABASES.values()} <= {
        "training.management.embedded",
        "django.db.backends.postgresql",
    }
