"""Cases of kinds `dishonest_list` and `route`."""

from collections.abc import Callable

from qinghe.rules.cases.answers import Answer, answer
from qinghe.rules.dishonest_list import EVENT_KINDS, GROUNDS, Entry, ListEvent, listing
from qinghe.rules.packs import rule
from qinghe.rules.reading import (
    CaseError,
    Row,
    calendar,
    currency,
    day,
    each,
    flag,
    need_day,
    need_money,
    need_word,
    part,
    whole,
    words,
)
from qinghe.rules.route import (
    OBJECTIONS,
    Clause,
    Service,
    arbitration,
    payment_order,
    small_claims,
)

# What a claim must be, and must not have, for small claims and for a payment order.
SMALL_MUST, SMALL_BARS = (
    ("simple", "money_claim"),
    ("debtor_missing", "foreign_element", "appraisal_needed", "counterclaim"),
)
ORDER_MUST, ORDER_BARS = (
    ("due", "fixed_sum", "servable", "debtor_in_country"),
    ("cross_duty", "debtor_missing"),
)


def listing_case(row: Row) -> Answer:
    """Answer what holds for an entry of the list."""
    ground = whole(row, "ground", least=GROUNDS.start)
    extension = whole(row, "extension_years", 0) or 0
    most = rule("CN-DJD-01").number("max_extension_years")
    if (ground is not None and ground not in GROUNDS) or extension > most:
        raise CaseError("bad_value", "ground or extension_years")
    entry = Entry(
        ground=ground,
        decision_on=day(row, "decision_on") if ground is None else need_day(row, "decision_on"),
        extension_years=extension,
        birth_on=day(row, "birth_on"),
        bars=words(row, "bars", rule("CN-DJD-02").words("ground_1_bars")),
        events=each(row, "events", _list_event),
        correction_received_on=day(row, "correction_received_on"),
        correction_granted_on=day(row, "correction_granted_on"),
    )
    return answer(listing(entry=entry, as_of=need_day(row, "as_of"), calendar=calendar(row)))


def _list_event(row: Row) -> ListEvent:
    return ListEvent(need_word(row, "type", EVENT_KINDS), need_day(row, "on"))


def route_case(row: Row) -> Answer:
    """Answer one of the questions about the route."""
    return OPERATIONS[need_word(row, "op", OPERATIONS)](row)


def _fits(row: Row, must: tuple[str, ...], bars: tuple[str, ...]) -> bool:
    features = part(row, "features") or {}
    wanted = [flag(features, name, True) for name in must]
    barred = [flag(features, name) for name in bars]
    return all(wanted) and not any(barred)


def small_claims_case(row: Row) -> Answer:
    """Answer whether a claim is a small one."""
    currency(row)
    return answer(
        small_claims(
            claim_minor=need_money(row, "claim_minor"),
            avg_wage_minor=need_money(row, "avg_wage_minor"),
            barred=not _fits(row, SMALL_MUST, SMALL_BARS),
            agreed=flag(row, "small_claim_agreement"),
        )
    )


def payment_order_case(row: Row) -> Answer:
    """Answer where a payment order stands."""
    if row.get("currency") is not None:
        currency(row)
    need_money(row, "claim_minor")
    objection = part(row, "objection")
    issued_on, served_on = day(row, "issued_on"), day(row, "served_on")
    if issued_on is not None and served_on is not None and served_on < issued_on:
        raise CaseError("bad_value", "served before issued")
    service = Service(
        issued_on=issued_on,
        served_on=served_on,
        objection_on=None if objection is None else need_day(objection, "on"),
        objection_kind=None if objection is None else need_word(objection, "kind", OBJECTIONS),
    )
    return answer(
        payment_order(
            available=_fits(row, ORDER_MUST, ORDER_BARS),
            as_of=need_day(row, "as_of"),
            service=service,
            calendar=calendar(row),
        )
    )


def arbitration_case(row: Row) -> Answer:
    """Answer whether arbitration is open."""
    clause, silence = part(row, "clause"), part(row, "silence") or {}
    prompted = flag(silence, "tribunal_prompted") and flag(silence, "recorded")
    return answer(
        arbitration(
            clause=None if clause is None else _clause(clause),
            supplemented=flag(row, "supplemented"),
            filed_on=need_day(row, "filed_on"),
            silent=prompted and not flag(silence, "objected_before_first_hearing"),
        )
    )


def _clause(row: Row) -> Clause:
    # A part may be named or merely ticked; an empty name is no institution.
    return Clause(bool(row.get("intent")), bool(row.get("matter")), bool(row.get("institution")))


OPERATIONS: dict[str, Callable[[Row], Answer]] = {
    "small_claims": small_claims_case,
    "payment_order": payment_order_case,
    "arbitration": arbitration_case,
}
