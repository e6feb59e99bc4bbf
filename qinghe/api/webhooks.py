"""Notices from outside: the cashier says that money came. Signed, and harmless when repeated."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from qinghe.kernel import clock
from qinghe.settlement.services import receive_notice, receive_provider_notice

router = Router(tags=["webhooks"])
SIGNATURE_HEADER = "X-Cashier-Signature"


class NoticeOut(Schema):
    """What the notice changed: the order and its state now."""

    order: UUID
    state: str


@router.post("/webhooks/cashier-sandbox", response=NoticeOut, auth=None, url_name="cashier-notice")
def create_notice(request: HttpRequest) -> NoticeOut:
    """Take a notice of the sandbox cashier; the raw body must carry its signature."""
    order = receive_notice(
        body=request.body, signature=request.headers.get(SIGNATURE_HEADER, ""), at=clock.now()
    )
    return NoticeOut(order=order.pk, state=order.state)


@router.post("/webhooks/payments/{slug:provider}", auth=None, url_name="provider-notice")
def create_provider_notice(request: HttpRequest, provider: str) -> HttpResponse:
    """
    Take a notice of Alipay, WeChat Pay or Stripe, signed by it. Every answer but 200 asks for it
    again; Alipay looks for the one word.
    """
    receive_provider_notice(
        provider=provider, headers=request.headers, body=request.body, at=clock.now()
    )
    return HttpResponse("success", content_type="text/plain")
