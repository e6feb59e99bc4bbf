"""
Where a debtor may transfer money to, and with which reference.

The reference is the claim's number as an ISO 11649 creditor reference: check digits, no name. It
says nothing to whoever reads it on a statement, and only money for this claim is found by it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

# As claims are numbered: letters, then digits; months and running numbers without their dashes.
FOUR: Final = 4
BODY: Final = re.compile(r"[A-Z]{1,4}\d{8,16}")


@dataclass(frozen=True)
class TransferTo:
    """The platform's designated account, and the reference of one claim."""

    holder: str
    bank: str
    account: str
    reference: str

    @property
    def account_parts(self) -> list[str]:
        """Return the account in fours, as one compares it; together they are the account."""
        return [self.account[n : n + FOUR] for n in range(0, len(self.account), FOUR)]


def reference_of(claim_number: str) -> str:
    """
    Return the reference of a claim in groups of four; empty for a number it cannot carry.
    """
    body = claim_number.replace("-", "").upper()
    if not BODY.fullmatch(body):
        return ""
    return str(iso11649.format(f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"))


def transfer_to(*, claim_number: str, currency: str) -> TransferTo | None:
    """Return where money for a claim may be transferred to; None where no account takes it."""
    reference = reference_of(claim_number)
    if not settings.BANK_ACCOUNT or currency != settings.BANK_CURRENCY or not reference:
        return None
    return TransferTo(
        settings.BANK_HOLDER, str(settings.BANK_NAME), settings.BANK_ACCOUNT, reference
    )
