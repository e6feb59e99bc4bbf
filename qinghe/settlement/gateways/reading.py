"""How fields of notices are read; whatever does not fit is no notice."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from qinghe.kernel.money import to_minor
from qinghe.settlement.cashier import BadNotice
from qinghe.settlement.provider_refusals import NoticeTooOld, WrongMerchant

# Clocks of two houses differ; what was signed longer ago may have been overheard and sent again.
WINDOW = timedelta(minutes=5)


def order_id(text: object) -> UUID:
    """
    Return the order whose number at a provider is its id in hex.

    :raises BadNotice: no number of ours
    """
    try:
        return UUID(hex=str(text))
    except ValueError as fault:
        raise BadNotice from fault


def minor(text: object, currency: str) -> int:
    """
    Return a decimal text in minor units.

    :raises BadNotice: no amount, or finer than the currency
    """
    try:
        return to_minor(Decimal(str(text)), currency)
    except (InvalidOperation, ValueError) as fault:
        raise BadNotice from fault


def whole(value: Any) -> int:
    """
    Return an amount that is a whole number already.

    :raises BadNotice: it is not one
    """
    if type(value) is not int:
        raise BadNotice
    return value


def check_time(
    signed_at: datetime, at: datetime, *, past: timedelta = WINDOW, ahead: timedelta = WINDOW
) -> None:
    """
    Refuse what was signed too long ago, or in the future.

    :raises NoticeTooOld: outside the window
    """
    if not at - past <= signed_at <= at + ahead:
        raise NoticeTooOld


def check_same(found: object, ours: str) -> None:
    """
    Refuse a notice about another account.

    :raises WrongMerchant: not ours
    """
    if str(found) != ours:
        raise WrongMerchant
