"""What waits for the person who reads a page: asked once per request, by side bar or view."""

from __future__ import annotations

from qinghe.reporting.queries import waiting
from qinghe.web.doors import StaffRequest


def nav_counts(request: StaffRequest) -> dict[str, int]:
    """Return how much waits in each queue of the role this request acts in."""
    if not hasattr(request, "waiting"):
        request.waiting = waiting(actor=request.actor, at=request.at)
    return request.waiting
