"""The filters of the order hall, as an address writes them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qinghe.claims.terms import Product, Stage
from qinghe.market.bands import bands
from qinghe.market.queries.filters import MOST_HANDS, NOWHERE, HallFilters
from qinghe.market.queries.hall import ORDERS
from qinghe.market.terms import Mode
from qinghe.parties.regions import is_region, provinces
from qinghe.parties.terms import OrgKind
from qinghe.web.formats import band_words, chinese

CURRENCY = "CNY"
CURRENCIES = ("CNY", "HKD", "USD", "EUR")
RATES = ("0.05", "0.10", "0.15", "0.20", "0.30")
KINDS = (OrgKind.INSTITUTION, OrgKind.PRIVATE_CREDITOR)
HANDS = tuple(range(1, MOST_HANDS + 1))
WORDS = {
    "recent": _("Newest first"),
    "commission": _("Highest commission"),
    "band": _("Largest amount"),
    "expiring": _("Ending soon"),
}
NAMES = ("region", "stage", "product", "band", "currency", "rate", "mode", "kind", "hand", "order")


def filters_of(asked: QueryDict | str) -> HallFilters:
    """Return the filters of an address; words that are not on the lists are left out."""
    asked = QueryDict(asked) if isinstance(asked, str) else asked
    rate, currency, order = (asked.get(name, "") for name in ("rate", "currency", "order"))
    return HallFilters(
        regions=tuple(r for r in asked.getlist("region") if r == NOWHERE or is_region(r)),
        stages=tuple(s for s in asked.getlist("stage") if s in Stage.values),
        products=tuple(p for p in asked.getlist("product") if p in Product.values),
        bands=tuple(int(b) for b in asked.getlist("band") if b in _BANDS),
        currency=currency if currency in CURRENCIES else "",
        min_commission=Decimal(rate) if rate in RATES else None,
        mode=asked.get("mode", "") if asked.get("mode", "") in Mode.values else "",
        order=order if order in ORDERS else "recent",
        kinds=tuple(k for k in asked.getlist("kind") if k in KINDS),
        hands=tuple(int(h) for h in asked.getlist("hand") if h in _HANDS),
    )


def address_of(filters: HallFilters) -> str:
    """Return filters as an address writes them, always in the same order."""
    found = QueryDict(mutable=True)
    lists: dict[str, Any] = {
        "region": filters.regions,
        "stage": filters.stages,
        "product": filters.products,
        "band": filters.bands,
        "kind": filters.kinds,
        "hand": filters.hands,
    }
    for name, values in lists.items():
        if values:
            found.setlist(name, [str(value) for value in values])
    single = {"currency": filters.currency, "mode": filters.mode}
    if filters.min_commission is not None:
        single["rate"] = str(filters.min_commission)
    if filters.order != "recent":
        single["order"] = filters.order
    for name, value in single.items():
        if value:
            found[name] = value
    return found.urlencode()


def chosen(filters: HallFilters) -> int:
    """Return how many filters narrow the hall: a phone shows only their number at first."""
    narrow = (
        filters.regions, filters.stages, filters.products, filters.bands, filters.min_commission,
        filters.currency, filters.kinds, filters.hands,
    )  # fmt: skip
    return sum(map(bool, narrow))


def choices() -> dict[str, tuple[Any, ...]]:
    """Return what the filters of the hall offer, in the active language."""
    return _choices(get_language() or "")


@cache
def _choices(_language: str) -> dict[str, tuple[Any, ...]]:
    return {
        "provinces": tuple(provinces("zh" if chinese() else "en")),
        "nowhere": (NOWHERE,),
        "products": _named(Product),
        "stages": _named(stage for stage in Stage if stage != Stage.M0),
        "bands": tuple((band.index, band_words(band.index, CURRENCY)) for band in bands()),
        "rates": RATES,
        "currencies": CURRENCIES,
        "kinds": _named(KINDS),
        "hands": tuple((hand, hand - 1) for hand in HANDS),
        "modes": _named((Mode.GRAB, Mode.BID, Mode.DESIGNATED)),
        "orders": tuple((name, str(words)) for name, words in WORDS.items()),
    }


def _named(offered: Iterable[TextChoices]) -> tuple[tuple[str, str], ...]:
    return tuple((each.value, str(each.label)) for each in offered)


_BANDS = frozenset(str(band.index) for band in bands())
_HANDS = frozenset(map(str, HANDS))
