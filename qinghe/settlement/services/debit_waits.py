"""
An instalment that a debit is to pay is not late while the debit is under way.

What failed or was dropped is for the debtor to pay, who has the whole grace from that day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from qinghe.casework.services import expect_instalments
from qinghe.claims.days import day_of
from qinghe.kernel.actor import Actor
from qinghe.rules.calendar import built_in
from qinghe.settlement.debit_terms import ANSWERED_IN, WAITED_DAYS, DebitState
from qinghe.settlement.models import Debit


def let_wait(debits: Sequence[Debit], actor: Actor, at: datetime) -> None:
    """Let the instalments of debits wait as long as the state of each asks."""
    until = {each.instalment_id: _until(each, day_of(at)) for each in debits}
    if until:
        expect_instalments(until=until, actor=actor, at=at)


def _until(debit: Debit, today: date) -> date:
    if debit.state in (DebitState.PLANNED, DebitState.JOINED):
        return min(debit.collects_on, debit.instalment.due_on + timedelta(days=WAITED_DAYS))
    if debit.state == DebitState.SENT:
        return built_in().working_days_after(debit.collects_on, ANSWERED_IN)
    return today
