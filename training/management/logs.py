"""Logs are JSON, one object a line, each with its request's id, and without personal data.

No name, e-mail address, network address, query string or form value goes into a log: a request
is known by its route, not by its path, and an exception by its type and place, not by its words,
which may quote a row of the database.
"""

import sys
import time
import traceback
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog
from django.http import HttpRequest, HttpResponse
from structlog.typing import EventDict, Processor, WrappedLogger

if TYPE_CHECKING:
    from types import TracebackType

REQUEST_ID_LENGTHS = range(8, 65)


def exceptions_without_their_words(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Replace an exception by its type and the lines it came through."""
    found: Any = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if found and found[0]:
        event["exception"] = found[0].__qualname__
        event["came_through"] = _places(found[2])
    return event


def _places(trace: "TracebackType | None") -> list[str]:
    frames = traceback.extract_tb(trace)[-20:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def django_without_paths(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Django puts paths and hosts into its sentences; keep the sentence without them."""
    record = event.get("_record")
    if record is not None and record.name.startswith("django."):
        event["event"] = str(record.msg)
    return event


BEFORE: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
JSON = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)


def json_formatter() -> structlog.stdlib.ProcessorFormatter:
    """For what Django, the worker and the web server say through the standard library."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*BEFORE, structlog.stdlib.add_logger_name],
        processors=[
            django_without_paths,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            exceptions_without_their_words,
            JSON,
        ],
    )


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": json_formatter}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"level": "ERROR"},  # a 404 has its line in our own log already
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # anybody can send any; the answer is a 400
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "procrastinate.blueprints": {"level": "WARNING"},  # these tell at every start what they load
        "procrastinate.periodic": {"level": "WARNING"},
        "procrastinate.jobs": {"level": "WARNING"},  # says of every letter that there is a job, not which
    },
}


def set_up_structlog() -> None:
    """Our own events go straight to standard error, past the slower logging of the library."""
    structlog.configure(
        processors=[*BEFORE, exceptions_without_their_words, JSON],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


log = structlog.get_logger()


class RequestLog:
    """The outermost middleware: one id and one line for every request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request_id = _request_id(request)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        log.info(
            "request",
            method=request.method,
            route=request.resolver_match.route if request.resolver_match else None,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
        )
        return response


def _request_id(request: HttpRequest) -> str:
    """The id a proxy gave, if it is nothing but an id; else one of our own."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    if len(given) in REQUEST_ID_LENGTHS and given.isascii() and given.replace("-", "").isalnum():
        return str(given)
    return uuid.uuid4().hex
