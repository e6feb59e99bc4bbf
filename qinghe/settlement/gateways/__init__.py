"""
The outside world: one module per provider of payments. Only `settlement.services` may come here.

A gateway knows orders by number and amount; it knows no claim and books nothing. A provider that
is not offered is not even imported.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final, cast

from django.conf import settings

from qinghe.settlement.gateways.message import (
    Event,
    Gateway,
    GatewayFailed,
    Order,
    Placed,
    Said,
    Visit,
)
from qinghe.settlement.provider_refusals import NoSuchProvider

__all__ = [
    "Event",
    "Gateway",
    "GatewayFailed",
    "Order",
    "Placed",
    "Said",
    "Visit",
    "gateway",
]

MODULES: Final = {
    "alipay": "qinghe.settlement.gateways.alipay",
    "wechat": "qinghe.settlement.gateways.wechat",
    "stripe": "qinghe.settlement.gateways.stripe",
    "sandbox": "qinghe.settlement.gateways.sandbox",
}


def gateway(provider: str) -> Gateway:
    """
    Return the gateway of a provider.

    :raises NoSuchProvider: not one of the ways of this installation
    :raises ProviderNotReady: a name or a key of it is missing
    """
    if provider not in MODULES or provider not in settings.PAY_WAYS:
        raise NoSuchProvider
    return cast("Gateway", import_module(MODULES[provider]).gateway())
