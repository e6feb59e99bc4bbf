"""The validation notice of Regulation F: its period, and what a dispute within it stops."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from qinghe.rules.calendar import Calendar
from qinghe.rules.packs import rule
from qinghe.rules.steps import Step, step

FORMS = frozenset({"written", "oral"})
KINDS = frozenset({"dispute", "original_creditor_request"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A dispute, or a request for the original creditor, that came in."""

    received_on: date
    form: str
    kind: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One validation notice and what happened to it."""

    sent_on: date
    returned: bool = False
    resent_on: date | None = None
    actual_receipt_on: date | None = None
    answers: tuple[Answer, ...] = ()
    verification_sent_on: date | None = None
    demanded_pay_by: date | None = None


@dataclass(frozen=True, slots=True)
class ValidationPeriod:
    """The period of a notice, seen from a day; `None` while it has not begun."""

    assumed_receipt: date | None
    period_ends: date | None
    in_period: bool
    must_cease: bool
    mark_disputed: bool
    overshadowing: bool
    steps: tuple[Step, ...] = ()


def validation_period(
    *, notice: Notice, as_of: date, holidays: frozenset[date] = frozenset()
) -> ValidationPeriod:
    """Return the period of a notice and what it demands, seen from a day."""
    law = rule("US-VAL-04")
    receipt = _receipt(notice, holidays, law.number("assumed_receipt_business_days"))
    ends = None if receipt is None else receipt + timedelta(days=law.number("days"))
    pay_by = notice.demanded_pay_by
    found = ValidationPeriod(
        assumed_receipt=receipt,
        period_ends=ends,
        in_period=ends is not None and as_of <= ends,
        must_cease=_must_cease(notice, ends, as_of),
        mark_disputed=any(
            answer.kind == "dispute" and answer.received_on <= as_of for answer in notice.answers
        ),
        overshadowing=pay_by is not None and ends is not None and pay_by < ends,
    )
    return replace(found, steps=_steps(found))


def _steps(found: ValidationPeriod) -> tuple[Step, ...]:
    receipt, ends = found.assumed_receipt, found.period_ends
    begun = "validation.not_begun" if ends is None else "validation.period"
    rows = (
        ("US-VAL-04", begun, True),
        ("US-DSP-01", "validation.cease", found.must_cease),
        ("US-DSP-01", "validation.disputed", found.mark_disputed),
        ("US-DSP-02", "validation.overshadowing", found.overshadowing),
    )
    return tuple(step(rule, key, receipt=receipt, ends=ends) for rule, key, told in rows if told)


def _receipt(notice: Notice, holidays: frozenset[date], business_days: int) -> date | None:
    if notice.actual_receipt_on is not None:
        return notice.actual_receipt_on
    sent_on = notice.resent_on if notice.returned else notice.sent_on
    if sent_on is None:
        return None
    return Calendar(rest_days=holidays).working_days_after(sent_on, business_days)


def _must_cease(notice: Notice, ends: date | None, as_of: date) -> bool:
    """Tell whether a written item waits for its answer; a period not begun has not ended."""
    answered = notice.verification_sent_on is not None and notice.verification_sent_on <= as_of
    return not answered and any(
        answer.form == "written"
        and answer.received_on <= as_of
        and (ends is None or answer.received_on <= ends)
        for answer in notice.answers
    )
