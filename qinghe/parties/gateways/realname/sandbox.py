"""A register for demonstrations: all agree, except names made to disagree or to be silent."""

from __future__ import annotations

import hashlib
from typing import Final

from qinghe.parties.gateways.realname.answer import Answer, Unreachable
from qinghe.parties.terms import CheckOutcome

DISAGREES: Final = ("不符", "mismatch")
SILENT: Final = ("无应答", "silent")


class Sandbox:
    """Answers by words in the name, and never by who somebody is."""

    name = "sandbox"

    def check_person(self, name: str, number: str, phone: str) -> Answer:
        return self._answer(name, number)

    def check_business(self, code: str, name: str) -> Answer:
        return self._answer(name, code)

    def _answer(self, name: str, number: str) -> Answer:
        lowered = name.lower()
        if any(word in lowered for word in SILENT):
            raise Unreachable
        differs = any(word in lowered for word in DISAGREES)
        digest = hashlib.sha256(f"{name}\0{number}".encode()).hexdigest()
        outcome = CheckOutcome.NO_MATCH if differs else CheckOutcome.MATCH
        return Answer(outcome, f"SANDBOX-{digest[:10].upper()}")
