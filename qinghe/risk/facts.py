"""What the rules of this room look at. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Facts:
    """One claim among all others; amounts in major units where named so."""

    principal_major: int
    exact_major: bool
    creditor_owes_itself: bool
    known_elsewhere: bool
    phone_shared_with: int
    same_claims: int
    licensed_at_contract: bool | None
    stage: str
    claimed: int
    paid: int
    channels: int
    evidence: int
    hand: int
    # What intake noted about the person: codes, never data.
    identity: frozenset[str] = frozenset()
    died_before_contract: bool = False
    time_barred: bool = False
    # The creditor told acts of limitation that no reviewer has looked at.
    acts_waiting: bool = False
    # Kinds of data that creditor and debtor both have (account, phone, address).
    shared_with_creditor: tuple[str, ...] = ()
    # A browser that works for the creditor opened the debtor's door.
    door_opened_by_creditor: bool = False
    # Other debtors whose claims rest on the same file.
    same_document: int = 0
    # An earlier claim of this creditor is alike but for its contract number.
    entered_twice: bool = False
    # Claims that a private creditor sent within a day of this one.
    burst: int = 1
    # Private creditors who named this debtor within thirty days.
    private_creditors: int = 1
    # Claims of this creditor that people found not to exist, and all that were decided.
    refuted: int = 0
    decided: int = 0
    # Claims that this creditor took back after a reviewer had asked about them.
    dropped: int = 0
    # Creditor and debtor claim money from each other.
    mutual: bool = False
