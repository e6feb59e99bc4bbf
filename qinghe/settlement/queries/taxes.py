"""The rates of tax on what is earned here, by who earns it and on which day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from qinghe.parties.queries.taxes import taxpayers
from qinghe.parties.terms import TaxpayerKind
from qinghe.rules.vat import vat_on
from qinghe.settlement.splitting import Taxes


def taxes_of(collector_ids: Iterable[UUID], day: date) -> dict[UUID, Taxes]:
    """Return the rates under which collectors and the platform earn on a day. One query."""
    wanted = set(collector_ids)
    if not wanted:
        return {}
    known = taxpayers(wanted, day)
    fee = _rate(known, None, day)
    return {pk: Taxes(_rate(known, pk, day), fee) for pk in wanted}


def rates_of(issuer_ids: Iterable[UUID | None], day: date) -> dict[UUID | None, Decimal]:
    """Return the rates that issuers charge on a day; None is the platform. One query."""
    wanted = set(issuer_ids)
    known = taxpayers({pk for pk in wanted if pk}, day)
    return {pk: _rate(known, pk, day) for pk in wanted}


def _rate(known: Mapping[UUID | None, str], who: UUID | None, day: date) -> Decimal:
    # Of whom nothing was said no tax is billed, and the invoice says so by its rate of 0.
    return vat_on(day, known.get(who, TaxpayerKind.NONE))
