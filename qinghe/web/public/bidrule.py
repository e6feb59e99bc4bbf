"""How sealed bids are decided, what work is reckoned to cost, and why bids lose: for anybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qinghe.claims.terms import Product, Stage
from qinghe.kernel import clock
from qinghe.market.costs import Figures
from qinghe.market.queries.bid_figures import FEWEST_BIDS, K, reasons_published
from qinghe.market.queries.costs import figures_at
from qinghe.web.bidparts import rule_lines
from qinghe.web.formats import chinese
from qinghe.web.words import label


@require_safe
def bidding_rule(request: HttpRequest) -> HttpResponse:
    """Show the rule, the cost figures in force with what they rest on, and the counts."""
    at = clock.now()
    figures = figures_at(at)
    counts = [
        (label(row.reason, "bid-reason") if row.reason else _("Other reasons"), row.bids)
        for row in reasons_published(at=at)
    ]
    context = {
        "rule": rule_lines(),
        "figures": figures,
        "units": _units(figures),
        "stages": [(stage, figures.stages[stage]) for stage in Stage.values if stage != Stage.M0],
        "products": [(product.label, figures.products[product]) for product in Product],
        "counts": counts,
        "fewest": FEWEST_BIDS,
        "k": K,
    }
    return render(request, "web/public/bidding.html", context)


def _units(figures: Figures) -> list[tuple[str, int, str]]:
    """Return what one of each costs, in minor units, and why."""
    names = {
        "call": _("One call"),
        "message": _("One message"),
        "letter": _("One letter"),
        "minute": _("One minute of work"),
    }
    spoken = 0 if chinese() else 1
    return [(words, int(figures.costs[k]), figures.why[k][spoken]) for k, words in names.items()]
