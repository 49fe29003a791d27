"""Is the process alive, and can it serve? For load balancers and the operator; neither says anything about people."""

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from workshops.access import public


@public("a load balancer asks it")
def alive(request: HttpRequest) -> JsonResponse:
    """200 while this process answers at all."""
    return JsonResponse({"alive": True})


@public("a load balancer asks it")
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database and migrations are there, else 503; a missing Redis is told but does not take the node out."""
    state = {"database": _database(), "migrations": _migrations(), "push": settings.PUSH, "cache": _cache()}
    fine = state["database"] and state["migrations"]
    return JsonResponse(state, status=200 if fine else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except Exception:
        return False


def _migrations() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception:
        return False


def _cache() -> bool:
    try:
        cache.set("readyz", 1, 5)
        return cache.get("readyz") == 1 and not getattr(cache, "is_away", False)
    except Exception:
        return False
