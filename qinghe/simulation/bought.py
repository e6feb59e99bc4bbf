"""Who lent the money behind a claim that was bought: the step by which it came to its creditor."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from qinghe.claims.models import Claim, Evidence
from qinghe.claims.services import StepGiven
from qinghe.claims.terms import EvidenceKind

# Name and kind of lender; both say that they are examples or fit no firm that exists.
LENDERS: Final = (
    ("临溪小额贷款（示例）", "small_loan_company"),
    ("远江消费金融（示例）", "consumer_finance_company"),
)
# The claim was sold before it fell due, and the debtor was told some days later.
SOLD, TOLD = timedelta(days=30), timedelta(days=3)


def bought_from(claim: Claim) -> StepGiven:
    """Return the step of a claim whose papers of the assignment are on file."""
    name, kind = LENDERS[int(claim.number[-4:]) % len(LENDERS)]
    on = claim.due_on - SOLD
    papers = dict(
        Evidence.objects.filter(claim=claim).order_by("pk").values_list("kind", "pk"),
    )
    return StepGiven(
        from_name=name,
        to_name=claim.creditor.name,
        on=on,
        evidence_id=papers[EvidenceKind.ASSIGNMENT],
        notice_reached_on=on + TOLD,
        from_kind=kind,
    )
