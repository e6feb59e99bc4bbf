"""Cases of kinds `interest_cap` and `delayed_interest`."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from qinghe.rules import interest
from qinghe.rules.cases.answers import Answer, answer
from qinghe.rules.delayed_interest import Payment, Stay, delayed_interest
from qinghe.rules.interest import PHASES, AgreedRates, lender_kinds
from qinghe.rules.lpr import StaleRate
from qinghe.rules.reading import (
    CaseError,
    Row,
    currency,
    each,
    flag,
    instant,
    money,
    need_day,
    need_money,
    need_rate,
    need_word,
    rate,
    word,
)

NO_RATE = Decimal(0)


def interest_case(row: Row) -> Answer:
    """Answer one of the operations on the cap of interest."""
    operation = OPERATIONS[need_word(row, "op", OPERATIONS)]
    try:
        return operation(row)
    except StaleRate as stale:
        raise CaseError("lpr_stale", str(stale)) from stale


def _lender(row: Row) -> str:
    return need_word(row, "lender_kind", lender_kinds())


def _span(row: Row, start: str, end: str) -> tuple[date, date]:
    first, last = need_day(row, start), need_day(row, end)
    if last < first:
        raise CaseError("bad_value", f"{end} before {start}")
    return first, last


def cap_case(row: Row) -> Answer:
    """Answer the cap of a contract."""
    signed: date | datetime | None = instant(row, "contract_at")
    signed = signed or need_day(row, "contract_on")
    return answer(interest.cap(lender_kind=_lender(row), signed=signed))


def accrue_case(row: Row) -> Answer:
    """Answer the interest of one segment."""
    currency(row)
    from_on, to_on = _span(row, "from", "to")
    return answer(
        interest.accrue(
            lender_kind=_lender(row),
            contract_on=need_day(row, "contract_on"),
            principal_minor=need_money(row, "principal_minor"),
            from_on=from_on,
            to_on=to_on,
            agreed=AgreedRates(
                rate(row, "rate_pct"),
                rate(row, "overdue_rate_pct"),
                rate(row, "penalty_pct"),
                rate(row, "fee_pct"),
            ),
            phase=word(row, "phase", PHASES) or "term",
            handed_over_minor=money(row, "handed_over_minor"),
        )
    )


def transition_case(row: Row) -> Answer:
    """Answer the interest over the change of law."""
    currency(row)
    from_on, to_on = _span(row, "from", "to")
    principal = need_money(row, "principal_minor")
    handed_over = money(row, "handed_over_minor")
    try:
        result = interest.transition(
            principal_minor=principal if handed_over is None else min(principal, handed_over),
            rate_pct=rate(row, "rate_pct") or NO_RATE,
            from_on=from_on,
            to_on=to_on,
            sued_on=need_day(row, "sued_on"),
            old_rule_requested=flag(row, "old_rule_requested", True),
        )
    except ValueError as early:
        raise CaseError("bad_value", str(early)) from early
    return answer(result)


def rollover_case(row: Row) -> Answer:
    """Answer what a loan and its renewal may come to."""
    currency(row)
    from_on, rolled_on = _span(row, "from", "rolled_on")
    _, to_on = _span(row, "rolled_on", "to")
    return answer(
        interest.rollover(
            lender_kind=_lender(row),
            principal_minor=need_money(row, "principal_minor"),
            rate_pct=rate(row, "rate_pct") or NO_RATE,
            from_on=from_on,
            rolled_on=rolled_on,
            second_principal_minor=need_money(row, "second_principal_minor"),
            second_rate_pct=rate(row, "second_rate_pct") or NO_RATE,
            to_on=to_on,
        )
    )


def intake_case(row: Row) -> Answer:
    """Answer whether a debt may be taken in."""
    return answer(
        interest.intake(
            lender_kind=_lender(row),
            contract_on=need_day(row, "contract_on"),
            all_in_pct=need_rate(row, "all_in_pct"),
            illegal_means_reported=flag(row, "illegal_means_reported"),
        )
    )


OPERATIONS: dict[str, Callable[[Row], Answer]] = {
    "cap": cap_case,
    "accrue": accrue_case,
    "transition": transition_case,
    "rollover": rollover_case,
    "intake": intake_case,
}


def delayed_case(row: Row) -> Answer:
    """Answer the doubled interest on a judgment."""
    currency(row)
    return answer(
        delayed_interest(
            judgment_money_minor=need_money(row, "judgment_money_minor"),
            term_ended_on=need_day(row, "term_ended_on"),
            as_of=need_day(row, "as_of"),
            payments=each(row, "payments", _payment),
            stays=each(row, "excluded_periods", _stay),
        )
    )


def _payment(row: Row) -> Payment:
    return Payment(need_day(row, "on"), need_money(row, "amount_minor"))


def _stay(row: Row) -> Stay:
    return Stay(*_span(row, "from", "to"), flag(row, "at_debtor_request"))
