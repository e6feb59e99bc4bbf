"""Which ways to pay this installation offers, and for which currencies."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

NAMES: Final[dict[str, StrPromise]] = {
    "alipay": _("Alipay"),
    "wechat": _("WeChat Pay"),
    "stripe": _("Card (Stripe)"),
    "sandbox": _("Practice cashier"),
}
# Stripe counts these in another minor unit than the books, or rounds them.
STRIPE_NOT: Final = frozenset(
    {"BHD", "HUF", "ISK", "JOD", "KWD", "OMR", "TND", "TWD", "UGX", "MGA"}
)


def serves(provider: str, currency: str) -> bool:
    """Tell whether a provider is offered here and takes a currency."""
    if provider not in settings.PAY_WAYS:
        return False
    if provider in ("alipay", "wechat"):
        return currency == "CNY"
    if provider == "sandbox":
        return bool(settings.DEMO)
    return provider == "stripe" and currency not in STRIPE_NOT


def ways(currency: str) -> list[tuple[str, StrPromise]]:
    """Return the offered providers for a currency with their names, in the operator's order."""
    return [(each, NAMES[each]) for each in settings.PAY_WAYS if serves(each, currency)]
