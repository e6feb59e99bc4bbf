"""A practice bank for direct debits: it answers a run as a bank would, in a demonstration only."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings

from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import unseal
from qinghe.settlement.debit_refusals import NoDebitRun
from qinghe.settlement.debit_terms import DebitState
from qinghe.settlement.models import Debit

HEAD: Final = "用途,状态,原因"
# An account whose number ends so has not enough on it.
POOR: Final = "00"


def practice_answers(*, run_id: UUID, actor: Actor) -> bytes:
    """
    Return what the practice bank answers to a run that was handed in, as a file to read in.

    :raises NotPermitted: the role may not pay out
    :raises NoDebitRun: no demonstration, or nothing of it is with the bank
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    sent = Debit.objects.filter(run=run_id, state=DebitState.SENT)
    found = list(sent.select_related("mandate__account").order_by("number"))
    if not settings.DEMO or not found:
        raise NoDebitRun
    lines = [HEAD]
    for debit in found:
        poor = unseal(debit.mandate.account).endswith(POOR)
        lines.append(f"{debit.number},{'失败,余额不足' if poor else '成功,'}")
    return "\r\n".join(lines).encode("gb18030")
