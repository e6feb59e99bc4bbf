"""The collectors: they bid, take packages, answer offers, and say what they look for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from qinghe.kernel.actor import Actor
from qinghe.market.models import DispatchOffer, Invitation, Listing, Package
from qinghe.market.queries.filters import HallFilters
from qinghe.market.services import (
    accept_offer,
    decline_offer,
    hand_in,
    keep_search,
    make_standing_order,
    take,
    take_package,
)
from qinghe.market.terms import DeclineReason, ListingState, Mode, OfferState, PackageState
from qinghe.simulation import clocks
from qinghe.simulation.doer import Doer
from qinghe.simulation.modes.offering import QUALITY
from qinghe.simulation.world import World

AGENCIES: Final = {
    "demo-agency": "collector",
    "demo-agency-2": "collector2",
    "demo-agency-3": "collector3",
    "demo-agency-4": "collector4",
}
# Who bids in which range, in hundredths of a per cent: nobody asks the same as another.
RATES: Final = {
    "collector": (1700, 1999),
    "collector2": (2000, 2299),
    "collector3": (1500, 2699),
    "collector4": (2300, 3200),
}
ACCEPTS: Final = 0.8
A_NIGHT: Final = timedelta(hours=20)
SEARCHES: Final = (
    ("collector", "江苏 · 逾期四个月以上", HallFilters(regions=("320000",), stages=("M5",))),
    ("collector", "消费贷 · 佣金两成起", HallFilters(
        products=("consumer_loan",), min_commission=Decimal("0.2"),
    )),
    ("team", "广东新单", HallFilters(regions=("440000",))),
)  # fmt: skip


@dataclass
class Answering:
    """What collectors do beside grabbing and working."""

    world: World
    doer: Doer

    def prepare(self, *, day: date, at: datetime) -> None:
        """Keep searches, and say which orders to bring without being asked each time."""
        for name, title, filters in SEARCHES:
            self.doer.do(
                keep_search,
                name=title,
                filters=filters,
                notice=True,
                actor=self.world.actor(name),
                at=at,
            )
        for name, cap, at_once in (("collector", 8, False), ("collector2", 3, True)):
            self.doer.do(
                make_standing_order,
                weekly_cap=cap,
                ends_on=day + timedelta(days=180),
                products=["consumer_loan"],
                auto_accept=at_once,
                actor=self.world.actor(name),
                at=at,
            )

    def bid(self, *, at: datetime) -> None:
        """Bid for what was offered to bids today."""
        rows = Invitation.objects.filter(listing__listed_at__gt=at - A_NIGHT)
        rows = rows.filter(listing__state=ListingState.OPEN).order_by("listing__number")
        for listing_id in list(rows.values_list("listing_id", flat=True)):
            for name, (least, most) in RATES.items():
                rate = Decimal(self.doer.random.randint(least, most)) / 10_000
                self.doer.do(
                    hand_in,
                    listing_id=listing_id,
                    rate=rate,
                    quality_share=QUALITY,
                    actor=self.world.actor(name),
                    at=at,
                )

    def take_packages(self, *, at: datetime) -> None:
        """Take the first package of all on its second day; later ones stay for others."""
        first = Package.objects.order_by("listed_at", "number").first()
        if (
            first is not None
            and first.state == PackageState.OPEN
            and first.listed_at < at - A_NIGHT
        ):
            actor = self.world.actor("collector2")
            self.doer.do(take_package, package_id=first.pk, actor=actor, at=at)

    def take_designated(self, *, at: datetime) -> None:
        """Accept what a creditor offered to this agency alone, after sleeping on it."""
        rows = Listing.objects.filter(
            state=ListingState.OPEN,
            mode=Mode.DESIGNATED,
            designated_to=self.world.orgs["demo-agency"],
            listed_at__lt=at - A_NIGHT,
        )
        actor = self.world.actor("collector")
        for listing_id in list(rows.order_by("number").values_list("pk", flat=True)):
            self.doer.do(take, listing_id=listing_id, actor=actor, at=at)

    def answer_offers(self, *, at: datetime) -> None:
        """Answer what the dispatch offered: mostly yes."""
        offers = DispatchOffer.objects.filter(state=OfferState.OPEN).order_by("pk")
        for offer_id, collector_id in list(offers.values_list("pk", "collector_id")):
            actor = self._of(collector_id)
            if self.doer.random.random() < ACCEPTS:
                self.doer.do(accept_offer, offer_id=offer_id, actor=actor, at=at)
            else:
                why = DeclineReason.NO_TIME
                self.doer.do(decline_offer, offer_id=offer_id, reason=why, actor=actor, at=at)

    def leave_some(self, *, at: datetime) -> None:
        """Decline what others were offered, one offer of the own team aside, until none waits."""
        kept = DispatchOffer.objects.filter(
            state=OfferState.OPEN, collector=self.world.orgs["demo-own-team"]
        )
        first = kept.order_by("pk").values_list("pk", flat=True).first()
        ours = self.world.orgs["demo-agency"]
        for _collector in AGENCIES:
            open_ = DispatchOffer.objects.filter(state=OfferState.OPEN).exclude(collector=ours)
            others = open_.exclude(pk=first) if first is not None else open_
            rows = list(others.order_by("pk").values_list("pk", "collector_id"))
            for offer_id, collector_id in rows:
                self.doer.do(
                    decline_offer,
                    offer_id=offer_id,
                    reason=DeclineReason.NO_TIME,
                    actor=self._of(collector_id),
                    at=at,
                )
            if rows:
                clocks.strike("market.dispatch", at=at)

    def _of(self, org_id: UUID) -> Actor:
        names = {self.world.orgs[slug]: name for slug, name in AGENCIES.items()}
        return self.world.actor(names.get(org_id, "team"))
