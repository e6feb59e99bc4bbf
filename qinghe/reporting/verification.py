"""
Whether the installation keeps its promises: every check looks at rows, not at what services say.

Set-based: a fixed number of statements, whatever the size of the market; only the journal, and the
draws of samples, are read entry by entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from qinghe.journal import queries as journal
from qinghe.ledger import queries as books
from qinghe.reporting.contraventions import BY_NAME, PERIODIC, found
from qinghe.risk.queries.draws import wrong_draws


@dataclass(frozen=True)
class Check:
    """One promise: `detail` says what was looked at, or names what breaks it."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True)
class Verification:
    """All promises; it can be walked over like a list of checks."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    def __iter__(self) -> Iterator[Check]:
        return iter(self.checks)


def verify(*, at: datetime) -> Verification:
    """Check every promise of the installation as it stands now."""
    contraventions = (_contravened(name, at) for name in (*BY_NAME, *PERIODIC))
    return Verification((_books(), _journal(), _drawn(), *contraventions))


def _books() -> Check:
    sums = books.trial_balance()
    uneven = {currency: total for currency, total in sums.items() if total}
    wrong = books.wrong_balances()
    if uneven or wrong:
        return Check("books-balance", ok=False, detail=f"sums {uneven}, accounts {wrong}")
    return Check("books-balance", ok=True, detail=f"{len(sums)} currencies sum to zero")


def _journal() -> Check:
    report = journal.verify()
    detail = f"{report.batches} batches, {report.entries} entries sealed, {report.unsealed} waiting"
    if not report.ok:
        detail = f"broken batches: {list(report.broken)}"
    return Check("journal-intact", report.ok, detail)


def _drawn() -> Check:
    count, wrong = wrong_draws()
    detail = f"not what the key gives: {', '.join(wrong)}" if wrong else f"{count} draws"
    return Check("samples-drawn-not-chosen", not wrong, detail)


def _contravened(name: str, at: datetime) -> Check:
    cases = found(name, at=at)
    if cases:
        return Check(name, ok=False, detail=f"{len(cases)} or more: {', '.join(cases)}")
    return Check(name, ok=True, detail="none")
