"""What every page's frame needs: navigation, theme, text size, the clock of the top bar."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, cast

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.queries import NoMembership
from qinghe.reporting.queries.waiting import CAP
from qinghe.web import formats
from qinghe.web.demonstration import sign_ins
from qinghe.web.doors import StaffRequest, enter
from qinghe.web.navigation import NAVIGATION, Item, Section
from qinghe.web.queues import nav_counts
from qinghe.web.stencils import drawn

THEMES = ("light", "dark")
SIZES = ("large",)
# So many side bars are kept in a process: they differ by role, page and counts.
KEPT = 1_024


@dataclass(frozen=True)
class Link:
    """An item of the side bar, resolved for one request; `more` when its count stopped at a cap."""

    label: str
    url: str
    icon: str
    tab: bool
    count: int
    more: bool
    current: bool


@dataclass(frozen=True)
class Group:
    """Links under one heading."""

    title: str
    links: tuple[Link, ...]


def _address(name: str) -> str:
    """Return the address of a page, or nothing when the page is not there."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _holds(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))


def _nearest(urls: list[str], path: str) -> str:
    """Return the address of the navigation under which a page lies."""
    return max((u for u in urls if u and _holds(u, path)), key=len, default="")


def _link(item: Item, url: str, current: str, counts: Mapping[str, int]) -> Link:
    count = sum(counts.get(name, 0) for name in item.counts)
    return Link(str(item.label), url, item.icon, item.tab, count, count >= CAP, url == current)


def navigation(role: Role, path: str, counts: Mapping[str, int]) -> tuple[Group, ...]:
    """Return a role's navigation with the entry of this page marked."""
    current = _nearest(list(_addresses(role).values()), path)
    return _navigation(role, current, tuple(counts.items()), get_language() or "")


@cache
def _addresses(role: Role) -> dict[str, str]:
    sections: tuple[Section, ...] = NAVIGATION.get(role, ())
    return {item.page: _address(item.page) for section in sections for item in section.items}


@lru_cache(maxsize=KEPT)
def _navigation(
    role: Role, current: str, counts: tuple[tuple[str, int], ...], _language: str
) -> tuple[Group, ...]:
    urls, waiting = _addresses(role), dict(counts)
    groups = [
        Group(
            str(section.title),
            tuple(_link(i, urls[i.page], current, waiting) for i in section.items if urls[i.page]),
        )
        for section in NAVIGATION.get(role, ())
    ]
    return tuple(group for group in groups if group.links)


def _chosen(request: HttpRequest, name: str, allowed: tuple[str, ...]) -> str:
    value = request.COOKIES.get(name, "")
    return value if value in allowed else ""


def _now() -> datetime:
    return clock.now().astimezone(formats.home_zone())


def _entered(request: HttpRequest) -> HttpRequest:
    """Return the request with its actor; account pages have no door of their own."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and not hasattr(request, "actor"):
        with suppress(NoMembership):
            enter(request)
    return request


def _groups(request: HttpRequest) -> tuple[Group, ...]:
    actor = getattr(_entered(request), "actor", None)
    if actor is None:
        return ()
    counts = nav_counts(cast("StaffRequest", request))
    return navigation(actor.role, request.path, counts)


def _side(request: HttpRequest) -> str:
    return drawn("components/side.html", groups=_groups(request))


def _tabs(request: HttpRequest) -> str:
    links = tuple(link for group in _groups(request) for link in group.links if link.tab)[:5]
    return drawn("components/tabs.html", links=links) if links else ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """
    Return the frame's context; what only staff pages draw is worked out only there.

    Doors may set on the request: `actor` and `org_name` (shown beside the mark).
    """
    return {
        "nav": SimpleLazyObject(lambda: _groups(request)),
        "side": SimpleLazyObject(lambda: _side(request)),
        "tabs": SimpleLazyObject(lambda: _tabs(request)),
        "org_name": SimpleLazyObject(lambda: getattr(_entered(request), "org_name", "")),
        "theme": _chosen(request, "theme", THEMES),
        "text_size": _chosen(request, "size", SIZES),
        "now": _now(),
        "chinese": formats.chinese(),
        **sign_ins(request),
    }
