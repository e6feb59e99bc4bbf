"""
Writes of this room: what was done, what was promised, what was agreed, what was too hard.

Locks are taken claim first, then the row of this room.
"""

from qinghe.casework.services.callbacks import plan_call_back
from qinghe.casework.services.contesting import contest_claim
from qinghe.casework.services.early import (
    Grant,
    answer_early_offer,
    decide_early_offer,
    make_early_offer,
    set_authority,
)
from qinghe.casework.services.expecting import expect_instalments
from qinghe.casework.services.hardship import ask_hardship, decide_hardship
from qinghe.casework.services.paid import apply_paid
from qinghe.casework.services.plans import decide_plan, propose_plan, withdraw_plan
from qinghe.casework.services.promises import cancel_promise, make_promise
from qinghe.casework.services.records import add_record
from qinghe.casework.services.reinstating import forget_before, undo_kept
from qinghe.casework.services.service_levels import check_service
from qinghe.casework.services.sweeps import (
    judge_instalments,
    judge_promises,
    lapse_early_offers,
)

__all__ = [
    "Grant",
    "add_record",
    "answer_early_offer",
    "apply_paid",
    "ask_hardship",
    "cancel_promise",
    "check_service",
    "contest_claim",
    "decide_early_offer",
    "decide_hardship",
    "decide_plan",
    "expect_instalments",
    "forget_before",
    "judge_instalments",
    "judge_promises",
    "lapse_early_offers",
    "make_early_offer",
    "make_promise",
    "plan_call_back",
    "propose_plan",
    "set_authority",
    "undo_kept",
    "withdraw_plan",
]
