"""Pay: an amount, the cashier's own page, and a receipt that does not claim more than it knows."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from qinghe.claims.terms import Component
from qinghe.kernel import clock
from qinghe.portal.claims import claim_of
from qinghe.portal.doors import DebtorRequest, page, sent
from qinghe.portal.forms import PayForm
from qinghe.settlement.cashier import Checkout, checkout_query
from qinghe.settlement.queries.receipt import receipt_for
from qinghe.settlement.services import create_cashier_order
from qinghe.settlement.terms import OrderState


@page("GET", "POST")
def pay(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Take an amount and send the person to the cashier with a signed address."""
    claim = claim_of(claim_id, request.actor)
    form = PayForm(request.POST or None, owed=claim.owed, currency=claim.currency)
    done, order = sent(
        form,
        lambda actor: create_cashier_order(
            claim_id=claim_id, amount=form.cleaned_data["amount"], actor=actor, at=clock.now()
        ),
        request.actor,
    )
    if done and order is not None:
        checkout = Checkout(order.pk, order.amount, order.currency)
        return redirect(f"{reverse('cashier-sandbox:page')}?{checkout_query(checkout)}")
    return render(request, "portal/pay.html", {"claim": claim, "form": form})


@page()
def receipt(request: DebtorRequest, order_id: UUID) -> HttpResponse:
    """Say what is known of a payment: arrived, not arrived, or not yet told."""
    order = receipt_for(order_id=order_id, actor=request.actor)
    state = order.state
    if state == OrderState.CREATED and clock.now() >= order.expires_at:
        state = OrderState.EXPIRED
    context = {
        "order": order,
        "state": state,
        "parts": [(Component(name).label, minor) for name, minor in order.parts],
        "zone": request.zone,
    }
    return render(request, "portal/receipt.html", context)
