"""The cost figures in force, and the floor of an order under them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from qinghe.claims.models import Claim
from qinghe.market.bands import band_of
from qinghe.market.costs import Figures, Floor, built_in, floor, lowest, parse
from qinghe.market.models import CostFigures, Listing
from qinghe.market.queries.seen import HIDDEN, Place


def figures_at(at: datetime) -> Figures:
    """Return the figures in force at a moment: the operator's newest, else the product's own."""
    return _parsed(text_at(at))


def text_at(at: datetime) -> str:
    """Return the figures in force as the operator wrote them."""
    newest = CostFigures.objects.filter(starts_at__lte=at).order_by("-starts_at", "-version")
    return newest.values_list("text", flat=True).first() or built_in()


def figures_of(version: str) -> Figures:
    """Return one version of the figures, which stays readable as long as it is kept."""
    text = CostFigures.objects.filter(pk=version).values_list("text", flat=True).first()
    return _parsed(text or built_in())


def floor_of_claim(claim: Claim, figures: Figures) -> Floor:
    """Return the floor of a claim that is to be offered."""
    return floor(
        figures,
        product=claim.product,
        stage=claim.stage,
        band=band_of(claim.owed, claim.currency),
        hand=claim.hand,
        currency=claim.currency,
    )


def floor_of_listing(listing: Listing, figures: Figures, place: Place = HIDDEN) -> Floor:
    """Return the floor of an order by what is known of its amount; without, the lowest of all."""
    return lowest(
        figures,
        product=listing.product,
        stage=listing.stage,
        bands=place.bands,
        hand=listing.hand,
        currency=listing.currency,
    )


@lru_cache(maxsize=16)
def _parsed(text: str) -> Figures:
    return parse(text)
