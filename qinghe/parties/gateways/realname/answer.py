"""What a register answers, and what every gateway to one can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Unreachable(Exception):
    """The register did not answer. Carries no name and no number."""


@dataclass(frozen=True)
class Answer:
    """`outcome` is a `CheckOutcome`; `by_hand`: a reviewer looks it up and answers."""

    outcome: str
    reference: str = ""
    by_hand: bool = False


class RealName(Protocol):
    """A way to a register. Both questions may be put again; neither changes anything there."""

    name: str

    def check_person(self, name: str, number: str, phone: str) -> Answer:
        """
        Tell whether a person's name, identity number and telephone belong together.

        :raises Unreachable: no answer
        """
        ...

    def check_business(self, code: str, name: str) -> Answer:
        """
        Tell whether a firm's credit code and name belong together.

        :raises Unreachable: no answer
        """
        ...
