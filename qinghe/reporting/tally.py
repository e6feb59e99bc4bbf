"""What was counted for one office at one instant, and the figures that follow from it. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from qinghe.claims.terms import Stage
from qinghe.reporting.figures import Figure, StageRow, count, money, share

LAST_RESORT: Final = "CNY"


@dataclass(frozen=True)
class ClaimSum:
    """The claims of one stage in one currency; amounts in minor units."""

    currency: str
    stage: str
    claims: int
    claimed: int
    paid: int
    open: int
    closed: int
    owed: int


@dataclass(frozen=True)
class SplitSum:
    """How payments that stand were divided; amounts in minor units."""

    borne: int = 0
    commission: int = 0
    reserve: int = 0
    fee: int = 0


@dataclass(frozen=True)
class Tally:
    """
    Counts and sums of one scope. What was not asked for is zero.

    `splits` and `promises` (kept, due) are by currency, `complaints` and `attempts` by state.
    """

    claims: tuple[ClaimSum, ...]
    splits: dict[str, SplitSum]
    promises: dict[str, tuple[int, int]]
    complaints: dict[str, int]
    attempts: dict[str, int]
    worked: int
    live: int
    helped: int
    orders: int
    under_hold: int

    @property
    def currency(self) -> str:
        """Return the currency with the most claims."""
        sizes: Counter[str] = Counter()
        for each in self.claims:
            sizes[each.currency] += each.claims
        return min(sizes, key=lambda name: (-sizes[name], name), default=LAST_RESORT)

    @property
    def split(self) -> SplitSum:
        """Return how payments in the main currency were divided."""
        return self.splits.get(self.currency, SplitSum())

    def stages(self) -> tuple[StageRow, ...]:
        """Return open claims by stage and currency, in the order of the stages."""
        order = list(Stage.values)
        rows = [
            StageRow(each.stage, each.currency, each.open, each.owed)
            for each in self.claims
            if each.open
        ]
        return tuple(sorted(rows, key=lambda row: (order.index(row.stage), row.currency)))

    def recovery(self) -> tuple[Figure, Figure, Figure]:
        """Return what was claimed, what came, and the rate between them."""
        mine = [each for each in self.claims if each.currency == self.currency]
        claimed, paid = sum(each.claimed for each in mine), sum(each.paid for each in mine)
        return (
            money("K-01", claimed, self.currency),
            money("K-02", paid, self.currency),
            share("K-04", paid, claimed, self.currency),
        )

    def recovered_by_work(self) -> Figure:
        """Return what came while the claims were in work, per what was claimed of them."""
        mine = (each.claimed for each in self.claims if each.currency == self.currency)
        return share("K-27", self.split.borne, sum(mine), self.currency)

    def commission_rate(self) -> Figure:
        """Return the whole commission per money that bore it."""
        gross = self.split.commission + self.split.reserve + self.split.fee
        return share("K-20", gross, self.split.borne, self.currency)

    def kept_promises(self, currency: str = "") -> Figure:
        """Return the share of promised money that came, in the main or a given currency."""
        currency = currency or self.currency
        kept, due = self.promises.get(currency, (0, 0))
        return share("K-11", kept, due, currency)

    def upheld(self) -> Figure:
        """Return justified complaints per claim ever worked."""
        return share("K-17", self.complaints.get("upheld", 0), self.worked)

    def waiting(self) -> Figure:
        """Return how many complaints wait for an answer."""
        return count("K-19", self.complaints.get("open", 0))

    def refused(self) -> Figure:
        """Return the share of refused requests for contact."""
        return share("K-18", self.attempts.get("refused", 0), sum(self.attempts.values()))

    def per_case(self) -> Figure:
        """Return contacts per settled claim."""
        mine = (each.closed for each in self.claims if each.currency == self.currency)
        made = sum(self.attempts.values()) - self.attempts.get("refused", 0)
        return share("K-12", made, sum(mine))

    def open_claims(self) -> Figure:
        """Return how many claims are open in the main currency."""
        return count("K-06", sum(e.open for e in self.claims if e.currency == self.currency))

    def in_work(self) -> Figure:
        """Return how many mandates live."""
        return count("K-07", self.live)

    def open_orders(self) -> Figure:
        """Return how many orders stand open in the hall."""
        return count("K-08", self.orders)

    def with_help(self) -> Figure:
        """Return the share of claims in work whose debtor has a plan or a pause."""
        return share("K-26", self.helped, self.live)

    def during_holds(self) -> Figure:
        """Return messages about a claim sent while a hold stood; must be zero."""
        return count("K-24", self.under_hold)
