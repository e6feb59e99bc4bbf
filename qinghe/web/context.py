"""What every page's frame needs: navigation, theme, text size, the clock of the top bar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.queries import NoMembership
from qinghe.reporting.queries.waiting import CAP
from qinghe.web import formats
from qinghe.web.demonstration import sign_ins
from qinghe.web.doors import StaffRequest, enter
from qinghe.web.navigation import NAVIGATION, Item, Section
from qinghe.web.queues import nav_counts

THEMES = ("light", "dark")
SIZES = ("large",)


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
    links: list[Link]


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


def navigation(role: Role | None, path: str, counts: Mapping[str, int]) -> list[Group]:
    """Return a role's navigation with the entry of this page marked."""
    sections: tuple[Section, ...] = NAVIGATION.get(role, ()) if role else ()
    urls = {item.page: _address(item.page) for section in sections for item in section.items}
    current = _nearest(list(urls.values()), path)
    groups = [
        Group(
            str(section.title),
            [_link(i, urls[i.page], current, counts) for i in section.items if urls[i.page]],
        )
        for section in sections
    ]
    return [group for group in groups if group.links]


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


def _groups(request: HttpRequest) -> list[Group]:
    actor = getattr(_entered(request), "actor", None)
    if actor is None:
        return []
    counts = nav_counts(cast("StaffRequest", request))
    return navigation(actor.role, request.path, counts)


def _tabs(groups: Iterable[Group]) -> list[Link]:
    return [link for group in groups for link in group.links if link.tab][:5]


def shell(request: HttpRequest) -> dict[str, Any]:
    """
    Return the frame's context; what only staff pages draw is worked out only there.

    Doors may set on the request: `actor` and `org_name` (shown beside the mark).
    """
    groups = SimpleLazyObject(lambda: _groups(request))
    return {
        "nav": groups,
        "tabs": SimpleLazyObject(lambda: _tabs(groups)),
        "org_name": SimpleLazyObject(lambda: getattr(_entered(request), "org_name", "")),
        "theme": _chosen(request, "theme", THEMES),
        "text_size": _chosen(request, "size", SIZES),
        "now": _now(),
        "chinese": formats.chinese(),
        **sign_ins(request),
    }
