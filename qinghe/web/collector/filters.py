"""The filters of the worklist, as an address writes them."""

from __future__ import annotations

from django.http import QueryDict

from qinghe.casework.queries import WorkFilters
from qinghe.claims.terms import Product, Stage


def filters_of(asked: QueryDict) -> WorkFilters:
    """Return what a worker looks for; what is no filter is left out."""
    return WorkFilters(
        stages=tuple(s for s in asked.getlist("stage") if s in Stage.values),
        products=tuple(p for p in asked.getlist("product") if p in Product.values),
        action=asked.get("action", ""),
        text=asked.get("q", ""),
    )
