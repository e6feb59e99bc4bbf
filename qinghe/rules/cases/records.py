"""Cases of kinds `validation_notice`, `retention` and `fee_plan`."""

from qinghe.rules import validation_notice
from qinghe.rules.cases.answers import Answer, answer
from qinghe.rules.fee_plan import KINDS, FeeComponent, fee_plan
from qinghe.rules.reading import (
    CaseError,
    Row,
    as_day,
    day,
    each,
    flag,
    listed,
    need_day,
    need_rate,
    need_word,
    words,
)
from qinghe.rules.retention import RECORDS, Record, UnknownBeginning, retention, schemes


def validation_case(row: Row) -> Answer:
    """Answer the period of a validation notice."""
    sent_on, resent_on = need_day(row, "sent_on"), day(row, "resent_on")
    if resent_on is not None and resent_on < sent_on:
        raise CaseError("bad_value", "sent again before it was sent")
    notice = validation_notice.Notice(
        sent_on=sent_on,
        returned=flag(row, "returned"),
        resent_on=resent_on,
        actual_receipt_on=day(row, "actual_receipt_on"),
        answers=each(row, "disputes", _answer),
        verification_sent_on=day(row, "verification_sent_on"),
        demanded_pay_by=day(row, "demanded_pay_by"),
    )
    holidays = frozenset(as_day(value, "holidays") for value in listed(row, "holidays"))
    return answer(
        validation_notice.validation_period(
            notice=notice, as_of=need_day(row, "as_of"), holidays=holidays
        )
    )


def _answer(row: Row) -> validation_notice.Answer:
    return validation_notice.Answer(
        received_on=need_day(row, "received_on"),
        form=need_word(row, "form", validation_notice.FORMS),
        kind=need_word(row, "kind", validation_notice.KINDS),
    )


def retention_case(row: Row, packs: tuple[str, ...]) -> Answer:
    """Answer how long a record must and may be kept."""
    record = Record(
        kind=need_word(row, "record", RECORDS),
        created_on=day(row, "created_on"),
        last_activity_on=day(row, "last_activity_on"),
        schemes=words(row, "schemes", schemes()),
        bad_act_ended_on=day(row, "bad_act_ended_on"),
        mandate_ends_on=day(row, "mandate_ends_on"),
    )
    try:
        return answer(retention(record=record, packs=packs))
    except UnknownBeginning as unknown:
        raise CaseError("missing_field", f"the day {unknown} runs from") from unknown


def fee_case(row: Row) -> Answer:
    """Answer whether a pay plan is lawful."""
    components = each(row, "components", _component)
    if not components and row.get("components") is None:
        raise CaseError("missing_field", "components")
    try:
        return answer(fee_plan(components))
    except ValueError as wrong:
        raise CaseError("bad_value", str(wrong)) from wrong


def _component(row: Row) -> FeeComponent:
    return FeeComponent(need_word(row, "kind", KINDS), need_rate(row, "weight_pct"))
