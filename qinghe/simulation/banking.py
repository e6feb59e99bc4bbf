"""Firms prove their bank accounts, payouts go to the bank in runs, and the bank answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from qinghe.kernel.actor import Actor
from qinghe.kernel.ids import digits
from qinghe.parties.services import (
    declare_account,
    open_transfer,
    record_sent,
    start_transfer,
    state_amount,
)
from qinghe.settlement.models import Payout, PayoutRun
from qinghe.settlement.payout_terms import FileFormat, PayoutState, RunState
from qinghe.settlement.services import (
    approve_run,
    hand_in,
    make_bank_file,
    open_run,
    prepare_payouts,
    read_bank_answers,
)
from qinghe.simulation.doer import Doer

CURRENCY: Final = "CNY"
HEAD: Final = "用途,状态,原因"


def bank(org_id: UUID, name: str, *, actor: Actor, at: datetime) -> None:
    """Let a firm declare the account it is paid to, and prove it by the amount that arrived."""
    declare_account(
        org_id=org_id,
        holder=name,
        number=f"99{digits(14)}",
        bank="示例银行 999000000001",
        actor=actor,
        at=at,
    )
    transfer = start_transfer(org_id=org_id, actor=actor, at=at)
    told = open_transfer(transfer_id=transfer.pk, actor=actor, at=at)
    record_sent(transfer_id=transfer.pk, reference=f"DEMO-{digits(8)}", actor=actor, at=at)
    state_amount(org_id=org_id, cents=int(told["amount"]), actor=actor, at=at)


@dataclass
class Banking:
    """Two operators who pay out, and the bank they do it with."""

    first: Actor
    second: Actor
    doer: Doer

    def pay_out(self, *, day: date, at: datetime) -> None:
        """Prepare payouts and collect a run; a second person lets it go; its file is handed in."""
        first, second = self.first, self.second
        self.doer.do(prepare_payouts, actor=first, at=at)
        self.doer.do(open_run, currency=CURRENCY, actor=first, at=at)
        for run in PayoutRun.objects.filter(state=RunState.DRAFT).order_by("number"):
            self.doer.do(approve_run, run_id=run.pk, actor=second, at=at)
            self.doer.do(
                make_bank_file,
                run_id=run.pk,
                file_format=FileFormat.CHINESE,
                executes_on=day,
                actor=first,
                at=at,
            )
            self.doer.do(hand_in, run_id=run.pk, actor=first, at=at)

    def answer(self, *, at: datetime) -> None:
        """Let the bank say of everything that is with it that it was paid."""
        sent = Payout.objects.filter(state=PayoutState.SENT).order_by("number")
        numbers = list(sent.values_list("number", flat=True))
        if numbers:
            lines = [HEAD, *(f"{number},成功," for number in numbers)]
            content = "\r\n".join(lines).encode("gb18030")
            self.doer.do(read_bank_answers, content=content, actor=self.first, at=at)
