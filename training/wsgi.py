"""The web process: what granian serves."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from training.management.loopback import Application, only_for_this_machine
from training.management.processes import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "training.settings")
end_with_parent()  # a server that was killed leaves no worker behind that keeps the port


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
