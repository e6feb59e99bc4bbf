"""The day of the collectors: they answer offers, look into the hall, bid, and work in their way."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from qinghe.casework.services import add_record
from qinghe.casework.terms import Action, Result
from qinghe.contact.services import request_contact
from qinghe.contact.terms import AttemptState
from qinghe.kernel import clock
from qinghe.market.models import DispatchOffer, Invitation, Listing, Mandate
from qinghe.market.services import accept_offer, decline_offer, hand_in, take
from qinghe.market.terms import DeclineReason, ListingState, MandateState, Mode, OfferState
from qinghe.parties.terms import Channel
from qinghe.quality.signs.judging import key_of
from qinghe.simulation.crowd.cast import Kind, Player
from qinghe.simulation.crowd.debtors import Debtors
from qinghe.simulation.crowd.founding import Crowd
from qinghe.simulation.crowd.truth import Truth
from qinghe.simulation.doer import Doer
from qinghe.simulation.worker import run_waiting_jobs

# How often an honest collector accepts an offer, looks into the hall, and forgets an order.
ACCEPTS, LOOKS, FORGETS = 0.9, 0.25, 0.03
# Days between two looks at one case.
PACE: Final = 13
# A collector is at its desk every so many days; a first action is due within three.
DESK_EVERY: Final = 3
# How often the leader of a ring bids, and how many honest bidders there are.
RING_BIDS, OTHERS = 0.6, 3
STEP: Final = Decimal("0.0100")
GREEDY: Final = {Kind.HOARDS: 3, Kind.FALSE_NOTES: 2, Kind.THREATENS: 2, Kind.OFFLINE: 2}


@dataclass
class Working:
    """Everything collectors do."""

    crowd: Crowd
    doer: Doer
    truth: Truth
    debtors: Debtors
    # By mandate: the day on which its collector looks at it next.
    due: dict[UUID, date] = field(default_factory=dict)
    jobs: int = 0

    def answer(self, *, at: datetime) -> None:
        """
        Answer every open offer: accept, or now and then decline.

        Whoever agreed with a creditor keeps its few places for that creditor's orders.
        """
        offers = DispatchOffer.objects.filter(state=OfferState.OPEN).order_by("pk")
        agreed = Listing.objects.filter(state=ListingState.OPEN, mode=Mode.DESIGNATED)
        kept = set(agreed.values_list("designated_to_id", flat=True))
        for pk, collector in list(offers.values_list("pk", "collector_id")):
            actor, player = self.crowd.actors[collector], self.crowd.players[collector]
            if collector not in kept and (not player.honest or self.doer.random.random() < ACCEPTS):
                self.doer.do(accept_offer, offer_id=pk, actor=actor, at=at)
            else:
                reason = DeclineReason.NO_TIME
                self.doer.do(decline_offer, offer_id=pk, reason=reason, actor=actor, at=at)

    def grab(self, *, at: datetime) -> None:
        """Let collectors look into the hall, in an order drawn anew each day."""
        hall = Listing.objects.filter(state=ListingState.OPEN).order_by("number")
        mine: dict[UUID, list[UUID]] = defaultdict(list)
        agreed = hall.filter(mode=Mode.DESIGNATED)
        for pk, org in agreed.values_list("pk", "designated_to_id"):
            mine[org].append(pk)
        open_ = list(hall.filter(mode=Mode.GRAB).values_list("pk", flat=True))
        for org in self.doer.random.sample(list(self.crowd.actors), len(self.crowd.actors)):
            player = self.crowd.players[org]
            looks = self.doer.random.random() < (0.7 if player.kind in GREEDY else LOOKS)
            found, open_ = _split(open_, GREEDY.get(player.kind, 1) if looks else 0)
            for pk in mine[org] + found:
                self.doer.do(take, listing_id=pk, actor=self.crowd.actors[org], at=at)

    def bid(self, *, day: date, at: datetime) -> None:
        """Bid for what was put out to tender today."""
        rows = Invitation.objects.filter(listing__listed_at__gt=at - timedelta(hours=20))
        rows = rows.filter(listing__state=ListingState.OPEN).order_by("listing__number")
        for listing_id in list(rows.values_list("listing_id", flat=True)):
            self._ring(listing_id, at)
            honest = [o for o, p in self.crowd.players.items() if p.kind is Kind.HONEST]
            for org in self.doer.random.sample(honest, min(OTHERS, len(honest))):
                self._hand_in(listing_id, org, self._rate(1900, 2900), at)

    def _ring(self, listing_id: UUID, at: datetime) -> None:
        ring = self.crowd.of(Kind.RING)
        if len(ring) < 2 or self.doer.random.random() >= RING_BIDS:
            return
        leader, cover = ring[:2]
        rate = self._rate(1500, 1800)
        self.truth.add(key_of(leader, cover))
        self._hand_in(listing_id, leader, rate, at)
        self._hand_in(listing_id, cover, rate + STEP, at)

    def _rate(self, least: int, most: int) -> Decimal:
        return Decimal(self.doer.random.randint(least, most)) / 10_000

    def _hand_in(self, listing_id: UUID, org: UUID, rate: Decimal, at: datetime) -> None:
        self.doer.do(
            hand_in,
            listing_id=listing_id,
            rate=rate,
            quality_share=Decimal("0.2000"),
            actor=self.crowd.actors[org],
            at=at,
        )

    def work(self, *, day: date, at: datetime) -> None:
        """Let every collector look at those of its cases that are due."""
        live = Mandate.objects.filter(state=MandateState.ACTIVE).select_related("claim")
        for mandate in list(live.order_by("claim__number")):
            player = self.crowd.players[mandate.collector_id]
            if mandate.pk not in self.due:
                self.due[mandate.pk] = self._first(player, day)
            at_desk = (day.toordinal() + player.number) % DESK_EVERY == 0
            if at_desk and self.due[mandate.pk] <= day:
                self.due[mandate.pk] = day + timedelta(days=PACE)
                self._case(player, mandate, day, at)

    def _first(self, player: Player, day: date) -> date:
        forgets = self.doer.random.random() < FORGETS * (2 - player.skill)
        return day + timedelta(days=20 if forgets else 0)

    def _case(self, player: Player, mandate: Mandate, day: date, at: datetime) -> None:
        washed = player.kind is Kind.WASHES and mandate.mode == Mode.DESIGNATED
        if player.kind is Kind.HOARDS or washed:
            self.truth.add(f"mandate:{mandate.pk}")
            if washed:
                self.debtors.pays(mandate.claim)
            return
        if player.kind is Kind.FALSE_NOTES:
            self._false_note(mandate, at)
            return
        attempt = self.doer.do(
            request_contact,
            claim_id=mandate.claim_id,
            channel=Channel.SMS,
            template="reminder",
            actor=self.crowd.actors[mandate.collector_id],
            at=at,
        )
        if attempt is not None and attempt.state != AttemptState.REFUSED:
            with clock.at(at):
                self.jobs += run_waiting_jobs()
            self.debtors.reached(player, mandate, at)

    def _false_note(self, mandate: Mandate, at: datetime) -> None:
        """Write down a call that nobody made: no contact was asked for, so none can be named."""
        self.truth.add(f"mandate:{mandate.pk}")
        self.doer.do(
            add_record,
            claim_id=mandate.claim_id,
            action=Action.CALL,
            result=Result.NOT_REACHED,
            note="",
            actor=self.crowd.actors[mandate.collector_id],
            at=at,
        )


def _split(rows: list[UUID], count: int) -> tuple[list[UUID], list[UUID]]:
    return rows[:count], rows[count:]
