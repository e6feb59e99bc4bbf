"""Pay: an amount, the provider's own page, and a receipt that does not claim more than it knows."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe

from qinghe.casework.queries.early import EarlyRow, early_offer_to
from qinghe.claims.days import day_of
from qinghe.claims.queries.payable import Payable, payable_for
from qinghe.claims.reference import transfer_to
from qinghe.claims.terms import Component
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor
from qinghe.portal.claims import MyClaim, claim_of
from qinghe.portal.doors import DebtorRequest, page, sent
from qinghe.portal.forms import PayForm
from qinghe.portal.restart import PART, restarts
from qinghe.settlement.cashier import PROVIDER, Checkout, checkout_query
from qinghe.settlement.queries.receipt import Receipt, receipt_for, receipt_of
from qinghe.settlement.services import create_cashier_order, go_to_provider
from qinghe.settlement.terms import OrderState
from qinghe.settlement.ways import NAMES, ways

# Dark on white also where the page is dark: a camera must read it.
DRAWN: Final = {"scale": 6, "border": 2, "light": "#fff"}
# A payment that came, and was given or taken back since.
UNDONE: Final = "undone"


@page("GET", "POST")
def pay(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Take an amount and a way to pay, and send the person on."""
    claim = claim_of(claim_id, request.actor)
    if not claim.open or not claim.owed:
        return redirect("portal:claim", claim_id=claim_id)
    offered = ways(claim.currency)
    limit = payable_for(claim_id=claim_id, actor=request.actor, at=clock.now())
    offer = _offer(claim, limit, request.actor)
    told = {"offer": offer, "day": offer and offer.pay_by(claim.today)}
    form = PayForm(
        request.POST or None,
        limit=limit,
        currency=claim.currency,
        ways=offered,
        asked=offer.asks if offer else 0,
        offer=render_to_string("portal/parts/offer_choice.html", told).strip() if offer else "",
    )
    done, made = sent(form, lambda actor: _ordered(request, claim_id, form, actor), request.actor)
    if done and made is not None:
        order = _receipt(made, request.actor)
        if order.provider != PROVIDER:
            return redirect("portal:pay-on", order_id=made)
        checkout = Checkout(made, order.amount, order.currency)
        return redirect(f"{reverse('cashier-sandbox:page')}?{checkout_query(checkout)}")
    practice = [way for way, _name in offered] == [PROVIDER]
    context = {
        "claim": claim,
        "form": form,
        "limit": limit,
        **told,
        "practice": practice,
        "restarts": restarts(PART),
        "bank": transfer_to(claim_number=claim.number, currency=claim.currency),
    }
    return render(request, "portal/pay.html", context)


def _offer(claim: MyClaim, limit: Payable, actor: Actor) -> EarlyRow | None:
    """Return an offer that asks for less than could be paid; None without one."""
    found = early_offer_to(claim_id=claim.id, actor=actor, day=claim.today)
    return found if found and 0 < found.asks < limit.most else None


@page()
def pay_on(request: DebtorRequest, order_id: UUID) -> HttpResponse:
    """Show where an order is paid: a link to the provider's page, or a code to scan."""
    order = _receipt(order_id, request.actor)
    over = order.state != OrderState.CREATED or _over(order)
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


def _over(order: Receipt) -> bool:
    return order.expires_at is not None and clock.now() >= order.expires_at


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
    """Say what is known of a payment: arrived, not arrived, not yet told, or undone since."""
    order = _receipt(order_id, request.actor)
    return _shown(request, order)


@page()
def payment(request: DebtorRequest, payment_id: UUID) -> HttpResponse:
    """Give a receipt for what came by bank transfer or direct debit."""
    today = day_of(clock.now())
    found = receipt_of(payment_id=payment_id, actor=request.actor, today=today)
    return _shown(request, found)


def _receipt(order_id: UUID, actor: Actor) -> Receipt:
    return receipt_for(order_id=order_id, actor=actor, today=day_of(clock.now()))


def _shown(request: DebtorRequest, order: Receipt) -> HttpResponse:
    state = order.state
    if state == OrderState.CREATED and _over(order):
        state = OrderState.EXPIRED
    if state == OrderState.PAID and not order.counts + order.excess:
        state = UNDONE
    context = {
        "order": order,
        "state": state,
        "parts": [(Component(name).label, minor) for name, minor in order.parts],
        "undone": order.undone,
        "zone": request.zone,
        # Money reaches the platform's account, whoever it is for.
        "payee": settings.BANK_HOLDER or settings.OPERATOR_NAME,
    }
    return render(request, "portal/receipt.html", context)
