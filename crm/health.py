"""What a supervisor of processes asks: is it alive, can it serve?"""

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

_migrated: set[str] = set()


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Ready when the database answers and is migrated. The broker is reported: without it pages still work."""
    state = {"database": database_state(), "broker": broker_state()}
    ready = state["database"] == "ok"
    response = JsonResponse({"ready": ready} | state, status=200 if ready else 503)
    if not ready:
        response["Retry-After"] = "2"
    return response


def database_state() -> str:
    """``ok``, ``unmigrated`` or ``down``. Once migrated, a process only asks whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if connection.alias not in _migrated:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return "unmigrated"
            _migrated.add(connection.alias)
    except DatabaseError:
        connection.close()
        return "down"
    return "ok"


def broker_state() -> str:
    """``ok``, ``down`` or ``none`` when no broker is set."""
    if not settings.REDIS_URL:
        return "none"
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        client.ping()
    except redis.RedisError:
        return "down"
    finally:
        client.close()
    return "ok"
