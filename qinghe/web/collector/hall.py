"""The order hall (接单大厅): filters, what may be taken and why not, the terms, taking."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.casework.queries.history import past_of_listing
from qinghe.kernel.errors import DomainError
from qinghe.market.commission import one_row
from qinghe.market.contracts import ONE_SIDED, terms
from qinghe.market.queries import HallRow, hall, listing_for
from qinghe.market.queries.searches import searches
from qinghe.market.queries.signed import figures_of as signed_figures
from qinghe.market.queries.signed import offered_document
from qinghe.market.services import take
from qinghe.market.terms import Mode
from qinghe.parties.roles import Permission
from qinghe.reporting.queries import collector_record
from qinghe.web.collector.hallfilters import CURRENCY, choices, chosen, filters_of
from qinghe.web.collector.hallform import form_of
from qinghe.web.collector.hallrows import drawn
from qinghe.web.collector.live import live_address
from qinghe.web.commission import cut
from qinghe.web.doors import StaffRequest, page
from qinghe.web.figures import figures_of
from qinghe.web.formats import as_day, chinese
from qinghe.web.numbers import page_asked
from qinghe.web.simulated import Asked, amounts_of_bands, hidden, simulation


@page(Permission.TAKE_ORDERS)
def order_hall(request: StaffRequest) -> HttpResponse:
    """Show the open orders this collector may see, what it may take, and why not."""
    filters = filters_of(request.GET)
    found = hall(
        actor=request.actor,
        at=request.at,
        filters=filters,
        page=page_asked(request.GET),
    )
    record = collector_record(actor=request.actor, at=request.at, currency=CURRENCY)
    context = {
        "bands": choices()["bands"],
        "modes": choices()["modes"],
        "form": form_of(filters),
        "found": found,
        "rows": drawn(found.rows, request.at),
        "filters": filters,
        "chosen": chosen(filters),
        "page": found,
        "figures": figures_of(record),
        "cards": request.GET.get("view") == "cards",
        "obstacle": found.obstacle,
        "live": live_address(filters, request.at),
        "kept": searches(actor=request.actor, at=request.at),
    }
    return render(request, "web/collector/hall.html", context)


def _offered(request: StaffRequest, row: HallRow) -> dict[str, Any]:
    """Return the text that is signed by taking, what it would pay, and what was tried before."""
    document = offered_document(listing_id=row.id, actor=request.actor, at=request.at)
    lang = "zh" if chinese() else "en"
    plan = one_row(row.commission_rate, row.quality_share)
    if document is None:
        blank = terms(ONE_SIDED)
        signed = {"version": blank.version, "sha256": blank.sha256, "text": blank.text(lang)}
    else:
        text = document.text_zh if lang == "zh" else document.text_en
        signed = {"version": document.version, "sha256": document.sha256, "text": text}
        plan = signed_figures(document.sha256).plan or plan
    return {
        "signed": signed,
        "sims": [
            simulation(plan, Asked(owed, row.stage, row.hand, row.currency), as_day(request.at))
            for owed in amounts_of_bands(row.band, row.band_to, row.currency)
        ],
        "amount_hidden": hidden(row.band, row.band_to),
        "past": past_of_listing(listing_id=row.id, actor=request.actor, at=request.at),
    }


@page(Permission.TAKE_ORDERS)
def listing(request: StaffRequest, listing_id: UUID) -> HttpResponse:
    """Show one order with the terms that are signed by taking it."""
    row = listing_for(listing_id=listing_id, actor=request.actor, at=request.at)
    if row.mode == Mode.BID:
        return redirect("web:bid", listing_id)
    context = {
        "row": row,
        "cut": cut(row.commission_rate, row.quality_share, as_day(request.at)),
        **_offered(request, row),
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
