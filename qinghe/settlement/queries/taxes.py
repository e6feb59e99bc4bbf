"""The rates of tax on what is earned here, by who earns it and on which day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from qinghe.parties.queries.taxes import histories, taxpayers
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


def rates_of(wanted: Iterable[tuple[UUID | None, date]]) -> dict[tuple[UUID | None, date], Decimal]:
    """Return the rates that issuers charge on days; None is the platform. One query."""
    pairs = set(wanted)
    known = histories({pk for pk, _day in pairs if pk})
    return {(pk, day): vat_on(day, _status(known.get(pk, ()), day)) for pk, day in pairs}


def _rate(known: Mapping[UUID | None, str], who: UUID | None, day: date) -> Decimal:
    # Of whom nothing was said no tax is billed, and the invoice says so by its rate of 0.
    return vat_on(day, known.get(who, TaxpayerKind.NONE))


def _status(told: Sequence[tuple[date, str]], day: date) -> str:
    return next((kind for from_on, kind in reversed(told) if from_on <= day), TaxpayerKind.NONE)
