"""No contract with a register: a reviewer looks it up and answers on the desk."""

from __future__ import annotations

from qinghe.parties.gateways.realname.answer import Answer
from qinghe.parties.terms import CheckOutcome


class Manual:
    """Knows nothing itself."""

    name = "manual"

    def check_person(self, name: str, number: str, phone: str) -> Answer:
        return Answer(CheckOutcome.UNKNOWN, by_hand=True)

    def check_business(self, code: str, name: str) -> Answer:
        return Answer(CheckOutcome.UNKNOWN, by_hand=True)
