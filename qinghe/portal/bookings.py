"""The lines of a claim in plain words, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from qinghe.claims.terms import ANEW, StopGround

# Said to the person, who is no "debtor" to herself.
STOPPED: Final[dict[str, StrPromise]] = {
    StopGround.HARDSHIP: gettext_lazy("because you are in difficulty"),
    StopGround.STATUTORY: gettext_lazy("because a law or a court says so"),
    StopGround.AGREED: gettext_lazy("as agreed with you"),
}


@dataclass(frozen=True)
class Stop:
    """A time without interest, its first and its last day, and why."""

    since: date
    last: date
    why: str


@dataclass(frozen=True)
class Booking:
    """One line of the books in plain words."""

    label: str
    amount: int
    at: datetime
    facts: dict[str, object]

    @property
    def reason(self) -> str:
        """Return what the creditor wrote about a correction or a waiver."""
        if "lawful" in self.facts:
            return _("Lowered to what contract and law give.")
        if ANEW in self.facts:
            return _("Calculated anew")
        if "cause" in self.facts:
            waived = _("Agreed: the sum came in time, and the rest is waived.")
            return (
                waived if self.amount < 0 else _("The payment went back, and the waiver with it.")
            )
        return str(self.facts.get("reason", ""))

    @property
    def stop(self) -> Stop | None:
        """Return the time without interest that this line tells; None for every other line."""
        if "stopped" not in self.facts:
            return None
        since, until = (date.fromisoformat(str(self.facts[name])) for name in ("since", "until"))
        return Stop(since, until - timedelta(days=1), str(STOPPED[str(self.facts["stopped"])]))
