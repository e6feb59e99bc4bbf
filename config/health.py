"""Two questions of a supervisor or a load balancer: alive? and ready to serve?"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

WORKS = 200
DOES_NOT = 503


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """
    Answer that this process serves. Touches nothing else.
    """
    return JsonResponse({"ok": True})


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """
    Answer whether this process reaches a database that has the product's tables.
    """
    checks = {"database": _database_answers()}
    ok = all(checks.values())
    return JsonResponse({"ok": ok, "checks": checks}, status=WORKS if ok else DOES_NOT)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
            return bool(cursor.fetchone()[0])
    except DatabaseError:
        return False


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
