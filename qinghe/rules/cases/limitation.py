"""Cases of kind `limitation`."""

from datetime import date

from qinghe.rules.cases.answers import Answer, answer
from qinghe.rules.limitation import (
    BASES,
    CLAUSES,
    SUSPENSION,
    LimitationEvent,
    event_kinds,
    limitation,
)
from qinghe.rules.reading import (
    CaseError,
    Row,
    calendar,
    day,
    each,
    flag,
    need_day,
    need_word,
    text,
    word,
)

PROOF_FLAGS = ("arrived", "should_have_arrived", "debtor_missing", "will_to_perform")


def limitation_case(row: Row) -> Answer:
    """Answer when a claim becomes time-barred."""
    basis = need_word(row, "basis", BASES)
    damage = basis == "damage"
    try:
        result = limitation(
            basis=basis,
            starts_on=need_day(row, "knowledge_on") if damage else _due_on(row),
            as_of=need_day(row, "as_of"),
            events=each(row, "events", read_event),
            damage_on=need_day(row, "damage_on") if damage else None,
            clause=word(row, "clause", CLAUSES),
            calendar=calendar(row),
        )
    except ValueError as early:
        raise CaseError("bad_value", str(early)) from early
    return answer(result)


def _due_on(row: Row) -> date:
    instalments = each(row, "instalments", lambda part: need_day(part, "due_on"))
    return max(instalments) if instalments else need_day(row, "due_on")


def read_event(row: Row) -> LimitationEvent:
    """Read one event; a suspension has `from` and `to` instead of `on` and `ended_on`."""
    kind = need_word(row, "type", event_kinds())
    suspended = kind == SUSPENSION
    on = need_day(row, "from" if suspended else "on")
    ended_on = need_day(row, "to") if suspended else day(row, "ended_on")
    if ended_on is not None and ended_on < on:
        raise CaseError("bad_value", "an event ends before it starts")
    return LimitationEvent(
        kind=kind,
        on=on,
        ended_on=ended_on,
        signed_by=text(row, "signed_by"),
        proofs=frozenset(name for name in PROOF_FLAGS if flag(row, name)),
    )
