"""The form of the hall's filters: drawn once, and of each page only what is chosen filled in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.safestring import SafeString, mark_safe

from qinghe.market.queries.filters import HallFilters
from qinghe.web.collector.hallfilters import choices
from qinghe.web.stencils import stencil
from qinghe.web.templatetags.qinghe import badge

CHECKED: Final = mark_safe(" checked")
SELECTED: Final = mark_safe(" selected")
OPEN: Final = mark_safe(" open")


def form_of(filters: HallFilters) -> SafeString:
    """Return the form with some filters chosen, as it was sent."""
    boxes: dict[str, Iterable[object]] = {
        "region": filters.regions,
        "stage": filters.stages,
        "product": filters.products,
        "band": filters.bands,
    }
    lists: dict[str, Iterable[object]] = {
        "kind": filters.kinds,
        "hand": filters.hands,
        "rate": [filters.min_commission],
        "currency": [filters.currency],
        "order": [filters.order],
    }
    places = {"open": OPEN, "regions": _counted(filters)} if filters.regions else {}
    shape = stencil("web/collector/hallform.html", mode=filters.mode, **choices())
    return shape.filled({**places, **_marked(boxes, CHECKED), **_marked(lists, SELECTED)})


def _counted(filters: HallFilters) -> SafeString:
    return mark_safe(f" {badge(len(filters.regions), 'acc')}")  # noqa: S308  a badge, escaped


def _marked(chosen: dict[str, Iterable[object]], mark: SafeString) -> dict[str, SafeString]:
    return {f"{name}:{value}": mark for name, values in chosen.items() for value in values}
