"""The creditor of the portfolio: delivers it, and offers what is ready in every way there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.claims.services import accept_batch, check_batch, restate
from qinghe.claims.terms import ClaimState
from qinghe.kernel.actor import Actor
from qinghe.market.models import Listing, Package
from qinghe.market.services import (
    designate,
    invite_bids,
    make_packages,
    publish_many,
    write_plan,
)
from qinghe.market.terms import ListingState, Mode, PackageState
from qinghe.simulation.batches import Source
from qinghe.simulation.doer import Doer
from qinghe.simulation.modes.portfolio import ALIKE, KEPT, Delivery, portfolio_file
from qinghe.simulation.world import World

CREDITOR, SLUG = "creditor", "demo-factoring"
QUALITY, DAYS = Decimal("0.2000"), 90
TERMS: Final = {
    "commission_rate": Decimal("0.2000"), "quality_share": QUALITY, "period_days": DAYS,
}  # fmt: skip
RESERVE: Final = Decimal("0.3000")
# A package holds so many orders at most, and ends below so few.
LEAST, FEW, MOST = 5, 6, 8
# Of seven orders one each is offered to bids, dispatched and designated; the rest is grabbed.
TURNS: Final = (Mode.BID, Mode.DISPATCH, Mode.DESIGNATED, *[Mode.GRAB] * 4)
# What is left open on the last day: enough for every collector to be offered some.
LAST_TURNS: Final = (Mode.BID, Mode.DISPATCH, Mode.DISPATCH, Mode.DESIGNATED)
OPEN_FOR, OPEN_FOR_AT_LAST = timedelta(hours=30), timedelta(days=4)
# From the second stage on the work is harder; a third of a cent that comes late counts more.
PLAN: Final = {
    "rows": [
        {"rate": "0.15", "stages": ["M1", "M2"]},
        {"rate": "0.2", "stages": ["M3", "M4", "M5"]},
        {"rate": "0.25"},
    ],
    "ladder": {
        "by": "share",
        "steps": [{"from": "0.3", "add": "0.02"}, {"from": "0.6", "add": "0.04"}],
    },
    "quality": {
        "share": "0.2",
        "review_days": 30,
        "weights": {"complaints": "0.6", "documentation": "0.4"},
    },
}


@dataclass
class Offering:
    """What the creditor of the portfolio does."""

    world: World
    doer: Doer
    source: Source
    offered: int = 0

    @property
    def actor(self) -> Actor:
        """Return who acts for the creditor."""
        return self.world.actor(CREDITOR)

    def prepare(self, *, at: datetime) -> None:
        """Write down what is paid for which stage."""
        self.doer.do(write_plan, name="按逾期阶段", content=PLAN, actor=self.actor, at=at)

    def deliver(self, delivery: Delivery, *, opened: date, day: date, at: datetime) -> None:
        """Deliver one file of the portfolio."""
        if not delivery.count:
            return
        batch = self.doer.do(
            check_batch,
            creditor_id=self.world.orgs[SLUG],
            filename=f"portfolio-{day.isoformat()}.csv",
            content=portfolio_file(self.source, delivery=delivery, opened=opened, day=day),
            mapping="qinghe",
            as_of=day,
            actor=self.actor,
            at=at,
        )
        if batch is not None:
            self.doer.do(accept_batch, batch_id=batch.pk, partial=True, actor=self.actor, at=at)

    def correct(self, *, at: datetime) -> None:
        """Ask for less on one claim whose debtor may still contest it."""
        claims = Claim.objects.filter(creditor_id=self.world.orgs[SLUG], interest__gt=0)
        claim = claims.filter(state=ClaimState.CHALLENGE).order_by("-number").first()
        if claim is not None:
            self.doer.do(
                restate,
                claim_id=claim.pk,
                amounts={"interest": claim.interest // 2},
                reason="重新核对还款流水后，利息少算一半。",
                actor=self.actor,
                at=at,
            )

    def offer(self, *, last: bool, at: datetime) -> None:
        """Offer what is ready; what was kept for the end only on the last day, and not all."""
        ready, turns = self._ready(ALIKE), TURNS
        if len(ready) > MOST:
            self._package(ready[:MOST], at)
            ready = ready[MOST:]
        if last:
            # From the first turn on: there is one to bid for, however few are left.
            ready, turns, self.offered = ready + self._kept(at), LAST_TURNS, 0
        ways: dict[str, list[UUID]] = {}
        for claim_id in ready:
            ways.setdefault(turns[self.offered % len(turns)], []).append(claim_id)
            self.offered += 1
        self._give_out(ways, last=last, at=at)

    def _kept(self, at: datetime) -> list[UUID]:
        """Return what is to be offered at last; the others are left for who wants to place some."""
        kept = self._ready(KEPT)
        if not Package.objects.filter(state=PackageState.OPEN).exists():
            self._package(kept[:FEW], at)
            kept = kept[FEW:]
        return kept[: len(kept) * 3 // 4]

    def _ready(self, prefix: str) -> list[UUID]:
        claims = Claim.objects.filter(
            state=ClaimState.READY, contract_number__startswith=f"{prefix}-"
        )
        return list(claims.order_by("number").values_list("pk", flat=True))

    def _package(self, claim_ids: list[UUID], at: datetime) -> None:
        self.doer.do(
            make_packages,
            claim_ids=claim_ids,
            minimum=LEAST,
            maximum=MOST,
            actor=self.actor,
            at=at,
            **TERMS,
        )

    def _give_out(self, ways: dict[str, list[UUID]], *, last: bool, at: datetime) -> None:
        for mode in (Mode.GRAB, Mode.DISPATCH):
            if ways.get(mode):
                self.doer.do(
                    publish_many,
                    claim_ids=ways[mode],
                    mode=mode,
                    actor=self.actor,
                    at=at,
                    **TERMS,
                )
        for claim_id in ways.get(Mode.DESIGNATED, ()):
            agency = self.world.orgs["demo-agency"]
            self.doer.do(
                designate, claim_id=claim_id, collector_id=agency, actor=self.actor, at=at, **TERMS
            )
        if ways.get(Mode.BID):
            self._tender(ways[Mode.BID], OPEN_FOR_AT_LAST if last else OPEN_FOR, at)

    def _tender(self, claim_ids: list[UUID], open_for: timedelta, at: datetime) -> None:
        self.doer.do(
            invite_bids,
            claim_ids=claim_ids,
            reserve=RESERVE,
            closes_at=at + open_for,
            quality_share=QUALITY,
            period_days=DAYS,
            actor=self.actor,
            at=at,
        )


def waiting(mode: Mode) -> list[UUID]:
    """Return the open listings of a mode, oldest number first."""
    rows = Listing.objects.filter(state=ListingState.OPEN, mode=mode)
    return list(rows.order_by("number").values_list("pk", flat=True))
