"""The order hall (接单大厅): filters, what may be taken and why not, the terms, taking."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError
from qinghe.market.contracts import terms
from qinghe.market.queries import hall, listing_for
from qinghe.market.services import take
from qinghe.parties.roles import Permission
from qinghe.reporting.queries import collector_record
from qinghe.web.collector.hallfilters import CURRENCY, choices, chosen, filters_of
from qinghe.web.commission import cut
from qinghe.web.doors import StaffRequest, page
from qinghe.web.figures import figures_of
from qinghe.web.formats import as_day, chinese
from qinghe.web.numbers import whole


@page(Permission.TAKE_ORDERS)
def order_hall(request: StaffRequest) -> HttpResponse:
    """Show the open orders this collector may see, what it may take, and why not."""
    filters = filters_of(request.GET)
    found = hall(
        actor=request.actor,
        at=request.at,
        filters=filters,
        page=whole(request.GET.get("page"), 1),
    )
    record = collector_record(actor=request.actor, at=request.at, currency=CURRENCY)
    context = {
        **choices(),
        "found": found,
        "filters": filters,
        "chosen": chosen(filters),
        "page": found,
        "figures": figures_of(record),
        "cards": request.GET.get("view") == "cards",
        "obstacle": found.obstacle,
    }
    return render(request, "web/collector/hall.html", context)


@page(Permission.TAKE_ORDERS)
def listing(request: StaffRequest, listing_id: UUID) -> HttpResponse:
    """Show one order with the terms that are signed by taking it."""
    row = listing_for(listing_id=listing_id, actor=request.actor, at=request.at)
    current = terms()
    context = {
        "row": row,
        "cut": cut(row.commission_rate, row.quality_share, as_day(request.at)),
        "terms": current,
        "terms_text": current.text("zh" if chinese() else "en"),
    }
    return render(request, "web/collector/listing.html", context)


@page(Permission.TAKE_ORDERS, methods=("POST",))
def take_order(request: StaffRequest, listing_id: UUID) -> HttpResponse:
    """Take an order: sign its terms and open the case, or say why it cannot be taken."""
    if request.POST.get("agree") != "on":
        return redirect("web:listing", listing_id)
    try:
        mandate = take(listing_id=listing_id, actor=request.actor, at=request.at)
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, refusal.user_message)
        return redirect("web:listing", listing_id)
    messages.success(request, _("The order is yours. The terms are signed."))
    return redirect("web:case", mandate.claim_id)
