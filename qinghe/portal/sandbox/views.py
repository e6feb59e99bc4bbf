"""The cashier's own page: what is to be paid, two buttons, no questions."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from qinghe.kernel import clock
from qinghe.kernel.queue import enqueue
from qinghe.settlement.cashier import (
    FAILED,
    PAID,
    BadSignature,
    Checkout,
    Notice,
    notice_body,
    read_checkout,
    sign,
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cashier(request: HttpRequest) -> HttpResponse:
    """
    Show a signed order; on payment send the notice and the payer back.

    :raises Http404: a real market, where nobody may pay with a button
    """
    if not settings.DEMO:
        raise Http404
    try:
        checkout = read_checkout(request.META.get("QUERY_STRING", ""))
    except (BadSignature, KeyError, ValueError):
        return render(request, "portal/cashier/unknown.html", status=403)
    if request.method != "POST":
        return render(request, "portal/cashier/page.html", {"checkout": checkout})
    event = PAID if request.POST.get("event") == PAID else FAILED
    _tell(checkout, event)
    return redirect("portal:receipt", order_id=checkout.order_id)


def _tell(checkout: Checkout, event: str) -> None:
    notice = Notice(
        order_id=checkout.order_id,
        event=event,
        amount=checkout.amount,
        currency=checkout.currency,
        at=clock.now(),
    )
    body = notice_body(notice)
    enqueue(
        "cashier-sandbox.notify",
        lock=f"cashier:{checkout.order_id}",
        # Never from the request: its Host header would choose where this machine posts to.
        url=settings.QINGHE_BASE_URL.rstrip("/") + reverse("api:cashier-notice"),
        body=body.decode(),
        signature=sign(body),
    )
