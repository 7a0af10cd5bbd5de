import io
import json
import logging

import pytest
import structlog
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from training.management import logs

SECRET = "zhang.yunming@example.org"


def breaks(request, name):
    raise ValueError(f"Key (email)=({SECRET}) already exists.")


def answers(request, name):
    return HttpResponse("")


def handler500(request):
    return HttpResponse("", status=500)


urlpatterns = [path("people/<name>/", answers), path("broken/<name>/", breaks)]


@pytest.fixture
def lines(monkeypatch):
    """What our own log and the library's log say, as one list of objects."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.json_formatter())
    monkeypatch.setattr(logs, "log", structlog.wrap_logger(structlog.WriteLogger(stream)))
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


@override_settings(ROOT_URLCONF=__name__)
def test_a_request_is_one_line_with_its_route_and_nothing_personal(client, lines):
    answer = client.get(f"/people/{SECRET}/?phone=13800138000", headers={"User-Agent": "Zhang's telephone"})

    (line,) = lines()
    assert line["route"] == "people/<name>/"
    assert (line["method"], line["status"], line["level"]) == ("GET", 200, "info")
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert line.keys() == {"event", "level", "method", "milliseconds", "request_id", "route", "status", "timestamp"}


@override_settings(ROOT_URLCONF=__name__)
def test_an_exception_is_logged_by_its_type_and_place_and_not_by_its_words(client, lines):
    client.raise_request_exception = False

    answer = client.get(f"/broken/{SECRET}/")

    assert answer.status_code == 500
    failure, request = lines()
    assert failure["exception"] == "ValueError"
    assert failure["came_through"][-1].endswith(" breaks")
    assert failure["request_id"] == request["request_id"]
    assert request["status"] == 500
    assert SECRET not in json.dumps([failure, request])


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(
    ("given", "is_kept"),
    [("2f1e-77aa-0001", True), ("short", False), ("x" * 65, False), ('forged"\n{"event": 1}', False)],
)
def test_the_id_of_a_proxy_is_kept_when_it_is_nothing_but_an_id(client, lines, given, is_kept):
    answer = client.get("/people/somebody/", headers={"X-Request-ID": given})

    assert (answer.headers["X-Request-ID"] == given) is is_kept
