"""The web process: what granian serves."""

import os
import sys
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from training.management.processes import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "training.settings")
end_with_parent()  # a server that was killed leaves no worker behind that keeps the port

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


def only_for_this_machine(application: Application) -> Application:
    """The demo's people and passwords are known to everybody: it answers nobody else."""

    def answer(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if ip_address(environ["REMOTE_ADDR"].strip("[]")).is_loopback:
            return application(environ, start_response)
        start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"The demo answers only to the machine that it runs on.\n"]

    return answer


def web_application() -> Application:
    database: dict[str, Any] = settings.DATABASES["default"]
    database["OPTIONS"] = database.get("OPTIONS", {}) | settings.WEB_DATABASE_OPTIONS
    database["CONN_HEALTH_CHECKS"] = True  # a restarted server costs no answer
    application: Application = get_wsgi_application()
    return only_for_this_machine(application) if settings.DEMO else application


try:
    application = web_application()
except ImproperlyConfigured as sentence:
    sys.exit(f"{sentence}")
