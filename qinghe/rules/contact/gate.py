"""The gate to the agreed contact: it opens when the debtor cannot be reached."""

from datetime import date, datetime

from qinghe.rules.contact.case import Case, Moment
from qinghe.rules.contact.clock import DAY, day_start, local_day
from qinghe.rules.contact.facts import Past
from qinghe.rules.contact.limits import limits

REACHED = frozenset({"talk", "dropped", "delivered"})
INVALID = "not_in_service"


def gate_opens_at(moment: Moment) -> tuple[bool, datetime | None]:
    """Return whether the gate is open, and if not, when it opens by itself (else `None`)."""
    case = moment.case
    if case.state.deceased or case.state.incapacity:
        return True, None
    to_debtor = sorted(
        (past for past in case.history if past.role == "debtor"), key=lambda past: past.at
    )
    opens = [_group_opens_on(case, to_debtor, group) for group in case.groups]
    days = [day for day in opens if day is not None]
    if len(days) < len(opens):
        return False, None
    latest = max(days)
    if moment.day >= latest:
        return True, None
    return False, day_start(case.home, latest)


def _group_opens_on(case: Case, to_debtor: list[Past], group: str) -> date | None:
    """Return the local day from which the gate is open for a creditor group, if it is to open."""
    failed, opens = 0, None
    invalid = False
    for past in to_debtor:
        if _reached(past):
            failed, opens, invalid = 0, None, False
        elif _counts(case, past, group):
            invalid = past.outcome == INVALID
            failed += past.outcome in limits().gate_outcomes
            if failed == limits().gate_run and opens is None:
                opens = local_day(case.home, past.at) + DAY
    return date.min if invalid else opens


def _reached(past: Past) -> bool:
    if past.direction == "inbound" or past.outcome == "talk":
        return True
    return past.channel == "voice" and past.outcome in REACHED


def _counts(case: Case, past: Past, group: str) -> bool:
    reserved = case.state.reserved_mobile
    return (
        past.channel == "voice"
        and past.creditor_group == group
        and (reserved is None or past.address == reserved)
        and (past.outcome == INVALID or past.outcome in limits().gate_outcomes)
    )
