"""
The accounts money moves between, and the postings of one payment. Pure.

Accounts that every payment touches are cut into shards by claim, so that no single row is hot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from qinghe.ledger.terms import Posting
from qinghe.parties.terms import OrgKind
from qinghe.settlement.splitting import Shares
from qinghe.settlement.terms import HERE, PaymentSource

BANK = "platform:cash:bank"
FEES = "platform:fees"
TAX = "platform:tax"
CASH = "platform:cash"
# The box of money that direct debits bring.
DEBIT = "debit"
# What came to the bank and is not known yet; also where bank transfers are taken from.
SUSPENSE = "platform:suspense"
# The platform's own money among the cash: the only money that may be lent.
OWN = "platform:own"
# What is to be paid out to organisations, as a pattern.
PAYABLE = r"^(creditor:[^:]+:collected|collector:[^:]+:payable)$"


def claim_part(claim_id: UUID, component: str) -> str:
    return f"claim:{claim_id}:{component}"


def claimed(creditor_id: UUID) -> str:
    return f"creditor:{creditor_id}:claimed"


def collected(creditor_id: UUID) -> str:
    return f"creditor:{creditor_id}:collected"


def commission_due(creditor_id: UUID) -> str:
    return f"creditor:{creditor_id}:commission_due"


def uncovered(creditor_id: UUID) -> str:
    """
    Return the account of what others earned on money the creditor received itself.

    Always as much as its commission due: nobody is paid from it before the creditor has paid.
    """
    return f"creditor:{creditor_id}:uncovered"


def payable(collector_id: UUID) -> str:
    return f"collector:{collector_id}:payable"


def reserve(collector_id: UUID) -> str:
    return f"collector:{collector_id}:reserve"


def clawback(path: str) -> str:
    """Return the account of what the owner of another account must give back."""
    return f"{path.rsplit(':', 1)[0]}:clawback"


def advanced(path: str) -> str:
    """Return the account of what the platform's own money lent, to be given back by its owner."""
    return f"{path.rsplit(':', 1)[0]}:advanced"


def refund(person_id: UUID) -> str:
    return f"debtor:{person_id}:refund"


def called(cover_id: UUID) -> str:
    """Return the account of what the holder of a deposit owes after a call."""
    return f"cover:{cover_id}:called"


def compensation(creditor_id: UUID) -> str:
    """Return the account of what a harmed creditor will get from a called deposit."""
    return f"creditor:{creditor_id}:compensation"


def introduction_due(collector_id: UUID) -> str:
    """Return the account of what an agency owes for introductions."""
    return f"collector:{collector_id}:introduction_due"


def payout(payout_id: UUID) -> str:
    return f"platform:payout:{payout_id}"


def cash(provider: str, claim_id: UUID) -> str:
    return f"{CASH}:{provider}:{_shard(claim_id)}"


def fees(claim_id: UUID) -> str:
    return f"{FEES}:{_shard(claim_id)}"


def tax(claim_id: UUID) -> str:
    return f"{TAX}:{_shard(claim_id)}"


def advancer(organisation_id: UUID, kind: str) -> str:
    """Return the account to which costs come back that an organisation advanced."""
    if kind == OrgKind.OPERATOR:
        return OWN
    earns = kind in (OrgKind.AGENCY, OrgKind.OWN_TEAM)
    return payable(organisation_id) if earns else collected(organisation_id)


@dataclass(frozen=True)
class Facts:
    """One payment as the books see it; amounts in minor units."""

    payment_id: UUID
    claim_id: UUID
    creditor_id: UUID
    debtor_id: UUID
    collector_id: UUID | None
    source: str
    provider: str
    currency: str
    parts: Mapping[str, int]
    excess: int
    shares: Shares
    at: datetime
    # Whose claim it is now, where it was assigned since the money came in.
    owner_id: UUID | None = None
    # Costs that go back to others, by account.
    refunds: Mapping[str, int] = field(default_factory=dict)

    @property
    def owed_to(self) -> str:
        """Return the account that the claim stands against."""
        return claimed(self.owner_id or self.creditor_id)

    @property
    def subject(self) -> str:
        return f"payment:{self.payment_id}"


def postings(facts: Facts) -> list[Posting]:
    """
    Return what a payment moves.

    Money paid here is held for the creditor until it is paid out; of money that the creditor
    reports only the commission becomes due, and payable to nobody until the creditor covers it.
    """
    moves = [
        (facts.owed_to, claim_part(facts.claim_id, component), amount, "applied")
        for component, amount in facts.parts.items()
    ]
    if facts.source == PaymentSource.TRANSFER:
        # What is too much stays in suspense: nobody said what it is for.
        parts = sum(facts.parts.values())
        moves.append((SUSPENSE, collected(facts.creditor_id), parts, "collected"))
    if facts.source in (PaymentSource.CASHIER, PaymentSource.DEBIT):
        box = cash(facts.provider, facts.claim_id)
        moves.append((box, collected(facts.creditor_id), sum(facts.parts.values()), "collected"))
        moves.append((box, refund(facts.debtor_id), facts.excess, "excess"))
    moves.extend(_commission(facts))
    return [
        Posting(debit, credit, amount, facts.currency, f"payment.{kind}", facts.subject, facts.at)
        for debit, credit, amount, kind in moves
        if amount
    ]


def shared(facts: Facts) -> set[str]:
    """Return the accounts of a payment that payments of other claims touch too."""
    paths = {facts.owed_to}
    for posting in postings(facts):
        paths |= {posting.debit, posting.credit}
    return {path for path in paths if not path.startswith("claim:")}


def _commission(facts: Facts) -> list[tuple[str, str, int, str]]:
    here = facts.source in HERE
    bearer = collected(facts.creditor_id) if here else commission_due(facts.creditor_id)
    waiting = uncovered(facts.creditor_id)
    moves = [(path, amount, "costs") for path, amount in facts.refunds.items()]
    if facts.collector_id is not None:
        shares = facts.shares
        moves += [
            (payable(facts.collector_id), shares.commission, "commission"),
            (reserve(facts.collector_id), shares.reserve, "reserve"),
            (fees(facts.claim_id), shares.fee - shares.fee_tax, "fee"),
            (tax(facts.claim_id), shares.fee_tax, "fee_tax"),
        ]
    return [(bearer, own if here else waiting, amount, kind) for own, amount, kind in moves]


def _shard(claim_id: UUID) -> str:
    return f"{claim_id.int & 15:x}"
