"""The verbs of this room, in the order of the story: intake, proof, review, dispute, money."""

from qinghe.claims.services.disputes import (
    BadCorrection,
    DecisionWithoutReason,
    DisputeDecided,
    DisputeOpen,
    decide_dispute,
    open_dispute,
)
from qinghe.claims.services.evidence import (
    EmptyFile,
    FileTooLarge,
    FileTypeRefused,
    add_evidence,
)
from qinghe.claims.services.holds import lift_hold, place_hold
from qinghe.claims.services.money import (
    Paid,
    TooMuchApplied,
    accrue_interest,
    apply_payment,
    apply_payments,
    undo_payment,
)
from qinghe.claims.services.states import (
    ChallengeOpen,
    NotVerifiable,
    StillPlaced,
    WrongClaimState,
    checklist,
    end_challenge,
    reject_claim,
    set_state,
    set_states,
    verify_claim,
    withdraw_claim,
)

__all__ = [
    "BadCorrection",
    "ChallengeOpen",
    "DecisionWithoutReason",
    "DisputeDecided",
    "DisputeOpen",
    "EmptyFile",
    "FileTooLarge",
    "FileTypeRefused",
    "NotVerifiable",
    "Paid",
    "StillPlaced",
    "TooMuchApplied",
    "WrongClaimState",
    "accrue_interest",
    "add_evidence",
    "apply_payment",
    "apply_payments",
    "checklist",
    "decide_dispute",
    "end_challenge",
    "lift_hold",
    "open_dispute",
    "place_hold",
    "reject_claim",
    "set_state",
    "set_states",
    "undo_payment",
    "verify_claim",
    "withdraw_claim",
]
