"""A browser of the staff keeps a mark, so that one hand behind two organisations can be seen."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.http import HttpResponse

from qinghe.graph.services import leave_trace
from qinghe.graph.terms import DEVICE_COOKIE, TraceKind

if TYPE_CHECKING:
    from qinghe.web.doors import StaffRequest

KEEP: Final = timedelta(days=400)
TRACED: Final = "traced"
LONGEST: Final = 64


def marked(request: StaffRequest, response: HttpResponse) -> HttpResponse:
    """
    Give the browser its mark with an answer, and note once a session for whom it works.

    A demonstration is one browser in every role; there it would only raise false doubts.
    """
    org_id = request.actor.org_id
    if settings.DEMO or org_id is None:
        return response
    device = request.COOKIES.get(DEVICE_COOKIE, "")
    if not device or len(device) > LONGEST:
        device = secrets.token_urlsafe(24)
        response.set_cookie(
            DEVICE_COOKIE,
            device,
            max_age=KEEP,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    noted = f"{org_id} {device}"
    if request.session.get(TRACED) != noted:
        leave_trace(
            org_id=org_id, kind=TraceKind.DEVICE, value=device, actor=request.actor, at=request.at
        )
        request.session[TRACED] = noted
    return response
