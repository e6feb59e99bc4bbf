"""Pay: an amount, the provider's own page, and a receipt that does not claim more than it knows."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe

from qinghe.claims.queries.payable import payable_for
from qinghe.claims.reference import transfer_to
from qinghe.claims.terms import Component
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor
from qinghe.portal.claims import claim_of
from qinghe.portal.doors import DebtorRequest, page, sent
from qinghe.portal.forms import PayForm
from qinghe.portal.restart import PART, restarts
from qinghe.settlement.cashier import PROVIDER, Checkout, checkout_query
from qinghe.settlement.queries.receipt import receipt_for
from qinghe.settlement.services import create_cashier_order, go_to_provider
from qinghe.settlement.terms import OrderState
from qinghe.settlement.ways import NAMES, ways

# Dark on white also where the page is dark: a camera must read it.
DRAWN: Final = {"scale": 6, "border": 2, "light": "#fff"}


@page("GET", "POST")
def pay(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Take an amount and a way to pay, and send the person on."""
    claim = claim_of(claim_id, request.actor)
    offered = ways(claim.currency)
    limit = payable_for(claim_id=claim_id, actor=request.actor, at=clock.now())
    form = PayForm(request.POST or None, limit=limit, currency=claim.currency, ways=offered)
    done, made = sent(form, lambda actor: _ordered(request, claim_id, form, actor), request.actor)
    if done and made is not None:
        order = receipt_for(order_id=made, actor=request.actor)
        if order.provider != PROVIDER:
            return redirect("portal:pay-on", order_id=made)
        checkout = Checkout(made, order.amount, order.currency)
        return redirect(f"{reverse('cashier-sandbox:page')}?{checkout_query(checkout)}")
    practice = [way for way, _name in offered] == [PROVIDER]
    context = {
        "claim": claim,
        "form": form,
        "limit": limit,
        "practice": practice,
        "restarts": restarts(PART),
        "bank": transfer_to(claim_number=claim.number, currency=claim.currency),
    }
    return render(request, "portal/pay.html", context)


@page()
def pay_on(request: DebtorRequest, order_id: UUID) -> HttpResponse:
    """Show where an order is paid: a link to the provider's page, or a code to scan."""
    order = receipt_for(order_id=order_id, actor=request.actor)
    over = order.state != OrderState.CREATED or clock.now() >= order.expires_at
    if over or not order.page:
        return redirect("portal:receipt", order_id=order_id)
    link = order.page.startswith(("https://", "http://"))
    code = "" if link else segno.make_qr(order.page, error="m").svg_inline(**DRAWN)
    context = {
        "order": order,
        "way": NAMES[order.provider],
        "link": link,
        "code": mark_safe(code),  # noqa: S308  drawn by us from an address the provider gave
        "zone": request.zone,
    }
    return render(request, "portal/pay_on.html", context)


def _ordered(request: DebtorRequest, claim_id: UUID, form: PayForm, actor: Actor) -> UUID:
    """Fix the order, here or at a provider, and return its id."""
    told = {"claim_id": claim_id, "amount": form.cleaned_data["amount"]}
    provider, at = form.cleaned_data["way"], clock.now()
    if provider == PROVIDER:
        return create_cashier_order(**told, provider=provider, actor=actor, at=at).pk
    here, nobody = settings.QINGHE_BASE_URL.rstrip("/"), UUID(int=0)
    back = reverse("portal:receipt", args=[nobody]).replace(str(nobody), "{order}")
    order = go_to_provider(
        **told,
        provider=provider,
        back=here + back,
        notify=here + reverse("api:provider-notice", args=[provider]),
        small_screen="Mobile" in request.headers.get("User-Agent", ""),
        ip=request.META.get("REMOTE_ADDR", ""),
        actor=actor,
        at=at,
    )
    return order.pk


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
