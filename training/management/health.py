"""Two questions of whoever runs it: does the process live, and can it serve?"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_ready_since_start = False


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers; a database that is away is no reason to restart it."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers and has every migration; 503 until then."""
    try:
        obstacle = _what_is_missing()
    except DatabaseError:
        obstacle = "The database does not answer."
    if obstacle:
        return JsonResponse({"status": "not ready", "reason": obstacle}, status=503)
    return JsonResponse({"status": "ready"})


def _what_is_missing() -> str:
    global _ready_since_start  # noqa: PLW0603 - migrations are not taken back under a running process
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if not _ready_since_start:
        if has_unapplied_migrations():
            return "Migrations are missing; run `manage.py migrate`."
        _ready_since_start = True
    return ""


def has_unapplied_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
