"""
What is new in the hall, as server-sent events that hold nothing.

The server runs a few threads, each with a database connection. A stream that stayed open would take
one of them per reader, so each answer is one event and its end; the browser comes back by itself
after the time in `retry`, as the protocol says.
"""

from __future__ import annotations

from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import ngettext

from qinghe.market.queries.filters import HallFilters
from qinghe.market.queries.newest import LONGEST, newer
from qinghe.parties.roles import Permission
from qinghe.web.collector.hallfilters import address_of, filters_of
from qinghe.web.doors import StaffRequest, page
from qinghe.web.formats import number

RETRY_SECONDS: Final = 20
# A member who asks again sooner is sent away until later, with no event.
SOONEST_SECONDS: Final = 5
# So many members are remembered in a process.
REMEMBERED: Final = 10_000
_LAST: Final[dict[UUID, float]] = {}
_LOCK: Final = Lock()


@page(Permission.TAKE_ORDERS)
def hall_live(request: StaffRequest) -> HttpResponse:
    """Tell how many orders came into the hall since a page was drawn; 204 ends the stream."""
    since = _since(request.GET.get("since", ""))
    if since is None or not request.at - LONGEST <= since <= request.at:
        return HttpResponse(status=204)
    if not _turn(request.membership.id):
        return _events("", RETRY_SECONDS * 3)
    found = newer(actor=request.actor, filters=filters_of(request.GET), since=since, at=request.at)
    return _events(_words(found.n, capped=found.capped) if found.n else "", RETRY_SECONDS)


def live_address(filters: HallFilters, drawn_at: datetime) -> str:
    """Return where a page that was drawn at a moment asks what is new under its filters."""
    asked = [urlencode({"since": drawn_at.isoformat()}), address_of(filters)]
    return f"{reverse('web:hall-live')}?{'&'.join(filter(None, asked))}"


def _since(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _turn(member: UUID) -> bool:
    """Tell whether a member may ask now: one stream each, whatever the number of tabs."""
    now = monotonic()
    with _LOCK:
        if now - _LAST.get(member, -SOONEST_SECONDS) < SOONEST_SECONDS:
            return False
        if len(_LAST) >= REMEMBERED:
            _LAST.clear()
        _LAST[member] = now
    return True


def _words(n: int, *, capped: bool) -> str:
    words = ngettext("%(n)s new order", "%(n)s new orders", n)
    return words % {"n": f"{number(n)}+" if capped else number(n)}


def _events(words: str, retry_seconds: int) -> HttpResponse:
    event = f"event: new\ndata: {words}\n\n" if words else ": nothing new\n\n"
    body = f"retry: {retry_seconds * 1000}\n{event}"
    answer = HttpResponse(body, content_type="text/event-stream; charset=utf-8")
    answer["X-Accel-Buffering"] = "no"
    return answer
