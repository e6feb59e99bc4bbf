"""Cases of kind `allocation`."""

from decimal import Decimal

from qinghe.rules.allocation import (
    SECURITY_RANK,
    Agreement,
    CurrencyMismatch,
    OwedDebt,
    Payment,
    allocate,
    components,
)
from qinghe.rules.cases.answers import Answer, plain
from qinghe.rules.reading import (
    CaseError,
    Row,
    currency,
    each,
    money,
    need_day,
    need_money,
    need_part,
    need_text,
    part,
    rate,
    text,
    word,
    words,
)

SUFFIX = "_minor"


def allocation_case(row: Row) -> Answer:
    """Answer where a payment goes."""
    debts = each(row, "debts", _debt)
    if not debts:
        raise CaseError("missing_field" if row.get("debts") is None else "bad_value", "debts")
    if len({debt.id for debt in debts}) != len(debts):
        raise CaseError("bad_value", "a debt occurs twice")
    agreed = part(row, "agreement")
    try:
        result = allocate(
            payment=_payment(need_part(row, "payment")),
            debts=debts,
            agreement=None if agreed is None else _agreement(agreed),
        )
    except CurrencyMismatch as mismatch:
        raise CaseError("currency_mismatch", str(mismatch)) from mismatch
    except ValueError as unknown:
        raise CaseError("bad_value", str(unknown)) from unknown
    return {
        "allocations": _by_debt(result.allocations),
        "remaining": _by_debt(result.remaining),
        "unapplied_minor": result.unapplied_minor,
        "steps": plain(result.steps),
    }


def _payment(row: Row) -> Payment:
    return Payment(
        amount_minor=need_money(row, "amount_minor"),
        currency=currency(row),
        on=need_day(row, "on"),
        designated=text(row, "designated"),
    )


def _debt(row: Row) -> OwedDebt:
    money(row, "overcap_interest_minor")
    return OwedDebt(
        id=need_text(row, "id"),
        currency=currency(row),
        due_on=need_day(row, "due_on"),
        owed={name: money(row, name + SUFFIX) or 0 for name in components()},
        security=word(row, "security", SECURITY_RANK) or "none",
        rate_pct=rate(row, "rate_pct") or Decimal(0),
    )


def _agreement(row: Row) -> Agreement:
    order = tuple(name.removesuffix(SUFFIX) for name in words(row, "component_order"))
    return Agreement(order, words(row, "debt_order"))


def _by_debt(amounts: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    return {
        debt: {name + SUFFIX: amount for name, amount in parts.items()}
        for debt, parts in amounts.items()
    }
