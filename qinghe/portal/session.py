"""
The debtor's stay: a server-side session of its own, apart from the staff's.

Its cookie is sent for this door only, ends after twenty quiet minutes and never lasts two hours.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

COOKIE = "qinghe_door"
IDLE = timedelta(minutes=20)
LONGEST = timedelta(hours=2)
# Writing the last visit down more often than this would only cost time.
STEP = timedelta(minutes=1)


def begin(response: HttpResponse, *, person_id: UUID, at: datetime) -> None:
    """Open a stay under a fresh key and hand its cookie to the browser."""
    store = SessionStore()
    store["person"] = str(person_id)
    store["opened_at"] = store["seen_at"] = at.isoformat()
    store.set_expiry(LONGEST)
    store.create()
    response.set_cookie(
        COOKIE,
        str(store.session_key),
        path=reverse("portal:door"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def visitor(request: HttpRequest, *, at: datetime) -> UUID | None:
    """Return whose stay this request belongs to and keep it awake; nobody when it is over."""
    key = request.COOKIES.get(COOKIE)
    if not key:
        return None
    store = SessionStore(session_key=key)
    if "person" not in store:
        return None
    opened, seen = (datetime.fromisoformat(store[name]) for name in ("opened_at", "seen_at"))
    if at - seen >= IDLE or at - opened >= LONGEST:
        store.flush()
        return None
    if at - seen >= STEP:
        store["seen_at"] = at.isoformat()
        store.save()
    return UUID(store["person"])


def was_here(request: HttpRequest) -> bool:
    """Tell whether the browser still carries the cookie of a stay that is over."""
    return bool(request.COOKIES.get(COOKIE))


def end(request: HttpRequest, response: HttpResponse) -> None:
    """Close the stay on the server and take the cookie back."""
    key = request.COOKIES.get(COOKIE)
    if key:
        SessionStore(session_key=key).flush()
    response.delete_cookie(COOKIE, path=reverse("portal:door"), samesite="Lax")
