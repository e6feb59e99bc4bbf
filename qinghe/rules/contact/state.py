"""The state of the case: disputes, insolvency, death, plans, complaints, mandate, assignment."""

from datetime import date, datetime, timedelta

from qinghe.rules.contact.case import Moment
from qinghe.rules.contact.clock import DAY, day_start, local_day
from qinghe.rules.contact.facts import PLAIN_STATE, CaseState, Moratorium
from qinghe.rules.contact.limits import limits

ESTATE_PURPOSES = frozenset({"locate", "legal_notice"})


def check_state(moment: Moment) -> None:
    """Find every rule that the state of the case or the mandate sets against the act."""
    _check_mandate(moment)
    if moment.case.state is PLAIN_STATE:
        return
    if moment.case.purpose in limits().hold_purposes:
        _check_holds(moment)
    _check_death(moment)
    _check_assignment(moment)
    _check_moratorium(moment)


def _check_mandate(moment: Moment) -> None:
    worker = moment.case.worker
    over = worker.mandate_ends_at is not None and moment.at >= worker.mandate_ends_at
    if over or (worker.subcontracted and not worker.subcontract_consent):
        moment.fire("PLT-MND-01", "CN-OUT-04")


def _check_holds(moment: Moment) -> None:
    state = moment.case.state
    if state.disputed and _dispute_open(state, moment.at):
        moment.fire("CN-DSP-01", "UK-DSP-01")
        if moment.case.settings.dispute_hold == "all":
            moment.fire("PLT-DSP-01")
    if _unanswered_in_period(moment):
        moment.fire("US-DSP-01")
    if _passed(state.bankruptcy_filed_at, moment.at) and not _passed(
        state.bankruptcy_dismissed_at, moment.at
    ):
        moment.fire("US-BK-01")
    if state.plan_kept:
        moment.fire("PLT-PLAN-01")
    if state.complaint_open:
        moment.fire("PLT-CMP-01")


def _passed(event: datetime | None, at: datetime) -> bool:
    return event is not None and event <= at


def _dispute_open(state: CaseState, at: datetime) -> bool:
    received = state.dispute_received_at is None or state.dispute_received_at <= at
    return received and not _passed(state.dispute_resolved_at, at)


def _unanswered_in_period(moment: Moment) -> bool:
    """Tell whether a written item of the validation period still waits for its answer."""
    state = moment.case.state
    if _passed(state.verification_sent_at, moment.at):
        return False
    # An unknown form is read as written, an unknown arrival as within the period.
    written = state.disputed and state.dispute_form != "oral"
    if written and _in_period(moment, state.dispute_received_at):
        return True
    asked = state.original_creditor_request_at
    return asked is not None and _in_period(moment, asked)


def _in_period(moment: Moment, received_at: datetime | None) -> bool:
    last_day = moment.case.state.validation_period_ends
    if received_at is None:
        return True
    if received_at > moment.at:
        return False
    return last_day is None or local_day(moment.case.home, received_at) <= last_day


def _check_death(moment: Moment) -> None:
    case = moment.case
    if not case.state.deceased or case.addressee.role == "executor":
        return
    if not (case.act.channel == "letter" and case.purpose in ESTATE_PURPOSES):
        moment.fire("PLT-DEC-01")


def _check_assignment(moment: Moment) -> None:
    state = moment.case.state
    if state.assigned_at is None or moment.case.purpose != "collect":
        return
    if not _passed(state.assignment_notice_reached_at, moment.at):
        moment.fire("CN-ASG-01", "EU-NTC-01")


def _check_moratorium(moment: Moment) -> None:
    moratorium = moment.case.state.moratorium
    if moratorium is None or not any(debt.in_moratorium for debt in moment.case.request.debts):
        return
    last_day = _last_day(moratorium)
    over = last_day is not None and moment.day > last_day
    if moment.day >= moratorium.starts_on and not over:
        until = None if last_day is None else day_start(moment.case.home, last_day + DAY)
        crisis = moratorium.kind == "mental_health"
        moment.fire("UK-BS-02" if crisis else "UK-BS-01", until=until)


def _last_day(moratorium: Moratorium) -> date | None:
    """Return the last protected day; `None` while its end is not known."""
    if moratorium.kind == "breathing_space":
        last: date | None = moratorium.starts_on + timedelta(days=limits().breathing_days - 1)
    elif moratorium.treatment_ends_on is None:
        last = None
    else:
        last = moratorium.treatment_ends_on + timedelta(days=limits().after_treatment_days)
    if moratorium.cancelled_on is None:
        return last
    before = moratorium.cancelled_on - DAY
    return before if last is None else min(last, before)
